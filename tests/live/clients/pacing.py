"""What the clients in Python share: values at a rate until stdin ends, one line per acknowledgement."""

import itertools
import select
import sys
import time

PATIENCE_S = 60


def values(prefix, rate, wait=time.sleep):
    """`rate` values per second until stdin ends; `wait(seconds)` is called while none is due."""
    begun = time.monotonic()
    for number in itertools.count():
        while True:
            readable, _, _ = select.select([sys.stdin], [], [], 0)
            if readable and not sys.stdin.read(1):
                return
            if number < (time.monotonic() - begun) * rate:
                break
            sys.stdout.flush()
            wait(0.001)
        yield f'{prefix}-{number}-' + 'x' * 64


def say(value, partition, offset):
    print(value, partition, offset)


def arguments(produce, consume):
    """Runs what the command line asks for; the exit code."""
    words = sys.argv[1:]
    if len(words) == 7 and words[0] == 'produce':
        _, bootstrap, topic, prefix, codec, mode, rate = words
        code = produce(bootstrap, topic, codec, mode == 'idempotent',
                       lambda *wait: values(prefix, int(rate), *wait))
    elif len(words) == 4 and words[0] == 'consume':
        code = consume(words[1], words[2], int(words[3]))
    else:
        print(f'{sys.argv[0]} produce BOOTSTRAP TOPIC PREFIX CODEC idempotent|plain RATE\n'
              f'{sys.argv[0]} consume BOOTSTRAP TOPIC COUNT', file=sys.stderr)
        return 3
    sys.stdout.flush()
    return code

"""kcat as a client of the tests. It tells of no single acknowledgement: it is started anew for every
few records, and its end with 0 acknowledges them, without partition and offset."""

import subprocess
import sys

from pacing import PATIENCE_S, arguments, say

RECORDS_PER_START = 200


def send(bootstrap, topic, codec, idempotent, values):
    more = ['-X', 'enable.idempotence=true'] if idempotent else []
    code = subprocess.run(['kcat', '-P', '-b', bootstrap, '-t', topic, '-z', codec,
                           '-X', 'acks=all', *more], input='\n'.join(values), text=True,
                          stdout=subprocess.DEVNULL, timeout=2 * PATIENCE_S).returncode
    if code == 0:
        for value in values:
            say(value, -1, -1)
        sys.stdout.flush()
    return code


def produce(bootstrap, topic, codec, idempotent, paced):
    waiting = []
    for value in paced():
        waiting.append(value)
        if len(waiting) == RECORDS_PER_START:
            code = send(bootstrap, topic, codec, idempotent, waiting)
            if code:
                return code
            waiting = []
    return send(bootstrap, topic, codec, idempotent, waiting) if waiting else 0


def consume(bootstrap, topic, count):
    """Until count records came; kcat's own -e would end at a high watermark that is still behind."""
    return subprocess.run(['timeout', str(PATIENCE_S), 'kcat', '-C', '-b', bootstrap, '-t', topic,
                           '-o', 'beginning', '-q', '-c', str(count), '-f', '%s %p %o\n']).returncode


sys.exit(arguments(produce, consume))

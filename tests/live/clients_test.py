#!/usr/bin/env python3
"""The program's own clients (topics, produce, consume): Kafka's quick start by hand, with one process
per node and a leader that is killed; their options; kcat as the other end; and what they say when
something is wrong."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import tempfile

from nodes_test import write_config
from serving import (PATIENCE_S, PROGRAM, Server, check, eventually, free_ports,
                     have_kcat, kcat, main)

CODECS = ('none', 'gzip', 'snappy', 'lz4', 'zstd')


def tool(*arguments, text='', code=0):
    """Runs the program; its stdout and stderr."""
    done = subprocess.run([PROGRAM, *arguments], input=text.encode(), capture_output=True,
                          timeout=PATIENCE_S * 2)
    out, err = done.stdout.decode(errors='surrogateescape'), done.stderr.decode()
    check(done.returncode == code, f'{arguments}: {done.returncode}: {out}{err}')
    return out, err


class Cluster:
    """The verbs with their --bootstrap-server."""

    def __init__(self, bootstrap):
        self.at = ('--bootstrap-server', bootstrap)

    def topics(self, what, *arguments, **how):
        return tool('topics', what, *self.at, *arguments, **how)

    def produce(self, topic, lines, *arguments, **how):
        return tool('produce', topic, *self.at, *arguments, text=''.join(f'{line}\n' for line in lines),
                    **how)

    def consume(self, topic, *arguments, **how):
        """Everything there is now, as lines."""
        out, _ = tool('consume', topic, *self.at, '--from-beginning', '--exit-at-end', *arguments,
                      **how)
        return out.splitlines()

    def partitions(self, topic):
        """What describe prints: {index: {'Leader': ..., 'Isr': [...]}}."""
        out, _ = self.topics('describe', topic)
        described = {}
        for line in out.splitlines()[1:]:
            check(line.startswith(f'\tTopic: {topic}\tPartition: '), line)
            fields = dict(field.split(': ', 1) for field in line.strip('\n').split('\t')[1:])
            described[int(fields['Partition'])] = {
                'Leader': fields['Leader'],
                **{name: [int(n) for n in fields[name].split(',') if n]
                   for name in ('Replicas', 'Isr', 'Elr', 'LastKnownElr')}}
        return described


@contextlib.contextmanager
def quick_cluster(*arguments):
    with Server('--port', '0', *arguments).await_ready() as server:
        yield Cluster(server.ready['bootstrap'])


# ---- the quick start ----------------------------------------------------------------------------

def the_quick_start_survives_its_leader():
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        numbers = [1, 2, 3]
        free = free_ports(6)
        ports, voters = dict(zip(numbers, free)), dict(zip(numbers, free[3:]))
        configs = {n: write_config(folder, n, ['broker', 'controller'], ports, voters)
                   for n in numbers}
        start = lambda n: stack.enter_context(Server('--node', str(n), '--config', configs[n]))
        servers = {n: start(n) for n in numbers}
        for server in servers.values():
            server.await_ready()
        cluster = Cluster(','.join(f'127.0.0.1:{port}' for port in ports.values()))

        # One partition and one copy on each broker.
        alone = ('create', 'alone', '--partitions', '3', '--replication-factor', '1')
        create = ('create', 'orders', '--partitions', '1', '--replication-factor', '3')
        # A broker that is ready may not be unfenced yet at the controller that others ask.
        eventually(lambda: subprocess.run([PROGRAM, 'topics', *create, '--if-not-exists',
                                           *cluster.at], capture_output=True).returncode == 0,
                   'three brokers for three replicas')
        cluster.topics(*alone)
        out, _ = cluster.topics('describe', 'orders')
        head = out.splitlines()[0].split('\t')
        check(head[0] == 'Topic: orders' and head[1].startswith('TopicId: ') and
              head[2:4] == ['PartitionCount: 1', 'ReplicationFactor: 3'] and
              head[4].startswith('Configs: '), out)
        isr = lambda: sorted(cluster.partitions('orders')[0]['Isr'])
        eventually(lambda: isr() == numbers, 'all in sync')

        values = [f'v{i}' for i in range(1000)]
        check(cluster.produce('orders', values) == ('', ''), 'produce has nothing to say')
        check(cluster.consume('orders') == values, 'consumed as produced')

        leader = int(cluster.partitions('orders')[0]['Leader'])
        servers[leader].kill()
        others = [n for n in numbers if n != leader]
        eventually(lambda: isr() == others, 'the dead leader leaves the ISR')
        described = cluster.partitions('orders')[0]
        check(int(described['Leader']) in others and sorted(described['Replicas']) == numbers,
              f'a new leader: {described}')
        check(cluster.consume('orders') == values, 'everything is still there')
        dead = next(i for i, p in cluster.partitions('alone').items() if p['Replicas'] == [leader])
        _, err = tool('consume', 'alone', *cluster.at, '--exit-at-end', '--timeout-ms', '1000', code=1)
        check(f'ListOffsets for alone-{dead} within' in err, err)

        servers[leader] = start(leader)
        servers[leader].await_ready()
        eventually(lambda: isr() == numbers, 'it rejoins the ISR')
        cluster.produce('orders', ['after'])
        check(cluster.consume('orders') == values + ['after'], 'nothing is lost')


def a_leader_dies_while_lines_come():
    """Neither loss nor duplicates: the producer is idempotent by itself."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        numbers = [1, 2, 3]
        free = free_ports(6)
        ports, voters = dict(zip(numbers, free)), dict(zip(numbers, free[3:]))
        servers = {}
        for n in numbers:
            config = write_config(folder, n, ['broker', 'controller'], ports, voters)
            servers[n] = stack.enter_context(Server('--config', config))
        for server in servers.values():
            server.await_ready()
        cluster = Cluster(','.join(f'127.0.0.1:{port}' for port in ports.values()))
        eventually(lambda: subprocess.run(
            [PROGRAM, 'topics', 'create', 'orders', '--partitions', '1', '--replication-factor',
             '3', '--config', 'min.insync.replicas=2', '--if-not-exists', *cluster.at],
            capture_output=True).returncode == 0, 'three brokers for three replicas')
        producer = subprocess.Popen([PROGRAM, 'produce', 'orders', *cluster.at, '--json'],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        sent = []

        def send(count):
            lines = [f'line-{len(sent) + i}' for i in range(count)]
            producer.stdin.write(''.join(f'{line}\n' for line in lines).encode())
            producer.stdin.flush()
            sent.extend(lines)

        send(500)
        eventually(lambda: len(cluster.consume('orders')) >= 500, 'the first lines')
        servers[int(cluster.partitions('orders')[0]['Leader'])].kill()
        for _ in range(20):
            send(100)
        out, _ = producer.communicate(timeout=PATIENCE_S)
        check(producer.returncode == 0, 'the producer delivers all')
        check(json.loads(out) == {'topic': 'orders', 'delivered': 2500, 'failed': 0}, out)
        check(cluster.consume('orders') == sent, 'each line once, in order')


# ---- topics -------------------------------------------------------------------------------------

def topics_are_created_listed_described_and_deleted():
    with quick_cluster() as cluster:
        check(cluster.topics('list') == ('', ''), 'no topics')
        out, _ = cluster.topics('create', 'orders', '--partitions', '3', '--replication-factor', '2',
                                '--config', 'min.insync.replicas=2', '--config', 'retention.ms=60000')
        check(out == 'Created topic orders.\n', out)
        out, err = cluster.topics('create', 'a.b')
        check(out == 'Created topic a.b.\n' and 'warning' in err, out + err)
        _, err = cluster.topics('create', 'orders', code=1)
        check('TOPIC_ALREADY_EXISTS' in err and 'orders' in err, err)
        check(cluster.topics('create', 'orders', '--if-not-exists') == ('', ''), 'if not exists')
        eventually(lambda: cluster.topics('list')[0] == 'a.b\norders\n', 'both are listed')
        out, _ = cluster.topics('describe', 'orders')
        head, *lines = out.splitlines()
        check('\tPartitionCount: 3\tReplicationFactor: 2\tConfigs: ' in head and
              'min.insync.replicas=2' in head and 'retention.ms=60000' in head, head)
        check(len(lines) == 3 and all(line.endswith('\tElr: \tLastKnownElr: ') for line in lines),
              out)
        every, _ = cluster.topics('describe')
        check(every.startswith('Topic: a.b\t') and '\nTopic: orders\t' in every, every)

        for arguments, words in [
                (('create', 'wide', '--replication-factor', '4'), 'INVALID_REPLICATION_FACTOR'),
                (('create', 'bad name'), 'INVALID_TOPIC'),
                (('create', 'new', '--config', 'retention.m=1'), 'INVALID_CONFIG'),
                (('describe', 'nothing'), "'nothing' does not exist"),
                (('delete', 'nothing'), "'nothing' does not exist")]:
            _, err = cluster.topics(*arguments, code=1)
            check(words in err, f'{arguments}: {err}')
        check(cluster.topics('delete', 'nothing', '--if-exists') == ('', ''), 'if exists')
        check(cluster.topics('describe', 'nothing', '--if-exists') == ('', ''), 'if exists')
        check(cluster.topics('delete', 'orders') == ('', ''), 'deleted without a word')
        eventually(lambda: cluster.topics('list')[0] == 'a.b\n', 'it is gone')


def many_partitions_come_in_pages():
    with quick_cluster('--brokers', '1', '--set', 'default.replication.factor=1') as cluster:
        cluster.topics('create', 'wide', '--partitions', '2500', '--replication-factor', '1')
        eventually(lambda: sorted(cluster.partitions('wide')) == list(range(2500)),
                   'all partitions, each once')


# ---- produce and consume ------------------------------------------------------------------------

def keys_partitions_and_columns():
    with quick_cluster() as cluster:
        cluster.topics('create', 'orders', '--partitions', '3')
        lines = [f'k{i % 7}:v{i}' for i in range(300)]
        cluster.produce('orders', lines, '--key-separator', ':')
        rows = [json.loads(line) for line in cluster.consume('orders', '--json')]
        check(sorted(f'{r["key"]}:{r["value"]}' for r in rows) == sorted(lines), 'all of them')
        homes = {(r['key'], r['partition']) for r in rows}
        check(len(homes) == 7 and len({p for _, p in homes}) > 1, f'a key has one home: {homes}')
        seen = kcat(cluster.at[1], '-C', '-t', 'orders', '-o', 'beginning', '-e', '-q', '-f',
                    '%k %p %o %s\n').split('\n')[:-1]
        check(sorted(seen) == sorted(f'{r["key"]} {r["partition"]} {r["offset"]} {r["value"]}'
                                     for r in rows), 'as kcat reads it')
        in_one = [r for r in rows if r['partition'] == 1]
        check(cluster.consume('orders', '--partition', '1', '--print-partition', '--print-offset',
                              '--print-key') ==
              [f'Partition:1\tOffset:{r["offset"]}\t{r["key"]}\t{r["value"]}' for r in in_one],
              'columns')
        out, err = tool('consume', 'orders', *cluster.at, '--partition', '1', '--offset', '2',
                        '--max-messages', '3')
        check(out.split() == [r['value'] for r in in_one[2:5]], out)
        check(err == 'Processed a total of 3 messages\n', err)

        cluster.produce('orders', ['only here'], '--partition', '2', '--acks', '1')
        check(cluster.consume('orders', '--partition', '2', '--print-key')[-1] == 'null\tonly here',
              'no key is null')
        check(cluster.consume('orders', '--partition', '2', '--print-timestamp')[-1]
              .startswith('CreateTime:1'), 'a timestamp')


def every_codec_both_ways_with_kcat():
    with quick_cluster() as cluster:
        for codec in CODECS:
            topic = f'of-{codec}'
            cluster.topics('create', topic, '--partitions', '1')
            ours = [f'ours {codec} {i}' for i in range(500)]
            theirs = [f'theirs {codec} {i}' for i in range(500)]
            out, _ = cluster.produce(topic, ours, '--compression', codec, '--json')
            check(json.loads(out) == {'topic': topic, 'delivered': 500, 'failed': 0}, out)
            kcat(cluster.at[1], '-P', '-t', topic, '-z', codec, '-X', 'acks=all',
                 text='\n'.join(theirs))
            check(cluster.consume(topic) == ours + theirs, f'{codec}: we read')
            check(kcat(cluster.at[1], '-C', '-t', topic, '-o', 'beginning', '-e', '-q')
                  .splitlines() == ours + theirs, f'{codec}: kcat reads')


def lines_are_bytes():
    """Carriage returns, empty lines, a last line without an end, bytes that are no text, headers."""
    with quick_cluster() as cluster:
        cluster.topics('create', 'raw', '--partitions', '1')
        done = subprocess.run([PROGRAM, 'produce', 'raw', *cluster.at], timeout=PATIENCE_S,
                              input=b'one\r\n\n\xff\x00"\\\nlast')
        check(done.returncode == 0, 'exit code')
        kcat(cluster.at[1], '-P', '-t', 'raw', '-H', 'origin=kcat', '-k', 'key', text='headed')
        rows = [json.loads(line) for line in cluster.consume('raw', '--json')]
        check([r['value'] for r in rows] ==
              ['one', '', {'base64': '/wAiXA=='}, 'last', 'headed'], str(rows))
        check(rows[4]['headers'] == [{'key': 'origin', 'value': 'kcat'}] and
              rows[4]['key'] == 'key' and rows[0]['key'] is None, str(rows[4]))
        done = subprocess.run([PROGRAM, 'consume', 'raw', *cluster.at, '--from-beginning',
                               '--exit-at-end'], capture_output=True, timeout=PATIENCE_S)
        check(done.stdout == b'one\n\n\xff\x00"\\\nlast\nheaded\n', str(done.stdout))


def more_lines_than_fit_in_memory_limits():
    with quick_cluster('--brokers', '1', '--set', 'default.replication.factor=1') as cluster:
        cluster.topics('create', 'big', '--partitions', '2', '--replication-factor', '1')
        lines = [f'{i:08d} {"x" * 190}' for i in range(200_000)]
        cluster.produce('big', lines, '--compression', 'lz4')
        seen = cluster.consume('big')
        check(len(seen) == len(lines) and sorted(seen) == lines, f'{len(seen)} of {len(lines)}')


def a_topic_is_created_by_its_first_record():
    with quick_cluster() as cluster:
        cluster.produce('fresh', ['a', 'b'])
        check(sorted(cluster.consume('fresh')) == ['a', 'b'], 'both are there')
    with quick_cluster('--set', 'auto.create.topics.enable=false') as cluster:
        _, err = cluster.produce('fresh', ['a'], code=1)
        check('there is no topic fresh' in err and 'topics create fresh' in err, err)


def records_that_fail_are_named():
    with quick_cluster() as cluster:
        cluster.topics('create', 'orders', '--partitions', '1', '--replication-factor', '2',
                       '--config', 'max.message.bytes=1000')
        _, err = cluster.produce('orders', ['short', 'x' * 5000, 'again'], '--set', 'batch.size=0',
                                 code=1)
        check('line 2' in err and 'MESSAGE_TOO_LARGE' in err and '1 records failed' in err, err)
        check(sorted(cluster.consume('orders')) == ['again', 'short'], 'the others are there')
        _, err = cluster.produce('orders', ['a=1', 'b'], '--key-separator', '=', code=1)
        check("line 2 has no key separator '='" in err, err)


def a_signal_ends_consume_in_good_order():
    with quick_cluster() as cluster:
        cluster.topics('create', 'orders', '--partitions', '3')
        consumer = subprocess.Popen([PROGRAM, 'consume', 'orders', *cluster.at, '--from-beginning'],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        cluster.produce('orders', ['one'])
        check(consumer.stdout.readline() == 'one\n', 'it follows')
        cluster.produce('orders', ['two'])
        check(consumer.stdout.readline() == 'two\n', 'it goes on following')
        consumer.send_signal(signal.SIGINT)
        out, err = consumer.communicate(timeout=PATIENCE_S)
        check(consumer.returncode == 0 and out == '' and
              err == 'Processed a total of 2 messages\n', f'{consumer.returncode}: {out}{err}')


def a_signal_ends_produce_after_what_was_read():
    with quick_cluster() as cluster:
        cluster.topics('create', 'orders', '--partitions', '1')
        producer = subprocess.Popen([PROGRAM, 'produce', 'orders', *cluster.at, '--json'],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        producer.stdin.write(b'one\ntwo\n')
        producer.stdin.flush()
        eventually(lambda: cluster.consume('orders') == ['one', 'two'], 'sent without an end of input')
        producer.send_signal(signal.SIGINT)
        check(producer.wait(PATIENCE_S) == 0, 'exit code')
        check(json.loads(producer.stdout.read())['delivered'] == 2, 'the summary')


# ---- errors -------------------------------------------------------------------------------------

def who_cannot_be_reached_is_named():
    port, = free_ports(1)
    at = ('--bootstrap-server', f'127.0.0.1:{port}', '--timeout-ms', '600')
    for verb in [('topics', 'list'), ('topics', 'create', 'a'), ('topics', 'describe'),
                 ('produce', 'a'), ('consume', 'a')]:
        _, err = tool(*verb, *at, text='line\n', code=1)
        check(f'cannot connect to 127.0.0.1:{port}' in err and '600 ms' in err and
              '--bootstrap-server' in err, f'{verb}: {err}')
    with socket.create_server(('127.0.0.1', 0)) as silent:
        _, err = tool('topics', 'list', '--bootstrap-server', f'127.0.0.1:{silent.getsockname()[1]}',
                      '--timeout-ms', '600', code=1)
        check('no answer of a Kafka broker' in err, err)


def wrong_arguments_are_refused():
    with quick_cluster() as cluster:
        cluster.topics('create', 'orders', '--partitions', '2')
        for arguments, words in [
                (('consume', 'nothing'), 'there is no topic nothing'),
                (('consume', 'orders', '--partition', '2'), 'partitions 0 to 1'),
                (('produce', 'orders', '--partition', '2'), 'partitions 0 to 1'),
                (('consume', 'orders', '--partition', '0', '--offset', '7'), 'out of range'),
                (('consume', 'orders', '--idle-timeout-ms', '300'), 'no record came for 300 ms')]:
            _, err = tool(*arguments, *cluster.at, code=1)
            check(words in err, f'{arguments}: {err}')
    for arguments, words in [
            (('topics',), 'subcommand'),
            (('topics', 'list', '--bootstrap-server', 'localhost'), 'HOST:PORT'),
            (('topics', 'list', '--bootstrap-server', 'a:1,b:x'), 'b:x'),
            (('topics', 'list', '--bootstrap-server', '::1:9092'), '::1:9092'),
            (('topics', 'create', 'a', '--partitions', '0'), '--partitions'),
            (('topics', 'create', 'a', '--config', 'x'), 'NAME=VALUE'),
            (('topics', 'list', '--timeout-ms', '0'), '--timeout-ms'),
            (('produce', 'a', '--acks', '2'), '--acks'),
            (('produce', 'a', '--acks', '1', '--idempotence'), 'idempotence'),
            (('produce', 'a', '--compression', 'zip'), '--compression'),
            (('produce', 'a', '--set', 'linger.m=1'), 'linger.ms'),
            (('produce', 'a', '--key-separator', ''), '--key-separator'),
            (('consume', 'a', '--offset', '5'), '--partition'),
            (('consume', 'a', '--offset', 'first'), 'earliest'),
            (('consume', 'a', '--offset', '5', '--from-beginning'), '--from-beginning'),
            (('consume', 'a', '--max-messages', '0'), '--max-messages')]:
        _, err = tool(*arguments, code=3)
        check(words in err, f'{arguments}: {err}')


if __name__ == '__main__':
    if not have_kcat():
        print('skipped: kcat is not installed')
        sys.exit(4)
    sys.exit(main([the_quick_start_survives_its_leader, a_leader_dies_while_lines_come,
                   topics_are_created_listed_described_and_deleted, many_partitions_come_in_pages,
                   keys_partitions_and_columns, every_codec_both_ways_with_kcat, lines_are_bytes,
                   more_lines_than_fit_in_memory_limits, a_topic_is_created_by_its_first_record,
                   records_that_fail_are_named, a_signal_ends_consume_in_good_order,
                   a_signal_ends_produce_after_what_was_read, who_cannot_be_reached_is_named,
                   wrong_arguments_are_refused]))

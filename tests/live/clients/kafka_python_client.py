"""kafka-python as a client of the tests."""

import sys
import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from pacing import PATIENCE_S, arguments, say

IN_FLIGHT_MAX = 500


def produce(bootstrap, topic, codec, idempotent, paced):
    # Version 2.0 knows neither of the first two; it keeps order by one request at a time.
    more = {'enable_idempotence': True, 'delivery_timeout_ms': 2000 * PATIENCE_S} if idempotent \
        else {'max_in_flight_requests_per_connection': 1}
    producer = KafkaProducer(bootstrap_servers=bootstrap.split(','), acks='all', retries=1000000,
                             compression_type=None if codec == 'none' else codec, **more)
    waiting, failed = [], []

    def settle(limit):
        """Says in order of sending what is acknowledged, until no more than limit are waited for."""
        while waiting and (waiting[0][1].is_done or len(waiting) > limit):
            value, future = waiting[0]
            if not future.is_done:
                time.sleep(0.001)
                continue
            waiting.pop(0)
            if future.succeeded():
                say(value, future.value.partition, future.value.offset)
            else:
                failed.append(future.exception)
                print(repr(future.exception), file=sys.stderr)

    def idle(seconds):
        settle(IN_FLIGHT_MAX)
        time.sleep(seconds)

    for value in paced(idle):
        waiting.append((value, producer.send(topic, value.encode())))
        settle(IN_FLIGHT_MAX)
    producer.flush(2 * PATIENCE_S)
    settle(0)
    return 1 if failed else 0


def consume(bootstrap, topic, count):
    consumer = KafkaConsumer(bootstrap_servers=bootstrap.split(','), enable_auto_commit=False)
    partitions = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic)]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    read, end = 0, time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        for records in consumer.poll(timeout_ms=100).values():
            for record in records:
                read += 1
                say(record.value.decode(), record.partition, record.offset)
        ends = consumer.end_offsets(partitions) if read >= count else {}
        if ends and all(consumer.position(p) >= ends[p] for p in partitions):
            break
    consumer.close()
    return 0


sys.exit(arguments(produce, consume))

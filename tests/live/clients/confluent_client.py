"""confluent-kafka-python as a client of the tests."""

import sys
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition

from pacing import PATIENCE_S, arguments, say

IN_FLIGHT_MAX = 500


def produce(bootstrap, topic, codec, idempotent, paced):
    failed = []

    def report(error, message):
        if error is None:
            say(message.value().decode(), message.partition(), message.offset())
        else:
            failed.append(error)
            print(error, file=sys.stderr)

    producer = Producer({'bootstrap.servers': bootstrap, 'compression.type': codec, 'acks': 'all',
                         'enable.idempotence': idempotent,
                         'message.timeout.ms': 2000 * PATIENCE_S})
    for value in paced(producer.poll):
        while len(producer) >= IN_FLIGHT_MAX:
            producer.poll(0.001)
        producer.produce(topic, value.encode(), on_delivery=report)
    left = producer.flush(2 * PATIENCE_S)
    return 1 if failed or left else 0


def consume(bootstrap, topic, count):
    consumer = Consumer({'bootstrap.servers': bootstrap, 'group.id': 'nobody',
                         'enable.auto.commit': False, 'enable.partition.eof': True})
    partitions = consumer.list_topics(topic, PATIENCE_S).topics[topic].partitions
    consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in partitions])
    at_end, read, end = set(), 0, time.monotonic() + PATIENCE_S
    while (len(at_end) < len(partitions) or read < count) and time.monotonic() < end:
        message = consumer.poll(0.1)
        if message is None:
            continue
        if message.error() is None:
            at_end.discard(message.partition())
            read += 1
            say(message.value().decode(), message.partition(), message.offset())
        elif message.error().code() == KafkaError._PARTITION_EOF:
            at_end.add(message.partition())
        else:
            print(message.error(), file=sys.stderr)
    consumer.close()
    return 0


sys.exit(arguments(produce, consume))

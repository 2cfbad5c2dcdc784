#!/usr/bin/env python3
"""Captures what librdkafka sends to a make-believe broker, and record batches of foreign encoders.

usage: make_client_vectors.py DIRECTORY...
needs: pip install kafka-python>=3 confluent-kafka lz4 python-snappy zstandard
Writes tests/spec/vectors/librdkafka.json (whole request frames without their length) and
tests/spec/vectors/batches.json (record batches of every codec with the records that went in).
"""

import json
import pathlib
import socket
import struct
import sys
import threading
import time
import uuid

try:
    from confluent_kafka import Consumer, Producer, TopicPartition
    from confluent_kafka.admin import (AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource,
                                       NewPartitions, NewTopic, OffsetSpec, ResourceType)
except ImportError:
    pass  # make_old_client_vectors.py borrows the broker alone
from kafka.protocol.schemas.fields.struct import StructField
from kafka.record.default_records import DefaultRecordBatchBuilder

from kafka_definitions import messages, versions

VECTORS = pathlib.Path(__file__).parent / "vectors"
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
TIMESTAMP = 1_700_000_000_000


class Definitions:
    def __init__(self, directories):
        self.by_key = {}
        for _, definition in messages(directories):
            key = definition["apiKey"], definition["type"]
            self.by_key[key] = definition
        self.codecs = {key: StructField(value) for key, value in self.by_key.items()}

    def flexible(self, key, version):
        return version >= versions(self.by_key[key, "request"]["flexibleVersions"])[0]

    def range(self, key):
        first, last = versions(self.by_key[key, "request"]["validVersions"])
        return (0, min(last, 12)) if key == 0 else (first, last)

    def encode(self, key, version, fields):
        """A response; fields that are left out get Kafka's defaults, or zeros."""
        flexible = self.flexible(key, version)
        self.fill(self.by_key[key, "response"]["fields"], fields, version)
        return self.codecs[key, "response"].encode(fields, version=version, compact=flexible,
                                                   tagged=flexible)

    def fill(self, fields, values, version):
        for field in fields:
            name = StructField.underscore_name(field["name"])
            first, last = versions(field["versions"])
            if not first <= version <= last or "tag" in field:
                values.pop(name, None)
            elif name not in values:
                values[name] = self.default(field)
            elif "fields" in field:
                for value in values[name] if isinstance(values[name], list) else [values[name]]:
                    self.fill(field["fields"], value, version)

    @staticmethod
    def default(field):
        text = str(field.get("default", ""))
        if field["type"].startswith("[]"):
            return []
        if "nullableVersions" in field or field["type"] == "uuid":
            return None
        if field["type"] == "bool":
            return text == "true"
        if field["type"].startswith("int"):
            return int(text or "0", 0)
        return text


class Broker:
    """Answers just enough for a producer, an assigned consumer and an admin client."""

    def __init__(self, definitions):
        self.definitions = definitions
        self.frames = []
        self.lock = threading.Lock()
        self.records = b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    @staticmethod
    def receive(connection, size):
        data = b""
        while len(data) < size:
            more = connection.recv(size - len(data))
            if not more:
                return None
            data += more
        return data

    def serve(self, connection):
        while True:
            length = self.receive(connection, 4)
            frame = length and self.receive(connection, struct.unpack(">i", length)[0])
            if not frame:
                return
            key, version, correlation, id_length = struct.unpack(">hhih", frame[:10])
            if (key, "request") not in self.definitions.by_key:
                connection.close()
                return
            with self.lock:
                self.frames.append((key, version, frame))
            flexible = self.definitions.flexible(key, version)
            body = frame[10 + max(id_length, 0) + (1 if flexible else 0):]
            answer = self.answer(key, version, body)
            tags = b"\0" if flexible and key != 18 else b""
            if answer is not None:
                head = struct.pack(">i", correlation) + tags
                connection.sendall(struct.pack(">i", len(head) + len(answer)) + head + answer)

    def answer(self, key, version, body):
        encode = lambda fields: self.definitions.encode(key, version, fields)
        if key == 18:
            keys = [{"api_key": k, "min_version": self.definitions.range(k)[0],
                     "max_version": self.definitions.range(k)[1]}
                    for k, way in self.definitions.by_key if way == "request"]
            # librdkafka uses lz4 only with brokers that have FindCoordinator.
            keys.append({"api_key": 10, "min_version": 0, "max_version": 4})
            return encode({"api_keys": keys})
        if key == 3:
            topic = {"name": "orders", "topic_id": uuid.UUID(int=77), "partitions": [
                {"partition_index": 0, "leader_id": 1, "replica_nodes": [1], "isr_nodes": [1]}]}
            broker = {"node_id": 1, "host": "127.0.0.1", "port": self.port}
            return encode({"brokers": [broker], "topics": [topic], "controller_id": 1,
                           "cluster_id": "make-believe"})
        if key == 22:
            return encode({"producer_id": 1000, "producer_epoch": 0})
        if key == 0:
            self.records = self.records_of(body)
            partition = {"index": 0, "base_offset": 0}
            return encode({"responses": [{"name": "orders", "partition_responses": [partition]}]})
        if key == 2:
            partition = {"partition_index": 0, "offset": 0, "timestamp": -1}
            return encode({"topics": [{"name": "orders", "partitions": [partition]}]})
        if key == 1:
            time.sleep(0.05)
        return encode({})

    @staticmethod
    def records_of(body):
        """The batch inside a request: found by its magic and attributes, checked by its length."""
        for at in range(len(body) - 60):
            length = struct.unpack(">i", body[at + 8:at + 12])[0]
            if body[at + 16] == 2 and body[at:at + 8] == bytes(8) and length >= 49 \
                    and at + 12 + length <= len(body) and len(body) - at - 12 - length < 5:
                return body[at:at + 12 + length]
        raise ValueError("no batch in a Produce request")


def expected(count):
    return [{"key": f"key-{i}", "value": f"value {i} " * (20 * i + 20), "timestamp": TIMESTAMP + i,
             "headers": [["trace", "abc"]]} for i in range(count)]


def librdkafka_batches(broker):
    for codec in CODECS:
        producer = Producer({"bootstrap.servers": f"127.0.0.1:{broker.port}",
                             "compression.type": codec, "linger.ms": 200,
                             "enable.idempotence": codec != "none", "client.id": "capture"})
        for record in expected(4):
            producer.produce("orders", key=record["key"], value=record["value"], partition=0,
                             timestamp=record["timestamp"],
                             headers=[tuple(header) for header in record["headers"]])
        producer.flush(10)
        yield {"by": "librdkafka", "codec": codec, "hex": broker.records.hex(),
               "records": expected(4)}


def kafka_python_batches():
    for number, codec in enumerate(CODECS):
        builder = DefaultRecordBatchBuilder(magic=2, compression_type=number, is_transactional=0,
                                            producer_id=-1, producer_epoch=-1, base_sequence=-1,
                                            batch_size=1 << 20)
        for offset, record in enumerate(expected(4)):
            headers = [(key, value.encode()) for key, value in record["headers"]]
            builder.append(offset, record["timestamp"], record["key"].encode(),
                           record["value"].encode(), headers)
        yield {"by": "kafka-python", "codec": codec, "hex": bytes(builder.build()).hex(),
               "records": expected(4)}


def consume(broker):
    consumer = Consumer({"bootstrap.servers": f"127.0.0.1:{broker.port}", "group.id": "none",
                         "enable.auto.commit": False, "client.id": "capture"})
    consumer.assign([TopicPartition("orders", 0, 0)])
    consumer.poll(1)


def administrate(broker):
    admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{broker.port}", "client.id": "capture"})
    topic = ConfigResource(ResourceType.TOPIC, "orders")
    change = ConfigResource(ResourceType.TOPIC, "orders", incremental_configs=[
        ConfigEntry("retention.ms", "1000", incremental_operation=AlterConfigOpType.SET)])
    calls = [
        lambda: admin.create_topics([NewTopic("t", 3, 1, config={"a": "b"})]),
        lambda: admin.create_partitions([NewPartitions("t", 6)]),
        lambda: admin.delete_topics(["t"]),
        lambda: admin.describe_configs([topic]),
        lambda: admin.incremental_alter_configs([change]),
        lambda: admin.delete_records([TopicPartition("orders", 0, 5)]),
        lambda: admin.list_offsets({TopicPartition("orders", 0): OffsetSpec.latest()}),
        lambda: admin.describe_cluster(),
    ]
    for call in calls:
        call()
        admin.poll(0.5)
    time.sleep(1)


def main():
    broker = Broker(Definitions(sys.argv[1:]))
    batches = list(librdkafka_batches(broker)) + list(kafka_python_batches())
    consume(broker)
    administrate(broker)
    seen = {}
    with broker.lock:
        for key, version, frame in broker.frames:
            seen.setdefault((key, version, len(frame)), frame)
    names = {key: value["name"].removesuffix("Request")
             for (key, way), value in broker.definitions.by_key.items() if way == "request"}
    lines = [json.dumps({"api": names[key], "version": version, "hex": frame.hex()})
             for (key, version, _), frame in sorted(seen.items())]
    (VECTORS / "librdkafka.json").write_text("\n".join(lines) + "\n")
    (VECTORS / "batches.json").write_text("\n".join(map(json.dumps, batches)) + "\n")


if __name__ == "__main__":
    main()

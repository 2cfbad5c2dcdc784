#!/usr/bin/env python3
"""Captures what clients of Debian 12 send to a make-believe broker: kcat 1.7 (librdkafka 2.0) and
python3-kafka 2.0, which speak the old versions.

usage: make_old_client_vectors.py DIRECTORY...
needs: pip install kafka-python>=3 for the broker; kcat and python3-kafka as packages, the latter
under /usr/bin/python3. Writes tests/spec/vectors/old_clients.json: whole request frames without
their length.
"""

import json
import subprocess
import sys

from make_client_vectors import VECTORS, Broker, Definitions

PYTHON = """
import sys, time
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewPartitions, NewTopic
at = sys.argv[1]
versions = {"probed": {}, "0.10.1": {"api_version": (0, 10, 1)}, "0.11": {"api_version": (0, 11)},
            "1.0": {"api_version": (1, 0, 0)}, "2.0": {"api_version": (2, 0, 0)}}
for name, how in versions.items():
    if name != "0.10.1":
        producer = KafkaProducer(bootstrap_servers=at, acks="all", client_id="old", **how)
        producer.send("orders", key=b"k", value=b"v", partition=0, timestamp_ms=1700000000000,
                      headers=[("h", b"x")])
        producer.flush(5)
    consumer = KafkaConsumer(bootstrap_servers=at, client_id="old", group_id=None,
                             enable_auto_commit=False, **how)
    part = TopicPartition("orders", 0)
    consumer.assign([part])
    consumer.seek_to_beginning(part)
    consumer.poll(300)
    if name != "0.10.1":
        consumer.offsets_for_times({part: 1700000000000})
    consumer.topics()
calls = [
    lambda a: a.create_topics([NewTopic("t", 3, 1, topic_configs={"retention.ms": "1000"})], 2000),
    lambda a: a.create_partitions({"t": NewPartitions(6)}, 2000),
    lambda a: a.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "t")]),
    lambda a: a.describe_cluster(),
    lambda a: a.delete_topics(["t"], 2000),
]
for how in versions.values():
    if how.get("api_version") == (0, 10, 1):
        continue
    for call in calls:
        try:
            admin = KafkaAdminClient(bootstrap_servers=at, client_id="old",
                                     request_timeout_ms=3000, **how)
            call(admin)
        except Exception as wrong:
            print(type(wrong).__name__, wrong, file=sys.stderr)
"""


def kcat(broker, *arguments, stdin=""):
    subprocess.run(["kcat", "-b", f"127.0.0.1:{broker.port}", *arguments], input=stdin, text=True,
                   capture_output=True, timeout=20, check=False)


def frames_of(broker, run):
    with broker.lock:
        broker.frames.clear()
    run()
    with broker.lock:
        return list(broker.frames)


def by_kcat(broker):
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
        kcat(broker, "-P", "-t", "orders", "-p", "0", "-z", codec, "-X", "acks=all",
             stdin="value value value value value value\n" * 20)
    kcat(broker, "-P", "-t", "orders", "-p", "0", "-X", "enable.idempotence=true", stdin="v\n")
    kcat(broker, "-L")
    kcat(broker, "-Q", "-t", "orders:0:1700000000000")
    try:
        subprocess.run(["kcat", "-b", f"127.0.0.1:{broker.port}", "-C", "-t", "orders", "-p", "0",
                        "-o", "beginning", "-c", "1"], capture_output=True, timeout=3, check=False)
    except subprocess.TimeoutExpired:
        pass


def by_python(broker):
    subprocess.run(["/usr/bin/python3", "-c", PYTHON, f"127.0.0.1:{broker.port}"], timeout=240,
                   check=False)


def main():
    broker = Broker(Definitions(sys.argv[1:]))
    names = {key: value["name"].removesuffix("Request")
             for (key, way), value in broker.definitions.by_key.items() if way == "request"}
    lines = []
    for client, run in [("kcat", by_kcat), ("kafka-python", by_python)]:
        seen = {}
        for key, version, frame in frames_of(broker, lambda: run(broker)):
            seen.setdefault((key, version, len(frame)), frame)
        lines += [json.dumps({"by": client, "api": names[key], "version": version,
                              "hex": frame.hex()})
                  for (key, version, _), frame in sorted(seen.items())]
    (VECTORS / "old_clients.json").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Makes the corpora tests/fuzz/corpus/protocol_decode and server_connection from the vectors of
tests/spec/vectors.

usage: make_fuzz_corpus.py
protocol_decode: one input per API and direction (its newest version), a few frames of librdkafka and one
batch per codec. server_connection: one input per API and listener, what clients sent one after the
other, and a conversation about the topic that is there. The first bytes are those that the targets
explain.
"""

import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent
CORPUS = HERE.parent / "fuzz" / "corpus" / "protocol_decode"
CONNECTIONS = HERE.parent / "fuzz" / "corpus" / "server_connection"
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


def lines(name):
    return [json.loads(line) for line in (HERE / "vectors" / name).read_text().splitlines()]


def framed(data):
    return struct.pack(">i", len(data)) + data


def about_orders(batch):
    """Requests of old versions for partition 0 of the topic orders."""
    def request(key, version, body):
        return framed(struct.pack(">hhih", key, version, 1, -1) + body)
    topic = struct.pack(">i", 1) + struct.pack(">h", 6) + b"orders" + struct.pack(">ii", 1, 0)
    return b"".join([
        request(18, 0, b""),
        request(3, 1, struct.pack(">i", 1) + struct.pack(">h", 6) + b"orders"),
        request(22, 0, struct.pack(">hi", -1, 60000)),
        request(0, 7, struct.pack(">hhi", -1, -1, 1000) + topic + struct.pack(">i", len(batch)) + batch),
        request(0, 3, struct.pack(">hhi", -1, 0, 1000) + topic + struct.pack(">i", len(batch)) + batch),
        request(2, 1, struct.pack(">i", -1) + topic + struct.pack(">q", -1)),
        request(1, 4, struct.pack(">iiiib", -1, 10, 1, 1000, 0) + topic + struct.pack(">qi", 0, 1000)),
        request(20, 1, struct.pack(">i", 1) + struct.pack(">h", 6) + b"orders" + struct.pack(">i", 1000)),
    ])


def connections(apis, newest):
    CONNECTIONS.mkdir(parents=True, exist_ok=True)
    versions = {line.split()[1].removesuffix("Request"): int(line.split()[3].split("-")[0])
                for line in (HERE / "kafka_fields.txt").read_text().splitlines()
                if line.startswith("message ") and line.split()[1].endswith("Request")}
    for (api, way), vector in newest.items():
        if way != "request":
            continue
        body = bytes.fromhex(vector["hex"])
        head = struct.pack(">HBB", len(body), apis.index(api), vector["version"] - versions[api])
        (CONNECTIONS / f"{api}").write_bytes(b"\2" + head + body)
        (CONNECTIONS / f"controllers-{api}").write_bytes(b"\3" + head + body)
    for name in ("librdkafka", "old_clients"):
        stream = b"".join(framed(bytes.fromhex(vector["hex"])) for vector in lines(f"{name}.json"))
        (CONNECTIONS / f"stream-{name}").write_bytes(b"\0" + stream)
        (CONNECTIONS / f"pipelined-{name}").write_bytes(b"\4" + stream)
    for vector in lines("batches.json"):
        if vector["by"] == "kafka-python":
            stream = about_orders(bytes.fromhex(vector["hex"]))
            (CONNECTIONS / f"orders-{vector['codec']}").write_bytes(b"\0" + stream)
    (CONNECTIONS / "pipelined-orders").write_bytes(b"\4" + stream)


def main():
    CORPUS.mkdir(parents=True, exist_ok=True)
    keys = {line.split()[1]: int(line.split()[2])
            for line in (HERE / "kafka_fields.txt").read_text().splitlines()
            if line.startswith("message ")}
    flexible = {line.split()[1].removesuffix("Request"): int(line.split()[4].replace("none", "99"))
                for line in (HERE / "kafka_fields.txt").read_text().splitlines()
                if line.startswith("message ") and line.split()[1].endswith("Request")}
    flexible["ApiVersions"] = 99  # its response header never has tags
    apis = sorted({vector["api"] for vector in lines("messages.json")},
                  key=lambda api: keys[api + "Request"])
    newest = {}
    for vector in lines("messages.json"):
        newest[vector["api"], vector["way"]] = vector
    connections(apis, newest)
    for (api, way), vector in newest.items():
        head = bytes([1 if way == "request" else 2, apis.index(api), vector["version"]])
        (CORPUS / f"{api}-{way}").write_bytes(head + bytes.fromhex(vector["hex"]))
        framed = bytes([7 if way == "request" else 8]) + head[1:]
        if way == "response":
            framed += b"\0\0\0\1" + (b"\0" if vector["version"] >= flexible[api] else b"")
        (CORPUS / f"framed-{api}-{way}").write_bytes(framed + bytes.fromhex(vector["hex"]))
    for vector in lines("librdkafka.json"):
        (CORPUS / f"frame-{vector['api']}").write_bytes(b"\0" + bytes.fromhex(vector["hex"]))
    for vector in lines("old_clients.json"):
        name = f"frame-{vector['api']}-{vector['version']}"
        (CORPUS / name).write_bytes(b"\0" + bytes.fromhex(vector["hex"]))
    for vector in lines("batches.json"):
        if vector["by"] == "kafka-python" and vector["codec"] != "none":
            batch = bytes.fromhex(vector["hex"])
            (CORPUS / f"batch-{vector['codec']}").write_bytes(b"\3" + batch)
            packed = bytes([4, CODECS.index(vector["codec"])]) + batch[61:]
            (CORPUS / f"packed-{vector['codec']}").write_bytes(packed)
            (CORPUS / f"admitted-{vector['codec']}").write_bytes(b"\11\5" + batch)


main()

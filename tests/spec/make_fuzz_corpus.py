#!/usr/bin/env python3
"""Makes the corpus tests/fuzz/corpus/protocol_decode from the vectors of tests/spec/vectors.

usage: make_fuzz_corpus.py
One input per API and direction (its newest version), a few frames of librdkafka and one batch per
codec. The first bytes are those that tests/fuzz/protocol_decode.cpp explains.
"""

import json
import pathlib

HERE = pathlib.Path(__file__).parent
CORPUS = HERE.parent / "fuzz" / "corpus" / "protocol_decode"
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


def lines(name):
    return [json.loads(line) for line in (HERE / "vectors" / name).read_text().splitlines()]


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

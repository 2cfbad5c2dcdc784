#!/usr/bin/env python3
"""Reads record batches that engine/protocol built with kafka-python and compares every record.

usage: build/dev/bin/unit_engine_protocol "[our-batches]" | read_our_batches.py
needs: pip install kafka-python>=3 lz4 python-snappy zstandard
What could be read is written to tests/spec/vectors/our_batches.json, which a unit test reads again
with whatever versions of the compression libraries it is linked to.
"""

import json
import pathlib
import sys

from kafka.record import MemoryRecords


def main():
    good = []
    for line in sys.stdin:
        if not line.startswith("{"):
            continue
        vector = json.loads(line)
        batch = MemoryRecords(bytes.fromhex(vector["hex"])).next_batch()
        assert batch.validate_crc(), vector["codec"]
        records = [{"key": record.key.decode(), "value": record.value.decode(),
                    "timestamp": record.timestamp,
                    "headers": [[key, value.decode()] for key, value in record.headers]}
                   for record in batch]
        assert records == vector["records"], vector["codec"]
        good.append(line)
    assert len(good) == 5, f"{len(good)} batches"
    path = pathlib.Path(__file__).parent / "vectors" / "our_batches.json"
    path.write_text("".join(good))
    print(f"{len(good)} batches read, written to {path}")


main()

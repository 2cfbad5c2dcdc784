#!/usr/bin/env python3
"""Record batches that engine/protocol builds, read by Python.

One batch per codec comes from the program print_batches, beside $LOGARIUM. It is read twice: by the
reader of record batch v2 below, which knows the format from Kafka's documentation and decompresses
with Python's own libraries, and by kafka-python where that is installed. Every record must be there.
"""

import gzip
import json
import os
import pathlib
import struct
import subprocess
import sys

import lz4.frame
import snappy
import zstandard

CODECS = {0: "none", 1: "gzip", 2: "snappy", 3: "lz4", 4: "zstd"}
HEADER = struct.Struct(">qiibIhiqqqhii")


def unsnappy(data):
    """Snappy as Kafka has it: bare, or in blocks behind the header of the Java library."""
    if not data.startswith(b"\x82SNAPPY\x00"):
        return snappy.decompress(data)
    out, at = b"", 16
    while at < len(data):
        size = struct.unpack_from(">i", data, at)[0]
        out += snappy.decompress(data[at + 4:at + 4 + size])
        at += 4 + size
    return out


DECOMPRESS = {
    "none": lambda data: data,
    "gzip": gzip.decompress,
    "snappy": unsnappy,
    "lz4": lz4.frame.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def varint(self):
        shift = value = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return (value >> 1) ^ -(value & 1)

    def text(self):
        size = self.varint()
        self.at += size
        return self.data[self.at - size:self.at].decode()


def read_record(reader, offset_delta, base_timestamp):
    size = reader.varint()
    end = reader.at + size
    assert reader.data[reader.at] == 0, "attributes of a record"
    reader.at += 1
    timestamp = base_timestamp + reader.varint()
    assert reader.varint() == offset_delta
    record = {"key": reader.text(), "value": reader.text(), "timestamp": timestamp,
              "headers": [[reader.text(), reader.text()] for _ in range(reader.varint())]}
    assert reader.at == end, "length of a record"
    return record


def read_batch(data):
    (base, length, _epoch, magic, crc, attributes, last_delta, first_time, max_time, producer,
     producer_epoch, sequence, count) = HEADER.unpack_from(data)
    assert (base, length, magic) == (0, len(data) - 12, 2), (base, length, magic)
    assert crc == crc32c(data[21:]), "CRC"
    assert (producer, producer_epoch, sequence) == (-1, -1, -1)
    codec = CODECS[attributes & 7]
    reader = Reader(DECOMPRESS[codec](data[HEADER.size:]))
    records = [read_record(reader, i, first_time) for i in range(count)]
    assert reader.at == len(reader.data) and last_delta == count - 1
    assert max_time == max(record["timestamp"] for record in records)
    return codec, records


def read_with_kafka_python(data):
    """None where kafka-python is not installed or, being old, does not run on this Python."""
    try:
        from kafka.record import MemoryRecords
    except ImportError:
        return None
    batch = MemoryRecords(data).next_batch()
    assert batch.validate_crc()
    return [{"key": record.key.decode(), "value": record.value.decode(),
             "timestamp": record.timestamp,
             "headers": [[key, value.decode()] for key, value in record.headers]}
            for record in batch]


def main():
    program = pathlib.Path(os.environ["LOGARIUM"]).parent / "print_batches"
    lines = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split("\n")
    seen, also = [], 0
    for line in filter(None, lines):
        vector = json.loads(line)
        data = bytes.fromhex(vector["hex"])
        codec, records = read_batch(data)
        assert codec == vector["codec"], (codec, vector["codec"])
        assert len(records) == 50 and records == vector["records"], codec
        assert codec == "none" or len(data) < 2000, f"{codec} did not compress: {len(data)} bytes"
        seen.append(codec)
        others = read_with_kafka_python(data)
        if others is not None:
            assert others == vector["records"], f"kafka-python reads {codec} otherwise"
            also += 1
    assert sorted(seen) == sorted(CODECS.values()), seen
    print(f"read: {', '.join(seen)}; by kafka-python too: {also}")


main()

#!/usr/bin/env python3
"""Makes wire vectors with a foreign encoder: kafka-python 3 encodes messages with known fields.

usage: make_wire_vectors.py DIRECTORY... > tests/spec/vectors/messages.json
needs: pip install kafka-python>=3; directories as for make_kafka_fields.py. The last directory that
has a message and a version wins.

One JSON object per line: api, way, version, hex (the body without headers) and fields, as
`to_json` of engine/protocol/message_tools.hpp prints them.
"""

import base64
import json
import random
import sys
import uuid

from kafka.protocol.schemas.fields.struct import StructField

from kafka_definitions import messages, versions

WORDS = ["", "orders", "billing-1", "caf\u00e9", "a b.c", "x" * 130]
LIMITS = {"int8": 7, "int16": 15, "int32": 31, "int64": 63}


class Maker:
    """Random fields of one message, as kafka-python wants them and as our JSON shows them."""

    def __init__(self, version, seed):
        self.version = version
        self.random = random.Random(seed)

    def number(self, bits, signed=True):
        low = -(1 << bits) if signed else 0
        high = (1 << bits) - 1
        return self.random.choice([low, high, 0, 1, self.random.randint(low, high)])

    def one(self, field, kind):
        if kind == "bool":
            value = self.random.random() < 0.5
            return value, value
        if kind == "uint16":
            value = self.number(16, signed=False)
            return value, value
        if kind in LIMITS:
            value = self.number(LIMITS[kind])
            return value, value
        if kind == "string":
            value = self.random.choice(WORDS)
            return value, value
        if kind == "uuid":
            value = uuid.UUID(int=self.random.getrandbits(128))
            return value, base64.urlsafe_b64encode(value.bytes).decode().rstrip("=")
        if kind == "bytes" or field["name"] == "UnalignedRecords":
            value = bytes(self.random.randrange(256) for _ in range(self.random.randrange(9)))
            return value, value.hex()
        if kind == "records":
            return b"", []
        return self.fields(field["fields"])

    def value(self, field):
        nullable = versions(field.get("nullableVersions"))
        if nullable and nullable[0] <= self.version <= nullable[1] and self.random.random() < 0.3:
            return None, None
        kind = field["type"]
        if not kind.startswith("[]"):
            return self.one(field, kind)
        pairs = [self.one(field, kind[2:]) for _ in range(self.random.randrange(3))]
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    def fields(self, fields):
        theirs, ours = {}, {}
        for field in fields:
            first, last = versions(field["versions"])
            if not first <= self.version <= last:
                continue
            value, shown = self.value(field)
            theirs[StructField.underscore_name(field["name"])] = value
            ours[field["name"]] = shown
        return theirs, ours


def main():
    vectors = {}
    for _, definition in messages(sys.argv[1:]):
        bounds = versions(definition["validVersions"])
        flexible_from = versions(definition["flexibleVersions"])[0]
        codec = StructField(definition)
        api, way = definition["name"].removesuffix("Request").removesuffix("Response"), definition["type"]
        for version in range(bounds[0], bounds[1] + 1):
            maker = Maker(version, f"{api} {way} {version}")
            theirs, ours = maker.fields(definition["fields"])
            flexible = version >= flexible_from
            body = codec.encode(theirs, version=version, compact=flexible, tagged=flexible)
            vectors[api, way, version] = {"api": api, "way": way, "version": version,
                                          "hex": body.hex(), "fields": ours}
    for vector in vectors.values():
        print(json.dumps(vector, ensure_ascii=False))


main()

#!/usr/bin/env python3
"""Extracts the facts (names, types, versions, tags, defaults) of Kafka's message definitions.

usage: make_kafka_fields.py DIRECTORY... > tests/spec/kafka_fields.txt
       make_kafka_fields.py --records DIRECTORY > tests/spec/kafka_records.txt
A directory holds FetchRequest.json and so on: clients/src/main/resources/common/message of a Kafka
source tree, or kafka/protocol/schemas/resources of an installed kafka-python 3. With --records it holds the
records of the metadata log: metadata/src/main/resources/common/metadata.

Format: `message NAME KEY FIRST-LAST FLEXIBLE`, then one line per field, one dot per level:
`.NAME TYPE FIRST-LAST [nullable FIRST-LAST] [tag N] [default VALUE]`, versions within the message's.
"""

import sys

from kafka_definitions import messages, records, versions


def clip(pair, bounds):
    if pair is None:
        return None
    low, high = max(pair[0], bounds[0]), min(pair[1], bounds[1])
    return (low, high) if low <= high else None


def default_of(field):
    if "default" not in field:
        return None
    text = str(field["default"])
    if text == "":
        return None
    return str(int(text, 0)) if text[0] in "-0123456789" else text


def type_of(field):
    text = field["type"]
    base = text.removeprefix("[]")
    kind = "struct" if base[0].isupper() else base
    return ("[]" if text.startswith("[]") else "") + kind


def print_fields(fields, bounds, depth):
    for field in fields:
        inside = clip(versions(field["versions"]), bounds)
        if inside is None:
            continue
        words = ["." * depth + field["name"], type_of(field), "%d-%d" % inside]
        nullable = clip(clip(versions(field.get("nullableVersions")), bounds), inside)
        if nullable:
            words += ["nullable", "%d-%d" % nullable]
        if "tag" in field:
            words += ["tag", str(field["tag"])]
        if default_of(field) is not None:
            words += ["default", default_of(field)]
        print(" ".join(words))
        print_fields(field.get("fields", []), bounds, depth + 1)


def main():
    if sys.argv[1] == "--records":
        definitions = records(sys.argv[2])
    else:
        definitions = (definition for _, definition in messages(sys.argv[1:]))
    for definition in definitions:
        bounds = versions(definition["validVersions"])
        flexible = versions(definition["flexibleVersions"])
        print("message", definition["name"], definition["apiKey"], "%d-%d" % bounds,
              flexible[0] if flexible else "none")
        print_fields(definition["fields"], bounds, 1)


main()

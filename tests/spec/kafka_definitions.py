"""Kafka's message definitions (JSON with comments), as published with Kafka and with kafka-python."""

import json
import pathlib
import re

# The APIs that engine/protocol has structs for.
APIS = """ApiVersions Metadata Produce Fetch ListOffsets OffsetForLeaderEpoch CreateTopics
DeleteTopics CreatePartitions DescribeConfigs IncrementalAlterConfigs InitProducerId
AllocateProducerIds ElectLeaders AlterPartitionReassignments ListPartitionReassignments
DeleteRecords Vote BeginQuorumEpoch EndQuorumEpoch FetchSnapshot DescribeQuorum BrokerRegistration
BrokerHeartbeat ControllerRegistration AlterPartition UnregisterBroker DescribeCluster
Envelope AssignReplicasToDirs DescribeTopicPartitions
FindCoordinator""".split()

# The records of the metadata log that engine/metadata has structs for.
RECORDS = """RegisterBroker UnregisterBroker Topic Partition Config PartitionChange FenceBroker
UnfenceBroker RemoveTopic FeatureLevel ProducerIds BrokerRegistrationChange NoOp
RegisterController""".split()

VERSION_MAX = 32767


def versions(text):
    """"4-18", "3+", "0" or "none" as a pair; None for nothing."""
    if text is None or text == "none":
        return None
    if text.endswith("+"):
        return int(text[:-1]), VERSION_MAX
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def vote_of_kafka_4(definition):
    """KIP-996: Vote v2 adds PreVote and renames the candidate's fields, since a pre-vote has none."""
    definition["validVersions"] = "0-2"
    if definition["type"] == "response":
        return
    partitions = definition["fields"][2]["fields"][1]["fields"]
    for field in partitions:
        field["name"] = field["name"].replace("Candidate", "Replica")
    partitions.append({"name": "PreVote", "type": "bool", "versions": "2+"})


def load(directory, name):
    """The definition, or None when the directory does not have it. Common structs are put in."""
    path = pathlib.Path(directory) / f"{name}.json"
    if not path.exists():
        return None
    definition = json.loads(re.sub(r"(?m)^\s*//.*$", "", path.read_text()))
    if name.startswith("Vote") and definition["validVersions"] == "0-1":
        vote_of_kafka_4(definition)
    common = {struct["name"]: struct["fields"] for struct in definition.get("commonStructs", [])}
    put_in(definition["fields"], common)
    return definition


def put_in(fields, common):
    for field in fields:
        if "tag" in field:
            field["tag"] = int(field["tag"])  # one definition has it as a string
        struct = field["type"].removeprefix("[]")
        if "fields" not in field and struct in common:
            field["fields"] = common[struct]
        put_in(field.get("fields", []), common)


def messages(directories):
    """(directory, definition) of every message of ours in every directory."""
    for api in APIS:
        for way in ("Request", "Response"):
            for directory in directories:
                definition = load(directory, api + way)
                if definition:
                    yield directory, definition


def records(directory):
    """The definition of every metadata record of ours."""
    for name in RECORDS:
        yield load(directory, name + "Record")

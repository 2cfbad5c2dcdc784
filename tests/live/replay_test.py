"""Three recorded processes form a cluster over sockets, are killed with -9 under load and started again; then their recording
is replayed: equal; a replay without a rule, a changed byte and a cut log give what they should.

Finds the program in $LOGARIUM; needs kcat (exit code 4: skipped)."""

import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM = os.environ.get("LOGARIUM", "build/dev/bin/logarium")
NODES = (1, 2, 3)
SEED = int(os.environ.get("REPLAY_TEST_SEED", "1"))
KILLS = int(os.environ.get("REPLAY_TEST_KILLS", "2"))


def must(condition, what):
    if not condition:
        print("replay_test:", what)
        sys.exit(1)


def free_ports(count):
    holders = [socket.socket() for _ in range(count)]
    for holder in holders:
        holder.bind(("127.0.0.1", 0))
    ports = [holder.getsockname()[1] for holder in holders]
    for holder in holders:
        holder.close()
    return ports


class Cluster:
    def __init__(self, folder):
        self.folder = folder
        self.recording = folder / "recording"
        ports = free_ports(2 * len(NODES))
        self.ports = dict(zip(NODES, ports))
        voters = dict(zip(NODES, ports[len(NODES):]))
        self.bootstrap = ",".join(f"127.0.0.1:{port}" for port in self.ports.values())
        self.processes = {}
        for node in NODES:
            (folder / f"{node}.properties").write_text("\n".join([
                f"node.id={node}",
                "process.roles=broker,controller",
                "controller.quorum.voters=" + ",".join(f"{n}@127.0.0.1:{p}" for n, p in voters.items()),
                f"listeners=PLAINTEXT://127.0.0.1:{self.ports[node]},CONTROLLER://127.0.0.1:{voters[node]}",
                "controller.listener.names=CONTROLLER",
                f"log.dirs={folder}/data-{node}",
                "num.partitions=3",
                "default.replication.factor=3",
                "min.insync.replicas=2",
                "log.segment.bytes=300000",
                "broker.heartbeat.interval.ms=200",
                "broker.session.timeout.ms=1500",
                ""]))

    def start(self, node):
        log = open(self.folder / f"{node}.log", "ab")
        self.processes[node] = subprocess.Popen(
            [PROGRAM, "serve", "--node", str(node), "--config", str(self.folder / f"{node}.properties"),
             "--record", str(self.recording), "--json"], stdout=subprocess.PIPE, stderr=log)

    def wait_ready(self, node):
        process = self.processes[node]
        line = []
        reader = threading.Thread(target=lambda: line.append(process.stdout.readline()), daemon=True)
        reader.start()
        reader.join(60)
        must(line and json.loads(line[0])["ready"], f"node {node} is not ready after 60 s")

    def kill(self, node, number):
        process = self.processes.pop(node)
        process.send_signal(number)
        return process.wait(timeout=60)

    def leader(self):
        """The node that leads most partitions."""
        told = subprocess.run(["kcat", "-b", self.bootstrap, "-L", "-J", "-t", "orders"], capture_output=True, timeout=60,
                              check=True)
        leaders = [p["leader"] for t in json.loads(told.stdout)["topics"] for p in t["partitions"]]
        return max((n for n in NODES if n in self.processes), key=leaders.count)


class Load:
    """Produces with acks=all until it is stopped."""

    def __init__(self, cluster):
        self.process = subprocess.Popen(
            ["kcat", "-P", "-b", cluster.bootstrap, "-t", "orders", "-X", "acks=all", "-X", "linger.ms=5",
             "-X", "batch.size=100000", "-X", "message.timeout.ms=120000"],
            stdin=subprocess.PIPE, stderr=open(cluster.folder / "kcat.log", "wb"))
        self.errors = cluster.folder / "kcat.log"
        self.go_on = True
        self.sent = 0
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while self.go_on and self.process.poll() is None:
            self.process.stdin.write(b"".join(f"{self.sent + i} {'x' * 80}\n".encode() for i in range(20)))
            self.process.stdin.flush()
            self.sent += 20
            time.sleep(0.01)

    def stop(self):
        self.go_on = False
        self.thread.join()
        if self.process.poll() is None:
            self.process.stdin.close()
        must(self.process.wait(timeout=150) == 0, "kcat could not produce all: " + self.errors.read_text()[-500:])


def replay(recording, *more):
    done = subprocess.run([PROGRAM, "replay", str(recording), "--json", *more], capture_output=True, text=True, timeout=300,
                          check=False)
    must(done.returncode in (0, 1), f"replay ends with {done.returncode}: {done.stderr}")
    report = json.loads(done.stdout)
    must((done.returncode == 0) == report["equal"], "the exit code does not say what the report says")
    return report


def changed(cluster, name, change):
    """The recording of this log's node once more, with the log changed; the report of its replay."""
    copy = cluster.folder / "changed"
    node = pathlib.Path(name).parent
    shutil.copytree(cluster.recording / node, copy / node)
    log = copy / name
    log.write_bytes(change(log.read_bytes()))
    report = replay(copy)
    shutil.rmtree(copy)
    return report


def record(cluster):
    for node in NODES:
        cluster.start(node)
    for node in NODES:
        cluster.wait_ready(node)
    for _ in range(KILLS):
        # A producer per round: kcat gives up when it has once lost every broker, one after the other.
        load = Load(cluster)
        time.sleep(1)
        victim = cluster.leader()
        print("kill -9", victim, "process", cluster.processes[victim].pid)
        cluster.kill(victim, signal.SIGKILL)
        time.sleep(2)
        load.stop()
        cluster.start(victim)
        cluster.wait_ready(victim)
    # One leaves in good order. The others could not: with one more gone there is no quorum to let the last one go.
    must(cluster.kill(NODES[0], signal.SIGTERM) == 0, "a controlled shutdown does not end with 0")
    for node in NODES[1:]:
        cluster.kill(node, signal.SIGKILL)


def check(cluster):
    random.seed(SEED)
    report = replay(cluster.recording)
    must(report["equal"], "the replay differs: " + json.dumps(report, indent=1))
    incarnations = report["incarnations"]
    must(len(incarnations) == len(NODES) + KILLS, f"{len(incarnations)} incarnations were recorded")
    must(sum(one["end"] == "killed" for one in incarnations) >= KILLS, "not all kills are in the recording")
    must(any(one["end"] == "stopped" for one in incarnations), "no controlled shutdown is in the recording")
    must(any(one["state_digests"] > 0 for one in incarnations), "no state was compared")
    inputs = sum(one["inputs"] for one in incarnations)
    must(inputs > 500, f"only {inputs} inputs were recorded")
    print(len(incarnations), "incarnations,", inputs, "inputs: equal")

    must(not replay(cluster.recording, "--rules-off", "answer-after-high-watermark")["equal"],
         "a replay without a rule is equal")

    # Of each node's first log a byte at its start and some further behind; the input that is named is the
    # one whose entry holds the byte: a log that is cut there has all inputs before it.
    firsts = [one["log"] for one in incarnations if one["incarnation"] == 1]
    must(len(firsts) == len(NODES), f"first logs: {firsts}")
    for first in firsts:
        size = (cluster.recording / first).stat().st_size
        for at in [40, *(random.randrange(part * size // 4, (part + 1) * size // 4) for part in range(4))]:
            bit = 1 << random.randrange(8)
            report = changed(cluster, first, lambda log: log[:at] + bytes([log[at] ^ bit]) + log[at + 1:])
            one = report["incarnations"][0]
            until = changed(cluster, first, lambda log: log[:at])["incarnations"][0]["inputs"]
            difference = one["difference"]
            must(difference and difference["field"] and
                 difference["input"] == (until + 1 if until > 0 else difference["input"]) and
                 one["inputs"] == until, f"byte {at} of {first} was changed: {one}; {until} inputs are before it")
            print(f"byte {at}: {one['node']} incarnation {one['incarnation']} input {difference['input']},",
                  difference["field"])

    last = incarnations[-1]
    size = (cluster.recording / last["log"]).stat().st_size
    for at in [0, 1, 8, 9, size - 1, *(random.randrange(size) for _ in range(5))]:
        report = changed(cluster, last["log"], lambda log: log[:at])
        one = report["incarnations"][-1]
        must(report["equal"] and one["inputs"] <= last["inputs"], f"{last['log']}, cut at {at}: {one}")


def main():
    if shutil.which("kcat") is None:
        print("replay_test: kcat is not installed")
        sys.exit(4)
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(pathlib.Path(folder))
        try:
            record(cluster)
            check(cluster)
        finally:
            for process in cluster.processes.values():
                process.kill()


main()

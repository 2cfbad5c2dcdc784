#!/usr/bin/env bash
# install.sh DIR: gets the clients that the distribution does not have from PyPI, Maven Central, the Go
# proxy and npm, as far as their tools are here. Nothing but the test of the clients uses them:
#   LOGARIUM_TEST_CLIENTS=DIR python3 tests/live/foreign_clients_test.py
set -u
target=$(mkdir -p "${1:?install.sh DIR}" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)

python() {
  python3 -m venv "$target/venv" &&
    "$target/venv/bin/pip" install -q confluent-kafka kafka-python python-snappy lz4 zstandard
}

java() {
  mkdir -p "$target/java/classes" && cp "$here/java/pom.xml" "$target/java/" &&
    (cd "$target/java" && mvn -q dependency:copy-dependencies -DoutputDirectory=lib) &&
    javac -cp "$target/java/lib/*" -d "$target/java/classes" "$here/java/JavaClient.java"
}

go_client() {
  mkdir -p "$target/go/$1.d" && cp "$here/go/$1/main.go" "$target/go/$1.d/" &&
    (cd "$target/go/$1.d" && { [[ -f go.mod ]] || go mod init client; } && go mod tidy &&
      go build -o "../$1" .)
}

node_clients() {
  mkdir -p "$target/node" && cp "$here"/node/*.mjs "$target/node/" &&
    (cd "$target/node" && npm install --no-save kafkajs @platformatic/kafka)
}

failed=0
for client in python java "go_client franz" "go_client sarama" node_clients; do
  # Without quotes: a function and its argument.
  if $client >"$target/install.log" 2>&1; then
    echo "installed: $client"
  else
    echo "failed: $client: $(tail -1 "$target/install.log")"
    failed=1
  fi
done
exit $failed

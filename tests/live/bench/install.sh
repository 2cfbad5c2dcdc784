#!/usr/bin/env bash
# install.sh DIR: gets what `logarium bench live` compares with and the distribution does not have:
# Apache Kafka's broker from Maven Central and franz-go's kfake from the Go proxy, as far as their
# tools are here. Then:
#   LOGARIUM_BENCH_PEERS=DIR ./logarium bench live
set -u
target=$(mkdir -p "${1:?install.sh DIR}" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)

kafka() {
  mkdir -p "$target/kafka" && cp "$here/kafka/pom.xml" "$target/kafka/" &&
    (cd "$target/kafka" && mvn -q dependency:copy-dependencies -DoutputDirectory=lib)
}

kfake() {
  mkdir -p "$target/kfake.d" && cp "$here/kfake/main.go" "$target/kfake.d/" &&
    (cd "$target/kfake.d" && { [[ -f go.mod ]] || go mod init kfake; } && go mod tidy &&
      go get -u github.com/twmb/franz-go && go build -o ../kfake .)
}

failed=0
for peer in kafka kfake; do
  if $peer >"$target/install.log" 2>&1; then
    echo "installed: $peer"
  else
    echo "failed: $peer: $(tail -1 "$target/install.log")"
    failed=1
  fi
done
exit $failed

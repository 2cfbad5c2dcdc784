#include "tests/live/bench/peers.hpp"

#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "tests/live/bench/kafka_peer.hpp"

namespace logarium::bench {
namespace {

constexpr std::chrono::seconds kStartPatience{30};

class LogariumPeer final : public Peer {
 public:
  explicit LogariumPeer(const PeerSetup& setup) : setup_(setup) {}

  std::string start() override {
    spawn({setup_.program, "serve", "--port", "0", "--json"}, setup_.work + "/logarium.log");
    // {"ready":true,"bootstrap":"...",...
    const std::string line = greeting();
    const std::string key = "\"bootstrap\":\"";
    const std::size_t from = line.find(key);
    if (from == std::string::npos) throw std::runtime_error("serve said: " + line);
    const std::size_t begin = from + key.size();
    return line.substr(begin, line.find('"', begin) - begin);
  }

 private:
  PeerSetup setup_;
};

class MockPeer final : public Peer {
 public:
  explicit MockPeer(const PeerSetup& setup) : setup_(setup) {}
  bool creates_topics() const override { return false; }

  std::string start() override {
    std::vector<std::string> argv{setup_.self, "--mock-cluster"};
    for (const PeerTopic& topic : setup_.topics) {
      argv.push_back(topic.name);
      argv.push_back(std::to_string(topic.partitions));
    }
    spawn(argv, setup_.work + "/mock.log");
    return greeting();
  }

 private:
  PeerSetup setup_;
};

class KfakePeer final : public Peer {
 public:
  explicit KfakePeer(const PeerSetup& setup) : setup_(setup) {}

  std::string start() override {
    spawn({setup_.peers + "/kfake", "3"}, setup_.work + "/kfake.log");
    return greeting();
  }

 private:
  PeerSetup setup_;
};

bool in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (::access((rest.substr(0, end) + "/" + program).c_str(), X_OK) == 0) return true;
    rest.erase(0, end + 1);
  }
  return false;
}

std::string what_kafka_misses(const PeerSetup& setup) {
  if (setup.peers.empty() || !std::filesystem::is_directory(setup.peers + "/kafka/lib")) {
    return "its jars (tests/live/bench/install.sh DIR, LOGARIUM_BENCH_PEERS=DIR)";
  }
  return in_path("java") ? "" : "java";
}

std::string what_kfake_misses(const PeerSetup& setup) {
  if (!setup.peers.empty() && ::access((setup.peers + "/kfake").c_str(), X_OK) == 0) return "";
  return "its program (tests/live/bench/install.sh DIR, LOGARIUM_BENCH_PEERS=DIR)";
}

}  // namespace

double Peer::cpu_seconds() const {
  double sum = 0;
  for (const auto& child : children_) sum += child->cpu_seconds();
  return sum;
}

void Peer::stop() {
  for (const auto& child : children_) child->stop();
  children_.clear();
}

void Peer::spawn(const std::vector<std::string>& argv, const std::string& errors, int orphaned) {
  children_.push_back(std::make_unique<Child>(argv, errors, orphaned));
}

std::string Peer::greeting() {
  const auto line = children_.back()->line(kStartPatience);
  if (!line) throw std::runtime_error("a cluster did not start");
  return *line;
}

std::vector<Candidate> candidates(const PeerSetup& setup) {
  return {{"logarium", ""},
          {"mock", ""},
          {"kfake", what_kfake_misses(setup)},
          {"kafka", what_kafka_misses(setup)}};
}

std::unique_ptr<Peer> make_peer(const std::string& name, const PeerSetup& setup) {
  if (name == "logarium") return std::make_unique<LogariumPeer>(setup);
  if (name == "mock") return std::make_unique<MockPeer>(setup);
  if (name == "kfake") return std::make_unique<KfakePeer>(setup);
  if (name == "kafka") return std::make_unique<KafkaPeer>(setup);
  throw std::runtime_error("there is no peer \"" + name + "\"");
}

}  // namespace logarium::bench

#pragma once
// peers: the clusters that are compared, each of three brokers in processes of their own.

#include <memory>
#include <string>
#include <vector>

#include "tests/live/bench/child.hpp"

namespace logarium::bench {

// A topic that is there before the load.
struct PeerTopic {
  std::string name;
  int partitions = 1;
};

class Peer {
 public:
  virtual ~Peer() = default;
  // From here on time counts: starts the processes; returns HOST:PORT,... when they say that they
  // listen. Throws std::runtime_error when they do not.
  virtual std::string start() = 0;
  // False: it cannot be asked for topics; those of `topics` are there from the start.
  [[nodiscard]] virtual bool creates_topics() const { return true; }
  // Of all its processes.
  [[nodiscard]] double cpu_seconds() const;
  void stop();

 protected:
  void spawn(const std::vector<std::string>& argv, const std::string& errors,
             int orphaned = SIGTERM);
  // The line in which a process says that it is there.
  [[nodiscard]] std::string greeting();

 private:
  std::vector<std::unique_ptr<Child>> children_;
};

// What is to be compared and why the others are not.
struct Candidate {
  std::string name;
  std::string missing;  // what it needs and is not there; empty: it can be started
};

struct PeerSetup {
  std::string program;  // logarium
  std::string self;     // this program
  std::string peers;    // where install.sh put things; empty: nowhere
  std::string work;     // a directory for files of the peers
  std::vector<PeerTopic> topics;
};

// logarium first.
[[nodiscard]] std::vector<Candidate> candidates(const PeerSetup& setup);
// A fresh cluster of that name with a directory of its own; not started.
[[nodiscard]] std::unique_ptr<Peer> make_peer(const std::string& name, const PeerSetup& setup);

// The process of librdkafka's mock cluster: prints its bootstrap servers and serves until SIGTERM.
int serve_mock_cluster(const std::vector<PeerTopic>& topics);

}  // namespace logarium::bench

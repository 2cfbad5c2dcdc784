#pragma once
// A quorum in one thread for tests: several members, connections with delays, cuts and resets,
// disks that lose what was not synced. Everything random comes from one seed.
//
//   Cluster c({.voters = 3});
//   c.run_until_leader();
//   c.cut(1, 2);  c.power_loss(3);  c.restart(3);  c.heal();

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "engine/raft/quorum.hpp"
#include "tests/unit/engine/raft/checks.hpp"
#include "tests/unit/engine/raft/fake_disk.hpp"

namespace logarium::raft::test {

// Kafka's timeouts, ten times faster.
[[nodiscard]] BrokerConfig fast_config();

struct ClusterOptions {
  int voters = 3;
  int observers = 0;
  std::uint64_t seed = 1;
  Rules rules = {};
  BrokerConfig config = fast_config();
  Duration latency_low = microseconds(200);
  Duration latency_high = milliseconds(2);
  Duration sync_high = milliseconds(3);
};

class Cluster {
 public:
  explicit Cluster(const ClusterOptions& options);

  // Ids count from 1: voters first, then observers.
  void crash(int id);
  void power_loss(int id);
  void restart(int id);
  void wipe(int id);  // REQUIRES: it is down. It comes back with another directory id.
  void resign(int id);
  void cut_one_way(int from, int to) { cuts_.insert({from, to}); }
  void cut(int a, int b);
  void isolate(int id);
  void heal() { cuts_.clear(); }
  void restart_all();
  void set_disk_delay(int id, Duration delay) { node(id).disk_delay = delay; }
  // Messages are lost with this chance (the connection is reset).
  void set_resets_ppm(std::int64_t ppm) { resets_ppm_ = ppm; }

  void run_for(Duration time);
  // False when `limit` passes first.
  template <class Condition>
  bool run_until(Condition&& done, Duration limit = seconds(30)) {
    const Instant end = now_ + limit;
    while (!done()) {
      if (events_.empty() || events_.begin()->first.first > end) {
        now_ = end;
        return done();
      }
      run_one();
    }
    return true;
  }
  // The active leader of the highest epoch.
  [[nodiscard]] std::optional<int> leader() const;
  bool run_until_leader() {
    return run_until([&] { return leader().has_value(); });
  }
  // Appends through the active leader; its last offset.
  std::optional<Offset> append(const std::string& text);
  std::optional<Offset> append_at(int id, const std::string& text);
  // Asks a member as one of its own machines would; null when it does not answer at once.
  MessageRef ask(int id, const MessageRef& request);
  // Every running member has applied everything below `end`.
  [[nodiscard]] bool all_applied(Offset end) const;
  bool snapshot(int id);

  [[nodiscard]] bool up(int id) const { return node(id).machine != nullptr; }
  [[nodiscard]] const Quorum& quorum(int id) const { return node(id).machine->quorum; }
  [[nodiscard]] const ReplicaKey& key(int id) const { return node(id).key; }
  [[nodiscard]] FakeDisk& disk(int id) { return node(id).disk; }
  [[nodiscard]] int size() const { return static_cast<int>(nodes_.size()); }
  [[nodiscard]] bool is_voter(int id) const { return voters_.contains(node(id).key); }
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] Checks& checks() { return checks_; }
  [[nodiscard]] std::uint64_t events_done() const { return events_done_; }

  // Readable lines of what happened, while `recording` is on.
  bool recording = false;
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  void say(const std::string& line);

 private:
  struct Machine {
    NodeCore core;
    rpc::Inbound inbound;
    rpc::Outbound outbound;
    Quorum quorum;
  };
  struct Node {
    ReplicaKey key;
    FakeDisk disk;
    std::uint32_t incarnation = 0;
    std::unique_ptr<Machine> machine;
    std::deque<FileOp> pending;  // file operations in issue order
    Instant disk_free;
    Duration disk_delay;  // on top of every operation
  };
  struct End {
    int peer = 0;
    ConnectionId peer_connection;
    bool dead = false;  // a message was lost to a cut: nothing passes any more
    Instant last_arrival;
  };
  struct FinishIo {};
  struct Boot {};
  using What = std::variant<Input, FinishIo, Boot>;
  struct Scheduled {
    int node = 0;
    std::uint32_t incarnation = 0;
    What what;
  };
  using ConnectionKey = std::pair<int, ConnectionId>;

  [[nodiscard]] Node& node(int id) { return nodes_[static_cast<std::size_t>(id - 1)]; }
  [[nodiscard]] const Node& node(int id) const { return nodes_[static_cast<std::size_t>(id - 1)]; }
  void schedule(Instant when, int id, What what);
  void run_one();
  void step(int id, const Input* input);
  void dispatch(rpc::Port& port, Machine& machine, const Input& input);
  void drain(rpc::Port& port, Machine& machine);
  void perform(int id, Effects& effects);
  void connect(int id, const Connect& connect);
  void send(int id, const Send& send);
  void disconnect(int id, ConnectionId connection);
  void finish_io(int id);
  void stop(int id);
  void on_note(int id, const Note& note);
  void tell(int from, int to, const Frame& frame);
  [[nodiscard]] bool is_cut(int from, int to) const { return cuts_.contains({from, to}); }
  [[nodiscard]] Duration latency() {
    return random_.between(options_.latency_low, options_.latency_high);
  }
  [[nodiscard]] Now now_of() const { return {now_, WallTime{1'000'000'000'000'000'000 + now_.ns}}; }

  ClusterOptions options_;
  VoterSet voters_;
  Checks checks_;
  Random random_;
  std::deque<Node> nodes_;
  std::map<std::pair<Instant, std::uint64_t>, Scheduled> events_;
  std::uint64_t next_event_ = 0;
  std::uint64_t events_done_ = 0;
  std::uint64_t next_accepted_ = 1;
  std::map<ConnectionKey, End> ends_;
  std::set<std::pair<int, int>> cuts_;
  std::int64_t resets_ppm_ = 0;
  Instant now_{1'000'000};
  std::vector<Event> told_;  // in this step
  std::vector<std::string> lines_;
};

}  // namespace logarium::raft::test

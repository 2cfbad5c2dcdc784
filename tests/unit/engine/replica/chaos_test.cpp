// Random crashes, cuts, elections and produces, with clean elections and crashes that keep the
// page cache: whatever happens, no record acknowledged with acks=all is lost, and in the end all
// replicas agree.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/engine/replica/cluster.hpp"

namespace logarium::replica::test {
namespace {

using protocol::ErrorCode;

class Chaos {
 public:
  explicit Chaos(std::uint64_t seed, ClusterSpec spec) : random_(seed), c_(std::move(spec)) {
    c_.create_orders({1, 2, 3});
  }

  void go(int actions) {
    for (int i = 0; i < actions; ++i) {
      act();
      c_.run(milliseconds(random_.between(1, 400)));
      note_acks();
      check_leader();
    }
    c_.heal();
    c_.hold_alter_partition(false);
    for (std::int32_t id = 1; id <= 3; ++id) {
      c_.hold_metadata(id, false);
      c_.hold_disk(id, false);
      if (down(id)) restart(id);
    }
    c_.run(seconds(5));
    ensure_leader();
    c_.run(seconds(60));
    note_acks();
  }

  // What is wrong at the end, or was on the way; empty when all is well.
  [[nodiscard]] std::string verdict() {
    const std::int32_t leader = c_.committed().leader->value();
    const std::string log = c_.log_text(leader);
    for (std::int32_t id = 1; id <= 3; ++id) {
      if (c_.log_text(id) != log) wrong_ += " log " + std::to_string(id);
      if (c_.hw(id) != static_cast<std::int64_t>(log.size())) wrong_ += " hw";
    }
    if (c_.isr(leader).size() != 3) wrong_ += " isr";
    for (const char letter : acked_) {
      if (log.find(letter) == std::string::npos) wrong_ += std::string(" lost ") + letter;
    }
    return wrong_;
  }
  [[nodiscard]] std::size_t acked() const { return acked_.size(); }

 private:
  [[nodiscard]] bool down(std::int32_t id) const { return (down_ >> id & 1U) != 0; }
  std::int32_t any() { return static_cast<std::int32_t>(random_.between(1, 3)); }

  void act() {
    switch (random_.below(10)) {
      case 0:
      case 1:
      case 2:
      case 3:
        produce();
        break;
      case 4:
        c_.cut(any(), any());
        break;
      case 5:
        c_.heal();
        break;
      case 6:
        crash(any());
        break;
      case 7:
        if (const std::int32_t id = any(); down(id)) restart(id);
        break;
      case 8:
        c_.hold_metadata(any(), random_.below(2) == 0);
        c_.hold_alter_partition(random_.below(2) == 0);
        c_.hold_disk(any(), random_.below(2) == 0);
        break;
      default:
        elect_another();
        break;
    }
  }

  void produce() {
    if (next_ > 'z') return;
    const std::int32_t to = random_.below(4) == 0 ? any() : c_.committed().leader->value();
    if (down(to)) return;
    const std::string text(1, next_++);
    sent_.push_back({c_.produce(to, text, -1), text[0]});
  }

  void note_acks() {
    for (auto& [token, letter] : sent_) {
      if (letter != 0 && c_.produced(token) == ErrorCode::kNone) {
        acked_ += letter;
        letter = 0;
      }
    }
  }

  // A crash is seen at once: the broker is fenced, leaves the ISR and leads no more.
  void crash(std::int32_t id) {
    if (down_ != 0) return;
    c_.kill(id);
    c_.hold_metadata(id, false);
    down_ |= 1U << id;
    c_.fence(id);
    std::vector<std::int32_t> isr;
    for (const NodeId node : c_.committed().isr) {
      if (node.value() != id) isr.push_back(node.value());
    }
    if (isr.empty()) return;  // the last member stays, and leads again when it is back
    if (c_.committed().leader == NodeId(id)) {
      c_.elect(isr.front(), isr);
    } else {
      c_.set_isr(isr);
    }
  }

  void restart(std::int32_t id) {
    down_ &= ~(1U << id);
    c_.restart(id);
    c_.run_ms(20);
    ensure_leader();
  }

  void ensure_leader() {
    const auto& now = c_.committed();
    std::vector<std::int32_t> isr;
    for (const NodeId node : now.isr) isr.push_back(node.value());
    if (isr.size() == 1 && !down(isr[0])) c_.elect(isr[0], isr);
  }

  void elect_another() {
    std::vector<std::int32_t> isr;
    for (const NodeId node : c_.committed().isr) isr.push_back(node.value());
    const auto leader = isr[random_.below(isr.size())];
    if (!down(leader)) c_.elect(leader, isr);
  }

  // R2: what the leader calls committed is in the log of every live ISR member.
  void check_leader() {
    const auto& now = c_.committed();
    const std::int32_t leader = now.leader->value();
    if (down(leader) || c_.manager(leader).find(kOrders0) == nullptr) return;
    if (c_.at(leader).leader() == nullptr) return;
    if (c_.at(leader).leader_epoch() != now.leader_epoch) return;
    for (const NodeId node : now.isr) {
      if (down(node.value()) || c_.manager(node.value()).find(kOrders0) == nullptr) continue;
      if (c_.hw(leader) > c_.leo(node.value())) wrong_ += " early hw";
    }
  }

  Random random_;
  Cluster c_;
  std::uint32_t down_ = 0;
  char next_ = 'A';
  std::string acked_;
  std::string wrong_;
  std::vector<std::pair<Cluster::Token, char>> sent_;
};

enum class Memory { kAmple, kTiny };

// With tiny memory every fetch of older data goes to the disk.
ClusterSpec spec_with(Rules rules, Memory memory = Memory::kAmple) {
  ClusterSpec spec;
  if (memory == Memory::kTiny) spec.config.logarium_log_tail_bytes = 1;
  spec.config.replica_lag_time_max_ms = 2000;
  spec.rules = rules;
  return spec;
}

TEST_CASE("nothing acknowledged is lost, whatever happens within the budget") {
  std::size_t acked = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    Chaos chaos(seed, spec_with({}, seed % 2 == 0 ? Memory::kTiny : Memory::kAmple));
    chaos.go(60);
    CHECK(chaos.verdict() == "");
    acked += chaos.acked();
  }
  CHECK(acked > 300);
}

TEST_CASE("the same chaos finds what each of these rules protects from") {
  for (const Rule rule : {Rule::kTruncateByLeaderEpoch, Rule::kAnswerAfterHighWatermark,
                          Rule::kExpandNeedsHighWatermark}) {
    INFO("rule " << rule_table()[static_cast<std::size_t>(rule)].name);
    Rules rules;
    rules.switch_off(rule);
    bool found = false;
    for (std::uint64_t seed = 1; seed <= 60 && !found; ++seed) {
      Chaos chaos(seed, spec_with(rules, seed % 2 == 0 ? Memory::kTiny : Memory::kAmple));
      chaos.go(60);
      found = !chaos.verdict().empty();
    }
    CHECK(found);
  }
}

}  // namespace
}  // namespace logarium::replica::test

// Stories of one quorum, told step by step; those with a name are compared with the transcript of
// that name in tests/golden/raft. LOGARIUM_UPDATE_GOLDEN=1 writes the transcripts anew.

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/unit/engine/raft/cluster.hpp"

namespace logarium::raft::test {
namespace {

void compare_with_golden(const Cluster& c, const std::string& name) {
  std::string told;
  for (const std::string& line : c.lines()) told += line + "\n";
  const std::string path = "tests/golden/raft/" + name + ".txt";
  if (std::getenv("LOGARIUM_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << told;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  std::stringstream golden;
  golden << file.rdbuf();
  CHECK(told == golden.str());
}

// A started quorum with a leader and one committed record.
void settle(Cluster& c) {
  REQUIRE(c.run_until_leader());
  const auto last = c.append("first");
  REQUIRE(last.has_value());
  REQUIRE(c.run_until([&] { return c.all_applied(*last + 1); }));
}

int follower_of(const Cluster& c) {
  for (int id = 1; id <= c.size(); ++id) {
    if (c.is_voter(id) && id != c.leader()) return id;
  }
  return 0;
}

void require_no_violation(Cluster& c) {
  const auto& violations = c.checks().violations();
  REQUIRE((violations.empty() ? "" : violations.front()) == "");
}

}  // namespace

TEST_CASE("three voters elect a leader that commits a record") {
  Cluster c({.voters = 3, .seed = 3});
  c.recording = true;
  settle(c);
  require_no_violation(c);
  compare_with_golden(c, "election");
}

TEST_CASE("a deposed leader cuts what it did not commit") {
  Cluster c({.voters = 3, .seed = 3});
  settle(c);
  const int old = *c.leader();
  c.recording = true;
  c.say("n" + std::to_string(old) + " is isolated and appends one more record");
  c.isolate(old);
  REQUIRE(c.append_at(old, "lost").has_value());
  REQUIRE(c.run_until([&] { return c.leader() && *c.leader() != old; }));
  const auto kept = c.append("kept");
  REQUIRE(c.run_until([&] { return c.checks().committed_end(c.key(*c.leader())) > *kept; }));
  c.say("the cut is healed");
  c.heal();
  REQUIRE(c.run_until([&] { return c.all_applied(*kept + 1); }));
  CHECK(c.checks().truncations == 1);
  require_no_violation(c);
  compare_with_golden(c, "divergence");
}

TEST_CASE("a voter that was cut off comes back without deposing the leader") {
  Cluster c({.voters = 3, .seed = 3});
  settle(c);
  const int leader = *c.leader();
  const QuorumEpoch epoch = c.quorum(leader).epoch();
  const int cut_off = follower_of(c);
  c.recording = true;
  c.say("n" + std::to_string(cut_off) + " is cut off");
  c.isolate(cut_off);
  c.run_for(milliseconds(900));
  c.say("the cut is healed");
  c.heal();
  c.run_for(milliseconds(500));
  CHECK(c.leader() == leader);
  CHECK(c.quorum(leader).epoch() == epoch);
  CHECK(c.quorum(cut_off).leader() == NodeId(leader));
  require_no_violation(c);
  compare_with_golden(c, "pre-vote");
}

TEST_CASE("without pre-vote a one-way cut deposes the leader again and again") {
  const auto epochs_in_three_seconds = [](const Rules& rules) {
    Cluster c({.voters = 3, .seed = 3, .rules = rules});
    settle(c);
    const int leader = *c.leader();
    const QuorumEpoch before = c.quorum(leader).epoch();
    // It hears nobody, but everybody hears it.
    const int deaf = follower_of(c);
    for (int other = 1; other <= 3; ++other) {
      if (other != deaf) c.cut_one_way(other, deaf);
    }
    c.run_for(seconds(3));
    c.heal();
    c.run_for(seconds(1));
    require_no_violation(c);
    return c.quorum(leader).epoch().value() - before.value();
  };
  Rules without;
  without.switch_off(Rule::kPreVote);
  CHECK(epochs_in_three_seconds({}) == 0);
  CHECK(epochs_in_three_seconds(without) > 0);
}

TEST_CASE("a leader out of touch with the majority resigns") {
  Cluster c({.voters = 3, .seed = 3});
  settle(c);
  const int old = *c.leader();
  c.recording = true;
  c.say("n" + std::to_string(old) + " is isolated");
  c.isolate(old);
  c.run_for(milliseconds(350));
  CHECK(c.quorum(old).role() == note::QuorumRole::kResigned);
  CHECK_FALSE(c.quorum(old).active_epoch().has_value());
  REQUIRE(c.run_until_leader());
  c.say("the cut is healed");
  c.heal();
  c.run_for(milliseconds(300));
  CHECK(c.quorum(old).role() == note::QuorumRole::kFollower);
  require_no_violation(c);
  compare_with_golden(c, "check-quorum");
}

TEST_CASE("without check quorum an isolated leader goes on for ever") {
  Rules rules;
  rules.switch_off(Rule::kCheckQuorum);
  Cluster c({.voters = 3, .seed = 3, .rules = rules});
  settle(c);
  const int old = *c.leader();
  c.isolate(old);
  c.run_for(seconds(5));
  CHECK(c.quorum(old).active_epoch().has_value());
}

TEST_CASE("a leader that shuts down hands over to its best follower") {
  Cluster c({.voters = 3, .seed = 3});
  settle(c);
  const int old = *c.leader();
  c.recording = true;
  c.say("n" + std::to_string(old) + " resigns");
  c.resign(old);
  const Instant before = c.now();
  REQUIRE(c.run_until_leader());
  CHECK(*c.leader() != old);
  CHECK((c.now() - before).whole_ms() < 60);
  CHECK(c.quorum(old).resigned());
  require_no_violation(c);
  compare_with_golden(c, "hand-over");
}

TEST_CASE("a member whose log is behind the leader's loads a snapshot") {
  ClusterOptions options{.voters = 3, .observers = 1, .seed = 3};
  options.config.metadata_log_segment_bytes = 400;
  options.config.metadata_max_retention_bytes = 500;
  Cluster c(options);
  settle(c);
  c.crash(4);
  for (int i = 0; i < 30; ++i) {
    REQUIRE(c.append("more").has_value());
    c.run_for(milliseconds(20));
    if (i % 10 == 9) REQUIRE(c.snapshot(*c.leader()));
  }
  c.run_for(milliseconds(50));
  CHECK(c.quorum(*c.leader()).log_start() > Offset(0));
  c.recording = true;
  c.say("n4 starts again");
  c.restart(4);
  const Offset end = c.checks().committed_end();
  REQUIRE(c.run_until([&] { return c.all_applied(end); }));
  CHECK(c.checks().snapshots_loaded == 1);
  CHECK(c.checks().state_of(c.key(4)) == c.checks().state_of(c.key(*c.leader())));
  require_no_violation(c);
  compare_with_golden(c, "snapshot");
}

TEST_CASE("a single voter leads at once, and again after a restart in another epoch") {
  Cluster c({.voters = 1, .observers = 1, .seed = 3});
  settle(c);
  const QuorumEpoch epoch = c.quorum(1).epoch();
  c.power_loss(1);
  c.restart(1);
  REQUIRE(c.run_until_leader());
  CHECK(c.quorum(1).epoch() > epoch);
  settle(c);
  require_no_violation(c);
}

TEST_CASE("four voters need three") {
  Cluster c({.voters = 4, .seed = 3});
  settle(c);
  c.crash(follower_of(c));
  settle(c);
  c.cut(1, 2);
  c.heal();
  int down = 0;
  for (int id = 1; id <= 4 && down < 1; ++id) {
    if (c.up(id) && id != c.leader()) {
      c.crash(id);
      ++down;
    }
  }
  c.run_for(seconds(2));
  CHECK_FALSE(c.leader().has_value());
  c.restart_all();
  settle(c);
  require_no_violation(c);
}

TEST_CASE("a voter that lost its disk comes back as another replica and does not vote") {
  Cluster c({.voters = 3, .seed = 3});
  settle(c);
  const int lost = follower_of(c);
  c.crash(lost);
  c.wipe(lost);
  c.restart(lost);
  settle(c);
  CHECK(c.quorum(lost).role() == note::QuorumRole::kObserver);
  // One of the two voters that are left is gone: the third cannot be elected by a stranger.
  c.crash(*c.leader());
  c.run_for(seconds(2));
  CHECK_FALSE(c.leader().has_value());
  c.restart_all();
  settle(c);
  require_no_violation(c);
}

TEST_CASE("an observer finds the leader again when its own is gone") {
  Cluster c({.voters = 3, .observers = 1, .seed = 3});
  settle(c);
  const int old = *c.leader();
  c.cut(4, old);
  c.crash(old);
  REQUIRE(c.run_until_leader());
  const auto last = c.append("news");
  REQUIRE(c.run_until([&] { return c.checks().committed_end(c.key(4)) > *last; }, seconds(3)));
  require_no_violation(c);
}

// Figure 8 of the Raft paper. Returns whether an invariant broke.
bool old_record_is_overwritten(const Rules& rules) {
  Cluster c({.voters = 3, .seed = 3, .rules = rules});
  settle(c);
  const int first = *c.leader();
  c.isolate(first);
  REQUIRE(c.append_at(first, "old").has_value());
  c.run_for(milliseconds(40));
  c.power_loss(first);
  // The second leader's first record stays on it alone.
  std::optional<int> second;
  REQUIRE(c.run_until([&] {
    for (int id = 1; id <= 3; ++id) {
      if (c.up(id) && c.quorum(id).role() == note::QuorumRole::kLeader) second = id;
    }
    return second.has_value();
  }));
  c.isolate(*second);
  c.run_for(milliseconds(40));
  c.power_loss(*second);
  // The first one leads again and replicates its old record, but not one of its new epoch.
  c.heal();
  c.restart(first);
  REQUIRE(c.run_until(
      [&] { return c.up(first) && c.quorum(first).role() == note::QuorumRole::kLeader; }));
  c.set_disk_delay(first, milliseconds(30));
  const int third = 6 - first - *second;
  const Offset end = c.quorum(first).log_end();
  REQUIRE(c.run_until([&] { return c.quorum(third).log_end() == end; }));
  c.cut_one_way(first, third);
  c.run_for(milliseconds(90));
  c.power_loss(first);
  c.heal();
  c.restart(*second);
  c.set_disk_delay(first, {});
  c.run_until([&] { return !c.checks().violations().empty() || c.leader(); }, seconds(5));
  c.restart(first);
  c.run_for(seconds(1));
  return !c.checks().violations().empty();
}

TEST_CASE("a record of an earlier epoch is committed only together with one of the leader's own") {
  Rules without;
  without.switch_off(Rule::kCommitOnlyOwnEpoch);
  CHECK_FALSE(old_record_is_overwritten({}));
  CHECK(old_record_is_overwritten(without));
}

TEST_CASE("the state file names what Kafka's does") {
  Cluster c({.voters = 1, .seed = 3});
  settle(c);
  CHECK(c.disk(1).text_of_file("__cluster_metadata-0/quorum-state") ==
        R"({"leaderId":1,"leaderEpoch":1,"votedId":1,)"
        R"("votedDirectoryId":"AAAAAAAAAAcAAAAAAAAAAQ","data_version":1})");
}

}  // namespace logarium::raft::test

#include "engine/controller/alter_partition.hpp"
#include "tests/unit/engine/controller/lab.hpp"

namespace logarium::controller {
namespace {

using protocol::AlterPartitionRequest;
using protocol::AlterPartitionResponse;
using protocol::ErrorCode;

// What a leader asks for: by default all right.
struct Ask {
  std::int32_t caller = 1;
  std::int64_t caller_epoch = 101;
  Uuid topic = kOrders;
  std::int32_t partition = 0;
  std::int32_t leader_epoch = 5;
  std::int32_t partition_epoch = 10;
  std::vector<AlterPartitionRequest::BrokerState> isr = {{1, 101}, {2, 102}, {3, 103}};
  std::int8_t recovery = 0;
};

AlterPartitionRequest request_of(const Ask& ask) {
  AlterPartitionRequest request;
  request.broker_id = ask.caller;
  request.broker_epoch = ask.caller_epoch;
  AlterPartitionRequest::TopicData topic;
  topic.topic_id = ask.topic;
  AlterPartitionRequest::PartitionData partition;
  partition.partition_index = ask.partition;
  partition.leader_epoch = ask.leader_epoch;
  partition.partition_epoch = ask.partition_epoch;
  partition.new_isr_with_epochs = ask.isr;
  partition.leader_recovery_state = ask.recovery;
  topic.partitions.push_back(partition);
  request.topics.push_back(topic);
  return request;
}

// Brokers 1 to 3 active, 4 fenced, 5 stopping; ISR {1, 2}, broker 1 leads in epoch 5.
Lab lab_of(const Rules& rules) {
  Lab lab;
  lab.rules = rules;
  for (std::int32_t id = 1; id <= 5; ++id) lab.broker(id);
  lab.fence(4);
  lab.shut_down(5);
  lab.orders({nodes({1, 2, 3, 4, 5}), nodes({1, 2}), 1});
  return lab;
}

ErrorCode outcome(const Lab& lab, const Ask& ask) {
  const Decision decision = alter_partition(lab.view(), request_of(ask), 3);
  const auto& response = response_of<AlterPartitionResponse>(decision);
  if (response.error_code != ErrorCode::kNone) {
    CHECK(decision.records.empty());
    return response.error_code;
  }
  const ErrorCode code = response.topics.at(0).partitions.at(0).error_code;
  CHECK(decision.records.empty() == (code != ErrorCode::kNone));
  CHECK(decision.notes.size() == 1);
  return code;
}

struct Row {
  std::string what;
  Ask ask;
  ErrorCode expected;
  // The rule that refuses it; without it the request passes.
  std::optional<Rule> rule;
};

std::vector<Row> table() {
  using E = ErrorCode;
  std::vector<Row> rows;
  const auto add = [&](std::string what, Ask ask, E expected, std::optional<Rule> rule) {
    rows.push_back({std::move(what), std::move(ask), expected, rule});
  };
  const Rule broker = Rule::kAlterPartitionChecksBrokerEpoch;
  const Rule leader = Rule::kAlterPartitionChecksLeaderEpoch;
  const Rule partition = Rule::kAlterPartitionChecksPartitionEpoch;
  const Rule eligible = Rule::kAlterPartitionChecksEligibility;
  add("all right", {}, E::kNone, {});
  add("caller of another incarnation", {.caller_epoch = 99}, E::kStaleBrokerEpoch, broker);
  add("unknown topic", {.topic = Uuid{7, 7}}, E::kUnknownTopicId, {});
  add("unknown partition", {.partition = 3}, E::kUnknownTopicOrPartition, {});
  add("leader epoch ahead", {.leader_epoch = 6}, E::kNotController, leader);
  add("partition epoch ahead", {.partition_epoch = 11}, E::kNotController, partition);
  add("leader epoch behind", {.leader_epoch = 4}, E::kFencedLeaderEpoch, leader);
  add("not the leader", {.caller = 2, .caller_epoch = 102}, E::kInvalidRequest, leader);
  add("partition epoch behind", {.partition_epoch = 9}, E::kInvalidUpdateVersion, partition);
  add("a member twice", {.isr = {{1, 101}, {1, 101}}}, E::kInvalidRequest, {});
  add("a member that is no replica", {.isr = {{1, 101}, {9, 1}}}, E::kInvalidRequest, {});
  add("without the leader", {.isr = {{2, 102}}}, E::kInvalidRequest, {});
  add("recovering again", {.isr = {{1, 101}}, .recovery = 1}, E::kInvalidRequest, {});
  add("no recovery state", {.recovery = 7}, E::kInvalidRequest, {});
  add("a fenced member", {.isr = {{1, 101}, {4, 104}}}, E::kIneligibleReplica, eligible);
  add("a stopping member", {.isr = {{1, 101}, {5, 105}}}, E::kIneligibleReplica, eligible);
  add("a member of another incarnation", {.isr = {{1, 101}, {3, 88}}}, E::kIneligibleReplica,
      broker);
  add("a member whose epoch is not checked", {.isr = {{1, 101}, {3, -1}}}, E::kNone, {});
  return rows;
}

TEST_CASE("AlterPartition is refused for one reason each") {
  for (const Row& row : table()) {
    INFO(row.what);
    CHECK(outcome(lab_of({}), row.ask) == row.expected);
  }
}

TEST_CASE("with the rule off the request passes") {
  for (const Row& row : table()) {
    if (!row.rule) continue;
    INFO(row.what);
    Rules rules;
    rules.switch_off(*row.rule);
    CHECK(outcome(lab_of(rules), row.ask) == ErrorCode::kNone);
  }
}

TEST_CASE("of two reasons the earlier one is given") {
  const Ask ask{.leader_epoch = 4, .partition_epoch = 9, .isr = {{4, 1}}};
  CHECK(outcome(lab_of({}), ask) == ErrorCode::kFencedLeaderEpoch);
  CHECK(outcome(lab_of({}), {.leader_epoch = 4, .partition_epoch = 11}) ==
        ErrorCode::kNotController);
  CHECK(outcome(lab_of({}), {.caller = 2, .caller_epoch = 102, .partition_epoch = 9}) ==
        ErrorCode::kInvalidRequest);
}

TEST_CASE("an accepted change takes effect once: the same request again is stale") {
  Lab lab = lab_of({});
  const Decision decision = alter_partition(lab.view(), request_of({}), 3);
  lab.apply(decision);
  CHECK(lab.partition().isr == nodes({1, 2, 3}));
  CHECK(lab.partition().leader_epoch == LeaderEpoch(5));
  const auto& answer = response_of<AlterPartitionResponse>(decision).topics.at(0).partitions.at(0);
  CHECK(answer.partition_epoch == 11);
  CHECK(answer.leader_epoch == 5);
  CHECK(answer.isr == std::vector<std::int32_t>{1, 2, 3});
  CHECK(outcome(lab, {}) == ErrorCode::kInvalidUpdateVersion);
}

TEST_CASE("a shrink below min.insync.replicas keeps the leaver in the ELR") {
  Lab lab = lab_of({});
  lab.topic_config("min.insync.replicas", "2");
  lab.apply(alter_partition(lab.view(), request_of({.isr = {{1, 101}}}), 3));
  CHECK(lab.partition().isr == nodes({1}));
  CHECK(lab.partition().elr == nodes({2}));
  // Back at min ISR the ELR is empty.
  lab.apply(alter_partition(lab.view(),
                            request_of({.partition_epoch = 11, .isr = {{1, 101}, {3, 103}}}), 3));
  CHECK(lab.partition().isr == nodes({1, 3}));
  CHECK(lab.partition().elr.empty());
}

TEST_CASE("a leader that has recovered says so, and only then others join") {
  Lab lab;
  for (std::int32_t id = 1; id <= 2; ++id) lab.broker(id);
  PartitionSpec spec{nodes({1, 2}), nodes({1}), 1};
  spec.recovery = metadata::Recovery::kRecovering;
  lab.orders(spec);
  const std::vector<AlterPartitionRequest::BrokerState> both = {{1, 101}, {2, 102}};
  CHECK(outcome(lab, {.isr = both, .recovery = 1}) == ErrorCode::kInvalidRequest);
  CHECK(outcome(lab, {.isr = both}) == ErrorCode::kNone);
  lab.apply(alter_partition(lab.view(), request_of({.isr = {{1, 101}}}), 3));
  CHECK(lab.partition().recovery == metadata::Recovery::kRecovered);
}

TEST_CASE("an older version names members without epochs") {
  const Lab lab = lab_of({});
  AlterPartitionRequest request = request_of({.isr = {}});
  request.topics[0].partitions[0].new_isr = {1, 4};
  const auto code = [&](std::int16_t version) {
    request.topics[0].topic_name = "orders";
    const Decision decision = alter_partition(lab.view(), request, version);
    return response_of<AlterPartitionResponse>(decision).topics.at(0).partitions.at(0).error_code;
  };
  CHECK(code(2) == ErrorCode::kIneligibleReplica);
  CHECK(code(1) == ErrorCode::kOperationNotAttempted);
  request.topics[0].partitions[0].new_isr = {1, 3};
  CHECK(code(1) == ErrorCode::kNone);
}

}  // namespace
}  // namespace logarium::controller

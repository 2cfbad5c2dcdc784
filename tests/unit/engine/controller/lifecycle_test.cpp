#include "engine/controller/lifecycle.hpp"

#include "engine/controller/notes.hpp"
#include "engine/controller/topics.hpp"
#include "tests/unit/engine/controller/lab.hpp"

namespace logarium::controller {
namespace {

using protocol::BrokerRegistrationRequest;
using protocol::BrokerRegistrationResponse;
using protocol::ErrorCode;

BrokerRegistrationRequest registration(std::int32_t id) {
  BrokerRegistrationRequest request;
  request.broker_id = id;
  request.cluster_id = "c";
  request.incarnation_id = Uuid{3, 3};
  request.log_dirs = {Uuid{8, static_cast<std::uint64_t>(id)}};
  request.listeners.push_back({"PLAINTEXT", "host", 9092, 0});
  request.features.push_back({"metadata.version", 1, 25});
  return request;
}

ErrorCode outcome(const Lab& lab, const BrokerRegistrationRequest& request) {
  const RegistrationContext context{"c", lab.sessions, lab.now, BrokerEpoch(500)};
  const Decision decision = register_broker(lab.view(), context, request);
  return response_of<BrokerRegistrationResponse>(decision).error_code;
}

TEST_CASE("a registration is refused for one reason each") {
  Lab lab;
  lab.broker(1);
  lab.apply({metadata::FeatureLevelRecord{"metadata.version", 25}});
  CHECK(outcome(lab, registration(2)) == ErrorCode::kNone);
  BrokerRegistrationRequest request = registration(2);
  request.cluster_id = "other";
  CHECK(outcome(lab, request) == ErrorCode::kInconsistentClusterId);
  CHECK(outcome(lab, registration(1)) == ErrorCode::kDuplicateBrokerRegistration);
  CHECK(outcome(lab, registration(-1)) == ErrorCode::kInvalidRequest);
  request = registration(2);
  request.log_dirs.clear();
  CHECK(outcome(lab, request) == ErrorCode::kInvalidRegistration);
  request.log_dirs = {Uuid{0, 1}};
  CHECK(outcome(lab, request) == ErrorCode::kInvalidRegistration);
  request.log_dirs = {Uuid{5, 5}, Uuid{5, 5}};
  CHECK(outcome(lab, request) == ErrorCode::kInvalidRegistration);
  request.log_dirs = {Uuid{8, 1}};  // broker 1's
  CHECK(outcome(lab, request) == ErrorCode::kInvalidRegistration);
  request = registration(2);
  request.features[0].max_supported_version = 24;
  CHECK(outcome(lab, request) == ErrorCode::kUnsupportedVersion);
  request = registration(2);
  request.is_migrating_zk_broker = true;
  CHECK(outcome(lab, request) == ErrorCode::kBrokerIdNotRegistered);
}

TEST_CASE("a silent broker's session may be replaced where the owner of all directories says so") {
  const auto outcome_of = [](Lab& lab, bool may) {
    const RegistrationContext context{"c", lab.sessions, lab.now, BrokerEpoch(500), may};
    const Decision decision = register_broker(lab.view(), context, registration(1));
    return response_of<BrokerRegistrationResponse>(decision).error_code;
  };
  Lab lab;
  lab.broker(1);
  // The controller heard of it itself: it lives, whoever owns what.
  CHECK(outcome_of(lab, true) == ErrorCode::kDuplicateBrokerRegistration);
  // What a controller takes over from the one before.
  lab.sessions.grant(NodeId(1), Sessions::Standing::kUnfenced, lab.now);
  CHECK(lab.sessions.has_valid_session(NodeId(1), lab.now));
  CHECK(outcome_of(lab, false) == ErrorCode::kDuplicateBrokerRegistration);
  CHECK(outcome_of(lab, true) == ErrorCode::kNone);
  lab.sessions.touch(NodeId(1), Sessions::Standing::kUnfenced, 7, lab.now);
  CHECK(outcome_of(lab, true) == ErrorCode::kDuplicateBrokerRegistration);
}

TEST_CASE("a new incarnation leaves every ISR in the batch that registers it") {
  for (const bool rule : {true, false}) {
    Lab lab;
    if (!rule) lab.rules.switch_off(Rule::kCheckIncarnation);
    lab.broker(1);
    lab.broker(2);
    lab.orders({.replicas = nodes({1, 2}), .isr = nodes({1, 2}), .leader = 2});
    lab.sessions.set_standing(NodeId(1), Sessions::Standing::kFenced);
    const RegistrationContext context{"c", lab.sessions, lab.now, BrokerEpoch(500)};
    lab.apply(register_broker(lab.view(), context, registration(1)));
    CHECK(lab.partition().isr == (rule ? nodes({2}) : nodes({1, 2})));
    CHECK(lab.image->broker(NodeId(1))->epoch == BrokerEpoch(500));
    CHECK(lab.image->broker(NodeId(1))->fenced);
  }
}

TEST_CASE("a fenced broker leaves every ISR in the same batch; with the rule off it stays") {
  for (const bool rule : {true, false}) {
    Lab lab;
    if (!rule) lab.rules.switch_off(Rule::kFencedLeaveIsr);
    lab.broker(1);
    lab.broker(2);
    lab.orders({.replicas = nodes({1, 2}), .isr = nodes({1, 2}), .leader = 1});
    lab.apply(fence_broker(lab.view(), NodeId(1)));
    CHECK_FALSE(lab.image->active(NodeId(1)));
    CHECK(lab.partition().leader == NodeId(rule ? 2 : 1));
    CHECK(lab.partition().isr == (rule ? nodes({2}) : nodes({1, 2})));
  }
}

TEST_CASE("replicas in a failed directory are treated as those of a fenced broker") {
  Lab lab;
  metadata::RegisterBrokerRecord record;
  record.broker_id = 1;
  record.broker_epoch = 101;
  record.fenced = false;
  record.log_dirs = {Uuid{8, 1}, Uuid{8, 11}};
  lab.apply({record});
  lab.sessions.touch(NodeId(1), Sessions::Standing::kUnfenced, 0, lab.now);
  lab.broker(2);
  metadata::PartitionRecord lost;
  lost.partition_id = 0;
  lost.topic_id = kOrders;
  lost.replicas = lost.isr = {1, 2};
  lost.leader = 1;
  lost.leader_epoch = lost.partition_epoch = 0;
  lost.directories = {Uuid{8, 11}, Uuid{8, 2}};
  metadata::PartitionRecord kept = lost;
  kept.partition_id = 1;
  kept.directories = {Uuid{8, 1}, Uuid{8, 2}};
  lab.apply({metadata::TopicRecord{"orders", kOrders}, lost, kept});
  protocol::BrokerHeartbeatRequest request;
  request.broker_id = 1;
  request.broker_epoch = 101;
  request.current_metadata_offset = 1000;
  request.offline_log_dirs = {Uuid{8, 11}};
  lab.apply(heartbeat(lab.view(), lab.sessions, request).decision);
  CHECK(lab.partition(0).leader == NodeId(2));
  CHECK(lab.partition(0).isr == nodes({2}));
  CHECK(lab.partition(1).leader == NodeId(1));
  CHECK(lab.image->broker(NodeId(1))->directories == std::vector<Uuid>{Uuid{8, 1}});
  CHECK(heartbeat(lab.view(), lab.sessions, request).decision.records.empty());
}

TEST_CASE("notes of a committed batch come in an order in which each is true") {
  Lab lab;
  lab.broker(1);
  lab.broker(2);
  lab.orders({.replicas = nodes({1, 2}), .isr = nodes({1, 2}), .leader = 1});
  std::vector<std::string> names;
  const auto collect = [&] {
    names.clear();
    for (const Note& note : notes_of(*lab.image, *lab.last_delta)) {
      names.emplace_back(note_name(note));
    }
  };
  collect();
  CHECK(names == std::vector<std::string>{"topic created", "replica placed", "replica placed",
                                          "partition committed"});
  lab.apply(fence_broker(lab.view(), NodeId(1)));
  collect();
  CHECK(names == std::vector<std::string>{"partition committed", "broker fenced"});
  protocol::UnregisterBrokerRequest request;
  request.broker_id = 2;
  lab.apply(unregister_broker(lab.view(), request));
  collect();
  CHECK(names == std::vector<std::string>{"partition committed", "broker fenced"});
}

TEST_CASE("a topic of 10,000 partitions is one decision, and one change copies little") {
  Lab lab;
  for (std::int32_t id = 1; id <= 6; ++id) lab.broker(id);
  protocol::CreateTopicsRequest request;
  request.topics.push_back({"big", 10'000, 3});
  const Decision decision = create_topics(lab.view(), request, lab.random);
  CHECK(decision.records.size() == 10'001);
  std::size_t bytes = 0;
  for (const metadata::Record& record : decision.records) {
    bytes += metadata::encode_record(record).size();
  }
  CHECK(bytes < 7 * 1024 * 1024);
  lab.apply(decision);
  CHECK(lab.image->partition_count() == 10'000);
  const metadata::ImageRef before = lab.image;
  metadata::PartitionChangeRecord change;
  change.topic_id = before->topic("big")->id;
  change.partition_id = 5'000;
  change.isr = std::vector<std::int32_t>{1};
  lab.apply({change});
  std::size_t same = 0;
  for (std::int32_t i = 0; i < 10'000; ++i) {
    const PartitionIndex index(i);
    if (before->topic("big")->partition(index) == lab.image->topic("big")->partition(index)) ++same;
  }
  CHECK(same == 9'999);
}

}  // namespace
}  // namespace logarium::controller

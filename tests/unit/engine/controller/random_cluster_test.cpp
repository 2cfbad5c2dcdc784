// A random cluster life against a controller: brokers come, go, stop and return cleanly or not,
// topics come and go, ISRs change, replicas move, controllers fail over. After each step what is
// committed is consistent, and the index agrees with a rebuilt one.

#include <set>

#include "engine/base/state_visitor.hpp"
#include "engine/controller/notes.hpp"
#include "engine/protocol/messages/alter_partition.hpp"
#include "engine/protocol/messages/alter_partition_reassignments.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/delete_topics.hpp"
#include "engine/protocol/messages/incremental_alter_configs.hpp"
#include "tests/unit/engine/controller/bench.hpp"

namespace logarium::controller {
namespace {

using metadata::contains;
using metadata::Partition;
using protocol::ErrorCode;

constexpr std::int32_t kBrokers = 5;

class Life {
 public:
  explicit Life(std::uint64_t seed) : random_(seed) {
    bench.core.random = Random(seed + 1);
    bench.activate();
    for (std::int32_t id = 1; id <= kBrokers; ++id) start(id);
  }

  void step() {
    switch (random_.below(12)) {
      case 0:
        start(any_broker());
        break;
      case 1:
        bench.advance(seconds(static_cast<std::int64_t>(random_.below(12))));
        break;
      case 2:
        stop(any_broker());
        break;
      case 3:
        create();
        break;
      case 4:
        if (random_.below(4) == 0) remove();
        break;
      case 5:
        reassign();
        break;
      case 6:
        if (random_.below(3) == 0) bench.fail_over();
        break;
      case 7:
        configure();
        break;
      default:
        change_isr();
    }
    for (std::int32_t id = 1; id <= kBrokers; ++id) {
      if (random_.below(5) != 0) beat(id, false);
    }
    bench.commit_all();
  }

  Bench bench;

 private:
  std::int32_t any_broker() { return static_cast<std::int32_t>(random_.between(1, kBrokers)); }

  void start(std::int32_t id) {
    const bool clean = random_.below(2) == 0;
    const metadata::Broker* known = bench.committed->broker(NodeId(id));
    const std::int64_t previous = clean && known != nullptr ? known->epoch.value() : -1;
    const auto answer = bench.enrol(id, ++incarnation_, previous);
    if (answer.error_code == ErrorCode::kNone) epochs_[id] = answer.broker_epoch;
  }
  void beat(std::int32_t id, bool stops) {
    protocol::BrokerHeartbeatRequest request;
    request.broker_id = id;
    request.broker_epoch = epochs_[id];
    request.current_metadata_offset = bench.committed->position().next.value() - 1;
    request.want_shut_down = stops;
    static_cast<void>(bench.beat(request));
  }
  void stop(std::int32_t id) {
    for (int i = 0; i < 3; ++i) beat(id, true);
  }
  void create() {
    auto request = std::make_shared<protocol::CreateTopicsRequest>();
    request->topics.push_back(
        {"t" + std::to_string(++topics_),
         static_cast<std::int32_t>(random_.between(1, 4)),
         static_cast<std::int16_t>(random_.between(1, 4)),
         {},
         {{"min.insync.replicas", std::to_string(random_.between(1, 3))},
          {"unclean.leader.election.enable", random_.below(4) == 0 ? "true" : "false"}}});
    bench.send(request, 7);
  }
  const metadata::Topic* any_topic() {
    const auto& topics = bench.committed->topics();
    if (topics.empty()) return nullptr;
    auto at = topics.begin();
    for (std::uint64_t skip = random_.below(topics.size()); skip > 0; --skip) ++at;
    return (*at).value.get();
  }
  void remove() {
    const metadata::Topic* topic = any_topic();
    if (topic == nullptr) return;
    auto request = std::make_shared<protocol::DeleteTopicsRequest>();
    request->timeout_ms = 10'000;
    request->topics.push_back({topic->name, {}});
    bench.send(request, 6);
  }
  void reassign() {
    const metadata::Topic* topic = any_topic();
    if (topic == nullptr) return;
    auto request = std::make_shared<protocol::AlterPartitionReassignmentsRequest>();
    std::optional<std::vector<std::int32_t>> target;
    if (random_.below(3) != 0) {
      std::set<std::int32_t> ids;
      for (std::int64_t i = random_.between(1, 4); i > 0; --i) ids.insert(any_broker());
      target = std::vector<std::int32_t>(ids.begin(), ids.end());
    }
    request->topics.push_back({topic->name, {{0, target}}});
    bench.send(request, 1);
  }
  void configure() {
    const metadata::Topic* topic = any_topic();
    if (topic == nullptr) return;
    auto request = std::make_shared<protocol::IncrementalAlterConfigsRequest>();
    request->resources.push_back(
        {2, topic->name, {{"min.insync.replicas", 0, std::to_string(random_.between(1, 3))}}});
    bench.send(request, 1);
  }
  void change_isr() {
    const metadata::Topic* topic = any_topic();
    if (topic == nullptr) return;
    const std::size_t index = random_.below(topic->partitions.size());
    const Partition& partition = *topic->partitions[index];
    if (!partition.leader) return;
    auto request = std::make_shared<protocol::AlterPartitionRequest>();
    request->broker_id = partition.leader->value();
    request->broker_epoch = epochs_[request->broker_id];
    protocol::AlterPartitionRequest::PartitionData data;
    data.partition_index = static_cast<std::int32_t>(index);
    data.leader_epoch = partition.leader_epoch.value();
    data.partition_epoch = partition.partition_epoch.value();
    for (const NodeId node : partition.replicas) {
      if (node != *partition.leader && random_.below(2) == 0) continue;
      data.new_isr_with_epochs.push_back({node.value(), epochs_[node.value()]});
    }
    request->topics.push_back({"", topic->id, {data}});
    bench.send(request, 3);
  }

  Random random_;
  std::uint64_t incarnation_ = 0;
  int topics_ = 0;
  std::map<std::int32_t, std::int64_t> epochs_;
};

// R11, C1 and ValidIsrAndElr over everything committed.
void check_image(const metadata::Image& image) {
  for (const auto& entry : image.topics()) {
    for (const metadata::PartitionPtr& partition : entry.value->partitions) {
      const Partition& p = *partition;
      const std::set<NodeId> distinct(p.replicas.begin(), p.replicas.end());
      CHECK(distinct.size() == p.replicas.size());
      CHECK(p.directories.size() == p.replicas.size());
      StateLines lines;
      p.describe(lines);
      std::string text = entry.value->name;
      for (const auto& line : lines.lines()) text += "\n" + line.path + " = " + line.value;
      INFO(text);
      for (const NodeId node : p.isr) {
        INFO("node " << node.value());
        CHECK(contains(p.replicas, node));
        CHECK_FALSE(contains(p.elr, node));
        CHECK(image.active(node));
      }
      for (const NodeId node : p.elr) CHECK(contains(p.replicas, node));
      if (p.leader) CHECK(contains(p.isr, *p.leader));
      CHECK(p.leader.has_value() == !p.isr.empty());
    }
  }
}

void check_epochs(const metadata::Image& before, const metadata::Image& after) {
  for (const auto& entry : after.topics()) {
    const metadata::Topic* old = before.topic(entry.key);
    if (old == nullptr) continue;
    for (std::size_t i = 0; i < old->partitions.size(); ++i) {
      const Partition& a = *old->partitions[i];
      const Partition& b = *entry.value->partitions[i];
      CHECK(a.leader_epoch <= b.leader_epoch);
      CHECK(a.partition_epoch <= b.partition_epoch);
      if (a.leader != b.leader) CHECK(a.leader_epoch < b.leader_epoch);
      if (!(a == b)) CHECK(a.partition_epoch < b.partition_epoch);
    }
  }
}

TEST_CASE("random cluster lives keep the metadata consistent") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    INFO("seed " << seed);
    Life life(seed);
    metadata::ImageRef before = life.bench.committed;
    for (int i = 0; i < 250; ++i) {
      life.step();
      check_image(*life.bench.committed);
      check_epochs(*before, *life.bench.committed);
      before = life.bench.committed;
    }
    life.bench.check_replay();
    const auto loaded = metadata::apply_records(
        metadata::Image::empty(), metadata::snapshot_records(*before), before->position());
    REQUIRE(loaded.ok());
    CHECK(loaded.value().next->equals(*before));
  }
}

}  // namespace
}  // namespace logarium::controller

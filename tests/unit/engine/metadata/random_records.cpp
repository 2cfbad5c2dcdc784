#include "tests/unit/engine/metadata/random_records.hpp"

#include "engine/base/state_visitor.hpp"

namespace logarium::metadata {
namespace {

template <class T>
std::string hash_of(const std::shared_ptr<const T>& value) {
  return value ? std::to_string(state_hash(*value)) : "-";
}

template <class Key, class Value>
void add_lines(std::string& out, const char* what, const std::vector<Change<Key, Value>>& changes) {
  for (const auto& change : changes) {
    StateHasher key;
    if constexpr (std::is_same_v<Key, ConfigResource>) {
      visit(key, "", change.key.name);
    } else {
      visit(key, "", change.key);
    }
    out += std::string(what) + " " + std::to_string(key.value()) + " " + hash_of(change.before) +
           " " + hash_of(change.after) + "\n";
  }
}

RegisterBrokerRecord registration(Random& random) {
  RegisterBrokerRecord r;
  r.broker_id = static_cast<std::int32_t>(random.between(1, 6));
  r.broker_epoch = random.between(0, 1000);
  r.incarnation_id = random.uuid();
  r.end_points.push_back({"PLAINTEXT", "b" + std::to_string(r.broker_id), 9092, 0});
  r.features.push_back({"metadata.version", 1, 25});
  if (random.below(2) == 0) r.rack = "rack" + std::to_string(random.below(3));
  r.log_dirs = {random.uuid()};
  return r;
}

}  // namespace

std::string delta_text(const Delta& delta) {
  std::string out;
  add_lines(out, "topic", delta.topics);
  add_lines(out, "partition", delta.partitions);
  add_lines(out, "broker", delta.brokers);
  add_lines(out, "controller", delta.controllers);
  add_lines(out, "config", delta.configs);
  return out;
}

std::vector<std::int32_t> RecordSource::nodes() {
  std::vector<std::int32_t> out;
  const std::int64_t count = random_.between(1, 3);
  for (std::int64_t i = 0; i < count; ++i) {
    out.push_back(static_cast<std::int32_t>(random_.between(1, 6)));
  }
  return out;
}

Record RecordSource::one(const Image& image) {
  const std::size_t topics = image.topics().size();
  const Topic* topic = nullptr;
  if (topics > 0) {
    auto at = image.topics().begin();
    for (std::uint64_t skip = random_.below(topics); skip > 0; --skip) ++at;
    topic = (*at).value.get();
  }
  const Broker* broker = image.broker(NodeId(static_cast<std::int32_t>(random_.between(1, 6))));
  const std::uint64_t kind = random_.below(12);
  if (kind < 2 && topic != nullptr && !topic->partitions.empty()) {
    PartitionChangeRecord r;
    r.topic_id = topic->id;
    r.partition_id = static_cast<std::int32_t>(random_.below(topic->partitions.size()));
    if (random_.below(2) == 0) r.isr = nodes();
    if (random_.below(3) == 0) r.leader = static_cast<std::int32_t>(random_.between(-1, 6));
    if (random_.below(3) == 0) r.eligible_leader_replicas = nodes();
    if (random_.below(4) == 0) r.replicas = nodes();
    if (random_.below(4) == 0) r.leader_recovery_state = 1;
    return r;
  }
  if (kind < 5 && topic != nullptr) {
    PartitionRecord r;
    r.topic_id = topic->id;
    r.partition_id = static_cast<std::int32_t>(topic->partitions.size());
    r.replicas = nodes();
    r.isr = r.replicas;
    r.leader = r.replicas[0];
    r.leader_epoch = 0;
    r.partition_epoch = 0;
    return r;
  }
  if (kind == 5 && topic != nullptr) {
    return ConfigRecord{2, topic->name, "retention.ms", std::to_string(random_.below(3))};
  }
  if (kind == 6 && topic != nullptr && random_.below(3) == 0) return RemoveTopicRecord{topic->id};
  if (kind == 7) return registration(random_);
  if (kind == 8 && broker != nullptr) {
    BrokerRegistrationChangeRecord r;
    r.broker_id = broker->id.value();
    r.broker_epoch = broker->epoch.value();
    r.fenced = static_cast<std::int8_t>(random_.between(-1, 1));
    return r;
  }
  if (kind == 9 && broker != nullptr) {
    return UnregisterBrokerRecord{broker->id.value(), broker->epoch.value()};
  }
  if (kind == 10) return FeatureLevelRecord{"f", static_cast<std::int16_t>(random_.below(3))};
  if (kind == 11) return ProducerIdsRecord{1, 1, random_.between(1, 9) * 1000};
  const Uuid id = random_.uuid();
  return TopicRecord{"topic-" + to_string(id), id};
}

std::vector<Record> RecordSource::next(const Image& image) {
  std::vector<Record> out;
  ImageBuilder builder(image);
  ImageRef now = std::make_shared<const Image>(image);
  const std::uint64_t count = random_.below(4) + 1;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Record record = one(*now);
    const Result<Applied> applied = apply_records(now, std::span(&record, 1), now->position());
    if (!applied) continue;
    out.push_back(record);
    now = applied.value().next;
  }
  return out;
}

}  // namespace logarium::metadata

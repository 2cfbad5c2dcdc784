#include "engine/client/command.hpp"

#include "engine/base/digest.hpp"
#include "engine/protocol/api_table.hpp"

namespace logarium::client {
namespace {

void add(Digest& d, const TopicPartition& partition) {
  d.add(std::string_view(partition.topic));
  d.add(std::int64_t{partition.partition.value()});
}

void add(Digest& d, PartitionRef partition) {
  d.add(partition.topic.high);
  d.add(partition.topic.low);
  d.add(std::int64_t{partition.partition.value()});
}

void add(Digest& d, const SeekTarget& target) {
  d.add(static_cast<std::uint64_t>(target.kind));
  d.add(target.value);
  d.add(std::int64_t{target.offset_epoch ? target.offset_epoch->value() : -1});
}

Digest start(CommandKind kind) {
  Digest d;
  d.add(static_cast<std::uint64_t>(kind));
  return d;
}

}  // namespace

std::uint64_t Produce::hash() const {
  Digest d = start(kind);
  d.add(std::string_view(topic));
  d.add(std::int64_t{partition ? partition->value() : -1});
  d.add(timestamp_ms.value_or(-1));
  for (const ProduceRecord& record : records) {
    d.add(record.tag);
    d.add(record.key ? hash_bytes(record.key->view()) : 1);
    d.add(record.value.view());
  }
  return d.value();
}

std::uint64_t ProduceResult::hash() const {
  Digest d;
  add(d, partition);
  d.add(static_cast<std::int64_t>(error));
  d.add(static_cast<std::uint64_t>(certainty));
  d.add(base ? base->value() : -1);
  for (const std::uint64_t tag : tags) d.add(tag);
  return d.value();
}

std::uint64_t Flush::hash() const { return start(kind).value(); }
std::uint64_t FlushResult::hash() const { return 1; }

std::uint64_t Assign::hash() const {
  Digest d = start(kind);
  for (const Entry& entry : partitions) {
    add(d, entry.partition);
    add(d, entry.from);
  }
  return d.value();
}
std::uint64_t AssignResult::hash() const { return 2; }

std::uint64_t Seek::hash() const {
  Digest d = start(kind);
  add(d, partition);
  add(d, to);
  return d.value();
}

std::uint64_t Poll::hash() const {
  Digest d = start(kind);
  d.add(wait.ns);
  return d.value();
}

std::uint64_t PollResult::hash() const {
  Digest d;
  for (const PolledBatch& batch : batches) {
    add(d, batch.ref);
    d.add(batch.from.value());
    d.add(batch.next.value());
    d.add(batch.batch.identity());
  }
  for (const PollError& error : errors) {
    add(d, error.partition);
    d.add(static_cast<std::uint64_t>(error.kind));
    d.add(static_cast<std::int64_t>(error.error));
    d.add(error.position ? error.position->value() : -1);
    d.add(error.divergent ? error.divergent->value() : -1);
  }
  d.add(std::int64_t{records});
  return d.value();
}

std::uint64_t AdminCall::hash() const {
  Digest d = start(kind);
  const std::int16_t key = request->api_key();
  d.add(std::int64_t{key});
  const protocol::ApiEntry* api = protocol::find_api(static_cast<protocol::ApiKey>(key));
  if (api != nullptr) d.add(request->hash(api->versions.max));
  d.add(timeout ? timeout->ns : -1);
  d.add(std::int64_t{broker ? broker->value() : -1});
  return d.value();
}

std::uint64_t AdminResult::hash() const {
  Digest d;
  d.add(static_cast<std::int64_t>(error));
  if (response != nullptr) {
    const auto key = static_cast<protocol::ApiKey>(response->api_key());
    const protocol::ApiEntry* api = protocol::find_api(key);
    if (api != nullptr) d.add(response->hash(api->versions.max));
  }
  return d.value();
}

}  // namespace logarium::client

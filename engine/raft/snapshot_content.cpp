#include "engine/raft/snapshot_content.hpp"

#include <optional>
#include <utility>

#include "engine/protocol/control.hpp"
#include "engine/protocol/records.hpp"

namespace logarium::raft {
namespace {

constexpr std::size_t kBatchBytesMax = 8 * 1024 * 1024;

std::optional<protocol::ControlType> control_type_of(const protocol::Batch& batch) {
  if (!batch.is_control()) return std::nullopt;
  protocol::RecordReader reader(batch);
  protocol::RecordView record;
  if (!reader.next(record) || !record.key) return std::nullopt;
  return protocol::control_type(*record.key);
}

}  // namespace

Bytes encode_snapshot(const LogPosition& id, const std::vector<Bytes>& records,
                      std::int64_t unix_ms) {
  std::vector<std::byte> file;
  protocol::BatchOptions options;
  options.leader_epoch = LeaderEpoch(id.epoch.value());
  const auto add = [&](const protocol::Batch& batch) {
    batch.encode(file);
    options.base_offset = batch.next_offset();
  };
  add(protocol::snapshot_header_batch({unix_ms}, options, unix_ms));
  protocol::BatchBuilder builder(options);
  for (const Bytes& record : records) {
    protocol::NewRecord added;
    added.timestamp = unix_ms;
    added.value = record.view();
    const std::size_t size = protocol::BatchBuilder::upper_bound(added);
    if (!builder.empty() && builder.size_bytes() + size > kBatchBytesMax) {
      add(builder.build());
      builder = protocol::BatchBuilder(options);
    }
    builder.append(added);
  }
  if (!builder.empty()) add(builder.build());
  add(protocol::snapshot_footer_batch(options, unix_ms));
  return Bytes(std::move(file));
}

Result<protocol::Records> decode_snapshot(const Bytes& file) {
  protocol::Records all = protocol::split_batches(file, protocol::Tail::kKeepPartial);
  for (const protocol::Batch& batch : all) {
    if (!batch.readable() || !batch.crc_matches()) return Error{"a batch is damaged"};
  }
  if (all.size() < 2 || control_type_of(all.front()) != protocol::ControlType::kSnapshotHeader ||
      control_type_of(all.back()) != protocol::ControlType::kSnapshotFooter) {
    return Error{"header or footer is missing"};
  }
  std::erase_if(all, [](const protocol::Batch& batch) { return batch.is_control(); });
  return all;
}

}  // namespace logarium::raft

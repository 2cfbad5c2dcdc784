#include "engine/protocol/control.hpp"

#include <array>
#include <string>

#include "engine/base/ensure.hpp"
#include "engine/base/varint.hpp"
#include "engine/protocol/codec/big_endian.hpp"

namespace logarium::protocol {
namespace {

constexpr std::size_t kKeyBytes = 4;
// Version 0 of every value here; a reader accepts newer versions, whose fields only follow.
constexpr std::int16_t kValueVersion = 0;
constexpr std::size_t kVotersMax = 10'000;

template <class T>
void put(std::vector<std::byte>& out, T value) {
  const std::size_t at = out.size();
  out.resize(at + sizeof(T));
  store_big_endian(out.data() + at, value);
}

void put_voters(std::vector<std::byte>& out, const std::vector<NodeId>& voters) {
  put_varint(out, voters.size() + 1);
  for (const NodeId voter : voters) {
    put(out, voter.value());
    put_varint(out, 0);  // no tagged fields
  }
}

Batch control_batch(ControlType type, ByteView value, BatchOptions options, std::int64_t unix_ms) {
  using Kind = BatchOptions::Kind;
  const bool transactional =
      options.kind == Kind::kTransactional || options.kind == Kind::kTransactionalControl;
  options.kind = transactional ? Kind::kTransactionalControl : Kind::kControl;
  options.codec = Codec::kNone;
  std::array<std::byte, kKeyBytes> key{};
  store_big_endian(key.data(), std::int16_t{0});
  store_big_endian(key.data() + 2, static_cast<std::int16_t>(type));
  BatchBuilder builder(options);
  builder.append({.timestamp = unix_ms, .key = ByteView(key), .value = value});
  return builder.build();
}

template <class T>
bool take(ByteView in, std::size_t& at, T& value) {
  if (in.size() - at < sizeof(T)) return false;
  value = load_big_endian<T>(in.data() + at);
  at += sizeof(T);
  return true;
}

// Skips tagged fields.
bool skip_tags(ByteView in, std::size_t& at) {
  std::uint64_t count = 0;
  if (!get_varint(in, at, count, kVarintBytesMax)) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t tag = 0;
    std::uint64_t size = 0;
    if (!get_varint(in, at, tag, kVarintBytesMax)) return false;
    if (!get_varint(in, at, size, kVarintBytesMax) || size > in.size() - at) return false;
    at += static_cast<std::size_t>(size);
  }
  return true;
}

// Version 1 adds a directory id to each voter (KIP-853).
bool take_voters(ByteView in, std::size_t& at, std::int16_t version, std::vector<NodeId>& voters) {
  constexpr std::size_t kUuidBytes = 16;
  std::uint64_t count = 0;
  if (!get_varint(in, at, count, kVarintBytesMax)) return false;
  if (count == 0 || count > kVotersMax) return false;
  for (std::uint64_t i = 1; i < count; ++i) {
    std::int32_t id = 0;
    if (!take(in, at, id)) return false;
    if (version >= 1) {
      if (in.size() - at < kUuidBytes) return false;
      at += kUuidBytes;
    }
    if (!skip_tags(in, at)) return false;
    voters.push_back(NodeId(id));
  }
  return true;
}

}  // namespace

std::optional<ControlType> control_type(ByteView key) {
  if (key.size() < kKeyBytes) return std::nullopt;
  const auto version = load_big_endian<std::int16_t>(key.data());
  const auto type = load_big_endian<std::int16_t>(key.data() + 2);
  const auto last = static_cast<std::int16_t>(ControlType::kVoters);
  if (version < 0 || type < 0 || type > last) return std::nullopt;
  return static_cast<ControlType>(type);
}

Batch end_transaction_batch(ControlType type, const EndTransactionMarker& marker,
                            BatchOptions options, std::int64_t unix_ms) {
  ENSURE(type == ControlType::kAbort || type == ControlType::kCommit);
  std::vector<std::byte> value;
  put(value, kValueVersion);
  put(value, marker.coordinator_epoch);
  options.kind = BatchOptions::Kind::kTransactionalControl;
  return control_batch(type, value, options, unix_ms);
}

Batch leader_change_batch(const LeaderChange& change, BatchOptions options, std::int64_t unix_ms) {
  std::vector<std::byte> value;
  put(value, kValueVersion);
  put(value, change.leader.value());
  put_voters(value, change.voters);
  put_voters(value, change.granting);
  put_varint(value, 0);
  return control_batch(ControlType::kLeaderChange, value, options, unix_ms);
}

Batch snapshot_header_batch(const SnapshotHeader& header, BatchOptions options,
                            std::int64_t unix_ms) {
  std::vector<std::byte> value;
  put(value, kValueVersion);
  put(value, header.last_contained_log_timestamp);
  put_varint(value, 0);
  return control_batch(ControlType::kSnapshotHeader, value, options, unix_ms);
}

Batch snapshot_footer_batch(BatchOptions options, std::int64_t unix_ms) {
  std::vector<std::byte> value;
  put(value, kValueVersion);
  put_varint(value, 0);
  return control_batch(ControlType::kSnapshotFooter, value, options, unix_ms);
}

Result<EndTransactionMarker> parse_end_transaction(ByteView value) {
  std::size_t at = 0;
  std::int16_t version = 0;
  EndTransactionMarker marker;
  if (!take(value, at, version) || version < 0 || !take(value, at, marker.coordinator_epoch)) {
    return Error{"transaction marker: " + std::to_string(value.size()) + " bytes instead of 6"};
  }
  return marker;
}

Result<LeaderChange> parse_leader_change(ByteView value) {
  std::size_t at = 0;
  std::int16_t version = 0;
  std::int32_t leader = 0;
  LeaderChange change;
  const bool whole = take(value, at, version) && version >= 0 && take(value, at, leader) &&
                     take_voters(value, at, version, change.voters) &&
                     take_voters(value, at, version, change.granting) && skip_tags(value, at);
  if (!whole) return Error{"leader change record: damaged at byte " + std::to_string(at)};
  change.leader = NodeId(leader);
  return change;
}

Result<SnapshotHeader> parse_snapshot_header(ByteView value) {
  std::size_t at = 0;
  std::int16_t version = 0;
  SnapshotHeader header;
  const bool whole = take(value, at, version) && version >= 0 &&
                     take(value, at, header.last_contained_log_timestamp) && skip_tags(value, at);
  if (!whole) return Error{"snapshot header record: damaged at byte " + std::to_string(at)};
  return header;
}

}  // namespace logarium::protocol

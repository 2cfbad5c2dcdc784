#include "engine/log/producer_state.hpp"

#include <algorithm>

#include "engine/base/ensure.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/log/big_endian.hpp"

namespace logarium::log {
namespace {

using protocol::ErrorCode;

constexpr std::int16_t kSnapshotVersion = 1;
constexpr std::size_t kCrcAt = 2;
constexpr std::size_t kEntriesAt = 6;
constexpr std::size_t kEntryBytes = 46;
constexpr std::int64_t kSequenceSpace = 1LL << 31;

// `sequence` + n, wrapping from 2^31-1 to 0.
Sequence advanced(Sequence sequence, std::int64_t n) {
  const std::int64_t sum = (sequence.value() + n) % kSequenceSpace;
  return Sequence(static_cast<std::int32_t>(sum < 0 ? sum + kSequenceSpace : sum));
}

}  // namespace

Sequence ProducerBatch::first_sequence() const { return advanced(last_sequence, -offset_delta); }

void ProducerBatch::describe(StateVisitor& v) const {
  visit(v, "last sequence", last_sequence);
  visit(v, "offset delta", offset_delta);
  visit(v, "last offset", last_offset);
  visit(v, "timestamp", timestamp_ms);
}

void ProducerEntry::add(const ProducerBatch& batch) {
  if (count == kBatchesKept) {
    std::move(batches.begin() + 1, batches.end(), batches.begin());
    --count;
  }
  batches[count++] = batch;
  last_timestamp_ms = batch.timestamp_ms;
}

void ProducerEntry::describe(StateVisitor& v) const {
  visit(v, "epoch", epoch);
  v.open_list("batches", count);
  for (std::size_t i = 0; i < count; ++i) visit(v, "", batches[i]);
  v.close();
  visit(v, "last timestamp", last_timestamp_ms);
  visit(v, "coordinator epoch", coordinator_epoch);
  visit(v, "transaction first", transaction_first);
}

SequenceCheck ProducerState::check(const protocol::Batch& batch, const Rules& rules) const {
  if (!batch.has_producer_id() || batch.is_control() || !rules.on(Rule::kIdempotentSequences)) {
    return SequenceOk{};
  }
  const auto it = producers_.find(batch.producer_id);
  if (it == producers_.end()) return SequenceOk{};
  const ProducerEntry& entry = it->second;
  if (batch.producer_epoch < entry.epoch) return ErrorCode::kInvalidProducerEpoch;
  if (batch.producer_epoch > entry.epoch) {
    if (batch.base_sequence != Sequence(0)) return ErrorCode::kOutOfOrderSequenceNumber;
    return SequenceOk{};
  }
  for (std::size_t i = 0; i < entry.count; ++i) {
    const ProducerBatch& known = entry.batches[i];
    if (known.first_sequence() == batch.base_sequence &&
        known.last_sequence == batch.last_sequence()) {
      return SequenceDuplicate{known.first_offset(), known.timestamp_ms};
    }
  }
  if (entry.count == 0) return SequenceOk{};
  if (batch.base_sequence != advanced(entry.last().last_sequence, 1)) {
    return ErrorCode::kOutOfOrderSequenceNumber;
  }
  return SequenceOk{};
}

void ProducerState::append(const protocol::Batch& batch) {
  if (!batch.has_producer_id()) return;
  ProducerEntry& entry = producers_[batch.producer_id];
  if (batch.producer_epoch != entry.epoch) {
    entry.epoch = batch.producer_epoch;
    entry.count = 0;
  }
  if (batch.is_control()) {
    entry.last_timestamp_ms = batch.max_timestamp;
    return;
  }
  entry.add(
      {batch.last_sequence(), batch.last_offset_delta, batch.last_offset(), batch.max_timestamp});
}

bool ProducerState::reaches(Offset end) const {
  return std::any_of(producers_.begin(), producers_.end(), [end](const auto& p) {
    return p.second.count > 0 && p.second.last().last_offset >= end;
  });
}

void ProducerState::expire(std::int64_t now_ms, std::int64_t expiration_ms) {
  std::erase_if(producers_, [&](const auto& p) {
    const ProducerEntry& entry = p.second;
    return !entry.transaction_first && entry.last_timestamp_ms <= now_ms - expiration_ms;
  });
}

Bytes ProducerState::encode() const {
  std::vector<std::byte> out;
  out.reserve(kEntriesAt + 4 + producers_.size() * kEntryBytes);
  put_big_endian<std::int16_t>(out, kSnapshotVersion);
  put_big_endian<std::uint32_t>(out, 0);
  put_big_endian<std::int32_t>(out, static_cast<std::int32_t>(producers_.size()));
  for (const auto& [id, entry] : producers_) {
    const ProducerBatch last =
        entry.count > 0 ? entry.last() : ProducerBatch{Sequence(-1), 0, Offset(-1), -1};
    put_big_endian<std::int64_t>(out, id.value());
    put_big_endian<std::int16_t>(out, entry.epoch.value());
    put_big_endian<std::int32_t>(out, last.last_sequence.value());
    put_big_endian<std::int64_t>(out, last.last_offset.value());
    put_big_endian<std::int32_t>(out, last.offset_delta);
    put_big_endian<std::int64_t>(out, entry.last_timestamp_ms);
    put_big_endian<std::int32_t>(out, entry.coordinator_epoch);
    put_big_endian<std::int64_t>(out, entry.transaction_first.value_or(Offset(-1)).value());
  }
  const std::uint32_t crc = crc32c(ByteView(out).subspan(kEntriesAt));
  set_big_endian<std::uint32_t>(out, kCrcAt, crc);
  return Bytes(std::move(out));
}

Result<ProducerState> ProducerState::decode(ByteView bytes) {
  if (bytes.size() < kEntriesAt + 4) return Error{"a producer snapshot has at least 10 bytes"};
  if (get_big_endian<std::int16_t>(bytes, 0) != kSnapshotVersion) {
    return Error{"expected producer snapshot version 1"};
  }
  if (get_big_endian<std::uint32_t>(bytes, kCrcAt) != crc32c(bytes.subspan(kEntriesAt))) {
    return Error{"the CRC of the producer snapshot does not match"};
  }
  const auto count = get_big_endian<std::int32_t>(bytes, kEntriesAt);
  const std::size_t body = bytes.size() - kEntriesAt - 4;
  if (count < 0 || static_cast<std::size_t>(count) * kEntryBytes != body) {
    return Error{"the producer snapshot's length does not fit its number of entries"};
  }
  ProducerState state;
  for (std::size_t at = kEntriesAt + 4; at < bytes.size(); at += kEntryBytes) {
    ProducerEntry entry;
    entry.epoch = ProducerEpoch(get_big_endian<std::int16_t>(bytes, at + 8));
    const ProducerBatch last{Sequence(get_big_endian<std::int32_t>(bytes, at + 10)),
                             get_big_endian<std::int32_t>(bytes, at + 22),
                             Offset(get_big_endian<std::int64_t>(bytes, at + 14)),
                             get_big_endian<std::int64_t>(bytes, at + 26)};
    const bool has_batch = last.last_sequence >= Sequence(0) && last.last_offset >= Offset(0);
    if (has_batch && (last.offset_delta < 0 || last.offset_delta > last.last_offset.value())) {
      return Error{"a producer snapshot entry holds an impossible offset delta"};
    }
    if (has_batch) entry.add(last);
    entry.last_timestamp_ms = last.timestamp_ms;
    entry.coordinator_epoch = get_big_endian<std::int32_t>(bytes, at + 34);
    const auto first = get_big_endian<std::int64_t>(bytes, at + 38);
    if (first >= 0) entry.transaction_first = Offset(first);
    state.producers_[ProducerId(get_big_endian<std::int64_t>(bytes, at))] = entry;
  }
  return state;
}

void ProducerState::describe(StateVisitor& v) const { visit(v, "producers", producers_); }

}  // namespace logarium::log

#include "engine/protocol/batch.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/hash.hpp"
#include "engine/protocol/codec/big_endian.hpp"

namespace logarium::protocol {
namespace {

// Where the fields of a v2 batch lie.
constexpr std::size_t kLengthAt = 8;
constexpr std::size_t kLeaderEpochAt = 12;
constexpr std::size_t kMagicAt = 16;
constexpr std::size_t kCrcAt = 17;
constexpr std::size_t kAttributesAt = 21;
constexpr std::size_t kLastOffsetDeltaAt = 23;
constexpr std::size_t kBaseTimestampAt = 27;
constexpr std::size_t kMaxTimestampAt = 35;
constexpr std::size_t kProducerIdAt = 43;
constexpr std::size_t kProducerEpochAt = 51;
constexpr std::size_t kBaseSequenceAt = 53;
constexpr std::size_t kRecordCountAt = 57;
// The length field counts what follows it.
constexpr std::size_t kBeforeLengthEnd = 12;
// Offsets above this could overflow when deltas are added.
constexpr std::int64_t kBaseOffsetMax = std::numeric_limits<std::int64_t>::max() - (1LL << 32);

template <class T>
T at(ByteView bytes, std::size_t position) {
  return load_big_endian<T>(bytes.data() + position);
}

Error damaged(std::string what) { return Error{"record batch: " + std::move(what)}; }

}  // namespace

Batch::Batch(const BatchHeader& header, Bytes payload)
    : BatchHeader(header), payload_(std::move(payload)) {
  if (payload_.size() <= kHashedAtOnce) hash_content();
}

std::uint64_t Batch::hash_content() const { return content_ = hash_bytes(payload_.view()); }

Batch Batch::unreadable(Bytes raw) {
  Batch batch(BatchHeader{}, std::move(raw));
  batch.readable_ = false;
  const ByteView bytes = batch.payload_.view();
  batch.magic = bytes.size() > kMagicAt ? at<std::int8_t>(bytes, kMagicAt) : std::int8_t{-1};
  return batch;
}

std::uint64_t Batch::identity() const {
  const auto pair = [](std::int32_t high, std::uint32_t low) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(high)) << 32) | low;
  };
  std::uint64_t hash = fold(content(), static_cast<std::uint64_t>(base_offset.value()));
  hash = fold(hash, pair(partition_leader_epoch.value(), crc));
  // The CRC covers all the rest of the header; it is folded in all the same, since a batch with a
  // wrong CRC travels too.
  std::uint64_t rest = pair(last_offset_delta, static_cast<std::uint32_t>(record_count));
  rest = rest * 31 + static_cast<std::uint64_t>(base_timestamp);
  rest = rest * 31 + static_cast<std::uint64_t>(max_timestamp);
  rest = rest * 31 + static_cast<std::uint64_t>(producer_id.value());
  rest =
      rest * 31 + pair(base_sequence.value(), static_cast<std::uint16_t>(producer_epoch.value()));
  rest = rest * 31 + static_cast<std::uint16_t>(attributes);
  rest = rest * 31 + (readable_ ? 1 : 0);
  return fold(hash, rest);
}

Sequence Batch::last_sequence() const {
  const std::int64_t sum = std::int64_t{base_sequence.value()} + last_offset_delta;
  constexpr std::int64_t kWrap = 1LL << 31;
  return Sequence(static_cast<std::int32_t>(sum >= kWrap ? sum - kWrap : sum));
}

void Batch::restamp_append_time(std::int64_t unix_ms) {
  attributes = static_cast<std::int16_t>(attributes | kAppendTimeBit);
  max_timestamp = unix_ms;
  crc = computed_crc();
}

std::array<std::byte, kBatchHeaderBytes> Batch::encoded_header() const {
  std::array<std::byte, kBatchHeaderBytes> head{};
  std::byte* to = head.data();
  const auto length = static_cast<std::int32_t>(size_bytes() - kBeforeLengthEnd);
  store_big_endian(to, base_offset.value());
  store_big_endian(to + kLengthAt, length);
  store_big_endian(to + kLeaderEpochAt, partition_leader_epoch.value());
  store_big_endian(to + kMagicAt, magic);
  store_big_endian(to + kCrcAt, crc);
  store_big_endian(to + kAttributesAt, attributes);
  store_big_endian(to + kLastOffsetDeltaAt, last_offset_delta);
  store_big_endian(to + kBaseTimestampAt, base_timestamp);
  store_big_endian(to + kMaxTimestampAt, max_timestamp);
  store_big_endian(to + kProducerIdAt, producer_id.value());
  store_big_endian(to + kProducerEpochAt, producer_epoch.value());
  store_big_endian(to + kBaseSequenceAt, base_sequence.value());
  store_big_endian(to + kRecordCountAt, record_count);
  return head;
}

void Batch::restamp_max_timestamp(std::int64_t unix_ms) {
  max_timestamp = unix_ms;
  crc = computed_crc();
}

std::uint32_t Batch::computed_crc() const {
  const auto head = encoded_header();
  return crc32c_extend(crc32c(ByteView(head).subspan(kAttributesAt)), payload_.view());
}

FileBytes Batch::to_file() const {
  if (!readable_) return FileBytes::of(payload_);
  FileBytes file;
  const auto head = encoded_header();
  static_assert(kBatchHeaderBytes <= FileBytes::kHeadMax);
  std::copy(head.begin(), head.end(), file.head.begin());
  file.head_size = kBatchHeaderBytes;
  file.body = payload_;
  return file;
}

void Batch::encode(std::vector<std::byte>& out) const {
  if (readable_) {
    const auto head = encoded_header();
    out.insert(out.end(), head.begin(), head.end());
  }
  const ByteView body = payload_.view();
  out.insert(out.end(), body.begin(), body.end());
}

std::size_t size_bytes(const Records& records) {
  std::size_t size = 0;
  for (const Batch& batch : records) size += batch.size_bytes();
  return size;
}

Result<ParsedHeader> parse_batch_header(ByteView bytes) {
  if (bytes.size() < kBatchHeaderBytes) return damaged("fewer than 61 bytes");
  ParsedHeader parsed;
  BatchHeader& header = parsed.header;
  header.magic = at<std::int8_t>(bytes, kMagicAt);
  if (header.magic != kMagicV2) {
    return damaged("magic " + std::to_string(header.magic) + " instead of 2");
  }
  const auto length = at<std::int32_t>(bytes, kLengthAt);
  if (length < static_cast<std::int32_t>(kBatchHeaderBytes - kBeforeLengthEnd)) {
    return damaged("length " + std::to_string(length) + " is less than a header");
  }
  header.base_offset = Offset(at<std::int64_t>(bytes, 0));
  header.partition_leader_epoch = LeaderEpoch(at<std::int32_t>(bytes, kLeaderEpochAt));
  header.crc = at<std::uint32_t>(bytes, kCrcAt);
  header.attributes = at<std::int16_t>(bytes, kAttributesAt);
  header.last_offset_delta = at<std::int32_t>(bytes, kLastOffsetDeltaAt);
  header.base_timestamp = at<std::int64_t>(bytes, kBaseTimestampAt);
  header.max_timestamp = at<std::int64_t>(bytes, kMaxTimestampAt);
  header.producer_id = ProducerId(at<std::int64_t>(bytes, kProducerIdAt));
  header.producer_epoch = ProducerEpoch(at<std::int16_t>(bytes, kProducerEpochAt));
  header.base_sequence = Sequence(at<std::int32_t>(bytes, kBaseSequenceAt));
  header.record_count = at<std::int32_t>(bytes, kRecordCountAt);
  if (header.base_offset < Offset(0) || header.base_offset > Offset(kBaseOffsetMax)) {
    return damaged("base offset " + std::to_string(header.base_offset.value()));
  }
  if (header.last_offset_delta < 0) return damaged("negative last offset delta");
  if (header.record_count < 0) return damaged("negative record count");
  parsed.batch_bytes = kBeforeLengthEnd + static_cast<std::size_t>(length);
  return parsed;
}

Records split_batches(const Bytes& bytes, Tail tail) {
  Records records;
  std::size_t position = 0;
  while (position < bytes.size()) {
    const std::size_t rest = bytes.size() - position;
    const ByteView view = bytes.view().subspan(position);
    auto parsed = parse_batch_header(view);
    // Too short to hold a header, or shorter than its length says: cut, if the rest fits a batch.
    const bool short_header = rest < kBatchHeaderBytes;
    const bool short_body = parsed.ok() && parsed.value().batch_bytes > rest;
    if (tail == Tail::kDropPartial && (short_header || short_body)) break;
    if (!parsed.ok() || short_body) {
      records.push_back(Batch::unreadable(bytes.slice(position, rest)));
      break;
    }
    const std::size_t size = parsed.value().batch_bytes;
    records.emplace_back(parsed.value().header,
                         bytes.slice(position + kBatchHeaderBytes, size - kBatchHeaderBytes));
    position += size;
  }
  return records;
}

}  // namespace logarium::protocol

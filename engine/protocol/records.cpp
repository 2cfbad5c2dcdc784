#include "engine/protocol/records.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/varint.hpp"
#include "engine/protocol/codec.hpp"
#include "engine/protocol/codec/encoder.hpp"

namespace logarium::protocol {
namespace {

// Timestamps come from peers: their sums wrap instead of overflowing.
std::int64_t add_wrapping(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
std::int64_t subtract_wrapping(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

std::size_t signed_size(std::int32_t value) { return varint_size(zigzag(value)); }
std::size_t blob_size(std::size_t bytes) {
  return signed_size(static_cast<std::int32_t>(bytes)) + bytes;
}
std::size_t blob_size(const std::optional<ByteView>& bytes) {
  return bytes ? blob_size(bytes->size()) : 1;
}

void put_signed(Output& out, std::int32_t value) { out.varint(zigzag(value)); }
void put_blob(Output& out, ByteView bytes) {
  put_signed(out, static_cast<std::int32_t>(bytes.size()));
  out.raw(bytes);
}
void put_blob(Output& out, const std::optional<ByteView>& bytes) {
  if (bytes) {
    put_blob(out, *bytes);
  } else {
    put_signed(out, -1);
  }
}

// The body of a record after its length: attributes, deltas, key, value, headers.
std::size_t body_size(std::int64_t timestamp_delta, std::int32_t offset_delta,
                      const NewRecord& record) {
  std::size_t size = 1 + varint_size(zigzag(timestamp_delta)) + signed_size(offset_delta) +
                     blob_size(record.key) + blob_size(record.value) +
                     signed_size(static_cast<std::int32_t>(record.headers.size()));
  for (const HeaderView& header : record.headers) {
    size += blob_size(header.key.size()) + blob_size(header.value);
  }
  return size;
}

bool get_signed(ByteView in, std::size_t& at, std::int32_t& value) {
  std::uint64_t raw = 0;
  if (!get_varint(in, at, raw, kVarintBytesMax) || raw > 0xffffffffULL) return false;
  value = unzigzag(static_cast<std::uint32_t>(raw));
  return true;
}
bool get_signed(ByteView in, std::size_t& at, std::int64_t& value) {
  std::uint64_t raw = 0;
  if (!get_varint(in, at, raw, kVarlongBytesMax)) return false;
  value = unzigzag(raw);
  return true;
}
// A length and that many bytes; absent for the length -1.
bool get_blob(ByteView in, std::size_t& at, std::optional<ByteView>& blob) {
  std::int32_t length = 0;
  if (!get_signed(in, at, length) || length < -1) return false;
  blob.reset();
  if (length < 0) return true;
  const auto size = static_cast<std::size_t>(length);
  if (size > in.size() - at) return false;
  blob = in.subspan(at, size);
  at += size;
  return true;
}

std::int16_t attributes_of(const BatchOptions& options) {
  auto bits = static_cast<unsigned>(options.codec);
  using Kind = BatchOptions::Kind;
  if (options.timestamp_type == TimestampType::kLogAppendTime) bits |= Batch::kAppendTimeBit;
  if (options.kind == Kind::kTransactional || options.kind == Kind::kTransactionalControl) {
    bits |= Batch::kTransactionalBit;
  }
  if (options.kind == Kind::kControl || options.kind == Kind::kTransactionalControl) {
    bits |= Batch::kControlBit;
  }
  return static_cast<std::int16_t>(bits);
}

}  // namespace

void BatchBuilder::append(const NewRecord& record) { append_at(last_delta_ + 1, record); }

void BatchBuilder::append_at(std::int32_t offset_delta, const NewRecord& record) {
  ENSURE(offset_delta > last_delta_);
  if (count_ == 0) {
    base_timestamp_ = record.timestamp;
    max_timestamp_ = record.timestamp;
  }
  const std::int64_t timestamp_delta = subtract_wrapping(record.timestamp, base_timestamp_);
  const std::size_t size = body_size(timestamp_delta, offset_delta, record);
  const std::size_t start = records_.size();
  records_.resize(start + blob_size(size));
  Output out(records_.data() + start);
  put_signed(out, static_cast<std::int32_t>(size));
  out.number(std::int8_t{0});  // attributes of a record: none defined
  out.varint(zigzag(timestamp_delta));
  put_signed(out, offset_delta);
  put_blob(out, record.key);
  put_blob(out, record.value);
  put_signed(out, static_cast<std::int32_t>(record.headers.size()));
  for (const HeaderView& header : record.headers) {
    put_blob(out, view_of(header.key));
    put_blob(out, header.value);
  }
  ENSURE(out.at() == records_.data() + records_.size());
  max_timestamp_ = std::max(max_timestamp_, record.timestamp);
  last_delta_ = offset_delta;
  ++count_;
}

std::size_t BatchBuilder::upper_bound(const NewRecord& record) {
  constexpr std::size_t kDeltas = kVarlongBytesMax + kVarintBytesMax;
  return kVarintBytesMax + kDeltas + body_size(0, 0, record);
}

Batch BatchBuilder::build() {
  ENSURE(!empty());
  BatchHeader header;
  header.base_offset = options_.base_offset;
  header.partition_leader_epoch = options_.leader_epoch;
  header.attributes = attributes_of(options_);
  header.last_offset_delta = last_delta_;
  header.base_timestamp = base_timestamp_;
  header.max_timestamp = max_timestamp_;
  header.producer_id = options_.producer_id;
  header.producer_epoch = options_.producer_epoch;
  header.base_sequence = options_.base_sequence;
  header.record_count = count_;
  std::vector<std::byte> payload =
      options_.codec == Codec::kNone ? std::move(records_) : compress(options_.codec, records_);
  // Batches live long in logs and simulated files: what growth left over goes back.
  payload.shrink_to_fit();
  Batch batch(header, Bytes(std::move(payload)));
  batch.crc = batch.computed_crc();
  *this = BatchBuilder(options_);
  return batch;
}

Batch BatchBuilder::build(ProducerId id, ProducerEpoch epoch, Sequence base_sequence) {
  options_.producer_id = id;
  options_.producer_epoch = epoch;
  options_.base_sequence = base_sequence;
  return build();
}

RecordReader::RecordReader(const Batch& batch)
    : header_(batch.header()), timestamp_type_(batch.timestamp_type()) {
  if (!batch.readable()) {
    fail("not a batch of format v2");
    return;
  }
  if (batch.codec() == Codec::kNone) {
    records_ = batch.payload();
    return;
  }
  auto unpacked = decompress(batch.codec(), batch.payload().view());
  if (unpacked.ok()) {
    records_ = Bytes(std::move(unpacked).value());
  } else {
    fail(unpacked.error().message);
  }
}

bool RecordReader::next(RecordView& record) {
  if (error_) return false;
  const ByteView in = records_.view();
  if (index_ == header_.record_count) {
    return at_ == in.size() ? false : fail("bytes left after the last record");
  }
  std::int32_t length = 0;
  if (!get_signed(in, at_, length) || length < 0 ||
      static_cast<std::size_t>(length) > in.size() - at_) {
    return fail("length of a record");
  }
  const std::size_t end = at_ + static_cast<std::size_t>(length);
  const ByteView body = in.first(end);
  std::int64_t timestamp_delta = 0;
  std::int32_t offset_delta = 0;
  if (at_ == end) return fail("empty record");
  ++at_;  // attributes
  if (!get_signed(body, at_, timestamp_delta)) return fail("timestamp delta");
  if (!get_signed(body, at_, offset_delta) || offset_delta < 0) return fail("offset delta");
  if (!get_blob(body, at_, record.key)) return fail("key");
  if (!get_blob(body, at_, record.value)) return fail("value");
  if (!read_headers(record, end)) return fail("headers");
  if (at_ != end) return fail("length does not match the record");
  record.offset = header_.base_offset + offset_delta;
  record.timestamp = timestamp_type_ == TimestampType::kLogAppendTime
                         ? header_.max_timestamp
                         : add_wrapping(header_.base_timestamp, timestamp_delta);
  ++index_;
  return true;
}

bool RecordReader::read_headers(RecordView& record, std::size_t end) {
  record.headers.clear();
  const ByteView in = records_.view().first(end);
  std::int32_t count = 0;
  // A header takes two bytes at least.
  if (!get_signed(in, at_, count) || count < 0) return false;
  if (static_cast<std::size_t>(count) > (end - at_) / 2) return false;
  for (std::int32_t i = 0; i < count; ++i) {
    std::optional<ByteView> key;
    HeaderView header;
    if (!get_blob(in, at_, key) || !key || !get_blob(in, at_, header.value)) return false;
    header.key = text_of(*key);
    record.headers.push_back(header);
  }
  return true;
}

bool RecordReader::fail(std::string_view what) {
  error_ = Error{"record " + std::to_string(index_) + " of a batch, byte " + std::to_string(at_) +
                 ": " + std::string(what)};
  return false;
}

Bytes RecordReader::share(ByteView part) const {
  if (part.empty()) return {};
  const ByteView all = records_.view();
  ENSURE(part.data() >= all.data());
  return records_.slice(static_cast<std::size_t>(part.data() - all.data()), part.size());
}

std::optional<Error> check_records(const Batch& batch) {
  if (!batch.readable()) return Error{"not a batch of format v2"};
  if (batch.record_count <= 0) return Error{"a batch without records"};
  if (batch.last_offset_delta != batch.record_count - 1) {
    return Error{"last offset delta " + std::to_string(batch.last_offset_delta) + " of " +
                 std::to_string(batch.record_count) + " records"};
  }
  RecordReader reader(batch);
  RecordView record;
  for (std::int64_t delta = 0; reader.next(record); ++delta) {
    if (record.offset - batch.base_offset != delta) {
      return Error{"record " + std::to_string(delta) + " has the offset delta " +
                   std::to_string(record.offset - batch.base_offset)};
    }
  }
  return reader.error();
}

}  // namespace logarium::protocol

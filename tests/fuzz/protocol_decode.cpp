// Bytes from the network: whatever they are, decoding ends in a message or an error. What decodes
// must come back from its own encoding with an equal hash.
//
// The first byte chooses: 0 a request frame; 1 and 2 the body of a request or response, after a
// byte each for the API (its place in the table) and the version; 3 record batches; 4 compressed
// bytes after a byte for the codec; 5 and 6 control records; 7 a request frame whose header is made
// from a byte each for the API and the version; 8 a whole response frame, likewise; 9 a batch as a
// leader admits it, after a byte for the topic's configs.

#include <cstdint>
#include <cstdlib>

#include "engine/log/validation.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/codec.hpp"
#include "engine/protocol/control.hpp"
#include "engine/protocol/framing.hpp"
#include "engine/protocol/message_tools.hpp"
#include "engine/protocol/records.hpp"

namespace {

using namespace logarium;
using namespace logarium::protocol;

// Bigger inputs only repeat what smaller ones show.
constexpr std::size_t kInputMax = 64 * 1024;

void must(bool condition) {
  if (!condition) std::abort();
}

void body(const Bytes& input, Message::Direction way) {
  if (input.size() < 2) return;
  const auto table = api_table();
  const ApiEntry& entry = table[static_cast<std::size_t>(input.view()[0]) % table.size()];
  const auto version = static_cast<std::int16_t>(input.view()[1]);
  const auto decode =
      way == Message::Direction::kRequest ? entry.decode_request : entry.decode_response;
  const auto message = decode(input.slice(2, input.size() - 2), version);
  if (!message.ok()) return;
  std::vector<std::byte> out;
  message.value()->encode(out, version);
  must(out.size() == message.value()->encoded_size(version));
  const auto again = decode(Bytes(std::move(out)), version);
  must(again.ok());
  must(again.value()->hash(version) == message.value()->hash(version));
  must(first_difference(*message.value(), *again.value(), version).empty());
  must(!to_json(*message.value(), version).empty());
}

void frame(const Bytes& input) {
  const auto decoded = decode_request(input);
  if (!decoded.ok()) return;
  const auto key = static_cast<ApiKey>(decoded.value().body->api_key());
  // An ApiVersions request of the future comes through without fields.
  if (!find_api(key)->versions.contains(decoded.value().api_version)) return;
  std::vector<std::byte> out;
  encode_request(decoded.value(), out);
  must(out.size() == request_frame_bytes(decoded.value()));
}

// Every API and every version behind a header: what follows it is the body, or damaged.
void behind_header(const Bytes& input) {
  if (input.size() < 2) return;
  const auto table = api_table();
  const ApiEntry& entry = table[static_cast<std::size_t>(input.view()[0]) % table.size()];
  const auto version = static_cast<std::uint8_t>(input.view()[1]);
  std::vector<std::byte> bytes{std::byte{0}, static_cast<std::byte>(entry.key), std::byte{0},
                               static_cast<std::byte>(version)};
  bytes.resize(8);
  bytes.insert(bytes.end(), {std::byte{0xff}, std::byte{0xff}});
  if (entry.flexible(version)) bytes.push_back(std::byte{0});
  const ByteView rest = input.view().subspan(2);
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  const Bytes whole(std::move(bytes));
  must(peek_request(whole).ok());
  const auto decoded = decode_request(whole);
  if (!decoded.ok()) return;
  must(decoded.value().api_version == version);
  must(decoded.value().body->api_key() == static_cast<std::int16_t>(entry.key));
  if (!entry.versions.contains(version)) return;
  std::vector<std::byte> out;
  encode_request(decoded.value(), out);
  must(out.size() == request_frame_bytes(decoded.value()));
}

void response_frame(const Bytes& input) {
  if (input.size() < 2) return;
  const auto table = api_table();
  const ApiEntry& entry = table[static_cast<std::size_t>(input.view()[0]) % table.size()];
  const auto version = static_cast<std::int16_t>(input.view()[1]);
  if (!entry.versions.contains(version)) return;
  const Bytes frame = input.slice(2, input.size() - 2);
  const auto decoded = decode_response(frame, entry.key, version);
  if (!decoded.ok()) return;
  must(peek_correlation_id(frame).value() == decoded.value().correlation_id);
  std::vector<std::byte> out;
  encode_response(decoded.value(), out);
  must(out.size() == response_frame_bytes(decoded.value()));
}

// What a leader admits it can store, and every reader can read.
void admitted(const Bytes& input) {
  if (input.empty()) return;
  const auto choice = static_cast<unsigned>(input.view()[0]);
  log::Config config;
  config.compacted = (choice & 1U) != 0;
  config.log_append_time = (choice & 2U) != 0;
  if ((choice & 4U) != 0) config.codec = static_cast<Codec>((choice >> 3U) % 5U);
  Records records = split_batches(input.slice(1, input.size() - 1), Tail::kKeepPartial);
  for (Batch& batch : records) {
    // A fuzzer does not find a CRC.
    if (batch.readable()) batch.crc = batch.computed_crc();
    if (log::admit(batch, config, WallTime{1'700'000'000'000'000'000}, Rules{})) continue;
    must(batch.readable() && batch.crc_matches());
    must(!check_records(batch));
    must(batch.record_count == batch.last_offset_delta + 1);
    must(!config.codec || batch.codec() == *config.codec);
  }
}

void batches(const Bytes& input) {
  for (const Tail tail : {Tail::kDropPartial, Tail::kKeepPartial}) {
    const Records records = split_batches(input, tail);
    if (tail == Tail::kKeepPartial) must(size_bytes(records) == input.size());
    for (const Batch& batch : records) {
      static_cast<void>(check_records(batch));
      static_cast<void>(batch.next_offset());
      if (batch.readable()) static_cast<void>(batch.crc_matches());
      RecordReader reader(batch);
      RecordView record;
      while (reader.next(record)) {
        if (record.value) static_cast<void>(reader.share(*record.value));
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > kInputMax) return 0;
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  const Bytes input = Bytes::copy_of(ByteView(bytes + 1, size - 1));
  switch (data[0] % 10) {
    case 0:
      frame(input);
      break;
    case 1:
      body(input, Message::Direction::kRequest);
      break;
    case 2:
      body(input, Message::Direction::kResponse);
      break;
    case 3:
      batches(input);
      break;
    case 4:
      if (input.empty()) break;
      static_cast<void>(decompress(static_cast<Codec>(input.view()[0]), input.view().subspan(1)));
      break;
    case 5:
      static_cast<void>(parse_leader_change(input.view()));
      static_cast<void>(parse_snapshot_header(input.view()));
      break;
    case 7:
      behind_header(input);
      break;
    case 8:
      response_frame(input);
      break;
    case 9:
      admitted(input);
      break;
    default:
      static_cast<void>(parse_end_transaction(input.view()));
      static_cast<void>(control_type(input.view()));
      break;
  }
  return 0;
}

#include "engine/protocol/framing.hpp"

#include <string>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/varint.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/codec/encoder.hpp"
#include "engine/protocol/codec/input.hpp"
#include "engine/protocol/message_base.hpp"
#include "engine/protocol/messages/api_versions.hpp"

namespace logarium::protocol {
namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kRequestFixedBytes = 2 + 2 + 4;
constexpr std::size_t kCorrelationBytes = 4;

const ApiEntry& entry_of(const Frame& frame) {
  ENSURE(frame.body != nullptr);
  const ApiEntry* entry = find_api(static_cast<ApiKey>(frame.body->api_key()));
  ENSURE(entry != nullptr);
  return *entry;
}

// Flexible requests have header v2, others v1. The client id has a fixed-width length in both.
std::size_t request_header_bytes(const Frame& frame, const ApiEntry& entry) {
  const std::size_t id = frame.client_id == nullptr ? 0 : frame.client_id->size();
  return kRequestFixedBytes + 2 + id + (entry.flexible(frame.api_version) ? 1 : 0);
}

// Flexible responses have header v1, others v0.
bool response_header_has_tags(const ApiEntry& entry, std::int16_t version) {
  return entry.key != ApiKey::kApiVersions && entry.flexible(version);
}

// An ApiVersions request newer than any we know is answered in v0 (KIP-511).
bool is_newer_api_versions(const ApiEntry& entry, std::int16_t version) {
  return entry.key == ApiKey::kApiVersions && version > entry.versions.max;
}
std::int16_t response_version(const Frame& frame) {
  return is_newer_api_versions(entry_of(frame), frame.api_version) ? std::int16_t{0}
                                                                   : frame.api_version;
}

// The body of a frame: its bytes on the wire, and those of them that will be appended.
struct BodySize {
  std::size_t bytes = 0;
  std::size_t appended = 0;
};

// Makes room for length and header and writes the length; the body is appended after it.
Output begin_frame(std::vector<std::byte>& out, std::size_t header_bytes, BodySize body) {
  const std::size_t start = out.size();
  out.reserve(start + kLengthBytes + header_bytes + body.appended);
  out.resize(start + kLengthBytes + header_bytes);
  Output output(out.data() + start);
  output.number(static_cast<std::int32_t>(header_bytes + body.bytes));
  return output;
}

void put_request_head(const Frame& frame, BodySize body, std::vector<std::byte>& out) {
  const ApiEntry& entry = entry_of(frame);
  Output header = begin_frame(out, request_header_bytes(frame, entry), body);
  header.number(static_cast<std::int16_t>(entry.key));
  header.number(frame.api_version);
  header.number(frame.correlation_id);
  if (frame.client_id == nullptr) {
    header.null_string(false);
  } else {
    header.string(*frame.client_id, false);
  }
  if (entry.flexible(frame.api_version)) header.varint(0);
}

void put_response_head(const Frame& frame, BodySize body, std::vector<std::byte>& out) {
  const bool tags = response_header_has_tags(entry_of(frame), response_version(frame));
  Output header = begin_frame(out, kCorrelationBytes + (tags ? 1 : 0), body);
  header.number(frame.correlation_id);
  if (tags) header.varint(0);
}

// What an API of the table speaks is a message with fields.
const WireMessage& wire_message(const Frame& frame) {
  const auto* message = dynamic_cast<const WireMessage*>(frame.body.get());
  ENSURE(message != nullptr);
  return *message;
}

Error damaged(std::string_view header, const Input& in) {
  return Error{std::string(header) + ": " + in.error().message};
}

void skip_tagged_fields(Input& in) {
  const std::uint32_t count = in.varint();
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    in.varint();
    const std::uint32_t size = in.varint();
    if (in.failed() || size > in.remaining()) {
      in.fail("size of a tagged field");
      return;
    }
    in.skip(size);
  }
}

// ApiVersions alone may be answered in another version than it was asked in.
bool starts_with_unsupported_version(const Bytes& frame) {
  Input in(frame);
  in.number<std::int32_t>();
  return static_cast<ErrorCode>(in.number<std::int16_t>()) == ErrorCode::kUnsupportedVersion;
}

}  // namespace

std::size_t request_frame_bytes(const Frame& frame) {
  return kLengthBytes + request_header_bytes(frame, entry_of(frame)) +
         frame.body->encoded_size(frame.api_version);
}

std::size_t response_frame_bytes(const Frame& frame) {
  const std::int16_t version = response_version(frame);
  const bool tags = response_header_has_tags(entry_of(frame), version);
  return kLengthBytes + kCorrelationBytes + (tags ? 1 : 0) + frame.body->encoded_size(version);
}

void encode_request(const Frame& frame, std::vector<std::byte>& out) {
  const std::size_t body = frame.body->encoded_size(frame.api_version);
  put_request_head(frame, {body, body}, out);
  frame.body->encode(out, frame.api_version);
}

void encode_response(const Frame& frame, std::vector<std::byte>& out) {
  const std::int16_t version = response_version(frame);
  const std::size_t body = frame.body->encoded_size(version);
  put_response_head(frame, {body, body}, out);
  frame.body->encode(out, version);
}

void gather_request(const Frame& frame, Gathered& out) {
  ENSURE(out.bytes.empty() && out.pieces.empty());
  put_request_head(frame, {frame.body->encoded_size(frame.api_version), 0}, out.bytes);
  wire_message(frame).gather(out, frame.api_version);
}

void gather_response(const Frame& frame, Gathered& out) {
  ENSURE(out.bytes.empty() && out.pieces.empty());
  const std::int16_t version = response_version(frame);
  put_response_head(frame, {frame.body->encoded_size(version), 0}, out.bytes);
  wire_message(frame).gather(out, version);
}

Result<RequestHeader> peek_request(const Bytes& frame) {
  Input in(frame);
  RequestHeader header;
  header.api_key = static_cast<ApiKey>(in.number<std::int16_t>());
  header.api_version = in.number<std::int16_t>();
  header.correlation_id = in.number<std::int32_t>();
  if (in.failed()) return damaged("request header", in);
  return header;
}

Result<Frame> decode_request(const Bytes& frame) {
  auto peeked = peek_request(frame);
  if (!peeked.ok()) return peeked.error();
  const RequestHeader& header = peeked.value();
  const ApiEntry* entry = find_api(header.api_key);
  if (entry == nullptr) {
    return Error{"request header: unknown API key " +
                 std::to_string(static_cast<int>(header.api_key))};
  }
  const bool newer = is_newer_api_versions(*entry, header.api_version);
  if (!newer && !entry->versions.contains(header.api_version)) {
    return Error{"request header: " + std::string(entry->name) + " has no version " +
                 std::to_string(header.api_version)};
  }
  Input in(frame);
  in.skip(kRequestFixedBytes);
  Frame decoded;
  decoded.api_version = header.api_version;
  decoded.correlation_id = header.correlation_id;
  if (const auto length = in.string_length(false, true)) {
    decoded.client_id = std::make_shared<const std::string>(in.string(*length));
  }
  if (entry->flexible(header.api_version)) skip_tagged_fields(in);
  if (in.failed()) return damaged("request header", in);
  if (newer) {
    decoded.body = entry->new_request();
    return decoded;
  }
  auto body = entry->decode_request(in.slice(in.remaining()), header.api_version);
  if (!body.ok()) return body.error();
  decoded.body = std::move(body).value();
  return decoded;
}

Result<Frame> decode_response(const Bytes& frame, ApiKey key, std::int16_t version) {
  const ApiEntry* entry = find_api(key);
  ENSURE(entry != nullptr);
  Input in(frame);
  Frame decoded;
  decoded.api_version = version;
  decoded.correlation_id = in.number<std::int32_t>();
  const bool refused = key == ApiKey::kApiVersions && starts_with_unsupported_version(frame);
  if (refused) {
    version = 0;
    decoded.api_version = 0;
  }
  if (response_header_has_tags(*entry, version)) skip_tagged_fields(in);
  if (in.failed()) return damaged("response header", in);
  auto body = entry->decode_response(in.slice(in.remaining()), version);
  if (!body.ok() && refused) {
    // Some brokers (librdkafka's mock cluster) give the rest in another shape; the error alone says
    // that version 0 is to be asked.
    auto error_alone = std::make_shared<ApiVersionsResponse>();
    error_alone->error_code = ErrorCode::kUnsupportedVersion;
    decoded.body = std::move(error_alone);
    return decoded;
  }
  if (!body.ok()) return body.error();
  decoded.body = std::move(body).value();
  return decoded;
}

Result<std::int32_t> peek_correlation_id(const Bytes& frame) {
  Input in(frame);
  const auto id = in.number<std::int32_t>();
  if (in.failed()) return damaged("response header", in);
  return id;
}

}  // namespace logarium::protocol

#pragma once
// Frames as bytes: request header v1 or v2, response header v0 or v1, then the body (KIP-482). The
// four length bytes before a frame on a connection are written here and read by the host, which
// refuses frames over socket.request.max.bytes before it has their bytes.

#include <cstdint>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/message.hpp"
#include "engine/base/result.hpp"
#include "engine/protocol/api_key.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/gathered.hpp"

namespace logarium::protocol {

// Kafka's default of socket.request.max.bytes.
inline constexpr std::size_t kFrameBytesMax = 104'857'600;

// Appends length, header and body. The client id of a request may be null.
void encode_request(const Frame& frame, std::vector<std::byte>& out);
// Appends length, header and body. The response header of ApiVersions is v0 in every version, so
// that a client can read it before it knows what the broker speaks.
void encode_response(const Frame& frame, std::vector<std::byte>& out);
// The same without copying long record payloads. REQUIRES: `out` is empty.
void gather_request(const Frame& frame, Gathered& out);
void gather_response(const Frame& frame, Gathered& out);
// Bytes that the two above append.
[[nodiscard]] std::size_t request_frame_bytes(const Frame& frame);
[[nodiscard]] std::size_t response_frame_bytes(const Frame& frame);

struct RequestHeader {
  ApiKey api_key = ApiKey::kProduce;
  std::int16_t api_version = 0;
  std::int32_t correlation_id = 0;
};
// What stands at the start of every request, also of one that is not known here. Fails when fewer
// than 8 bytes are there.
[[nodiscard]] Result<RequestHeader> peek_request(const Bytes& frame);

// A frame without its length bytes. Byte fields and record batches share its storage. A request of
// an unknown API or version is an error: the server closes the connection. Only an ApiVersions
// request of a newer version than any known here comes through, with its version and no fields:
// the server answers it with UNSUPPORTED_VERSION, which is encoded in v0 (KIP-511).
[[nodiscard]] Result<Frame> decode_request(const Bytes& frame);
// A response does not say what it answers; the caller knows it from the correlation id. The
// frame's version is the one given, or 0 for an ApiVersions response with UNSUPPORTED_VERSION.
[[nodiscard]] Result<Frame> decode_response(const Bytes& frame, ApiKey key, std::int16_t version);

// The correlation id at the start of a response.
[[nodiscard]] Result<std::int32_t> peek_correlation_id(const Bytes& frame);

}  // namespace logarium::protocol

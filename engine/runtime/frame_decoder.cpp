#include "engine/runtime/frame_decoder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/protocol/framing.hpp"
#include "engine/protocol/messages/produce.hpp"

namespace logarium::runtime {
namespace {

bool expects_response(const Message& request) {
  if (static_cast<protocol::ApiKey>(request.api_key()) != protocol::ApiKey::kProduce) return true;
  return static_cast<const protocol::ProduceRequest&>(request).acks != 0;
}

}  // namespace

std::vector<FrameDecoder::Calling>::iterator FrameDecoder::find(ConnectionId connection) {
  return std::lower_bound(calling_.begin(), calling_.end(), connection,
                          [](const Calling& c, ConnectionId id) { return c.connection < id; });
}

void FrameDecoder::sent(ConnectionId connection, const Frame& frame) {
  if (!opened_by_node(connection) || !expects_response(*frame.body)) return;
  auto at = find(connection);
  if (at == calling_.end() || at->connection != connection) {
    at = calling_.insert(at, Calling{connection, {}});
  }
  at->expected.push_back({frame.correlation_id, frame.body->api_key(), frame.api_version});
}

Result<Frame> FrameDecoder::decode(ConnectionId connection, const Bytes& bytes) {
  return opened_by_node(connection) ? decode_answer(connection, bytes)
                                    : protocol::decode_request(bytes);
}

Result<Frame> FrameDecoder::decode_answer(ConnectionId connection, const Bytes& bytes) {
  const Result<std::int32_t> id = protocol::peek_correlation_id(bytes);
  if (!id) return id.error();
  const auto at = find(connection);
  if (at == calling_.end() || at->connection != connection || at->expected.empty()) {
    return Error{fmt::format("response {} to no request", id.value())};
  }
  const Expected expected = at->expected.pop_front();
  if (expected.correlation_id != id.value()) {
    return Error{fmt::format("response {} where {} is the oldest request's correlation id",
                             id.value(), expected.correlation_id)};
  }
  return protocol::decode_response(bytes, static_cast<protocol::ApiKey>(expected.api_key),
                                   expected.api_version);
}

void FrameDecoder::forget(ConnectionId connection) {
  const auto at = find(connection);
  if (at != calling_.end() && at->connection == connection) calling_.erase(at);
}

}  // namespace logarium::runtime

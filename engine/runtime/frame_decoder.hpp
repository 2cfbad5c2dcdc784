#pragma once
// FrameDecoder: from a connection's bytes to a node's frames. A request says what it is; a response
// does not, so the decoder remembers for each connection that the node opened which requests wait
// for an answer. One per incarnation, fed with everything that is sent and received.
//
// Decoded byte fields and record batches are slices of the received bytes.
//
// What it does not do: cut a stream into frames (the host does), answer, close.

#include <cstdint>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/effect.hpp"
#include "engine/base/message.hpp"
#include "engine/base/result.hpp"
#include "engine/base/ring.hpp"

namespace logarium::runtime {

// Whether the node opened the connection (then it receives responses) or a peer did.
[[nodiscard]] constexpr bool opened_by_node(ConnectionId connection) {
  return connection.value() % 2 == 0;
}

class FrameDecoder {
 public:
  // A frame leaves on the connection. Requests without a response (Produce with acks=0) leave
  // nothing to wait for.
  void sent(ConnectionId connection, const Frame& frame);
  // `bytes` is a frame without its length. Error: bytes that are no request of a known API and
  // version, or no answer to the oldest request of the connection; the connection is of no use
  // any more.
  [[nodiscard]] Result<Frame> decode(ConnectionId connection, const Bytes& bytes);
  // The connection ended, from whichever side.
  void forget(ConnectionId connection);

 private:
  struct Expected {
    std::int32_t correlation_id = 0;
    std::int16_t api_key = 0;
    std::int16_t api_version = 0;
  };
  struct Calling {
    ConnectionId connection;
    Ring<Expected> expected;  // in the order of sending
  };
  [[nodiscard]] std::vector<Calling>::iterator find(ConnectionId connection);
  [[nodiscard]] Result<Frame> decode_answer(ConnectionId connection, const Bytes& bytes);

  std::vector<Calling> calling_;  // ascending connections
};

}  // namespace logarium::runtime

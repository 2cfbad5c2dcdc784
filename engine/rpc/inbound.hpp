#pragma once
// Inbound: the serving end of a node's connections. As with Kafka's muted channel one request per
// connection is in progress; the next one is handed out after the answer, so responses leave in
// request order. Requests of one process to itself (loopback) come through here too.
//
// What it does not do: look into messages. Handlers take a Request from next() and later, in this
// step or any other, answer it by id.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/node.hpp"
#include "engine/base/ring.hpp"
#include "engine/rpc/request.hpp"

namespace logarium::rpc {

class Inbound {
 public:
  // Requests that may wait on one connection behind the one in progress. A connection that sends
  // more is closed in the simulator; a live host stops reading before that.
  static constexpr std::size_t kWaitingMax = 1'000'000;

  void accepted(ConnectionId connection, std::uint16_t listener);
  // Forgets the connection; answers to its requests are dropped silently from now on.
  void disconnected(ConnectionId connection);
  // A request frame. Frames of unknown connections are dropped (they raced with a disconnect).
  void received(StepContext& ctx, ConnectionId connection, const Frame& frame,
                std::optional<std::int16_t> injected_error = std::nullopt);
  // A request of a machine of this process; its answer comes back through take_loopback().
  RequestId local(const MessageRef& body, std::int16_t api_version);

  // The next request to handle; empty when every connection is idle or has one in progress.
  [[nodiscard]] std::optional<Request> next() {
    if (local_.empty() && ready_.empty()) return std::nullopt;
    return take_next();
  }
  // Sends the answer and releases the connection's next request. Each id is answered once.
  void answer(StepContext& ctx, RequestId id, MessageRef response);
  // Releases the connection without a response (acks=0).
  void finish_silently(RequestId id);
  // Closes the connection of the request (unknown API, malformed use).
  void close(StepContext& ctx, RequestId id);
  // Whether the request can still be answered; false after its connection is gone.
  [[nodiscard]] bool waiting(RequestId id) const;

  // Requests of the connection that wait or are in progress.
  [[nodiscard]] std::size_t unanswered(ConnectionId connection) const;

  struct LoopbackAnswer {
    RequestId id;
    MessageRef response;
  };
  [[nodiscard]] std::optional<LoopbackAnswer> take_loopback() {
    if (loopback_.empty()) return std::nullopt;
    return loopback_.pop_front();
  }

  void describe(StateVisitor& v) const;

 private:
  struct Waiting {
    Frame frame;
    std::optional<std::int16_t> injected_error;
  };
  struct Connection {
    ConnectionId id;
    std::uint16_t listener = 0;
    Ring<Waiting> waiting;
    std::optional<RequestId> in_progress;
    void describe(StateVisitor& v) const;
  };
  struct InProgress {
    RequestId id;
    ConnectionId connection;  // 0: this process itself
    std::int32_t correlation_id = 0;
    std::int16_t api_version = 0;
    void describe(StateVisitor& v) const;
  };
  [[nodiscard]] std::optional<Request> take_next();
  [[nodiscard]] Connection* find(ConnectionId connection);
  [[nodiscard]] const Connection* find(ConnectionId connection) const;
  [[nodiscard]] const InProgress* find(RequestId id) const;
  // Takes the request out of progress; empty when its connection is gone.
  std::optional<InProgress> finish(RequestId id);
  void drop_connection(ConnectionId connection);

  std::vector<Connection> connections_;  // ascending ids
  std::vector<InProgress> in_progress_;  // ascending ids: new ones go to the end
  Ring<ConnectionId> ready_;  // connections whose first waiting request may be handed out
  Ring<Request> local_;
  Ring<LoopbackAnswer> loopback_;
  std::uint64_t next_id_ = 1;
};

}  // namespace logarium::rpc

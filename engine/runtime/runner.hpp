#pragma once
// Runner: runs one incarnation of a node in a host of real bytes. It is the single point through
// which inputs reach the node: frames are decoded, the node steps, the input log gets its entry,
// and only then are the effects performed. The live host and the replay of its recording both use
// it, so a recorded run takes the same path again.
//
// One owner, not thread-safe. What it does not do: wait, read clocks, cut streams into frames.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "engine/base/node.hpp"
#include "engine/runtime/frame_decoder.hpp"
#include "engine/runtime/host.hpp"

namespace logarium::runtime {

class InputLogWriter;

class Runner {
 public:
  // `log`: where inputs are recorded, with its start already written; null: nowhere. Neither the
  // host nor the log is owned. REQUIRES: both outlive the runner.
  Runner(std::unique_ptr<Node> node, Host& host, InputLogWriter* log = nullptr);

  // One input. The first is Started. A Wake when the monotonic clock has reached next_deadline().
  // A failed ENSURE of the node is recorded and thrown on. REQUIRES: not Received; not ended().
  void step(const Now& now, const Input& input);
  // One frame as it came from the connection, without its length bytes. One that cannot be decoded
  // is the end of its connection: Host::bad_frame, and Disconnected for the node.
  // `injected_error`: of Received; a live host injects none, a replay what was recorded.
  void receive(const Now& now, ConnectionId connection, const Bytes& frame,
               std::optional<std::int16_t> injected_error = std::nullopt);

  // When the node wants a Wake; kNever when no timer is armed.
  [[nodiscard]] Instant next_deadline() const { return node_->next_deadline(); }
  // The node asked for its end (Exit).
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] const Node& node() const { return *node_; }
  // Inputs so far.
  [[nodiscard]] std::uint64_t inputs() const { return inputs_; }

 private:
  struct Performer;
  // `frame`: the bytes of a received one; null for other inputs.
  void run(const Now& now, const Input& input, const Bytes* frame);
  void record(const Now& now, const Input& input, const Bytes* frame);
  void record_failure(const Now& now, const Input& input, const Bytes* frame,
                      std::string_view text);
  void stop_recording(const Error& error);
  void perform_effects();
  // Of a received frame, whether it could be decoded or not.
  [[nodiscard]] static ConnectionId connection_of(const Input& input);
  [[nodiscard]] static std::optional<std::int16_t> injected_in(const Input& input);

  std::unique_ptr<Node> node_;
  Host& host_;
  InputLogWriter* log_;
  FrameDecoder decoder_;
  Effects effects_;
  std::uint64_t inputs_ = 0;
  bool ended_ = false;
};

}  // namespace logarium::runtime

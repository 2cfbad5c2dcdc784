#include "engine/runtime/runner.hpp"

#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/runtime/input_log_writer.hpp"
#include "engine/runtime/perform.hpp"

namespace logarium::runtime {

Runner::Runner(std::unique_ptr<Node> node, Host& host, InputLogWriter* log)
    : node_(std::move(node)), host_(host), log_(log) {
  ENSURE(node_ != nullptr);
}

void Runner::step(const Now& now, const Input& input) {
  ENSURE(!std::holds_alternative<Received>(input));
  run(now, input, nullptr);
  perform_effects();
}

void Runner::receive(const Now& now, ConnectionId connection, const Bytes& frame,
                     std::optional<std::int16_t> injected_error) {
  const Result<Frame> decoded = decoder_.decode(connection, frame);
  if (!decoded) {
    run(now, Disconnected{connection}, &frame);
    host_.bad_frame(connection, decoded.error());
  } else {
    run(now, Received{connection, decoded.value(), injected_error}, &frame);
  }
  perform_effects();
}

void Runner::run(const Now& now, const Input& input, const Bytes* frame) {
  ENSURE(!ended_);
  effects_.clear();
  ++inputs_;
  if (const auto* gone = std::get_if<Disconnected>(&input)) {
    decoder_.forget(gone->connection);
  } else if (const auto* failed = std::get_if<ConnectFailed>(&input)) {
    decoder_.forget(failed->connection);
  }
  try {
    node_->step(now, input, effects_);
  } catch (const EnsureFailure& failure) {
    ended_ = true;
    if (log_ != nullptr) record_failure(now, input, frame, failure.what());
    throw EnsureFailure(failure);
  }
  if (log_ != nullptr) record(now, input, frame);
}

void Runner::record(const Now& now, const Input& input, const Bytes* frame) {
  const Result<> written = frame == nullptr
                               ? log_->append(now, input, effects_, *node_)
                               : log_->append_frame(now, connection_of(input), frame->view(),
                                                    effects_, *node_, injected_in(input));
  if (!written) stop_recording(written.error());
}

void Runner::record_failure(const Now& now, const Input& input, const Bytes* frame,
                            std::string_view text) {
  const Result<> written =
      frame == nullptr ? log_->append_failure(now, input, text)
                       : log_->append_frame_failure(now, connection_of(input), frame->view(), text,
                                                    injected_in(input));
  if (!written) stop_recording(written.error());
}

void Runner::stop_recording(const Error& error) {
  log_ = nullptr;
  host_.recording_failed(error);
}

ConnectionId Runner::connection_of(const Input& input) {
  if (const auto* received = std::get_if<Received>(&input)) return received->connection;
  return std::get<Disconnected>(input).connection;
}

std::optional<std::int16_t> Runner::injected_in(const Input& input) {
  const auto* received = std::get_if<Received>(&input);
  return received == nullptr ? std::nullopt : received->injected_error;
}

// Passes a step's actions on and keeps the decoder informed.
struct Runner::Performer {
  Runner& runner;

  void send(Send& effect) const {
    runner.decoder_.sent(effect.connection, effect.frame);
    runner.host_.send(effect);
  }
  void file(FileOp& effect) const { runner.host_.file(effect); }
  void connect(Connect& effect) const { runner.host_.connect(effect); }
  void disconnect(Disconnect& effect) const {
    runner.decoder_.forget(effect.connection);
    runner.host_.disconnect(effect);
  }
  void answer(Answer& effect) const { runner.host_.answer(effect); }
  void exit(Exit& effect) const {
    runner.ended_ = true;
    runner.host_.exit(effect);
  }
};

void Runner::perform_effects() {
  Performer performer{*this};
  perform(effects_, performer);
  if (!effects_.notes.empty()) host_.notes(effects_.notes);
}

}  // namespace logarium::runtime

#include "sim/trace/event.hpp"

#include <array>

namespace logarium::trace {

std::string_view input_name(InputKind kind) {
  static constexpr std::array<std::string_view, kInputKinds> kNames = {
      "started",      "shutdown requested", "command", "accepted", "connected", "connect failed",
      "disconnected", "received",           "wake",    "io done",  "host"};
  const auto index = static_cast<std::size_t>(kind);
  return index < kNames.size() ? kNames[index] : "?";
}

InputRecord record_of(const Input* input, std::uint32_t sender, std::uint64_t sent) {
  InputRecord out;
  if (input == nullptr) return out;
  out.kind = static_cast<InputKind>(input->index());
  if (const auto* received = std::get_if<Received>(input)) {
    out.number = received->connection.value();
    out.api_key = received->frame.body->api_key();
    out.direction = received->frame.body->direction();
    out.correlation = received->frame.correlation_id;
    out.sender = sent == 0 ? 0 : sender;
    out.sent = sent;
  } else if (const auto* io = std::get_if<IoDone>(input)) {
    out.number = io->id.value();
    out.operation = io->kind;
    out.status = io->status;
  } else if (const auto* started = std::get_if<Started>(input)) {
    out.number = started->incarnation.value();
  } else if (const auto* command = std::get_if<CommandInput>(input)) {
    out.number = command->id.value();
  } else if (const auto* accepted = std::get_if<Accepted>(input)) {
    out.number = accepted->connection.value();
  } else if (const auto* connected = std::get_if<Connected>(input)) {
    out.number = connected->connection.value();
  } else if (const auto* failed = std::get_if<ConnectFailed>(input)) {
    out.number = failed->connection.value();
  } else if (const auto* gone = std::get_if<Disconnected>(input)) {
    out.number = gone->connection.value();
  }
  return out;
}

}  // namespace logarium::trace

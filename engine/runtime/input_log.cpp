#include "engine/runtime/input_log.hpp"

#include <fmt/format.h>

#include "engine/runtime/event_hash.hpp"

namespace logarium::runtime {

RecordedAction recorded(const Action& action) {
  return {static_cast<std::uint8_t>(action.index()), short_hash(action_hash(action))};
}

std::uint32_t notes_hash(std::span<const Note> notes) {
  if (notes.empty()) return 0;
  std::uint64_t hash = notes.size();
  for (const Note& note : notes) hash = absorb(hash, note_hash(note));
  const std::uint32_t hashed = short_hash(hash);
  return hashed == 0 ? 1 : hashed;
}

std::string_view action_name(std::uint8_t kind) {
  constexpr std::array<std::string_view, std::variant_size_v<Action>> kNames{
      "Connect", "Disconnect", "Send", "Answer", "FileOp", "Exit"};
  return kind < kNames.size() ? kNames[kind] : "?";
}

std::string_view entry_name(EntryKind kind) {
  switch (kind) {
    case EntryKind::kStarted:
      return "Started";
    case EntryKind::kShutdownRequested:
      return "ShutdownRequested";
    case EntryKind::kAccepted:
      return "Accepted";
    case EntryKind::kConnected:
      return "Connected";
    case EntryKind::kConnectFailed:
      return "ConnectFailed";
    case EntryKind::kDisconnected:
      return "Disconnected";
    case EntryKind::kReceived:
      return "Received";
    case EntryKind::kWake:
      return "Wake";
    case EntryKind::kIoDone:
      return "IoDone";
  }
  return "?";
}

std::string input_log_path(const std::string& name, Incarnation incarnation) {
  return fmt::format("{}/{:08}{}", name, incarnation.value(), kLogExtension);
}

}  // namespace logarium::runtime

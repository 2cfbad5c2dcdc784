#include "sim/run/replay_host.hpp"

#include <fmt/format.h>

#include <array>
#include <type_traits>
#include <variant>

#include "engine/base/ensure.hpp"
#include "engine/protocol/api_key.hpp"

namespace logarium::run {
namespace {

std::string_view operation_name(FileOpKind kind) {
  constexpr std::array<std::string_view, 11> kNames{
      "open",           "close",  "write",  "read",           "truncate", "sync",
      "sync directory", "rename", "remove", "make directory", "list"};
  const auto index = static_cast<std::size_t>(kind);
  return index < kNames.size() ? kNames[index] : "?";
}

std::string text_of(const FileOp& op) {
  std::string out = fmt::format("{}", operation_name(op.kind));
  if (!op.path.empty()) out += fmt::format(" {}", op.path);
  if (!op.to.empty()) out += fmt::format(" to {}", op.to);
  if (op.file.value() != 0) out += fmt::format(" file {}", op.file.value());
  if (op.kind == FileOpKind::kWrite) {
    out += fmt::format(" at {}, {} bytes", op.position, op.bytes.size());
  } else if (op.kind == FileOpKind::kRead) {
    out += fmt::format(" at {}, {} bytes", op.position, op.length);
  } else if (op.kind == FileOpKind::kTruncate) {
    out += fmt::format(" to {} bytes", op.length);
  }
  return out;
}

std::string text_of(const Send& send) {
  const Message& body = *send.frame.body;
  const bool request = body.direction() == Message::Direction::kRequest;
  return fmt::format("{} {} v{} with correlation id {} on connection {}",
                     protocol::name_of(static_cast<protocol::ApiKey>(body.api_key())),
                     request ? "request" : "response", send.frame.api_version,
                     send.frame.correlation_id, send.connection.value());
}

std::string text_of(const Action& action) {
  return std::visit(
      [](const auto& a) -> std::string {
        using T = std::decay_t<decltype(a)>;
        if constexpr (std::is_same_v<T, Send> || std::is_same_v<T, FileOp>) {
          return text_of(a);
        } else if constexpr (std::is_same_v<T, Connect>) {
          return fmt::format("connection {} to {}:{}", a.connection.value(), a.to.host, a.to.port);
        } else if constexpr (std::is_same_v<T, Disconnect>) {
          return fmt::format("connection {}", a.connection.value());
        } else if constexpr (std::is_same_v<T, Answer>) {
          return fmt::format("command {}", a.command.value());
        } else {
          return a.clean ? "in good order" : a.reason;
        }
      },
      action);
}

}  // namespace

void ReplayHost::begin_step(const runtime::InputEntry& entry) {
  entry_ = &entry;
  seen_ = 0;
  notes_ = 0;
  notes_text_.clear();
  difference_.reset();
}

void ReplayHost::compare(const Action& effect) {
  ENSURE(entry_ != nullptr);
  const std::size_t index = seen_++;
  ++effects_;
  if (difference_) return;
  const std::vector<runtime::RecordedAction>& recorded = entry_->actions;
  const runtime::RecordedAction replayed = runtime::recorded(effect);
  if (index < recorded.size() && recorded[index] == replayed) return;
  ReplayDifference difference;
  const std::string_view name = runtime::action_name(replayed.kind);
  if (index >= recorded.size()) {
    difference.field = fmt::format("effect {} ({})", index + 1, name);
    difference.text = fmt::format("recorded: {} effects; replayed, one more: {}", recorded.size(),
                                  text_of(effect));
  } else {
    const bool same_kind = recorded[index].kind == replayed.kind;
    difference.field = fmt::format("effect {} of {} ({})", index + 1, recorded.size(),
                                   runtime::action_name(recorded[index].kind));
    difference.text = fmt::format("recorded: {} ({:08x}); replayed: {} ({:08x}), {}",
                                  same_kind ? "another" : "what the field names",
                                  recorded[index].hash, name, replayed.hash, text_of(effect));
  }
  difference_ = std::move(difference);
}

void ReplayHost::file(FileOp& effect) {
  compare(effect);
  disk_.submit(std::move(effect));
}

void ReplayHost::exit(Exit& effect) {
  compare(effect);
  exited_ = true;
}

void ReplayHost::notes(std::span<const Note> notes) {
  notes_ = runtime::notes_hash(notes);
  for (const Note& note : notes) {
    if (!notes_text_.empty()) notes_text_ += "; ";
    notes_text_ += logarium::to_string(note);
  }
}

std::optional<ReplayDifference> ReplayHost::end_step() {
  ENSURE(entry_ != nullptr);
  const runtime::InputEntry& entry = *entry_;
  entry_ = nullptr;
  if (difference_) return std::exchange(difference_, std::nullopt);
  if (seen_ < entry.actions.size()) {
    const std::size_t count = entry.actions.size();
    return ReplayDifference{0,
                            fmt::format("effect {} of {} ({})", seen_ + 1, count,
                                        runtime::action_name(entry.actions[seen_].kind)),
                            fmt::format("recorded: {} effects; replayed: {}", count, seen_)};
  }
  if (notes_ != entry.notes) {
    return ReplayDifference{
        0, "notes",
        fmt::format("recorded: {}; replayed: {}", entry.notes == 0 ? "none" : "others",
                    notes_ == 0 ? "none" : notes_text_)};
  }
  return std::nullopt;
}

}  // namespace logarium::run

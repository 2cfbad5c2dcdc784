#include "engine/raft/election_state.hpp"

#include <fmt/format.h>

#include <charconv>

namespace logarium::raft {
namespace {

// The text after `"name":`, up to the next comma or brace; empty when there is none.
std::string_view field(std::string_view text, std::string_view name) {
  const std::string key = fmt::format("\"{}\":", name);
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + key.size());
  return rest.substr(0, rest.find_first_of(",}"));
}

std::optional<std::int32_t> number(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

}  // namespace

void ElectionState::describe(StateVisitor& v) const {
  visit(v, "epoch", epoch);
  visit(v, "voted", voted);
  visit(v, "leader", leader);
}

std::string ElectionState::to_text() const {
  return fmt::format(
      R"({{"leaderId":{},"leaderEpoch":{},"votedId":{},"votedDirectoryId":"{}","data_version":1}})",
      leader ? leader->value() : -1, epoch.value(), voted ? voted->id.value() : -1,
      to_string(voted ? voted->directory : kZeroUuid));
}

Result<ElectionState> ElectionState::parse(std::string_view text) {
  ElectionState state;
  if (text.empty()) return state;
  const auto epoch = number(field(text, "leaderEpoch"));
  const auto leader = number(field(text, "leaderId"));
  const auto voted = number(field(text, "votedId"));
  std::string_view directory = field(text, "votedDirectoryId");
  if (!epoch || !leader || !voted || directory.size() < 2 || *epoch < 0 ||
      QuorumEpoch(*epoch) > kEpochMax) {
    return Error{fmt::format("quorum-state: expected epoch, leader and vote, found '{}'", text)};
  }
  directory = directory.substr(1, directory.size() - 2);
  const auto directory_id = parse_uuid(directory);
  if (!directory_id) {
    return Error{fmt::format("quorum-state: '{}' is no directory id", directory)};
  }
  state.epoch = QuorumEpoch(*epoch);
  if (*leader >= 0) state.leader = NodeId(*leader);
  if (*voted >= 0) state.voted = ReplicaKey{NodeId(*voted), *directory_id};
  return state;
}

}  // namespace logarium::raft

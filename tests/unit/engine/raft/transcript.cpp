// Turns messages and notes into lines that a person can read.

#include <fmt/format.h>

#include "engine/base/note_words.hpp"
#include "tests/unit/engine/raft/cluster.hpp"

namespace logarium::raft::test {
namespace {

using protocol::as;
using protocol::is;

std::string node_name(std::int32_t id) { return id < 0 ? "nobody" : fmt::format("n{}", id); }

std::string text_of_request(const Message& message) {
  if (is<protocol::VoteRequest>(message)) {
    const auto& p = as<protocol::VoteRequest>(message).topics[0].partitions[0];
    return fmt::format("{} epoch={} log-end={}@{}", p.pre_vote ? "PreVote" : "Vote",
                       p.replica_epoch, p.last_offset, p.last_offset_epoch);
  }
  if (is<protocol::BeginQuorumEpochRequest>(message)) {
    const auto& p = as<protocol::BeginQuorumEpochRequest>(message).topics[0].partitions[0];
    return fmt::format("BeginQuorumEpoch epoch={} leader={}", p.leader_epoch,
                       node_name(p.leader_id));
  }
  if (is<protocol::EndQuorumEpochRequest>(message)) {
    const auto& p = as<protocol::EndQuorumEpochRequest>(message).topics[0].partitions[0];
    std::string next;
    for (const auto& id : p.preferred_successors) next += " " + node_name(id);
    return fmt::format("EndQuorumEpoch epoch={} successors:{}", p.leader_epoch, next);
  }
  if (is<protocol::FetchSnapshotRequest>(message)) {
    const auto& p = as<protocol::FetchSnapshotRequest>(message).topics[0].partitions[0];
    return fmt::format("FetchSnapshot {}@{} from byte {}", p.snapshot_id.end_offset,
                       p.snapshot_id.epoch, p.position);
  }
  return {};
}

std::string text_of_response(const Message& message) {
  if (is<protocol::VoteResponse>(message)) {
    const auto& p = as<protocol::VoteResponse>(message).topics[0].partitions[0];
    return fmt::format("{} {}epoch={} leader={}", p.vote_granted ? "granted" : "refused",
                       p.error_code == protocol::ErrorCode::kNone
                           ? ""
                           : fmt::format("{} ", protocol::name_of(p.error_code)),
                       p.leader_epoch, node_name(p.leader_id));
  }
  if (is<protocol::FetchResponse>(message)) {
    const auto& p = as<protocol::FetchResponse>(message).responses[0].partitions[0];
    if (p.diverging_epoch.epoch >= 0) {
      return fmt::format("Fetch: diverging, epoch {} ends at {}", p.diverging_epoch.epoch,
                         p.diverging_epoch.end_offset);
    }
    if (p.snapshot_id.epoch >= 0) {
      return fmt::format("Fetch: needs snapshot {}@{}", p.snapshot_id.end_offset,
                         p.snapshot_id.epoch);
    }
    if (p.error_code != protocol::ErrorCode::kNone) {
      return fmt::format("Fetch: {} epoch={} leader={}", protocol::name_of(p.error_code),
                         p.current_leader.leader_epoch, node_name(p.current_leader.leader_id));
    }
  }
  return {};
}

std::string text_of_note(const Note& note) {
  if (const auto* role = std::get_if<note::QuorumRoleChanged>(&note)) {
    return fmt::format("is {} epoch={} leader={}", to_string(role->role), role->epoch.value(),
                       node_name(role->leader.value()));
  }
  if (const auto* vote = std::get_if<note::VotePersisted>(&note)) {
    return fmt::format("has stored its vote for n{} in epoch {}", vote->candidate.value(),
                       vote->epoch.value());
  }
  if (const auto* append = std::get_if<note::Appended>(&note)) {
    return fmt::format("appended {}..{} epoch={}", append->base.value(), append->next.value(),
                       append->leader_epoch.value());
  }
  if (const auto* synced = std::get_if<note::Synced>(&note)) {
    return fmt::format("synced to {}", synced->end.value());
  }
  if (const auto* opened = std::get_if<note::ReplicaOpened>(&note)) {
    return fmt::format("opened its log {}..{}", opened->log_start.value(), opened->log_end.value());
  }
  if (const auto* cut = std::get_if<note::Truncated>(&note)) {
    return fmt::format("truncated from {} to {}", cut->from.value(), cut->to.value());
  }
  if (const auto* mark = std::get_if<note::HighWatermarkMoved>(&note)) {
    return fmt::format("high watermark {}", mark->high_watermark.value());
  }
  if (const auto* written = std::get_if<note::SnapshotWritten>(&note)) {
    return fmt::format("wrote snapshot {}@{}", written->end.value(), written->epoch.value());
  }
  if (const auto* loaded = std::get_if<note::SnapshotLoaded>(&note)) {
    return fmt::format("loaded snapshot {}@{}", loaded->end.value(), loaded->epoch.value());
  }
  return {};
}

}  // namespace

void Cluster::say(const std::string& line) {
  if (!recording) return;
  const std::int64_t us = now_.ns / 1000;
  lines_.push_back(fmt::format("{:>5}.{:03} ms  {}", us / 1000, us % 1000, line));
}

void Cluster::tell(int from, int to, const Frame& frame) {
  if (!recording) return;
  const bool request = frame.body->direction() == Message::Direction::kRequest;
  const std::string text = request ? text_of_request(*frame.body) : text_of_response(*frame.body);
  if (text.empty()) return;
  say(fmt::format("n{} > n{}  {}{}", from, to, text, is_cut(from, to) ? "  (cut)" : ""));
}

void Cluster::on_note(int id, const Note& note) {
  checks_.on_note(node(id).key, note);
  if (!recording) return;
  const std::string text = text_of_note(note);
  if (!text.empty()) say(fmt::format("n{} {}", id, text));
}

}  // namespace logarium::raft::test

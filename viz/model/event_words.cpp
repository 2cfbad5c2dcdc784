// Notes and inputs in plain words.

#include <fmt/format.h>

#include <array>
#include <bit>
#include <span>
#include <variant>

#include "engine/protocol/api_key.hpp"
#include "engine/protocol/error_code.hpp"
#include "sim/world/types.hpp"
#include "viz/model/events.hpp"

namespace logarium::viz {
namespace {

// A damaged run file may hold any number for an enum.
template <class E, std::size_t n>
std::string_view pick(const std::array<std::string_view, n>& words, E value) {
  const auto index = static_cast<std::size_t>(value);
  return index < n ? words[index] : "?";
}

std::string error_text(std::int16_t error) {
  return std::string(protocol::name_of(static_cast<protocol::ErrorCode>(error)));
}
std::string api_text(std::int16_t key) {
  return std::string(protocol::name_of(static_cast<protocol::ApiKey>(key)));
}
std::string range(Offset from, Offset to) {
  return fmt::format("[{}, {})", from.value(), to.value());
}
std::string fault_kind_text(std::int32_t kind) {
  if (kind < 0 || kind >= static_cast<std::int32_t>(world::kFaultKinds)) return "?";
  return std::string(world::fault_name(static_cast<world::FaultKind>(kind)));
}

struct NoteWords {
  const Labels& labels;

  [[nodiscard]] std::string of(PartitionRef ref) const { return labels.partition(ref); }
  [[nodiscard]] std::string by(NodeId id) const {
    return id.value() < 0 ? std::string("nobody") : labels.brief_of(id);
  }

  // ---- logs
  std::string operator()(const note::ReplicaOpened& n) const {
    return fmt::format("opened {}: {}, high watermark {}", of(n.partition),
                       range(n.log_start, n.log_end), n.high_watermark.value());
  }
  std::string operator()(const note::BatchRecovered& n) const {
    return fmt::format("found {} of {} on the disk, epoch {}", range(n.base, n.next),
                       of(n.partition), n.leader_epoch.value());
  }
  std::string operator()(const note::ReplicaDeleted& n) const {
    return fmt::format("{} is gone from here", of(n.partition));
  }
  std::string operator()(const note::BecameLeader& n) const {
    return fmt::format("leads {} in epoch {} from {} on", of(n.partition), n.leader_epoch.value(),
                       n.log_end.value());
  }
  std::string operator()(const note::BecameFollower& n) const {
    return fmt::format("follows {} for {} in epoch {}", by(n.leader), of(n.partition),
                       n.leader_epoch.value());
  }
  std::string operator()(const note::Appended& n) const {
    return fmt::format("wrote {} of {}, epoch {}{}", range(n.base, n.next), of(n.partition),
                       n.leader_epoch.value(), n.role == note::Role::kLeader ? ", as leader" : "");
  }
  std::string operator()(const note::Synced& n) const {
    return fmt::format("{} is on stable storage below {}", of(n.partition), n.end.value());
  }
  std::string operator()(const note::Truncated& n) const {
    static constexpr std::array<std::string_view, 5> kWhy = {
        "the leader's epochs differ", "to its high watermark", "out of the leader's range",
        "damaged or torn", "replaced by a snapshot"};
    return fmt::format("cut {} from {} to {}: {}", of(n.partition), n.from.value(), n.to.value(),
                       pick(kWhy, n.cause));
  }
  std::string operator()(const note::LogStartMoved& n) const {
    static constexpr std::array<std::string_view, 5> kWhy = {
        "retention", "DeleteRecords", "as its leader", "snapshot", "recovery"};
    return fmt::format("{} starts at {} now: {}", of(n.partition), n.start.value(),
                       pick(kWhy, n.cause));
  }
  std::string operator()(const note::HighWatermarkMoved& n) const {
    return fmt::format("high watermark of {} to {}", of(n.partition), n.high_watermark.value());
  }
  std::string operator()(const note::EpochStarted& n) const {
    return fmt::format("epoch {} of {} starts at {}", n.leader_epoch.value(), of(n.partition),
                       n.start.value());
  }
  std::string operator()(const note::SegmentRolled& n) const {
    return fmt::format("new segment of {} at {}", of(n.partition), n.base.value());
  }
  std::string operator()(const note::SegmentDeleted& n) const {
    static constexpr std::array<std::string_view, 4> kWhy = {"too old", "too much",
                                                             "below the log start", "cut"};
    return fmt::format("deleted segment {} of {}: {}", range(n.base, n.next), of(n.partition),
                       pick(kWhy, n.cause));
  }
  std::string operator()(const note::IsrState& n) const {
    return fmt::format("{} in the ISR of {}, {} with those that are joining",
                       std::popcount(n.committed.value()), of(n.partition),
                       std::popcount(n.maximal.value()));
  }
  std::string operator()(const note::ProduceAnswered& n) const {
    if (n.error != 0) {
      return fmt::format("refused records for {}: {}", of(n.partition), error_text(n.error));
    }
    return fmt::format("answered that {} of {} is stored", range(n.base, n.next), of(n.partition));
  }
  std::string operator()(const note::OutOfRange& n) const {
    return fmt::format("offset {} of {} is outside {}", n.asked.value(), of(n.partition),
                       range(n.log_start, n.log_end));
  }
  std::string operator()(const note::RequestRefused& n) const {
    return fmt::format("does not serve {} version {}", api_text(n.api_key), n.api_version);
  }
  std::string operator()(const note::ErrorInjected& n) const {
    return fmt::format("answered {} with {}, as the fault asks", api_text(n.api_key),
                       error_text(n.error));
  }
  std::string operator()(const note::DirectoryOffline&) const {
    return "took its log directory offline";
  }

  // ---- members
  std::string operator()(const note::BrokerStateChanged& n) const {
    static constexpr std::array<std::string_view, 6> kStates = {
        "does not run", "starts", "reads its logs", "runs", "asks to stop", "stops"};
    return std::string(pick(kStates, n.state));
  }
  std::string operator()(const note::MetadataApplied& n) const {
    return fmt::format("acts by the metadata below {}", n.next.value());
  }
  std::string operator()(const note::QuorumRoleChanged& n) const {
    static constexpr std::array<std::string_view, 7> kRoles = {"knows no leader",
                                                               "asks who would vote for it",
                                                               "stands for election",
                                                               "leads the quorum",
                                                               "follows",
                                                               "resigned",
                                                               "observes"};
    const bool follows = n.leader.value() >= 0 && (n.role == note::QuorumRole::kFollower ||
                                                   n.role == note::QuorumRole::kObserver);
    return fmt::format("{}{} in quorum epoch {}", pick(kRoles, n.role),
                       follows ? " " + by(n.leader) : "", n.epoch.value());
  }
  std::string operator()(const note::VotePersisted& n) const {
    return fmt::format("votes for {} in quorum epoch {}", by(n.candidate), n.epoch.value());
  }
  std::string operator()(const note::VoteRefused& n) const {
    return fmt::format("refuses {} its vote for quorum epoch {}", by(n.candidate), n.epoch.value());
  }
  std::string operator()(const note::SnapshotWritten& n) const {
    return fmt::format("wrote a snapshot of the metadata below {}", n.end.value());
  }
  std::string operator()(const note::SnapshotLoaded& n) const {
    return fmt::format("loaded a snapshot of the metadata below {}", n.end.value());
  }

  // ---- the controller
  std::string operator()(const note::ControllerActive& n) const {
    return fmt::format("is the active controller of epoch {}", n.epoch.value());
  }
  std::string operator()(const note::TopicCreated& n) const {
    return fmt::format("topic {} created with {}", labels.topic(n.topic),
                       counted(n.partitions, "partition"));
  }
  std::string operator()(const note::TopicDeleted& n) const {
    return fmt::format("topic {} deleted", labels.topic(n.topic));
  }
  std::string operator()(const note::ReplicaPlaced& n) const {
    return fmt::format("replica {} of {} of {} on {}", std::int64_t{n.position} + 1, n.count,
                       of(n.partition), by(n.node));
  }
  std::string operator()(const note::PartitionCommitted& n) const {
    static constexpr std::array<std::string_view, 8> kHow = {"",
                                                             "",
                                                             ", elected from the ISR",
                                                             ", the preferred replica",
                                                             ", elected from the ELR",
                                                             ", the last known leader",
                                                             ", an unclean election",
                                                             ""};
    const std::string leader =
        n.leader.value() < 0 ? std::string("no leader") : "leader " + labels.brief_of(n.leader);
    return fmt::format("{}: {}, epoch {}, {} in sync{}", of(n.partition), leader,
                       n.leader_epoch.value(), std::popcount(n.isr.value()),
                       pick(kHow, n.election));
  }
  std::string operator()(const note::BrokerRegistered& n) const {
    return fmt::format("{} registered, broker epoch {}", by(n.broker), n.epoch.value());
  }
  std::string operator()(const note::BrokerFenced& n) const {
    return fmt::format("{} is fenced", by(n.broker));
  }
  std::string operator()(const note::SessionExpired& n) const {
    return fmt::format("{} was not heard of for its session timeout", by(n.broker));
  }
  std::string operator()(const note::BrokerUnfenced& n) const {
    return fmt::format("{} takes part", by(n.broker));
  }
  std::string operator()(const note::BrokerInControlledShutdown& n) const {
    return fmt::format("{} is in controlled shutdown", by(n.broker));
  }
  std::string operator()(const note::ShutdownGranted& n) const {
    return fmt::format("{} may stop", by(n.broker));
  }
  std::string operator()(const note::ReassignmentCompleted& n) const {
    return fmt::format("reassignment of {} completed", of(n.partition));
  }
  std::string operator()(const note::AlterPartitionAnswered& n) const {
    return fmt::format("ISR change of {} that {} asked for: {}", of(n.partition), by(n.broker),
                       n.error == 0 ? std::string("accepted") : error_text(n.error));
  }

  // ---- clients
  std::string operator()(const note::ProducerIdAssigned& n) const {
    return fmt::format("is producer {} of epoch {}", n.id.value(), n.epoch.value());
  }
  std::string operator()(const note::BatchSent& n) const {
    return fmt::format("sends {} to {}{}", counted(n.records, "record"), of(n.partition),
                       n.attempt > 1 ? fmt::format(", attempt {}", n.attempt) : "");
  }
  std::string operator()(const note::BatchAcked& n) const {
    const std::string where = n.base.value() < 0
                                  ? counted(n.records, "record") + " of " + of(n.partition)
                                  : fmt::format("[{}, {}) of {}", n.base.value(),
                                                static_cast<std::uint64_t>(n.base.value()) +
                                                    static_cast<std::uint64_t>(n.records),
                                                of(n.partition));
    return fmt::format("heard that {} is stored", where);
  }
  std::string operator()(const note::BatchFailed& n) const {
    return fmt::format("gave up {} for {}: {}", counted(n.records, "record"), of(n.partition),
                       error_text(n.error));
  }
  std::string operator()(const note::Delivered& n) const {
    return fmt::format("read {} of {}", range(n.base, n.next), of(n.partition));
  }
  std::string operator()(const note::PositionReset& n) const {
    static constexpr std::array<std::string_view, 4> kWhy = {"out of range", "the log was cut",
                                                             "it had none", "sought"};
    return fmt::format("position in {} from {} to {}: {}", of(n.partition), n.from.value(),
                       n.to.value(), pick(kWhy, n.cause));
  }
  std::string operator()(const note::TruncationDetected& n) const {
    return fmt::format("its position {} in {} was cut; the log ends at {}", n.position.value(),
                       of(n.partition), n.end.value());
  }

  // ---- the host
  std::string operator()(const note::ProcessStarted& n) const {
    return n.incarnation.value() <= 1
               ? std::string("started")
               : fmt::format("started, for the {}. time", n.incarnation.value());
  }
  std::string operator()(const note::ProcessEnded& n) const {
    static constexpr std::array<std::string_view, 5> kHow = {
        "stopped in an orderly way", "crashed", "lost its power", "ended by its own fault",
        "ended: it found a bug in itself"};
    return std::string(pick(kHow, n.cause));
  }
  std::string operator()(const note::BytesLost& n) const {
    return fmt::format("lost {} of {} that were not synced", counted(n.bytes, "byte"),
                       counted(n.files, "file"));
  }
  std::string operator()(const note::DiskWiped& n) const {
    return fmt::format("its disk was wiped: {}", counted(n.bytes, "byte"));
  }
  std::string operator()(const note::FaultBegan& n) const {
    return fmt::format("fault {}", fault_kind_text(n.kind));
  }
  std::string operator()(const note::FaultEnded& n) const {
    return fmt::format("fault {} is over", fault_kind_text(n.kind));
  }
  std::string operator()(const note::FaultSide& n) const {
    static constexpr std::array<std::string_view, 3> kSides = {"from here", "to here", "here"};
    return fmt::format("links {}{}", pick(kSides, n.side), n.one_way ? ", one way" : "");
  }
  std::string operator()(const note::ClockChanged& n) const {
    return fmt::format("its wall clock is off by {} and drifts by {} ppm", to_string(n.offset),
                       n.drift_ppm);
  }
};

std::string input_words(const trace::Event& event, const Labels& labels) {
  using trace::InputKind;
  const trace::InputRecord& input = event.input;
  switch (input.kind) {
    case InputKind::kReceived: {
      const bool request = input.direction == Message::Direction::kRequest;
      const std::string from = input.sent == 0 ? "" : " from " + labels.brief(input.sender);
      return fmt::format("{} {} {}{}", api_text(input.api_key), request ? "request" : "response",
                         input.correlation, from);
    }
    case InputKind::kAccepted:
      return fmt::format("accepted connection {}", input.number);
    case InputKind::kConnected:
      return fmt::format("connection {} is open", input.number);
    case InputKind::kConnectFailed:
      return fmt::format("connection {} failed", input.number);
    case InputKind::kDisconnected:
      return fmt::format("connection {} is closed", input.number);
    case InputKind::kIoDone: {
      static constexpr std::array<std::string_view, 5> kStatus = {"", ": not found", ": full",
                                                                  ": failed", ": failed"};
      return fmt::format("file operation {} done{}", input.number, pick(kStatus, input.status));
    }
    case InputKind::kStarted:
      return "begins";
    case InputKind::kShutdownRequested:
      return "is asked to stop";
    case InputKind::kCommand:
      return fmt::format("command {} of its application", input.number);
    case InputKind::kWake:
      return "timer";
    case InputKind::kHost:
      return "";
  }
  return "";
}

}  // namespace

std::string words_of(const Note& note, const Labels& labels) {
  return std::visit(NoteWords{labels}, note);
}

std::string input_of(const trace::Event& event, const Labels& labels) {
  return input_words(event, labels);
}

std::string line_of(const trace::Event& event, const Labels& labels) {
  if (event.notes.empty()) return input_words(event, labels);
  const EventKind kind = kind_of(event);
  const Note* best = &event.notes.front();
  for (const Note& note : event.notes) {
    if (kind_of(note) == kind) {
      best = &note;
      break;
    }
  }
  std::string out = words_of(*best, labels);
  if (event.notes.size() > 1) out += fmt::format("; and {} more", event.notes.size() - 1);
  return out;
}

}  // namespace logarium::viz

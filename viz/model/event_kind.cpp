#include "viz/model/event_kind.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>

namespace logarium::viz {
namespace {

struct KindWords {
  std::string_view word, meaning;
};
constexpr std::array<KindWords, kEventKinds> kKindWords = {{
    {"FAULT", "a fault took effect"},
    {"HEAL", "a fault ended"},
    {"CRASH", "a process ended"},
    {"START", "a process started"},
    {"DISK", "bytes were lost, a disk wiped or taken offline"},
    {"ELECT", "a partition has another leader, or none"},
    {"ISR", "the in-sync replicas of a partition changed"},
    {"CONTROL", "a controller became active"},
    {"QUORUM", "a member of the metadata quorum has another role"},
    {"VOTE", "a vote was given or refused"},
    {"FENCE", "the controller fenced a broker"},
    {"UNFENCE", "the controller let a broker take part"},
    {"BROKER", "a broker registered, changed its state or wants to stop"},
    {"TRUNCATE", "a log was cut"},
    {"TOPIC", "a topic was created or deleted, a replica placed or moved"},
    {"LEAD", "a replica became leader"},
    {"FOLLOW", "a replica became follower"},
    {"OPEN", "a log was opened, recovered or deleted"},
    {"FAIL", "a batch was given up, a request refused"},
    {"RESET", "a consumer's position was reset"},
    {"CLOCK", "a clock was changed"},
    {"RANGE", "a fetch was out of range, or a log's start moved"},
    {"SEGMENT", "a segment was rolled or deleted, a snapshot written"},
    {"ACK", "a producer heard that its batch is stored"},
    {"ANSWER", "a leader or controller answered"},
    {"HW", "a high watermark moved"},
    {"APPEND", "records were written to a log"},
    {"SEND", "a batch left its producer"},
    {"READ", "records were handed to a consumer's application"},
    {"SYNC", "records are on stable storage"},
    {"APPLY", "a server acts by newer metadata"},
    {"MESSAGE", "a message arrived"},
    {"CONNECT", "a connection was opened or closed"},
    {"COMMAND", "a process was told what to do"},
    {"IO", "a file operation is done"},
    {"TIMER", "a timer fired"},
    {"LOST", "a message that was sent will never arrive"},
}};

template <class T, class... Of>
constexpr bool kIsOneOf = (std::is_same_v<T, Of> || ...);

struct KindOfNote {
  EventKind operator()(const note::PartitionCommitted& n) const {
    return n.election == note::ElectionKind::kKeep ? EventKind::kIsr : EventKind::kElect;
  }
  template <class T>
  EventKind operator()(const T&) const {
    using namespace note;
    if constexpr (kIsOneOf<T, FaultBegan, FaultSide>) return EventKind::kFault;
    if constexpr (kIsOneOf<T, FaultEnded>) return EventKind::kHeal;
    if constexpr (kIsOneOf<T, ProcessEnded>) return EventKind::kCrash;
    if constexpr (kIsOneOf<T, ProcessStarted>) return EventKind::kStart;
    if constexpr (kIsOneOf<T, BytesLost, DiskWiped, DirectoryOffline>) return EventKind::kDisk;
    if constexpr (kIsOneOf<T, IsrState>) return EventKind::kIsr;
    if constexpr (kIsOneOf<T, ControllerActive>) return EventKind::kControl;
    if constexpr (kIsOneOf<T, QuorumRoleChanged>) return EventKind::kQuorum;
    if constexpr (kIsOneOf<T, VotePersisted, VoteRefused>) return EventKind::kVote;
    if constexpr (kIsOneOf<T, BrokerFenced>) return EventKind::kFence;
    if constexpr (kIsOneOf<T, BrokerUnfenced>) return EventKind::kUnfence;
    if constexpr (kIsOneOf<T, BrokerStateChanged, BrokerRegistered, BrokerInControlledShutdown,
                           ShutdownGranted, SessionExpired>) {
      return EventKind::kBroker;
    }
    if constexpr (kIsOneOf<T, Truncated>) return EventKind::kTruncate;
    if constexpr (kIsOneOf<T, TopicCreated, TopicDeleted, ReplicaPlaced, ReassignmentCompleted>) {
      return EventKind::kTopic;
    }
    if constexpr (kIsOneOf<T, BecameLeader, EpochStarted>) return EventKind::kLead;
    if constexpr (kIsOneOf<T, BecameFollower>) return EventKind::kFollow;
    if constexpr (kIsOneOf<T, ReplicaOpened, ReplicaDeleted, BatchRecovered>) {
      return EventKind::kOpen;
    }
    if constexpr (kIsOneOf<T, BatchFailed, RequestRefused, ErrorInjected>) return EventKind::kFail;
    if constexpr (kIsOneOf<T, PositionReset, TruncationDetected>) return EventKind::kReset;
    if constexpr (kIsOneOf<T, ClockChanged>) return EventKind::kClock;
    if constexpr (kIsOneOf<T, OutOfRange, LogStartMoved>) return EventKind::kRange;
    if constexpr (kIsOneOf<T, SegmentRolled, SegmentDeleted, SnapshotWritten, SnapshotLoaded>) {
      return EventKind::kSegment;
    }
    if constexpr (kIsOneOf<T, BatchAcked>) return EventKind::kAck;
    if constexpr (kIsOneOf<T, ProduceAnswered, AlterPartitionAnswered>) return EventKind::kAnswer;
    if constexpr (kIsOneOf<T, HighWatermarkMoved>) return EventKind::kHw;
    if constexpr (kIsOneOf<T, Appended>) return EventKind::kAppend;
    if constexpr (kIsOneOf<T, BatchSent, ProducerIdAssigned>) return EventKind::kSend;
    if constexpr (kIsOneOf<T, Delivered>) return EventKind::kRead;
    if constexpr (kIsOneOf<T, Synced>) return EventKind::kSync;
    return EventKind::kApply;  // MetadataApplied
  }
};

EventKind kind_of_input(trace::InputKind input) {
  using trace::InputKind;
  switch (input) {
    case InputKind::kReceived:
      return EventKind::kMessage;
    case InputKind::kAccepted:
    case InputKind::kConnected:
    case InputKind::kConnectFailed:
    case InputKind::kDisconnected:
      return EventKind::kConnect;
    case InputKind::kStarted:
    case InputKind::kShutdownRequested:
    case InputKind::kCommand:
      return EventKind::kCommand;
    case InputKind::kIoDone:
      return EventKind::kIo;
    case InputKind::kWake:
    case InputKind::kHost:
      return EventKind::kTimer;
  }
  return EventKind::kTimer;
}

}  // namespace

std::string_view word(EventKind kind) { return kKindWords[static_cast<std::size_t>(kind)].word; }
std::string_view meaning(EventKind kind) {
  return kKindWords[static_cast<std::size_t>(kind)].meaning;
}

std::optional<EventKind> event_kind(std::string_view word) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  for (std::size_t i = 0; i < kEventKinds; ++i) {
    if (std::equal(word.begin(), word.end(), kKindWords[i].word.begin(), kKindWords[i].word.end(),
                   [upper](char a, char b) { return upper(a) == b; })) {
      return static_cast<EventKind>(i);
    }
  }
  return std::nullopt;
}

EventKind kind_of(const Note& note) { return std::visit(KindOfNote{}, note); }

EventKind kind_of(const trace::Event& event) {
  EventKind best = kind_of_input(event.input.kind);
  for (const Note& note : event.notes) best = std::min(best, kind_of(note));
  return best;
}

EventKindSet kinds_of(const trace::Event& event) {
  EventKindSet out = set_of(kind_of_input(event.input.kind));
  for (const Note& note : event.notes) out |= set_of(kind_of(note));
  if (!event.lost.empty()) out |= set_of(EventKind::kLost);
  return out;
}

}  // namespace logarium::viz

#pragma once
// Kinds of events, as the list of events names them. An event has the kind of its most telling
// note, and besides all kinds of its notes and of its input.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/trace/event.hpp"

namespace logarium::viz {

// From the most telling to the least.
enum class EventKind : std::uint8_t {
  kFault,     // FAULT a fault took effect
  kHeal,      // HEAL it ended
  kCrash,     // CRASH a process ended
  kStart,     // START a process started
  kDisk,      // DISK bytes lost, wiped, offline
  kElect,     // ELECT a partition has another leader
  kIsr,       // ISR in-sync replicas changed
  kControl,   // CONTROL a controller became active
  kQuorum,    // QUORUM a role in the metadata quorum
  kVote,      // VOTE given or refused
  kFence,     // FENCE
  kUnfence,   // UNFENCE
  kBroker,    // BROKER registered, its state, its shutdown
  kTruncate,  // TRUNCATE a log was cut
  kTopic,     // TOPIC created, deleted, placed, reassigned
  kLead,      // LEAD a replica became leader
  kFollow,    // FOLLOW a replica became follower
  kOpen,      // OPEN a log was opened, recovered or deleted
  kFail,      // FAIL a batch was given up, a request refused, an error injected
  kReset,     // RESET a consumer's position
  kClock,     // CLOCK
  kRange,     // RANGE a fetch was out of range; the log start moved
  kSegment,   // SEGMENT rolled, deleted; a snapshot
  kAck,       // ACK a producer heard of its batch
  kAnswer,    // ANSWER a leader answers a produce request
  kHw,        // HW a high watermark moved
  kAppend,    // APPEND
  kSend,      // SEND a batch left its producer
  kRead,      // READ records were handed to a consumer's application
  kSync,      // SYNC
  kApply,     // APPLY metadata
  kMessage,   // MESSAGE received
  kConnect,   // CONNECT accepted, connected, failed, disconnected
  kCommand,   // COMMAND a process is told what to do
  kIo,        // IO done
  kTimer,     // TIMER fired
  kLost,      // LOST a message (it stands before the event that came next)
};
inline constexpr std::size_t kEventKinds = 37;

using EventKindSet = std::uint64_t;
[[nodiscard]] constexpr EventKindSet set_of(EventKind kind) {
  return EventKindSet{1} << static_cast<unsigned>(kind);
}
inline constexpr EventKindSet kAnyKind = (EventKindSet{1} << kEventKinds) - 1;

// "ELECT".
[[nodiscard]] std::string_view word(EventKind kind);
[[nodiscard]] std::optional<EventKind> event_kind(std::string_view word);
// "a partition has another leader": for legends and completion.
[[nodiscard]] std::string_view meaning(EventKind kind);
[[nodiscard]] EventKind kind_of(const Note& note);
[[nodiscard]] EventKind kind_of(const trace::Event& event);
// All of its notes and of its input.
[[nodiscard]] EventKindSet kinds_of(const trace::Event& event);

}  // namespace logarium::viz

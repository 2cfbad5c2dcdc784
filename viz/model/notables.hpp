#pragma once
// Notables: what stands out in a run: faults, elections, changes of ISRs, crashes, violations. They
// are where "next" and "previous" go, what the minimap marks, and what the timeline's spans begin
// and end with.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "sim/trace/summary.hpp"
#include "viz/model/labels.hpp"

namespace logarium::viz {

enum class NotableKind : std::uint8_t {
  kFaultBegan,
  kFaultEnded,
  kCrash,          // a process ended, in whatever way
  kRestart,        // a process started
  kElection,       // a partition got another leader, or none
  kController,     // another active controller
  kQuorum,         // a member of the metadata quorum changed its role
  kIsrChange,      // members came or went, the leader stayed
  kFencing,        // a broker was fenced or unfenced
  kTruncation,     // a log was cut
  kHighWatermark,  // it fell
  kStorage,        // bytes lost, a disk wiped or offline
  kClient,         // a batch was given up, a position was reset
  kTopic,          // created or deleted, a reassignment completed
  kViolation,
};
inline constexpr std::size_t kNotableKinds = 15;
// "fault", "crash", "election", ...
[[nodiscard]] std::string_view word(NotableKind kind);

// Kinds to look for.
using NotableSet = std::uint32_t;
[[nodiscard]] constexpr NotableSet set_of(NotableKind kind) {
  return NotableSet{1} << static_cast<unsigned>(kind);
}
inline constexpr NotableSet kAnyNotable = (NotableSet{1} << kNotableKinds) - 1;
inline constexpr NotableSet kAnyFault =
    set_of(NotableKind::kFaultBegan) | set_of(NotableKind::kFaultEnded);
inline constexpr NotableSet kAnyElection =
    set_of(NotableKind::kElection) | set_of(NotableKind::kController);

struct Notable {
  NotableKind kind = NotableKind::kFaultBegan;
  std::uint64_t event = 0;
  Instant time;
  std::uint32_t node = 0;                 // where it happened, or what it is about
  std::optional<PartitionRef> partition;  // that it is about
  std::string text;                       // "orders-3: leader b3 -> b2, epoch 6 -> 7"
};

// From a run's highlights, in their order; violations come from elsewhere. What the first creation
// of topics brings is none of them.
[[nodiscard]] std::vector<Notable> make_notables(const trace::Summary& summary,
                                                 const Labels& labels);

}  // namespace logarium::viz

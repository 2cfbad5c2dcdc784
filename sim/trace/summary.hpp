#pragma once
// Summary: what a viewer wants to know of a whole run before it reads an event: the events that
// stand out, how many events each node had when, and how the run's numbers went. A run file carries
// it, so that even a run of ten million events opens at once; about a hundredth of the file.
//
// Bins are equally wide and few: when there would be more than kBinsMax, neighbours are put
// together and the width doubles. Nothing here is more than what the events say: whoever folds them
// anew gets the same.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/result.hpp"
#include "sim/trace/event.hpp"
#include "sim/trace/view.hpp"

namespace logarium::trace {

// Numbers of the whole cluster that are followed through time. Those from kRecordsIn on only grow.
enum class Reading : std::uint8_t {
  kUnderReplicated,    // partitions with fewer in sync than assigned
  kOffline,            // partitions without a leader
  kActiveControllers,  // nodes that act as the active controller
  kFencedBrokers,      // that are registered
  kReplicaLag,         // records, of the follower that is furthest behind
  kConsumerLag,        // records, of the consumer's position that is furthest behind
  kBatchesInFlight,    // that producers wait for
  kUncommitted,        // records above the high watermark of their leaders
  kRecordsIn,
  kRequests,
  kFailedProduces,
  kIsrShrinks,
  kIsrExpands,
  kElections,
  kUncleanElections,
  kBatchesAcked,
  kAckNs,
  kMessagesLost,
  kRecordsRead,  // handed to the applications of consumers
};
inline constexpr std::size_t kReadings = 19;
inline constexpr std::size_t kGauges = static_cast<std::size_t>(Reading::kRecordsIn);
using Readings = std::array<std::int64_t, kReadings>;
// O(partitions + nodes).
[[nodiscard]] Readings readings_of(const View& view);

// Least and greatest within a bin; of a number that only grows, at its beginning and end.
struct ReadingsBin {
  Readings low{}, high{};
};

struct Summary {
  static constexpr std::size_t kBinsMax = 2048;
  static constexpr std::int64_t kBinNsMin = 1'000'000;

  // Events with those of their notes that stand out (is_telling), without other facts.
  std::vector<Event> highlights;
  // By time: bin i is [i, i + 1) * bin_ns.
  std::int64_t bin_ns = kBinNsMin;
  std::vector<std::vector<std::uint32_t>> events_by_time;  // [node][bin]
  std::vector<ReadingsBin> readings;                       // by bin
  // By order: bin i is events [1 + i * bin_events, 1 + (i + 1) * bin_events).
  std::uint64_t bin_events = 1;
  std::vector<std::vector<std::uint32_t>> events_by_order;  // [node][bin]
  std::uint64_t events = 0;                                 // that it covers
  Instant end;                                              // time of the last
};

// Whether a note changes roles, membership or faults, or tells of a loss; the rest is traffic.
[[nodiscard]] bool is_telling(const Note& note);

// Gathers a summary, event by event.
class SummaryBuilder {
 public:
  explicit SummaryBuilder(std::size_t nodes);
  // The next event, and the view after it.
  void add(std::uint64_t number, Instant time, std::uint32_t node, const InputRecord& input,
           const std::vector<Note>& notes, const View& after);
  // What there is so far.
  [[nodiscard]] const Summary& summary() const { return summary_; }

 private:
  // Events that pay for looking at one partition or node.
  static constexpr std::uint64_t kEventsPerPart = 16;

  void enter_time_bin(std::size_t bin);
  void halve_time();
  void halve_order();
  void tell(std::uint64_t number, Instant time, std::uint32_t node, const InputRecord& input,
            const std::vector<Note>& notes, const View& after);
  void read(const View& view);

  Summary summary_;
  Readings latest_{};
  std::size_t time_bin_ = 0;
  std::uint64_t credit_ = 0;  // events since the last reading, to pay for the next
  bool due_ = true;           // a reading is due
  std::uint64_t falls_ = 0;   // of high watermarks so far
};

[[nodiscard]] std::vector<std::byte> encode_summary(const Summary& summary);
// Fails on bytes that encode_summary would not have written for so many nodes.
[[nodiscard]] Result<Summary> decode_summary(ByteView bytes, std::size_t nodes);

}  // namespace logarium::trace

#pragma once
// Run index: one run, ready to be looked at: what it was, what stood out, and the snapshot at any
// event. It is made from a run file, or from a run that still goes on. Everything that panels show
// comes from here through the pure functions of this folder.
//
// What it needs to open at once a run file brings along (sim/trace/summary.hpp); a file without it
// is read from beginning to end once, which `remark()` says.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "sim/trace/run_source.hpp"
#include "sim/trace/summary.hpp"
#include "viz/model/flight.hpp"
#include "viz/model/history.hpp"
#include "viz/model/labels.hpp"
#include "viz/model/notables.hpp"
#include "viz/model/story.hpp"

namespace logarium::viz {

// The run after one event.
struct Snapshot {
  std::uint64_t event = 0;  // 0: before the first
  Instant time;
  trace::View view;
  std::optional<trace::Event> at;  // the event that led here
  std::vector<Flight> under_way;   // messages sent by now and not yet there, in order of sending
};
using SnapshotRef = std::shared_ptr<const Snapshot>;

class RunIndex {
 public:
  // A run file.
  [[nodiscard]] static Result<std::unique_ptr<RunIndex>> open(const std::string& path);
  // Another source, a run that goes on for instance; `summary` is of the same events, or null: then
  // the source is read once.
  [[nodiscard]] static Result<std::unique_ptr<RunIndex>> make(
      std::shared_ptr<const trace::RunSource> source,
      std::shared_ptr<const trace::Summary> summary = nullptr);
  ~RunIndex();

  [[nodiscard]] const trace::RunInfo& info() const;
  [[nodiscard]] const Labels& labels() const;
  [[nodiscard]] const trace::Summary& summary() const;
  // Empty, or what a reader must know: "without an index: read from beginning to end".
  [[nodiscard]] const std::string& remark() const;
  [[nodiscard]] std::uint64_t events() const { return info().events; }
  [[nodiscard]] Instant end() const;  // time of the last event
  // What its scenario says.
  [[nodiscard]] const Story& story() const;
  // True time at which the story's own time began ("ready"), as far as it can be told.
  [[nodiscard]] std::optional<Instant> ready() const;
  // min.insync.replicas by topic, as the scenario sets it.
  [[nodiscard]] const std::map<Uuid, int>& min_isr() const;

  // What lasted, lane by lane.
  [[nodiscard]] const History& history() const;
  // What stood out, in order of events.
  [[nodiscard]] const std::vector<Notable>& notables() const;
  // The nearest one after (before) an event that is one of these kinds; nothing: none.
  [[nodiscard]] std::optional<std::uint64_t> next(std::uint64_t event, NotableSet kinds) const;
  [[nodiscard]] std::optional<std::uint64_t> previous(std::uint64_t event, NotableSet kinds) const;
  // Where a viewer begins: the first violation, else the end.
  [[nodiscard]] std::uint64_t first_look() const;

  // The run after that many events. Costs at most some milliseconds anywhere; the last few are
  // kept. REQUIRES: event <= events(). Fails on a damaged file.
  [[nodiscard]] Result<SnapshotRef> at(std::uint64_t event) const;
  // The last event at or before that time; 0: none.
  [[nodiscard]] Result<std::uint64_t> event_at(Instant time) const;
  // The time of an event. REQUIRES: 1 <= event <= events().
  [[nodiscard]] Result<Instant> time_of(std::uint64_t event) const;
  // One event. REQUIRES: 1 <= event <= events().
  [[nodiscard]] Result<trace::Event> event(std::uint64_t event) const;
  // The next event at the same node, after (before) one; 0: none within so many events.
  [[nodiscard]] Result<std::uint64_t> step_at_node(std::uint64_t event, std::uint32_t node,
                                                   bool forward) const;
  // Where the message that an event received was sent; 0: it received none.
  [[nodiscard]] Result<std::uint64_t> sending_of(std::uint64_t event) const;
  // Where a message that an event sent was received first; 0: it sent none that arrived.
  [[nodiscard]] Result<std::uint64_t> receiving_of(std::uint64_t event) const;

  // The chunk that holds an event, decoded; kept for a while. Cheap when asked again.
  // REQUIRES: 1 <= event <= events().
  using Block = std::shared_ptr<const std::vector<trace::Event>>;
  [[nodiscard]] Result<Block> block_of(std::uint64_t event) const;
  [[nodiscard]] const trace::RunSource& source() const;

 private:
  struct State;
  explicit RunIndex(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace logarium::viz

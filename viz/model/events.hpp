#pragma once
// Events panel: one line of plain words per event, around the one that is shown, as far as a filter
// lets them through; and what one event changed, before and after.

#include <cstdint>
#include <string>
#include <vector>

#include "viz/model/event_kind.hpp"
#include "viz/model/filter.hpp"
#include "viz/model/run_index.hpp"

namespace logarium::viz {

struct EventRow {
  std::uint64_t event = 0;
  Instant time;
  std::string time_text;  // "12.420"
  EventKind kind = EventKind::kTimer;
  std::string kind_text;  // "ELECT"
  std::uint32_t node = 0;
  std::string node_name;  // "b2"
  std::string text;       // "orders-3: leader b2 of epoch 7"; "and 3 more" at the end
  std::vector<PartitionRef> partitions;  // that it is about
  bool notable = false;
  bool violation = false;  // a property was first seen violated here
};

struct EventsRequest {
  std::uint64_t anchor = 0;  // the event that is shown
  std::size_t before = 20;   // rows up to the anchor, itself not counted
  std::size_t after = 20;    // rows after it
  // How many events are looked at in each direction before giving up for now.
  std::uint64_t scan_max = 50'000;
};

struct EventsModel {
  std::string headline;        // "51,907 events", "filter: part=orders-3"
  std::vector<EventRow> rows;  // in order
  // Place of the anchor's row, or of the last row before it; nothing: it would be the first.
  std::optional<std::size_t> current;
  bool anchor_passes = false;
  // Searched from here to there; beyond, matching events may exist. Whole: 1 and events().
  std::uint64_t searched_from = 0, searched_to = 0;
  bool more_before = false, more_after = false;
};
[[nodiscard]] Result<EventsModel> make_events(const RunIndex& index, const Filter& filter,
                                              const EventsRequest& request);
[[nodiscard]] std::string dump(const EventsModel& model);
[[nodiscard]] EventRow make_row(const RunIndex& index, const trace::Event& event);

// One event folded out.
struct EventChange {
  std::string what;  // "orders-3 on b2: high watermark"
  std::string before, after;
};
struct EventDetail {
  EventRow row;
  std::string input;               // "Fetch request 118 from b4, sent at event 8390, 2.1 ms ago"
  std::vector<std::string> notes;  // every note in words
  std::vector<EventChange> changes;
  std::vector<std::string> lost;  // messages that were lost since the event before
  std::uint64_t sent_at = 0;      // event that sent the received message; 0: none
  std::uint64_t arrives_at = 0;   // event at which a message that it sent arrived first; 0: none
};
// REQUIRES: 1 <= event <= index.events().
[[nodiscard]] Result<EventDetail> make_event_detail(const RunIndex& index, std::uint64_t event);
[[nodiscard]] std::string dump(const EventDetail& detail);

// What came to the node: "Fetch request 118 from b4", "timer".
[[nodiscard]] std::string input_of(const trace::Event& event, const Labels& labels);
// The line of one event: what follows its kind and node.
[[nodiscard]] std::string line_of(const trace::Event& event, const Labels& labels);
// The same of one note.
[[nodiscard]] std::string words_of(const Note& note, const Labels& labels);

}  // namespace logarium::viz

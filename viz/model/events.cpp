#include "viz/model/events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "viz/model/partitions_of.hpp"

namespace logarium::viz {
namespace {

// Every event that has one of these kinds is among the run's highlights.
constexpr EventKindSet kInHighlights =
    set_of(EventKind::kFault) | set_of(EventKind::kHeal) | set_of(EventKind::kCrash) |
    set_of(EventKind::kStart) | set_of(EventKind::kDisk) | set_of(EventKind::kElect) |
    set_of(EventKind::kIsr) | set_of(EventKind::kControl) | set_of(EventKind::kQuorum) |
    set_of(EventKind::kVote) | set_of(EventKind::kFence) | set_of(EventKind::kUnfence) |
    set_of(EventKind::kBroker) | set_of(EventKind::kTruncate) | set_of(EventKind::kTopic) |
    set_of(EventKind::kReset) | set_of(EventKind::kClock);

// "51,907".
std::string with_commas(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3;) {
    at -= 3;
    out.insert(at, ",");
  }
  return out;
}

// Looks for events that pass, one direction at a time.
class Search {
 public:
  Search(const RunIndex& index, const Filter& filter) : index_(index), filter_(filter) {}

  // Up to `most` events beyond `from` (not itself), nearest first.
  Result<> look(std::uint64_t from, bool forward, std::size_t most, std::uint64_t scan_max) {
    found_.clear();
    more_ = false;
    const bool by_highlights = (filter_.kinds() & ~kInHighlights) == 0;
    return by_highlights ? look_at_highlights(from, forward, most)
                         : look_at_all(from, forward, most, scan_max);
  }
  [[nodiscard]] const std::vector<trace::Event>& found() const { return found_; }
  // How far it looked, and whether there may be more beyond.
  [[nodiscard]] std::uint64_t reached() const { return reached_; }
  [[nodiscard]] bool more() const { return more_; }

 private:
  Result<> look_at_all(std::uint64_t from, bool forward, std::size_t most, std::uint64_t scan_max) {
    const std::uint64_t room = forward ? index_.events() - from : (from == 0 ? 0 : from - 1);
    const std::uint64_t steps = std::min(room, scan_max);
    reached_ = from;
    RunIndex::Block block;
    for (std::uint64_t i = 1; i <= steps; ++i) {
      const std::uint64_t number = forward ? from + i : from - i;
      if (found_.size() == most) {
        more_ = true;
        return Ok{};
      }
      if (!block || number < block->front().number || number > block->back().number) {
        Result<RunIndex::Block> next = index_.block_of(number);
        if (!next) return next.error();
        block = std::move(next).value();
      }
      const trace::Event& event =
          (*block)[static_cast<std::size_t>(number - block->front().number)];
      if (filter_.passes(event, index_.labels())) found_.push_back(event);
      reached_ = number;
    }
    more_ = steps < room;
    return Ok{};
  }
  Result<> look_at_highlights(std::uint64_t from, bool forward, std::size_t most) {
    const std::vector<trace::Event>& all = index_.summary().highlights;
    const auto less = [](const trace::Event& event, std::uint64_t n) { return event.number < n; };
    auto at = static_cast<std::ptrdiff_t>(
        std::lower_bound(all.begin(), all.end(), forward ? from + 1 : from, less) - all.begin());
    if (!forward) --at;
    reached_ = forward ? index_.events() : std::min<std::uint64_t>(from, 1);
    for (; at >= 0 && at < static_cast<std::ptrdiff_t>(all.size()); at += forward ? 1 : -1) {
      const trace::Event& told = all[static_cast<std::size_t>(at)];
      if ((kinds_of(told) & filter_.kinds()) == 0) continue;
      if (found_.size() == most) {
        more_ = true;
        reached_ = found_.back().number;
        return Ok{};
      }
      Result<trace::Event> whole = index_.event(told.number);
      if (!whole) return whole.error();
      if (filter_.passes(whole.value(), index_.labels())) {
        found_.push_back(std::move(whole).value());
      }
    }
    return Ok{};
  }

  const RunIndex& index_;
  const Filter& filter_;
  std::vector<trace::Event> found_;
  std::uint64_t reached_ = 0;
  bool more_ = false;
};

std::string headline(const RunIndex& index, const Filter& filter) {
  std::string out = with_commas(index.events()) + " events";
  if (!filter.everything()) out += ", filter: " + filter.text();
  return out;
}

}  // namespace

EventRow make_row(const RunIndex& index, const trace::Event& event) {
  EventRow row;
  row.event = event.number;
  row.time = event.time;
  row.time_text = short_time(event.time);
  row.kind = kind_of(event);
  row.kind_text = word(row.kind);
  row.node = event.node;
  row.node_name = index.labels().brief(event.node);
  row.partitions = partitions_of(event);
  row.text = line_of(event, index.labels());
  const std::vector<Notable>& notables = index.notables();
  auto at = std::lower_bound(notables.begin(), notables.end(), event.number,
                             [](const Notable& one, std::uint64_t n) { return one.event < n; });
  const Notable* told = nullptr;
  for (; at != notables.end() && at->event == event.number; ++at) {
    row.notable = true;
    row.violation = row.violation || at->kind == NotableKind::kViolation;
    const bool before_after =
        at->kind == NotableKind::kElection || at->kind == NotableKind::kIsrChange;
    if (told == nullptr && before_after) told = &*at;
  }
  // It knows what was before.
  if (told != nullptr && (row.kind == EventKind::kElect || row.kind == EventKind::kIsr)) {
    row.text = told->text;
    if (event.notes.size() > 1) row.text += fmt::format("; and {} more", event.notes.size() - 1);
  }
  return row;
}

Result<EventsModel> make_events(const RunIndex& index, const Filter& filter,
                                const EventsRequest& request) {
  EventsModel model;
  model.headline = headline(index, filter);
  const std::uint64_t anchor = std::min(request.anchor, index.events());
  Search search(index, filter);
  if (Result<> done = search.look(anchor, false, request.before, request.scan_max); !done) {
    return done.error();
  }
  model.searched_from = std::max<std::uint64_t>(search.reached(), 1);
  model.more_before = search.more();
  for (auto at = search.found().rbegin(); at != search.found().rend(); ++at) {
    model.rows.push_back(make_row(index, *at));
  }
  if (anchor > 0) {
    const Result<trace::Event> event = index.event(anchor);
    if (!event) return event.error();
    model.anchor_passes = filter.passes(event.value(), index.labels());
    if (model.anchor_passes) model.rows.push_back(make_row(index, event.value()));
  }
  if (!model.rows.empty()) model.current = model.rows.size() - 1;
  if (Result<> done = search.look(anchor, true, request.after, request.scan_max); !done) {
    return done.error();
  }
  model.searched_to = std::max(search.reached(), anchor);
  model.more_after = search.more();
  for (const trace::Event& event : search.found()) model.rows.push_back(make_row(index, event));
  return model;
}

std::string dump(const EventsModel& model) {
  std::string out = model.headline + "\n";
  for (std::size_t i = 0; i < model.rows.size(); ++i) {
    const EventRow& row = model.rows[i];
    out += fmt::format("{} {:>8} {:>10} s  {:<8} {:<6} {}{}\n",
                       model.current == i && model.anchor_passes ? ">" : " ", row.event,
                       row.time_text, row.kind_text, row.node_name, row.text,
                       row.violation ? "  (a property was violated here)" : "");
    if (model.current == i && !model.anchor_passes) out += ">\n";
  }
  if (model.rows.empty()) out += "  no event passes\n";
  if (model.searched_from > 1 || model.more_after) {
    out += fmt::format("  looked at events {} to {}\n", model.searched_from, model.searched_to);
  }
  return out;
}

}  // namespace logarium::viz

#include "viz/model/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "viz/model/axis.hpp"
#include "viz/model/events.hpp"
#include "viz/model/flights.hpp"

namespace logarium::viz {
namespace {

constexpr float kTicksApart = 90;

class TimelineMaker {
 public:
  TimelineMaker(const RunIndex& index, const Filter& filter, const TimelineRequest& request)
      : index_(index), filter_(filter), request_(request), window_(request.window) {}

  Result<TimelineModel> make() {
    model_.window = window_;
    add_lanes();
    if (Result<> done = find_events(); !done) return done.error();
    if (Result<> done = add_events(); !done) return done.error();
    measure_density();
    add_marks();
    add_minimap();
    return std::move(model_);
  }

 private:
  // ---- places
  [[nodiscard]] float x(std::int64_t at) const { return x_of(window_, request_.width, at); }
  [[nodiscard]] float clip(float x) const { return std::clamp(x, 0.0F, request_.width); }
  [[nodiscard]] std::int64_t at(std::uint64_t event, Instant time) const {
    return window_.axis == TimeAxis::kTime ? time.ns : static_cast<std::int64_t>(event);
  }

  // ---- what lasted
  void add_lanes() {
    const auto listed = [](const std::vector<std::string>& ids, const std::string& id) {
      return std::find(ids.begin(), ids.end(), id) != ids.end();
    };
    std::vector<const LaneHistory*> lanes;
    for (const LaneHistory& one : index_.history().lanes) {
      if (one.kind == LaneKind::kPlannedFaults && one.stays.empty()) continue;
      lanes.push_back(&one);
      if (one.kind != LaneKind::kController) continue;
      for (const PartitionRef& ref : request_.partitions) {
        const auto found = index_.history().partitions.find(ref);
        if (found != index_.history().partitions.end()) lanes.push_back(&found->second);
      }
    }
    std::stable_partition(lanes.begin(), lanes.end(),
                          [&](const LaneHistory* one) { return listed(request_.pinned, one->id); });
    lane_of_.assign(index_.labels().nodes().size(), kNoLane);
    for (const LaneHistory* one : lanes) {
      if (listed(request_.hidden, one->id)) continue;
      if (one->node) lane_of_[*one->node] = model_.lanes.size();
      Lane lane{one->id, one->kind, one->title, one->node, {}, {}, false, one->rows};
      lane.pinned = listed(request_.pinned, one->id);
      add_stays(*one, lane);
      model_.lanes.push_back(std::move(lane));
    }
  }
  void add_stays(const LaneHistory& history, Lane& lane) const {
    for (const Stay& stay : history.stays) {
      const bool planned = stay.kind == SpanKind::kPlanned && window_.axis == TimeAxis::kEvents;
      const float x0 =
          x(planned ? about_event_at(index_, stay.from.ns) : at(stay.first, stay.from));
      const float x1 = x(planned ? about_event_at(index_, stay.to.ns) : at(stay.last, stay.to));
      if (x1 < 0 || x0 > request_.width) continue;
      TimeSpan span;
      span.kind = stay.kind;
      span.x0 = clip(x0);
      span.x1 = clip(x1);
      span.first = stay.first;
      span.last = stay.last;
      span.open = stay.open;
      span.row = stay.row;
      span.text = stay.text;
      span.detail = detail_of(stay);
      if (fold(lane.spans, span)) continue;
      lane.spans.push_back(std::move(span));
    }
  }
  static std::string detail_of(const Stay& stay) {
    if (stay.from == stay.to) return fmt::format("{} at {} s", stay.text, short_time(stay.from));
    return fmt::format("{}: {} s to {}{} ({})", stay.text, short_time(stay.from),
                       stay.open ? "the end, " : "", short_time(stay.to) + " s",
                       how_long(stay.to - stay.from));
  }
  // Narrow ones that begin within the same three pixels are one.
  static bool fold(std::vector<TimeSpan>& spans, const TimeSpan& next) {
    for (auto last = spans.rbegin(); last != spans.rend(); ++last) {
      if (last->row != next.row) continue;
      const bool narrow = next.x1 - next.x0 < kFoldBelow && last->x1 - last->x0 < kFoldBelow &&
                          next.x1 - last->x0 < kFoldBelow && next.kind != SpanKind::kMoment &&
                          last->kind == next.kind;
      if (!narrow) return false;
      last->x1 = std::max(last->x1, next.x1);
      last->last = std::max(last->last, next.last);
      ++last->count;
      last->text = fmt::format("{}", last->count);
      const std::string rest =
          last->count == 2
              ? " in a row, the first: " + last->detail
              : last->detail.substr(std::min(last->detail.find(' '), last->detail.size()));
      last->detail = fmt::format("{}{}", last->count, rest);
      return true;
    }
    return false;
  }

  // ---- events
  // Which events are in sight.
  Result<> find_events() {
    if (window_.axis == TimeAxis::kEvents) {
      const auto last = static_cast<std::int64_t>(index_.events());
      first_ = static_cast<std::uint64_t>(std::clamp<std::int64_t>(window_.from, 1, last + 1));
      last_ = static_cast<std::uint64_t>(std::clamp<std::int64_t>(window_.to, 0, last));
      return Ok{};
    }
    const Result<std::uint64_t> before = index_.event_at(Instant{window_.from - 1});
    const Result<std::uint64_t> last = index_.event_at(Instant{window_.to});
    if (!before) return before.error();
    if (!last) return last.error();
    first_ = before.value() + 1;
    last_ = last.value();
    return Ok{};
  }
  Result<> add_events() {
    const std::uint64_t count = last_ < first_ ? 0 : last_ - first_ + 1;
    model_.headline = headline(count);
    if (count == 0) return Ok{};
    if (count > request_.events_max) {
      add_densities();
      add_highlights();
      model_.arcs_hidden = count;
      return Ok{};
    }
    if (Result<> done = add_single_events(); !done) return done;
    return add_arcs();
  }
  [[nodiscard]] std::string headline(std::uint64_t count) const {
    const std::string events = counted(static_cast<std::int64_t>(count), "event");
    if (window_.axis == TimeAxis::kEvents) {
      return fmt::format("events {} to {}, {}", first_, last_, events);
    }
    return fmt::format("{} s to {} s, {}", short_time(Instant{window_.from}),
                       short_time(Instant{window_.to}), events);
  }
  Result<> add_single_events() {
    for (std::uint64_t number = first_; number <= last_;) {
      const Result<RunIndex::Block> block = index_.block_of(number);
      if (!block) return block.error();
      const std::vector<trace::Event>& list = *block.value();
      for (auto i = static_cast<std::size_t>(number - list.front().number);
           i < list.size() && number <= last_; ++i, ++number) {
        add_event(list[i]);
      }
    }
    return Ok{};
  }
  void add_event(const trace::Event& event) {
    const std::size_t lane = lane_of_[event.node];
    if (lane == kNoLane) return;
    const bool dim = !filter_.passes(event, index_.labels());
    const float here = x(at(event.number, event.time));
    std::vector<TimeSpan>& events = model_.lanes[lane].events;
    if (!events.empty() && here - events.back().x0 < kFoldBelow) {
      TimeSpan& last = events.back();
      last.kind = SpanKind::kEvents;
      last.x1 = std::max(last.x1, here);
      last.last = event.number;
      ++last.count;
      last.dim = last.dim && dim;
      last.event_kind = std::min(last.event_kind, kind_of(event));
      return;
    }
    TimeSpan one;
    one.kind = SpanKind::kEvent;
    one.x0 = one.x1 = clip(here);
    one.first = one.last = event.number;
    one.event_kind = kind_of(event);
    one.dim = dim;
    events.push_back(std::move(one));
  }
  // Counts by bins, put together until they are wide enough to be seen.
  void add_densities() {
    const trace::Summary& summary = index_.summary();
    const bool by_time = window_.axis == TimeAxis::kTime;
    const auto width = by_time ? summary.bin_ns : static_cast<std::int64_t>(summary.bin_events);
    const std::int64_t base = by_time ? 0 : 1;
    for (std::uint32_t node = 0; node < lane_of_.size(); ++node) {
      if (lane_of_[node] == kNoLane) continue;
      const auto& bins = (by_time ? summary.events_by_time : summary.events_by_order)[node];
      std::vector<TimeSpan>& events = model_.lanes[lane_of_[node]].events;
      const std::int64_t from = std::max<std::int64_t>((window_.from - base) / width, 0);
      for (auto bin = from; bin < static_cast<std::int64_t>(bins.size()); ++bin) {
        const std::int64_t begin = base + bin * width;
        if (begin > window_.to) break;
        const std::uint32_t count = bins[static_cast<std::size_t>(bin)];
        if (count > 0) add_density(events, begin, begin + width, count);
      }
    }
  }
  void add_density(std::vector<TimeSpan>& events, std::int64_t from, std::int64_t to,
                   std::uint32_t count) const {
    const float x0 = clip(x(from));
    const float x1 = clip(x(to));
    const bool by_time = window_.axis == TimeAxis::kTime;
    const auto event = [&](std::int64_t at) {
      const std::int64_t number = by_time ? about_event_at(index_, at) : at;
      return static_cast<std::uint64_t>(
          std::clamp<std::int64_t>(number, 1, static_cast<std::int64_t>(index_.events())));
    };
    if (!events.empty() && events.back().x1 - events.back().x0 < kFoldBelow &&
        x0 - events.back().x1 < 0.5F) {
      events.back().x1 = x1;
      events.back().count += count;
      events.back().last = event(to);
      return;
    }
    TimeSpan one;
    one.kind = SpanKind::kEvents;
    one.counted = true;
    one.x0 = x0;
    one.x1 = x1;
    one.count = count;
    one.first = event(from);
    one.last = event(to);
    events.push_back(std::move(one));
  }

  // Far out a bin is as telling as the most telling highlight in it.
  void add_highlights() {
    const std::vector<trace::Event>& all = index_.summary().highlights;
    auto at_first = std::lower_bound(
        all.begin(), all.end(), first_,
        [](const trace::Event& event, std::uint64_t from) { return event.number < from; });
    for (; at_first != all.end() && at_first->number <= last_; ++at_first) {
      const trace::Event& event = *at_first;
      if (lane_of_[event.node] == kNoLane || event.notes.empty()) continue;
      std::vector<TimeSpan>& spans = model_.lanes[lane_of_[event.node]].events;
      const float here = x(at(event.number, event.time));
      auto span =
          std::upper_bound(spans.begin(), spans.end(), here,
                           [](float wanted, const TimeSpan& one) { return wanted < one.x0; });
      if (span == spans.begin()) continue;
      --span;
      EventKind kind = EventKind::kLost;
      for (const Note& note : event.notes) kind = std::min(kind, kind_of(note));
      if (kind >= span->event_kind) continue;
      span->event_kind = kind;
      span->counted = false;
      span->first = event.number;
    }
  }
  void measure_density() {
    const auto density = [](const TimeSpan& span) {
      return static_cast<float>(span.count) / std::max(span.x1 - span.x0, kFoldBelow);
    };
    float most = 0;
    for (const Lane& lane : model_.lanes) {
      for (const TimeSpan& span : lane.events) most = std::max(most, density(span));
    }
    for (Lane& lane : model_.lanes) {
      for (TimeSpan& span : lane.events) span.height = std::sqrt(density(span) / most);
    }
  }

  // ---- messages
  Result<> add_arcs() {
    Result<std::vector<Flight>> ended = flights_between(index_, first_, last_);
    if (!ended) return ended.error();
    const Result<Instant> end = index_.time_of(last_);
    if (!end) return end.error();
    Result<std::vector<Flight>> going_on = flights_at(index_, last_, end.value());
    if (!going_on) return going_on.error();
    std::vector<Flight>& all = ended.value();
    all.insert(all.end(), going_on.value().begin(), going_on.value().end());
    if (all.size() > request_.arcs_max) {
      model_.arcs_hidden = all.size();
      return Ok{};
    }
    for (const Flight& flight : all) {
      if (Result<> done = add_arc(flight); !done) return done;
    }
    return Ok{};
  }
  Result<> add_arc(const Flight& flight) {
    Arc arc;
    arc.from_lane = lane_of_[flight.from];
    arc.to_lane = lane_of_[flight.to];
    if (arc.from_lane == kNoLane || arc.to_lane == kNoLane) return Ok{};
    arc.x0 = x(at(flight.sent, flight.sent_at));
    arc.sent = flight.sent;
    arc.received = flight.received;
    arc.response = flight.direction == Message::Direction::kResponse;
    arc.state = flight.lost ? ArcState::kLost
                : flight.sent <= request_.cursor && flight.received > request_.cursor
                    ? ArcState::kUnderWay
                    : ArcState::kDelivered;
    std::int64_t ends = at(flight.received, flight.received_at);
    if (flight.lost && window_.axis == TimeAxis::kEvents) {
      ends = about_event_at(index_, flight.received_at.ns);
    }
    arc.x1 = x(ends);
    arc.text = words_of(flight, index_.labels());
    if (!filter_.everything() && flight.received != 0) {
      const Result<trace::Event> event = index_.event(flight.received);
      if (!event) return event.error();
      arc.dim = !filter_.passes(event.value(), index_.labels());
    }
    model_.arcs.push_back(std::move(arc));
    return Ok{};
  }

  // ---- the rest
  void add_marks() {
    model_.ruler = make_ruler(window_, request_.width, kTicksApart);
    const TimeWindow whole = whole_run(index_, window_.axis);
    const auto width = static_cast<float>(request_.minimap_width);
    for (const Notable& one : index_.notables()) {
      if (one.kind != NotableKind::kViolation) continue;
      const float here = x(at(one.event, one.time));
      if (here >= 0 && here <= request_.width) model_.violations.push_back(here);
      model_.minimap.violations.push_back(x_of(whole, width, at(one.event, one.time)));
    }
    for (const std::uint64_t event : request_.bookmarks) {
      const std::int64_t mark = place_of(event);
      const float here = x(mark);
      if (here >= 0 && here <= request_.width) model_.bookmarks.push_back(here);
      model_.minimap.bookmarks.push_back(x_of(whole, width, mark));
    }
    const std::int64_t place = place_of(request_.cursor);
    model_.cursor = x(place);
    model_.minimap.cursor = x_of(whole, width, place);
    model_.minimap.window_x0 = x_of(whole, width, window_.from);
    model_.minimap.window_x1 = x_of(whole, width, window_.to);
  }
  // On the axis.
  [[nodiscard]] std::int64_t place_of(std::uint64_t event) const {
    if (window_.axis == TimeAxis::kEvents) return static_cast<std::int64_t>(event);
    if (event == 0 || event > index_.events()) return 0;
    const Result<Instant> time = index_.time_of(event);
    return time ? time.value().ns : 0;
  }
  void add_minimap() {
    const trace::Summary& summary = index_.summary();
    const TimeWindow whole = whole_run(index_, window_.axis);
    const auto width = static_cast<float>(request_.minimap_width);
    std::vector<float>& density = model_.minimap.density;
    density.assign(request_.minimap_width, 0);
    const bool by_time = window_.axis == TimeAxis::kTime;
    const auto add = [&](std::int64_t place, float count) {
      const auto pixel = static_cast<std::int64_t>(x_of(whole, width, place));
      if (pixel >= 0 && pixel < static_cast<std::int64_t>(density.size())) {
        density[static_cast<std::size_t>(pixel)] += count;
      }
    };
    // By order all events are equally dense: what stands out is shown instead.
    if (!by_time) {
      for (const Notable& one : index_.notables()) add(static_cast<std::int64_t>(one.event), 1);
    } else {
      spread_bins(summary, density);
    }
    const float most = density.empty() ? 0 : *std::max_element(density.begin(), density.end());
    // Bursts are hundreds of times as dense as the rest, which is to be seen all the same. Eighths
    // of a hundredth: the last bits of logarithms differ between machines.
    for (float& one : density) {
      one = most > 0 ? std::round(std::log1p(one) / std::log1p(most) * 800) / 800 : 0;
    }
    for (const Stay& stay : index_.history().lanes[1].stays) {
      TimeSpan span;
      span.kind = stay.kind;
      span.x0 = x_of(whole, width, at(stay.first, stay.from));
      span.x1 = x_of(whole, width, at(stay.last, stay.to));
      span.first = stay.first;
      span.last = stay.last;
      span.text = stay.text;
      if (!fold(model_.minimap.faults, span)) model_.minimap.faults.push_back(std::move(span));
    }
  }
  // A pixel is as dense as the bin that it lies in.
  void spread_bins(const trace::Summary& summary, std::vector<float>& density) const {
    std::vector<float> bins;
    for (const std::vector<std::uint32_t>& of_node : summary.events_by_time) {
      if (bins.size() < of_node.size()) bins.resize(of_node.size());
      for (std::size_t i = 0; i < of_node.size(); ++i) bins[i] += static_cast<float>(of_node[i]);
    }
    if (bins.empty()) return;
    const double end = static_cast<double>(std::max<std::int64_t>(index_.end().ns, 1));
    for (std::size_t pixel = 0; pixel < density.size(); ++pixel) {
      const double time =
          end * (static_cast<double>(pixel) + 0.5) / static_cast<double>(density.size());
      const auto bin = static_cast<std::size_t>(time / static_cast<double>(summary.bin_ns));
      density[pixel] = bins[std::min(bin, bins.size() - 1)];
    }
  }

  static constexpr std::size_t kNoLane = static_cast<std::size_t>(-1);

  const RunIndex& index_;
  const Filter& filter_;
  const TimelineRequest& request_;
  TimeWindow window_;
  TimelineModel model_;
  std::vector<std::size_t> lane_of_;  // by node
  std::uint64_t first_ = 1, last_ = 0;
};

}  // namespace

Result<TimelineModel> make_timeline(const RunIndex& index, const Filter& filter,
                                    const TimelineRequest& request) {
  return TimelineMaker(index, filter, request).make();
}

}  // namespace logarium::viz

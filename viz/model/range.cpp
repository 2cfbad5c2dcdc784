#include "viz/model/range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace logarium::viz {
namespace {

// Most first, in their own order where they are equally many; none of nothing.
template <class Key, class Counts>
std::vector<std::pair<Key, std::uint64_t>> by_count(const Counts& counts) {
  std::vector<std::pair<Key, std::uint64_t>> out;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) out.emplace_back(static_cast<Key>(i), counts[i]);
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return out;
}

struct Counter {
  explicit Counter(std::size_t nodes) : by_node(nodes) {}

  void add(const trace::Event& event) {
    ++by_kind[static_cast<std::size_t>(kind_of(event))];
    ++by_node[event.node];
    lost += event.lost.size();
  }

  std::array<std::uint64_t, kEventKinds> by_kind{};
  std::vector<std::uint64_t> by_node;
  std::uint64_t lost = 0;
};

// REQUIRES: 1 <= first.
Result<> count_each(const RunIndex& index, std::uint64_t first, std::uint64_t last,
                    Counter& counter) {
  for (std::uint64_t number = first; number <= last;) {
    const Result<RunIndex::Block> block = index.block_of(number);
    if (!block) return block.error();
    const std::vector<trace::Event>& list = *block.value();
    for (auto i = static_cast<std::size_t>(number - list.front().number);
         i < list.size() && number <= last; ++i, ++number) {
      counter.add(list[i]);
    }
  }
  return Ok{};
}

void count_highlights(const RunIndex& index, std::uint64_t first, std::uint64_t last,
                      Counter& counter) {
  const std::vector<trace::Event>& all = index.summary().highlights;
  const auto from = std::lower_bound(
      all.begin(), all.end(), first,
      [](const trace::Event& event, std::uint64_t at) { return event.number < at; });
  for (auto at = from; at != all.end() && at->number <= last; ++at) {
    // What else a highlight's event brought is traffic, of which only a part is at hand.
    EventKind kind = EventKind::kLost;
    for (const Note& note : at->notes) kind = std::min(kind, kind_of(note));
    if (kind != EventKind::kLost) ++counter.by_kind[static_cast<std::size_t>(kind)];
  }
}

void say(const RunIndex& index, RangeModel& model) {
  model.lines.push_back(model.headline);
  std::string kinds;
  for (const auto& [kind, count] : model.kinds) {
    kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", count, word(kind));
  }
  if (!model.whole) {
    model.lines.push_back(kinds.empty() ? "nothing stands out" : "what stands out: " + kinds);
    return;
  }
  if (!kinds.empty()) model.lines.push_back("of them " + kinds);
  std::string nodes;
  for (const auto& [node, count] : model.nodes) {
    nodes += fmt::format("{}{} {}", nodes.empty() ? "" : ", ", index.labels().brief(node), count);
  }
  if (!nodes.empty()) model.lines.push_back("by node: " + nodes);
  if (model.lost > 0) {
    model.lines.push_back(counted(static_cast<std::int64_t>(model.lost), "message") + " lost");
  }
}

}  // namespace

EventRange in_order(const EventRange& range) {
  return range.to.event < range.from.event ? EventRange{range.to, range.from} : range;
}

Result<RangeModel> make_range(const RunIndex& index, const EventRange& range,
                              std::uint64_t events_max) {
  const EventRange ordered = in_order(range);
  const std::uint64_t first = ordered.from.event + 1;
  const std::uint64_t last = std::min(ordered.to.event, index.events());
  RangeModel model;
  model.events = last < first ? 0 : last - first + 1;
  model.whole = model.events <= events_max;
  model.headline =
      fmt::format("{} s to {} s, {}: {}", short_time(ordered.from.time),
                  short_time(ordered.to.time), how_long(ordered.to.time - ordered.from.time),
                  counted(static_cast<std::int64_t>(model.events), "event"));
  Counter counter(index.labels().nodes().size());
  if (model.whole) {
    if (Result<> done = count_each(index, first, last, counter); !done) return done.error();
    model.nodes = by_count<std::uint32_t>(counter.by_node);
    model.lost = counter.lost;
  } else {
    count_highlights(index, first, last, counter);
  }
  model.kinds = by_count<EventKind>(counter.by_kind);
  say(index, model);
  return model;
}

std::string dump(const RangeModel& model) {
  std::string out;
  for (const std::string& line : model.lines) out += line + "\n";
  return out;
}

}  // namespace logarium::viz

// The timeline as text: by events and times, not pixels.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "viz/model/timeline.hpp"

namespace logarium::viz {
namespace {

constexpr std::size_t kArcsShown = 40;

std::string_view state_word(ArcState state) {
  switch (state) {
    case ArcState::kDelivered:
      return "";
    case ArcState::kUnderWay:
      return " (under way)";
    case ArcState::kLost:
      return " (lost)";
  }
  return "";
}

void print_span(const TimeSpan& span, std::string& out) {
  const std::string where = span.first == 0 ? std::string()
                            : span.first == span.last
                                ? fmt::format("  event {}", span.first)
                                : fmt::format("  events {} to {}", span.first, span.last);
  out += fmt::format("           {}{}\n", span.detail, where);
}

}  // namespace

std::string dump(const TimelineModel& model) {
  std::string out = model.headline + "\n";
  for (const Lane& lane : model.lanes) {
    std::uint64_t events = 0;
    for (const TimeSpan& span : lane.events) events += span.count;
    out += fmt::format("{:<14}", lane.title);
    if (lane.node) out += fmt::format(" {}", counted(static_cast<std::int64_t>(events), "event"));
    out += lane.pinned ? "  pinned\n" : "\n";
    for (const TimeSpan& span : lane.spans) print_span(span, out);
  }
  if (model.arcs_hidden > 0) {
    out += fmt::format("too many messages to show: {}\n", model.arcs_hidden);
  }
  for (std::size_t i = 0; i < std::min(model.arcs.size(), kArcsShown); ++i) {
    const Arc& arc = model.arcs[i];
    out += fmt::format("message    {}, sent at event {}{}{}\n", arc.text, arc.sent,
                       arc.received == 0 ? "" : fmt::format(", arrived at {}", arc.received),
                       state_word(arc.state));
  }
  if (model.arcs.size() > kArcsShown) {
    out += fmt::format("           and {} more messages\n", model.arcs.size() - kArcsShown);
  }
  return out;
}

}  // namespace logarium::viz

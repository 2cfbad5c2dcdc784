#include "viz/model/axis.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace logarium::viz {
namespace {

// value of b at a, where a runs from a0 to a1 while b runs from b0 to b1.
std::int64_t between(std::int64_t a, std::int64_t a0, std::int64_t a1, std::int64_t b0,
                     std::int64_t b1) {
  if (a1 <= a0) return b0;
  const double part = static_cast<double>(a - a0) / static_cast<double>(a1 - a0);
  return b0 + static_cast<std::int64_t>(static_cast<double>(b1 - b0) * part);
}

struct Corner {
  std::int64_t event = 0, time = 0;
};
// Where a chunk begins; the end of the run after the last one.
Corner corner(const RunIndex& index, std::size_t chunk) {
  const trace::RunSource& source = index.source();
  if (chunk < source.chunks()) {
    return {static_cast<std::int64_t>(source.first_event(chunk)), source.first_time(chunk).ns};
  }
  return {static_cast<std::int64_t>(index.events()) + 1, index.end().ns};
}

std::string time_label(std::int64_t ns, std::int64_t step) {
  int decimals = 0;
  for (std::int64_t unit = 1'000'000'000; unit > step && decimals < 9; unit /= 10) ++decimals;
  std::string out = fmt::format("{}.{:09}", ns / 1'000'000'000, ns % 1'000'000'000);
  out.resize(out.size() - 9 + static_cast<std::size_t>(decimals));
  if (decimals == 0) out.pop_back();
  return out + " s";
}

}  // namespace

std::int64_t about_time_of(const RunIndex& index, std::int64_t event) {
  const trace::RunSource& source = index.source();
  if (event < 1 || source.chunks() == 0) return 0;
  if (static_cast<std::uint64_t>(event) > index.events()) return index.end().ns;
  const std::size_t chunk = source.chunk_of(static_cast<std::uint64_t>(event));
  const Corner from = corner(index, chunk);
  const Corner to = corner(index, chunk + 1);
  return between(event, from.event, to.event, from.time, to.time);
}

std::int64_t about_event_at(const RunIndex& index, std::int64_t time_ns) {
  const trace::RunSource& source = index.source();
  if (source.chunks() == 0 || time_ns < source.first_time(0).ns) return 0;
  std::size_t low = 0;
  std::size_t high = source.chunks();
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (source.first_time(middle).ns <= time_ns ? low : high) = middle;
  }
  const Corner from = corner(index, low);
  const Corner to = corner(index, low + 1);
  return std::min(between(time_ns, from.time, to.time, from.event, to.event), to.event);
}

float x_of(const TimeWindow& window, float width, std::int64_t at) {
  const double part = static_cast<double>(at - window.from) /
                      static_cast<double>(std::max<std::int64_t>(window.to - window.from, 1));
  return static_cast<float>(part * static_cast<double>(width));
}

std::int64_t at_of(const TimeWindow& window, float width, float x) {
  const double part = static_cast<double>(x) / static_cast<double>(width);
  return window.from +
         static_cast<std::int64_t>(part * static_cast<double>(window.to - window.from));
}

TimeWindow whole_run(const RunIndex& index, TimeAxis axis) {
  if (axis == TimeAxis::kTime) return {axis, 0, std::max<std::int64_t>(index.end().ns, 1)};
  return {axis, 0, std::max<std::int64_t>(static_cast<std::int64_t>(index.events()), 1)};
}

Result<TimeWindow> on_axis(const RunIndex& index, const TimeWindow& window, TimeAxis axis) {
  if (window.axis == axis) return window;
  TimeWindow out{axis, 0, 0};
  if (axis == TimeAxis::kEvents) {
    const Result<std::uint64_t> from = index.event_at(Instant{window.from});
    const Result<std::uint64_t> to = index.event_at(Instant{window.to});
    if (!from) return from.error();
    if (!to) return to.error();
    out.from = static_cast<std::int64_t>(from.value());
    out.to = static_cast<std::int64_t>(to.value());
  } else {
    const auto time_of = [&](std::int64_t event) -> Result<Instant> {
      if (event < 1) return Instant{0};
      if (static_cast<std::uint64_t>(event) >= index.events()) return index.end();
      return index.time_of(static_cast<std::uint64_t>(event));
    };
    const Result<Instant> from = time_of(window.from);
    const Result<Instant> to = time_of(window.to);
    if (!from) return from.error();
    if (!to) return to.error();
    out.from = from.value().ns;
    out.to = to.value().ns;
  }
  out.to = std::max(out.to, out.from + 1);
  return out;
}

std::vector<RulerTick> make_ruler(const TimeWindow& window, float width, float apart) {
  std::vector<RulerTick> out;
  if (width < 1 || window.to <= window.from) return out;
  const double least = static_cast<double>(window.to - window.from) * static_cast<double>(apart) /
                       static_cast<double>(width);
  std::int64_t step = 1;
  for (int i = 0; static_cast<double>(step) < least && i < 54; ++i) {
    step = i % 3 == 1 ? step / 2 * 5 : step * 2;
  }
  for (std::int64_t at = (window.from + step - 1) / step * step; at <= window.to; at += step) {
    out.push_back({x_of(window, width, at),
                   window.axis == TimeAxis::kTime ? time_label(at, step) : fmt::format("#{}", at)});
    if (at > window.to - step) break;
  }
  return out;
}

}  // namespace logarium::viz

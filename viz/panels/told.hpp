#pragma once
// Told: the lines of the violations panel, before and after they are wrapped. Apart from drawing,
// so that keys can walk the causes and the layout can be tested.

#include <cstdint>
#include <string>
#include <vector>

#include "viz/model/violations.hpp"
#include "viz/widgets/brush.hpp"

namespace logarium::viz {

enum class Tone : std::uint8_t { kPlain, kFaint, kAlarm, kCause, kCommand };

struct ToldLine {
  std::string text;
  Tone tone = Tone::kPlain;
  std::uint64_t event = 0;  // that a cause tells of; 0: none
  std::string copies;       // what a command's button copies
};
// `number` is the violation that is shown.
[[nodiscard]] std::vector<ToldLine> told_of(const ViolationsModel& model, std::uint32_t number);

struct WrappedLine {
  const ToldLine* of = nullptr;
  std::string text;
  bool first = true;  // of its line
};
// Breaks lines at spaces so that they fit. REQUIRES: `story` outlives the result.
[[nodiscard]] std::vector<WrappedLine> wrap(const Brush& brush, const std::vector<ToldLine>& story,
                                            float width);

}  // namespace logarium::viz

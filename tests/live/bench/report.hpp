#pragma once
// report: medians of alternating runs, and ratios of logarium to the others.

#include <string>
#include <vector>

#include "tests/live/bench/measure.hpp"

namespace logarium::bench {

struct PeerRuns {
  std::string name;
  std::string missing;          // why it was not run; empty: it was
  std::vector<Sample> samples;  // one per round, as of the others
  std::string failure;          // what went wrong in a round; empty: nothing
};

// The median of what was measured; empty when nothing was.
[[nodiscard]] std::optional<double> median_of(const PeerRuns& runs, Figure figure);
// The median of the rounds' ratios of the first to the second; empty without both.
[[nodiscard]] std::optional<double> ratio_of(const PeerRuns& first, const PeerRuns& second,
                                             Figure figure);

// REQUIRES: logarium is the first.
[[nodiscard]] std::string text_of(const std::vector<PeerRuns>& peers);
[[nodiscard]] std::string json_of(const std::vector<PeerRuns>& peers, int rounds);

}  // namespace logarium::bench

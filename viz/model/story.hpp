#pragma once
// Story: what a run's scenario says of it beside its events: what each fault of the schedule is,
// which of them are planned for an instant, and what topics ask of their replicas. It comes from
// the scenario's text, resolved with the run's seed; a run without a readable scenario has none of
// it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/base/uuid.hpp"
#include "sim/trace/run_info.hpp"

namespace logarium::viz {

// One fault of the schedule; faults are numbered in its order, from 0.
struct FaultWords {
  std::string text;   // "cut from leader(orders-0) to all"
  std::string label;  // on a link: "cut", "loss 10 %", "+40 ms"
  // Planned for an instant; since ready.
  std::optional<Duration> at;
  std::optional<Duration> lasts;
};

struct Story {
  std::string text;  // one or two sentences
  std::vector<FaultWords> faults;
  std::map<std::string, int> min_isr;  // by topic, as the scenario creates it
  int default_min_isr = 1;
  // How long the run lasted since ready.
  std::optional<Duration> simulated;
};
[[nodiscard]] Story read_story(const trace::RunInfo& info);

}  // namespace logarium::viz

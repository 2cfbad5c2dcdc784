#pragma once
// Which partitions an event's notes are about.

#include <vector>

#include "sim/trace/event.hpp"

namespace logarium::viz {

// Each once, in the order of the notes. A topic as a whole has partition -1.
[[nodiscard]] std::vector<PartitionRef> partitions_of(const trace::Event& event);

}  // namespace logarium::viz

#pragma once
// Live session: a scenario that runs now, in a thread of its own. The thread makes events as far as
// it was asked to, and publishes now and then an index of all so far; what is published never
// changes. Nothing else is shared between the threads.

#include <optional>

#include "viz/app/session.hpp"

namespace logarium::viz {

struct LiveOptions {
  std::optional<std::uint64_t> seed;  // instead of the scenario's own
  bool to_end = false;                // run all of it before open_live() returns
};

// Fails on a scenario with mistakes; says where they are.
[[nodiscard]] Result<std::unique_ptr<Session>> open_live(const std::string& scenario_path,
                                                         const LiveOptions& options = {});

}  // namespace logarium::viz

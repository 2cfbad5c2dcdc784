#pragma once
// RestWatch: whether a healed cluster has come to rest: the servers run, every client has started,
// nothing sent is without an answer, every server knows the quorum's leader, no ISR change waits
// for its answer, nothing of a deleted topic is left, every in-sync replica has and shows the whole
// log, consumers have found their places in it and read it, and for a while nothing was
// acknowledged or delivered any more, and for a while longer no leader and no ISR changed. Looked
// at a few times per simulated second, so that it costs nothing.
// What nobody may lead any more for an explained reason (sim/checkers/unavailability.hpp) is not
// waited for.

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "sim/checkers/suite.hpp"
#include "sim/scenario/driver.hpp"

namespace logarium::run {

class RestWatch {
 public:
  // How often to look, and how long all must have been quiet.
  static constexpr Duration kInterval = milliseconds(250);
  static constexpr Duration kQuiet = seconds(1);
  // How long no leader was elected, no ISR changed, no broker was fenced and no position reset
  // since the heal.
  static constexpr Duration kSettled = seconds(3);

  // Whether it is time to look again.
  [[nodiscard]] bool due(Instant now) const { return now >= next_look_; }
  // True when all is at rest.
  bool look(const world::World& world, const scenario::Driver& driver,
            const checkers::ClusterState& state);
  // What was missing at the last look, in words.
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  Instant next_look_{0};
  Instant busy_until_{0};
  std::uint64_t traffic_ = 0;  // records acknowledged, given up and delivered
  Instant unsettled_until_{0};
  std::optional<std::uint64_t> changes_;  // elections, ISR changes, fencings, resets
  std::string missing_;
};

}  // namespace logarium::run

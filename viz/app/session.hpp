#pragma once
// Session: the run that a viewer looks at: a run file, or a scenario that runs now. What panels
// show comes from its index; of a run that goes on a newer index replaces the last.

#include <memory>
#include <string>

#include "viz/model/run_index.hpp"
#include "viz/panels/shown.hpp"

namespace logarium::viz {

class Session {
 public:
  virtual ~Session() = default;
  // The run as it is known now; the same until refresh() gives another.
  [[nodiscard]] virtual std::shared_ptr<const RunIndex> index() const = 0;
  // Takes what has been made since. True when there is another index.
  virtual bool refresh() { return false; }
  // Has the run go on until there is that event, or until that time; more is made in the
  // background. A recorded run has all it will ever have.
  virtual void want_event(std::uint64_t event) { static_cast<void>(event); }
  virtual void want_time(Instant time) { static_cast<void>(time); }
  // What was wanted and is not there yet is wanted no longer.
  virtual void want_no_more() {}
  // Waits until there is that event, or the run is over, or so much time has gone by.
  virtual void wait_event(std::uint64_t event, Duration at_most) {
    static_cast<void>(event), static_cast<void>(at_most);
  }
  // A run that goes on: whether it has ended.
  [[nodiscard]] virtual bool over() const { return true; }
  [[nodiscard]] virtual bool live() const { return false; }
  // Why there will be nothing more; empty: nothing is wrong.
  [[nodiscard]] virtual std::string trouble() const { return {}; }
  // For the commands that run it again.
  [[nodiscard]] virtual const std::string& scenario_path() const = 0;
  [[nodiscard]] virtual const std::string& run_path() const = 0;
};

// Fails on what is no run file that can be read. `shown_as` is what the commands that run it again
// call the file; empty: its path.
[[nodiscard]] Result<std::unique_ptr<Session>> open_recorded(const std::string& path,
                                                             const std::string& shown_as = "");

}  // namespace logarium::viz

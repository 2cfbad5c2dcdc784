#pragma once
// Deleter: removes files some time after they were renamed to "*.deleted" (file.delete.delay.ms),
// so that readers that still hold them are not disturbed. One timer for all.

#include <string>
#include <vector>

#include "engine/base/node.hpp"
#include "engine/base/ring.hpp"

namespace logarium::log {

class Deleter {
 public:
  struct Cookies {
    Cookie timer;
    Cookie remove;  // of the Remove operations
  };
  // `path` is removed `delay` from now.
  void add(StepContext& ctx, std::string path, Duration delay, const Cookies& cookies);
  // The timer fired: removes what is due.
  void on_timer(StepContext& ctx, const Cookies& cookies);
  // Forgets everything, for instance because the whole directory goes.
  void cancel(StepContext& ctx);
  void describe(StateVisitor& v) const;

 private:
  struct Doomed {
    Instant due;
    std::string path;
    void describe(StateVisitor& v) const;
  };
  Ring<Doomed> doomed_;
  TimerHandle timer_;
};

}  // namespace logarium::log

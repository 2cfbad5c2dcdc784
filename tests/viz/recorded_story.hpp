#pragma once
// A story that is run and recorded for a test, and what a viewer would know of it.

#include <memory>
#include <string>

#include "sim/scenario/plan.hpp"
#include "viz/model/run_index.hpp"

namespace logarium::test {

class RecordedStory {
 public:
  // Runs `scenarios/STORY.json` with its own seed. Fails the test where it cannot.
  explicit RecordedStory(const std::string& story);
  ~RecordedStory();
  RecordedStory(const RecordedStory&) = delete;
  RecordedStory& operator=(const RecordedStory&) = delete;

  [[nodiscard]] const viz::RunIndex& index() const { return *index_; }
  [[nodiscard]] const scenario::PlanRef& plan() const { return plan_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;  // of the run file, removed with this
  scenario::PlanRef plan_;
  std::unique_ptr<viz::RunIndex> index_;
};

}  // namespace logarium::test

#include "sim/run/long_run.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "sim/run/live_view.hpp"
#include "sim/run/recorder.hpp"
#include "sim/scenario/driver.hpp"
#include "sim/scenario/plan.hpp"
#include "sim/scenario/scenario_file.hpp"

namespace logarium::run {
namespace {

constexpr Duration kBetweenCrashes = seconds(20);
constexpr Duration kDownFor = seconds(4);
// So few events happen in a second that the story lasts until there are enough.
constexpr std::int64_t kEventsPerSecondMin = 500;
// Old segments go, so that the simulated disks stay small.
constexpr const char* kSegmentBytes = "262144";
constexpr const char* kRetentionBytes = "1048576";

scenario::Fault crash(std::int64_t number) {
  scenario::Fault out;
  out.label = fmt::format("kill-{}", number);
  out.at = scenario::Number::of(kBetweenCrashes * (number + 1));
  out.action.kind = scenario::ActionKind::kCrash;
  out.action.target = {"random(broker)"};
  return out;
}

scenario::Fault restart(std::int64_t number) {
  scenario::Fault out;
  out.after = fmt::format("kill-{}", number);
  out.delay = scenario::Number::of(kDownFor);
  out.action.kind = scenario::ActionKind::kRestart;
  out.action.target = {fmt::format("kill-{}.target", number)};
  return out;
}

scenario::PlanRef plan_of(scenario::Model story, std::uint64_t events) {
  const auto lasts = seconds(static_cast<std::int64_t>(events) / kEventsPerSecondMin + 60);
  story.duration = scenario::Number::of(lasts);
  story.phases.clear();
  story.faults.clear();
  for (std::int64_t i = 0; kBetweenCrashes * (i + 3) < lasts; ++i) {
    story.faults.push_back(crash(i));
    story.faults.push_back(restart(i));
  }
  for (scenario::Topic& topic : story.topics) {
    topic.config["segment.bytes"].text = kSegmentBytes;
    topic.config["retention.bytes"].text = kRetentionBytes;
  }
  return std::make_shared<const scenario::Plan>(
      scenario::resolve(story, static_cast<std::uint64_t>(story.seed)));
}

}  // namespace

Result<> record_long_run(scenario::Model story, std::uint64_t events, const std::string& path) {
  const scenario::PlanRef plan = plan_of(std::move(story), events);
  Result<trace::RunFileWriter> file = trace::RunFileWriter::create(path);
  if (!file) return file.error();
  scenario::Built built = scenario::build(*plan);
  scenario::Driver driver(plan, built.roster);
  Recorder recorder(file.value());
  built.world.add_observer(driver);
  recorder.watch(built.world);
  driver.start(built.world);
  while (built.world.events() < events) {
    if (!driver.step(built.world))
      return Error{path + ": the story ended before: " + driver.failure()};
  }
  if (const Result<> flushed = recorder.flush(); !flushed) return flushed;
  trace::RunInfo info;
  info.scenario = scenario::write(plan->model);
  info.scenario_name = plan->model.name;
  info.seed = plan->seed;
  info.fingerprint = trace::source_fingerprint();
  info.nodes = node_infos(built.world);
  for (const auto& [name, id] : driver.watch().topics()) info.topics[id] = name;
  info.digest = built.world.digest();
  info.events = built.world.events();
  return file.value().finish(info);
}

}  // namespace logarium::run

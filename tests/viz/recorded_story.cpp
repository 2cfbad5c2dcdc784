#include "tests/viz/recorded_story.hpp"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "sim/run/judge.hpp"
#include "sim/run/recorder.hpp"
#include "sim/scenario/scenario_file.hpp"

namespace logarium::test {
namespace {

template <class T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string new_path() {
  static std::atomic<int> count = 0;
  const std::string name =
      "logarium-story-" + std::to_string(::getpid()) + "-" + std::to_string(++count) + ".run";
  return (std::filesystem::temp_directory_path() / name).string();
}

}  // namespace

RecordedStory::RecordedStory(const std::string& story) : path_(new_path()) {
  const std::string text = text_of("scenarios/" + story + ".json");
  const scenario::ReadResult read = scenario::read(text, story);
  if (!read.ok()) throw std::runtime_error(to_string(read.problems.front()));
  plan_ = std::make_shared<const scenario::Plan>(
      scenario::resolve(read.model, static_cast<std::uint64_t>(read.model.seed)));
  trace::RunFileWriter file = need(trace::RunFileWriter::create(path_));
  run::Recorder recorder(file);
  run::Run run(plan_);
  recorder.watch(run);
  run.to_end();
  need(recorder.flush());
  run::Outcome outcome = judge(run);
  need(file.finish(run_info(run, outcome, text)));
  index_ = need(viz::RunIndex::open(path_));
}

RecordedStory::~RecordedStory() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace logarium::test

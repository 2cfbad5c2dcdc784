#pragma once
// Runs recorded in the test that looks at them, as `logarium run --record` does; each once per
// program. And the viewer on a stage, with what tests do to it.

#include <imgui.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "sim/run/judge.hpp"
#include "sim/run/recorder.hpp"
#include "sim/scenario/scenario_file.hpp"
#include "viz/app/stage.hpp"
#include "viz/app/viewer.hpp"

namespace logarium::viz {

// A story that ends in violations.
inline const std::string kFails = "rules/truncate-to-high-watermark";

inline void must(const Result<>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

inline void record(const std::string& scenario, const std::string& path) {
  const scenario::ReadResult read = scenario::read_file(scenario);
  if (!read.ok()) throw std::runtime_error(scenario + " cannot be read");
  const auto seed = static_cast<std::uint64_t>(read.model.seed);
  Result<trace::RunFileWriter> file = trace::RunFileWriter::create(path);
  if (!file) throw std::runtime_error(file.error().message);
  run::Recorder recorder(file.value());
  run::Run run(std::make_shared<const scenario::Plan>(scenario::resolve(read.model, seed)));
  recorder.watch(run);
  run.to_end();
  const run::Outcome outcome = run::judge(run);
  must(recorder.flush());
  must(file.value().finish(run::run_info(run, outcome, scenario::write(read.model))));
}

// The path of the run file of a scenario below scenarios/ ("loss/acks-one").
inline const std::string& recorded(const std::string& name) {
  struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() /
                                 ("viewer-" + std::to_string(static_cast<long>(getpid())));
    std::map<std::string, std::string> runs;
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  };
  static Folder folder;
  const auto [at, fresh] = folder.runs.try_emplace(name);
  if (fresh) {
    at->second = (folder.path / (std::to_string(folder.runs.size()) + ".run")).string();
    record("scenarios/" + name + ".json", at->second);
  }
  return at->second;
}

// A viewer on a stage.
class Show {
 public:
  explicit Show(const std::string& name, const Stage::Options& options = {})
      : viewer(open(name)), stage(options) {
    settle();
  }

  Viewer viewer;
  Stage stage;

  void frame() {
    stage.frame(
        [this](const Theme& theme, const FrameInput& input) { viewer.frame(theme, input); });
  }
  void settle() {
    stage.settle(
        [this](const Theme& theme, const FrameInput& input) { viewer.frame(theme, input); });
  }
  void move(ImVec2 to) { stage.give({.kind = InputEvent::Kind::kMove, .x = to.x, .y = to.y}); }
  ImVec2 place(const std::string& path, float part = 0.5F) const {
    const auto box = viewer.hits().find(path);
    if (!box) throw std::runtime_error("nothing is called " + path);
    return {box->min.x + box->width() * part, box->centre().y};
  }
  void click(const std::string& path, float part = 0.5F) {
    move(place(path, part));
    stage.give({.kind = InputEvent::Kind::kPress});
    stage.give({.kind = InputEvent::Kind::kRelease});
    settle();
  }
  void drag(const std::string& path, float from, float to, Button button = Button::kLeft,
            Modifiers modifiers = {}) {
    const ImVec2 start = place(path, from);
    drag(start, {place(path, to).x, start.y}, button, modifiers);
  }
  void drag(ImVec2 start, ImVec2 end, Button button = Button::kLeft, Modifiers modifiers = {}) {
    const auto give = [&](InputEvent event) {
      event.modifiers = modifiers;
      stage.give(event);
    };
    give(moved_to(start.x, start.y));
    give(viz::button(InputEvent::Kind::kPress, button));
    for (int i = 1; i <= 5; ++i) {
      const float share = static_cast<float>(i) / 5;
      give(moved_to(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share));
    }
    give(viz::button(InputEvent::Kind::kRelease, button));
    settle();
  }
  // The mouse rests on the thing.
  void point_at(const std::string& path) {
    move(place(path));
    settle();
  }
  void wheel(const std::string& path, float notches) {
    move(place(path));
    stage.give({.kind = InputEvent::Kind::kWheel, .wheel = notches});
    settle();
  }
  void key(Key key, Modifiers modifiers = {}) {
    stage.give({.kind = InputEvent::Kind::kKeyDown, .key = key, .modifiers = modifiers});
    stage.give({.kind = InputEvent::Kind::kKeyUp, .key = key});
    settle();
  }
  void type(std::string_view text) {
    for (const char c : text) {
      stage.give({.kind = InputEvent::Kind::kCharacter, .character = static_cast<char32_t>(c)});
    }
    settle();
  }
  const UiState& state() const { return viewer.state(); }
  std::string dumps() const {
    std::string out;
    for (int i = 0; i < kPanels; ++i) out += viewer.dump(static_cast<PanelId>(i)) + "\n";
    return out;
  }

 private:
  static std::unique_ptr<Session> open(const std::string& name) {
    Result<std::unique_ptr<Session>> session = open_recorded(recorded(name), "the.run");
    if (!session) throw std::runtime_error(session.error().message);
    return std::move(session.value());
  }
};

}  // namespace logarium::viz

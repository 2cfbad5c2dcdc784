#include "viz/app/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <sstream>

#include "engine/config/definition.hpp"
#include "sim/scenario/number.hpp"
#include "viz/app/picture.hpp"
#include "viz/app/save.hpp"
#include "viz/app/stage.hpp"

namespace logarium::viz {
namespace {

constexpr std::string_view kVerbs =
    "seek, do, key, type, click, wheel, drag, select, filter, pass, size, shot, dump or expect";

std::optional<Key> parse_key(std::string_view text) {
  for (const CommandInfo& each : commands()) {
    Shortcut plain = each.shortcut;
    plain.modifiers = {};
    if (plain.key != Key::kNone && to_string(plain) == text) return plain.key;
  }
  return std::nullopt;
}

std::string nearest_command(std::string_view text) {
  std::vector<std::string> ids;
  for (const CommandInfo& each : commands()) ids.emplace_back(each.id);
  return nearest_name(text, ids);
}

// The arguments of a line.
class Words {
 public:
  explicit Words(const std::string& line) : in_(line) {}
  std::string next() {
    std::string word;
    in_ >> word;
    return word;
  }
  std::string rest() {
    std::string out;
    std::getline(in_ >> std::ws, out);
    return out;
  }
  // Nothing when there is no number.
  std::optional<float> number() {
    float out = 0;
    if (in_ >> out) return out;
    in_.clear();
    return std::nullopt;
  }

 private:
  std::istringstream in_;
};

class Runner {
 public:
  Runner(Viewer& viewer, const ViewerOptions& options, std::ostream& out)
      : viewer_(viewer), out_(out), stage_options_{options.width, options.height, options.scale} {
    begin_stage();
  }

  Result<> line(const std::string& text) {
    Words words(text);
    const std::string verb = words.next();
    if (verb.empty() || verb.front() == '#') return Ok{};
    if (const Result<> done = carry_out(verb, words); !done) return done;
    settle();
    return serve();
  }

 private:
  // What commands want done outside of the window: text for a clipboard is printed.
  Result<> serve() {
    if (const auto copied = viewer_.take_copied()) out_ << *copied << "\n";
    if (!viewer_.take_save()) return Ok{};
    const Result<std::string> saved = save_view(viewer_, stage_->picture(), "");
    if (!saved) return saved.error();
    return Ok{};
  }
  void begin_stage() {
    scale_ = 0;
    settle();
  }
  void frame() {
    stage_->frame([&](const Theme& theme, const FrameInput& in) { viewer_.frame(theme, in); });
  }
  void settle() {
    if (std::fabs(viewer_.state().scale - scale_) > 0.001F) {
      scale_ = viewer_.state().scale;
      Stage::Options scaled = stage_options_;
      scaled.scale *= scale_;
      stage_.reset();
      stage_ = std::make_unique<Stage>(scaled);
    }
    stage_->settle([&](const Theme& theme, const FrameInput& in) { viewer_.frame(theme, in); });
  }
  Result<> carry_out(const std::string& verb, Words& words);
  Result<> command(Words& words);
  Result<> key(Words& words);
  Result<> mouse(const std::string& verb, Words& words);
  Result<> drag(Words& words, const std::function<ImVec2(float)>& point, float from);
  Result<> select(Words& words);
  Result<> pass(Words& words);
  Result<> shot(Words& words);
  Result<> dump(Words& words);
  Result<> expect(Words& words);
  void at(ImVec2 point) { stage_->give(moved_to(point.x, point.y)); }

  Viewer& viewer_;
  std::ostream& out_;
  Stage::Options stage_options_;
  float scale_ = 1;  // the person's own, times the option's
  std::unique_ptr<Stage> stage_;
};

Result<> Runner::carry_out(const std::string& verb, Words& words) {
  if (verb == "seek") {
    const Result<std::uint64_t> event = find_place(viewer_.index(), words.rest());
    if (!event) return event.error();
    viewer_.act(seek_to(viewer_.index(), event.value()));
    return Ok{};
  }
  if (verb == "do") return command(words);
  if (verb == "key") return key(words);
  if (verb == "type") {
    for (const char c : words.rest()) {
      stage_->give(character(static_cast<char32_t>(c)));
    }
    return Ok{};
  }
  if (verb == "click" || verb == "wheel" || verb == "drag") return mouse(verb, words);
  if (verb == "select") return select(words);
  if (verb == "filter") {
    viewer_.act(action::SetFilter{words.rest()});
    return Ok{};
  }
  if (verb == "pass") return pass(words);
  if (verb == "size") {
    const auto size = parse_size(words.next());
    if (!size) return size.error();
    stage_options_.width = size.value().first;
    stage_options_.height = size.value().second;
    stage_.reset();
    begin_stage();
    return Ok{};
  }
  if (verb == "shot") return shot(words);
  if (verb == "dump") return dump(words);
  if (verb == "expect") return expect(words);
  return Error{fmt::format("{}: not known; {}", verb, kVerbs)};
}

Result<> Runner::command(Words& words) {
  const std::string id = words.next();
  const auto found = find_command(id);
  if (!found) {
    const std::string near = nearest_command(id);
    return Error{fmt::format("do {}: no such command{}", id,
                             near.empty() ? "; key ? lists them" : "; " + near + "?")};
  }
  viewer_.act(*found);
  return Ok{};
}

Result<> Runner::key(Words& words) {
  const std::string text = words.next();
  const auto shortcut = parse_shortcut(text);
  if (!shortcut) return Error{"key " + text + ": such as Ctrl+P, Shift+Right, F5, Esc or n"};
  if (shortcut->character != 0) {
    stage_->give(character(shortcut->character));
    return Ok{};
  }
  for (const auto kind : {InputEvent::Kind::kKeyDown, InputEvent::Kind::kKeyUp}) {
    stage_->give(viz::key(kind, shortcut->key, shortcut->modifiers));
  }
  return Ok{};
}

Result<> Runner::mouse(const std::string& verb, Words& words) {
  const std::string path = words.next();
  const std::optional<Rect> box = viewer_.hits().find(path);
  if (!box) return Error{fmt::format("{} {}: nothing of this name is on the screen", verb, path)};
  const auto point = [&box](float part) {
    return ImVec2{box->min.x + box->width() * part, box->centre().y};
  };
  if (verb == "wheel") {
    at(box->centre());
    stage_->give(turned(words.number().value_or(1)));
    return Ok{};
  }
  const float from = words.number().value_or(0.5F);
  if (verb == "drag") return drag(words, point, from);
  at(point(from));
  stage_->give(button(InputEvent::Kind::kPress, Button::kLeft));
  stage_->give(button(InputEvent::Kind::kRelease, Button::kLeft));
  return Ok{};
}

Result<> Runner::drag(Words& words, const std::function<ImVec2(float)>& point, float from) {
  const auto wrong = [] {
    return Error{
        "drag: PATH FROM TO, parts of its width such as 0.2 0.6, and ctrl, up PIXELS or down "
        "PIXELS"};
  };
  const auto to = words.number();
  if (!to) return wrong();
  Modifiers modifiers;
  float down = 0;
  for (std::string word = words.next(); !word.empty(); word = words.next()) {
    const bool up = word == "up";
    if (word == "ctrl") {
      modifiers.ctrl = true;
    } else if (const auto pixels = up || word == "down" ? words.number() : std::nullopt) {
      down = up ? -*pixels : *pixels;
    } else {
      return wrong();
    }
  }
  const auto give = [&](InputEvent event) {
    event.modifiers = modifiers;
    stage_->give(event);
  };
  const auto part = [&](float share) {
    const ImVec2 there = point(from + (*to - from) * share);
    give(moved_to(there.x, there.y + down * share));
  };
  part(0);
  give(button(InputEvent::Kind::kPress, Button::kLeft));
  for (int i = 1; i <= 4; ++i) part(static_cast<float>(i) / 4);
  give(button(InputEvent::Kind::kRelease, Button::kLeft));
  return Ok{};
}

Result<> Runner::select(Words& words) {
  const std::string what = words.next();
  const std::string name = words.next();
  const Labels& labels = viewer_.index().labels();
  if (what == "node") {
    const auto node = labels.find_node(name);
    if (!node) return Error{"select node " + name + ": the run has none of this name"};
    viewer_.act(action::SelectNode{*node});
    return Ok{};
  }
  if (what == "partition") {
    const Result<SnapshotRef> now = viewer_.index().at(viewer_.state().event);
    if (!now) return now.error();
    const auto ref = labels.find_partition(name, now.value()->view);
    if (!ref) return Error{"select partition " + name + ": there is none of this name now"};
    viewer_.act(action::SelectPartition{*ref});
    return Ok{};
  }
  std::int64_t offset = 0;
  const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), offset);
  if (what != "offset" || error != std::errc() || stop != name.data() + name.size()) {
    return Error{"select: node NAME, partition NAME or offset NUMBER"};
  }
  viewer_.act(action::SelectOffset{Offset(offset)});
  return Ok{};
}

Result<> Runner::pass(Words& words) {
  const std::string text = words.next();
  const scenario::UnitValue time = scenario::parse_unit(scenario::Unit::kDuration, text);
  if (!time.ok) return Error{"pass " + text + ": " + time.error};
  constexpr std::int64_t kFrame = 16'666'667;
  for (std::int64_t left = time.value; left > 0; left -= kFrame) {
    viewer_.pass(Duration{std::min(left, kFrame)});
    frame();
  }
  return Ok{};
}

Result<> Runner::shot(Words& words) {
  const std::string file = words.rest();
  if (file.empty()) return Error{"shot: FILE"};
  settle();
  return write_png(file, stage_->picture());
}

Result<> Runner::dump(Words& words) {
  const std::string name = words.next();
  const auto panel = find_panel(name);
  if (!panel) {
    return Error{"dump " + name +
                 ": cluster, replicas, topics, timeline, events, violations or metrics"};
  }
  settle();
  const std::string path = words.rest();
  if (path.empty()) {
    out_ << viewer_.dump(*panel);
    return Ok{};
  }
  std::ofstream file(path, std::ios::binary);
  file << viewer_.dump(*panel);
  if (!file.flush()) return Error{"dump: cannot write " + path};
  return Ok{};
}

Result<> Runner::expect(Words& words) {
  settle();
  const std::string what = words.next();
  const std::string wanted = words.rest();
  const UiState& state = viewer_.state();
  const Labels& labels = viewer_.index().labels();
  std::string is;
  if (what == "event") {
    is = fmt::format("{}", state.event);
  } else if (what == "time") {
    is = exact_time(state.time);
  } else if (what == "partition") {
    is = viewer_.shown().partition ? labels.partition(*viewer_.shown().partition) : "none";
  } else if (what == "node") {
    is = state.selection.node ? labels.brief(*state.selection.node) : "none";
  } else if (what == "focus") {
    is = panel_name(state.focus);
  } else if (what == "filter") {
    is = state.filter;
  } else if (what == "range") {
    is = viewer_.shown().range ? viewer_.shown().range->headline : "none";
  } else if (what == "playing") {
    is = state.playing ? "yes" : "no";
  } else {
    return Error{"expect: event, time, partition, node, focus, filter, range or playing"};
  }
  if (is == wanted) return Ok{};
  return Error{fmt::format("expect {} {}: it is {}", what, wanted, is)};
}

}  // namespace

std::optional<Shortcut> parse_shortcut(std::string_view text) {
  if (text.size() == 1) return Shortcut{Key::kNone, {}, static_cast<char32_t>(text.front())};
  Shortcut out;
  constexpr std::array<std::pair<std::string_view, bool Modifiers::*>, 3> kWords{
      {{"Ctrl+", &Modifiers::ctrl}, {"Alt+", &Modifiers::alt}, {"Shift+", &Modifiers::shift}}};
  for (const auto& [word, member] : kWords) {
    if (!text.starts_with(word)) continue;
    out.modifiers.*member = true;
    text.remove_prefix(word.size());
  }
  const auto key = parse_key(text);
  if (!key) return std::nullopt;
  out.key = *key;
  return out;
}

Result<> run_script(Viewer& viewer, const ViewerOptions& options, std::istream& script,
                    std::ostream& out) {
  Runner runner(viewer, options, out);
  std::string text;
  for (int number = 1; std::getline(script, text); ++number) {
    if (const Result<> done = runner.line(text); !done) {
      return Error{fmt::format("{}:{}: {}", options.script, number, done.error().message)};
    }
  }
  out.flush();
  return Ok{};
}

Result<> run_script(Viewer& viewer, const ViewerOptions& options) {
  if (options.script == "-") return run_script(viewer, options, std::cin, std::cout);
  std::ifstream file(options.script);
  if (!file) return Error{"--script " + options.script + ": cannot be read"};
  return run_script(viewer, options, file, std::cout);
}

}  // namespace logarium::viz

// The bar at the top: transport, speed, the instant, what run it is and what came of it.

#include <fmt/format.h>

#include "viz/panels/commands.hpp"
#include "viz/panels/shown.hpp"

namespace logarium::viz {
namespace {

std::string speed_text(int power) {
  constexpr std::array<std::string_view, 10> kWords{"0.0001x", "0.001x", "0.01x", "0.1x",   "1x",
                                                    "10x",     "100x",   "1000x", "10000x", "max"};
  return std::string(kWords[static_cast<std::size_t>(power - kSpeedMin)]);
}

// A triangle that points right (or left), and a bar at its tip or not.
void draw_arrow(Ui& ui, const Rect& box, bool right, bool bar, Colour ink) {
  const ImVec2 c = box.centre();
  const float r = ui.px(5);
  const float d = right ? r : -r;
  ui.brush.list().AddTriangleFilled({c.x - d * 0.8F, c.y - r}, {c.x - d * 0.8F, c.y + r},
                                    {c.x + d * 0.8F, c.y}, ink);
  if (bar) ui.brush.line({c.x + d, c.y - r}, {c.x + d, c.y + r}, ink, 2);
}

struct Bar {
  Ui& ui;
  Rect rest;
  Actions& out;

  Rect place(float width) {
    const Rect box = cut_left(rest, ui.px(width));
    cut_left(rest, ui.px(4));
    return box;
  }
  void arrow(const char* path, Command command, bool right, bool bar) {
    const Rect box = place(30);
    const std::string tooltip = tooltip_of(command);
    if (ui.button(path, box, {"", tooltip})) out.emplace_back(action::Do{command});
    draw_arrow(ui, box, right, bar, colour::kText);
  }
  void word(const char* path, Command command, float width, std::string_view text, bool on) {
    const std::string tooltip = tooltip_of(command);
    if (ui.button(path, place(width), {text, tooltip, on})) out.emplace_back(action::Do{command});
  }
  void text(std::string_view words, Colour ink, ImFont* font, float room) {
    const float width = ui.brush.width(words, font) + ui.px(room);
    ui.text(cut_left(rest, width), words, ink, Align::kLeft, font);
  }
};

struct VerdictLook {
  std::string text;
  Colour colour;
};

VerdictLook verdict_of(const Shown& shown) {
  const RunFacts& run = shown.run;
  if (!run.over) return {"\u25B6 running", colour::kSky};
  if (run.failed) return {"\u25B2 " + shown.violations.headline, colour::kAlarm};
  if (run.verdict == "pass") return {"\u25CF " + shown.violations.headline, colour::kGreen};
  return {"\u25CB " + shown.violations.headline, colour::kOrange};
}

void draw_speed(Bar& bar, const UiState& state) {
  Ui& ui = bar.ui;
  if (ui.button("bar/slower", bar.place(22), {"-", "Slower (1 to 9, 0: as fast as possible)"})) {
    bar.out.emplace_back(action::Speed{state.speed - 1});
  }
  const Rect box = bar.place(64);
  ui.brush.fill(box, colour::kRaised, 3);
  const float part = static_cast<float>(state.speed - kSpeedMin) / (kSpeedMax - kSpeedMin);
  ui.brush.fill({{box.min.x, box.max.y - ui.px(3)}, {box.min.x + box.width() * part, box.max.y}},
                colour::kBlue, 1);
  ui.text(inset(box, ui.px(3)), speed_text(state.speed), colour::kText, Align::kCentre);
  static_cast<void>(ui.thing("bar/speed", box, "Seconds of the run per second"));
  if (ui.button("bar/faster", bar.place(22), {"+", "Faster (1 to 9, 0: as fast as possible)"})) {
    bar.out.emplace_back(action::Speed{state.speed + 1});
  }
}

}  // namespace

void draw_top_bar(Ui& ui, const Rect& area, const Shown& shown, const UiState& state,
                  Actions& out) {
  ui.brush.fill(area, colour::kBackground);
  ui.brush.line({area.min.x, area.max.y}, area.max, colour::kLine);
  Bar bar{ui, inset(area, ui.px(4)), out};
  Rect right = cut_right(bar.rest, std::min(ui.px(470), area.width() * 0.32F));
  bar.arrow("bar/start", Command::kToStart, false, true);
  bar.arrow("bar/back", Command::kStepBack, false, false);
  bar.word("bar/play", Command::kPlay, 64, state.playing ? "Pause" : "Play", state.playing);
  bar.arrow("bar/forward", Command::kStepForward, true, false);
  bar.arrow("bar/end", Command::kToEnd, true, true);
  if (shown.run.live) {
    bar.word("bar/follow", Command::kFollowLive, 60, "Follow", state.following);
  }
  draw_speed(bar, state);
  const auto& fonts = ui.brush.theme().fonts;
  cut_left(bar.rest, ui.px(8));
  bar.text(fmt::format("t {}", exact_time(state.time)), colour::kText, fonts.mono, 14);
  bar.text(fmt::format("event {}/{}", state.event, state.events), colour::kText, fonts.mono, 14);
  bar.text(fmt::format("seed {}", shown.run.seed), colour::kFaint, fonts.mono, 14);
  ui.text(bar.rest, shown.run.name, colour::kText);
  const Rect keys = cut_right(right, std::min(ui.px(64), right.width() / 4));
  const Rect all = cut_right(right, std::min(ui.px(110), right.width() / 3));
  const std::string keys_tip = tooltip_of(Command::kKeys);
  const std::string all_tip = tooltip_of(Command::kPalette);
  cut_right(right, ui.px(4));
  if (ui.button("bar/keys", inset(keys, ui.px(1)), {"? keys", keys_tip})) {
    out.emplace_back(action::Do{Command::kKeys});
  }
  if (ui.button("bar/commands", inset(all, ui.px(1)), {"Ctrl+P all", all_tip})) {
    out.emplace_back(action::Do{Command::kPalette});
  }
  const VerdictLook look = verdict_of(shown);
  ui.text(right, look.text, look.colour);
  if (ui.thing("bar/verdict", right, "To the next violation (v)")) {
    out.emplace_back(action::Do{Command::kNextViolation});
  }
}

}  // namespace logarium::viz

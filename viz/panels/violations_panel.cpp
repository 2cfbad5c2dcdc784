// What went wrong: the property that was violated, what was expected and seen, how it came about,
// and the commands that show it again. Or that nothing did.

#include <fmt/format.h>

#include <algorithm>

#include "viz/panels/shown.hpp"
#include "viz/panels/told.hpp"

namespace logarium::viz {
namespace {

class Teller {
 public:
  explicit Teller(std::vector<ToldLine>& out) : out_(out) {}
  void say(std::string text, Tone tone = Tone::kPlain) {
    out_.push_back({std::move(text), tone, 0, {}});
  }
  void cause(const CauseLine& cause) {
    out_.push_back(
        {fmt::format("{}  #{} {}: {}", cause.time_text, cause.event, cause.node_name, cause.text),
         Tone::kCause,
         cause.event,
         {}});
  }
  void copy(const std::string& command) { out_.push_back({command, Tone::kCommand, 0, command}); }

 private:
  std::vector<ToldLine>& out_;
};

void tell(Teller& story, const ViolationsModel& model, const ViolationCard& card,
          std::size_t number) {
  story.say(
      fmt::format("\u25B2 {} of {}: {}  {}", number + 1, model.cards.size(), card.id, card.name),
      Tone::kAlarm);
  story.say(card.meaning, Tone::kFaint);
  story.say(fmt::format("at {} s, event {}, on {}", card.time_text, card.event, card.node_name));
  story.say(card.explanation);
  if (!card.expected.empty()) story.say("expected: " + card.expected);
  if (!card.seen.empty()) story.say("seen: " + card.seen);
  if (!card.causes.empty()) story.say("how it came about:", Tone::kFaint);
  for (const CauseLine& cause : card.causes) story.cause(cause);
}

void tell(Teller& story, const LossCard& loss) {
  story.say(fmt::format("\u25B2 explained loss: {} from offset {} of {}",
                        counted(loss.records, "record"), loss.first, loss.partition),
            Tone::kAlarm);
  story.say(loss.explanation);
  for (const CauseLine& cause : loss.causes) story.cause(cause);
}

void tell(Teller& story, const UnavailableCard& card) {
  story.say(fmt::format("\u25B2 explained unavailability: nobody may lead {} since {} s",
                        card.partition, card.since_text),
            Tone::kAlarm);
  story.say(card.explanation);
  for (const CauseLine& cause : card.causes) story.cause(cause);
}

Colour ink_of(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return colour::kText;
    case Tone::kFaint:
      return colour::kFaint;
    case Tone::kAlarm:
      return colour::kAlarm;
    case Tone::kCause:
      return colour::kSky;
    case Tone::kCommand:
      return colour::kGreen;
  }
  return colour::kText;
}

void draw_line(Ui& ui, const Rect& place, const WrappedLine& line, std::size_t number,
               const UiState& state, Actions& out) {
  const ToldLine& of = *line.of;
  Rect rest = place;
  const bool here = of.event != 0 && of.event == state.event;
  if (here) ui.brush.fill(place, colour::kSelected, 2);
  if (of.event != 0 && state.hover.event == of.event) mark_hovered(ui, place);
  if (of.tone == Tone::kCause) cut_left(rest, ui.px(line.first ? 8 : 20));
  ImFont* font = of.tone == Tone::kCommand ? ui.brush.theme().fonts.mono : nullptr;
  if (of.tone == Tone::kCommand && line.first) {
    const Rect button = inset(cut_left(rest, ui.px(44)), ui.px(1));
    cut_left(rest, ui.px(4));
    if (ui.button(fmt::format("violations/copy-{}", number), button,
                  {"copy", "Copies this command"})) {
      out.emplace_back(action::Copy{of.copies});
    }
  }
  ui.text(rest, line.text, ink_of(of.tone), Align::kLeft, font);
  if (of.event != 0 && ui.hovers(place)) {
    out.emplace_back(action::HoverOver{{of.event, {}, {}}});
  }
  if (of.event == 0 || !line.first) return;
  if (ui.thing(fmt::format("violations/cause-{}", number), place, "Click to go there")) {
    out.emplace_back(action::Scrub{TimeAxis::kEvents, static_cast<std::int64_t>(of.event)});
  }
}

}  // namespace

std::vector<ToldLine> told_of(const ViolationsModel& model, std::uint32_t number) {
  std::vector<ToldLine> out;
  Teller story(out);
  if (number < model.cards.size()) {
    tell(story, model, model.cards[number], number);
  } else if (!model.losses.empty() || !model.unavailable.empty()) {
    for (const LossCard& loss : model.losses) tell(story, loss);
    for (const UnavailableCard& card : model.unavailable) tell(story, card);
  } else if (model.verdict == "pass") {
    story.say("\u25CF No property was violated.");
  } else if (model.verdict.empty()) {
    story.say("The run goes on; nothing has been violated so far.");
  }
  for (const std::string& reason : model.reasons) story.say(reason, Tone::kAlarm);
  if (!model.remark.empty()) story.say(model.remark, Tone::kFaint);
  if (!model.commands.empty()) story.say("to see it again:", Tone::kFaint);
  for (const std::string& command : model.commands) story.copy(command);
  if (number < model.cards.size()) {
    for (const LossCard& loss : model.losses) tell(story, loss);
  }
  return out;
}

std::vector<WrappedLine> wrap(const Brush& brush, const std::vector<ToldLine>& story, float width) {
  std::vector<WrappedLine> out;
  for (const ToldLine& line : story) {
    ImFont* font =
        line.tone == Tone::kCommand ? brush.theme().fonts.mono : brush.theme().fonts.text;
    const float room = line.tone == Tone::kCommand ? width - brush.px(48)
                       : line.tone == Tone::kCause ? width - brush.px(20)
                                                   : width;
    const char* at = line.text.data();
    const char* end = at + line.text.size();
    bool first = true;
    do {
      const char* stop = font->CalcWordWrapPositionA(1.0F, at, end, std::max(room, 10.0F));
      if (stop == at && at < end) ++stop;
      out.push_back({&line, std::string(at, stop), first});
      first = false;
      for (at = stop; at < end && *at == ' ';) ++at;
    } while (at < end);
  }
  return out;
}

void draw_violations(Ui& ui, const Rect& area, const Shown& shown, const UiState& state,
                     Actions& out) {
  const std::string_view title = shown.run.failed ? "What went wrong" : "Verdict";
  Rect inside =
      draw_frame(ui, area, {PanelId::kViolations, title, shown.violations.headline}, state, out);
  ui.brush.list().PushClipRect(inside.min, inside.max, true);
  const std::vector<ToldLine> story = told_of(shown.violations, state.violation);
  const Rect bar = cut_right(inside, ui.px(6));
  const std::vector<WrappedLine> lines = wrap(ui.brush, story, inside.width());
  const float height = ui.px(18);
  const auto count = static_cast<std::int64_t>(lines.size());
  const auto fitting = static_cast<std::int64_t>(std::max(1.0F, inside.height() / height));
  const std::int64_t last = std::max<std::int64_t>(0, count - fitting);
  const std::int64_t first = std::clamp<std::int64_t>(state.scroll_lines, 0, last);
  if (last > 0) {
    const float unit = bar.height() / static_cast<float>(count);
    const float top = bar.min.y + unit * static_cast<float>(first);
    ui.brush.fill(
        {{bar.min.x + ui.px(2), top}, {bar.max.x, top + unit * static_cast<float>(fitting)}},
        colour::kLine, 2);
  }
  for (std::int64_t i = first; i < std::min(count, first + fitting); ++i) {
    const auto number = static_cast<std::size_t>(i);
    draw_line(ui, cut_top(inside, height), lines[number], number, state, out);
  }
  if (ui.hovers(area) && ui.pointer().wheel != 0) {
    const auto by = static_cast<std::int64_t>(ui.pointer().wheel);
    out.emplace_back(action::ScrollLines{std::clamp<std::int64_t>(first - by, 0, last)});
  }
  ui.brush.list().PopClipRect();
}

}  // namespace logarium::viz

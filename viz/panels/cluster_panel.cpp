// The cluster: a box per broker, the metadata quorum below, faults of links as dashed lines, and
// thin lines from the selected partition's followers to its leader.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "viz/panels/shown.hpp"

namespace logarium::viz {
namespace {

constexpr float kPi = 3.14159265F;
constexpr std::size_t kRingMax = 8;  // more brokers stand in rows

struct StateLook {
  const char* glyph;
  Colour colour;
};

StateLook look_of(ServerState state) {
  switch (state) {
    case ServerState::kWell:
      return {"\u25CF", colour::kText};
    case ServerState::kStarting:
      return {"\u25D0", colour::kSky};
    case ServerState::kFenced:
      return {"\u25CC", colour::kOrange};
    case ServerState::kStopping:
      return {"\u25D1", colour::kYellow};
    case ServerState::kDown:
      return {"\u2715", colour::kAlarm};
  }
  return {"", colour::kText};
}

using Places = std::map<std::uint32_t, Rect>;  // by node

std::vector<const ServerBox*> brokers_of(const ClusterModel& model) {
  std::vector<const ServerBox*> out;
  for (const ServerBox& box : model.servers) {
    if (box.broker) out.push_back(&box);
  }
  return out;
}

// Boxes on an ellipse, the first at the top; in rows when there are many.
Places place(const std::vector<const ServerBox*>& brokers, const Rect& area, Ui& ui) {
  Places out;
  const auto count = static_cast<float>(brokers.size());
  if (brokers.size() <= kRingMax) {
    const float width = std::min(ui.px(160), area.width() / 2.3F);
    const float height = std::min(ui.px(80), area.height() / 3.0F);
    const ImVec2 centre = area.centre();
    const float rx = (area.width() - width) / 2;
    const float ry = (area.height() - height) / 2;
    for (std::size_t i = 0; i < brokers.size(); ++i) {
      const float angle = 2 * kPi * static_cast<float>(i) / count - kPi / 2;
      // Quarter pixels: the last bits of sine and cosine differ between machines.
      const float x = std::round((centre.x + rx * std::cos(angle)) * 4) / 4;
      const float y = std::round((centre.y + ry * std::sin(angle)) * 4) / 4;
      const ImVec2 at = brokers.size() == 1 ? centre : ImVec2{x, y};
      out[brokers[i]->node] = {{at.x - width / 2, at.y - height / 2},
                               {at.x + width / 2, at.y + height / 2}};
    }
    return out;
  }
  const float columns = std::ceil(std::sqrt(count * area.width() / (2 * area.height())));
  const float rows = std::ceil(count / columns);
  const float width = area.width() / columns;
  const float height = std::min(area.height() / rows, ui.px(82));
  for (std::size_t i = 0; i < brokers.size(); ++i) {
    const float column = std::fmod(static_cast<float>(i), columns);
    const float row = std::floor(static_cast<float>(i) / columns);
    const ImVec2 at{area.min.x + column * width, area.min.y + row * height};
    out[brokers[i]->node] = inset({at, {at.x + width, at.y + height}}, ui.px(3));
  }
  return out;
}

void draw_square(Ui& ui, const Rect& box, ReplicaMark mark, bool shown) {
  switch (mark) {
    case ReplicaMark::kLeads:
      ui.brush.fill(box, colour::kSky);
      break;
    case ReplicaMark::kFollows:
      ui.brush.outline(box, colour::kSky, 1.5F);
      break;
    case ReplicaMark::kOutOfSync:
      ui.brush.outline(box, colour::kFaint);
      ui.brush.cross(box.centre(), 3, colour::kFaint, 1);
      break;
  }
  if (!shown) return;
  const float y = box.max.y + ui.px(3);
  ui.brush.line({box.min.x, y}, {box.max.x, y}, colour::kText, 2);
}

void draw_squares(Ui& ui, Rect area, const ServerBox& box, const Shown& shown, Actions& out) {
  const float size = ui.px(9);
  const float step = ui.px(14);
  const auto room = static_cast<std::size_t>(std::max(1.0F, area.width() / step));
  const bool all = box.replicas.size() <= room;
  const std::size_t count = all ? box.replicas.size() : (room > 3 ? room - 3 : 0);
  for (std::size_t i = 0; i < count; ++i) {
    const ReplicaSquare& square = box.replicas[i];
    const float x = area.min.x + ui.px(2) + static_cast<float>(i) * step;
    const float y = std::round(area.centre().y - size / 2);
    const Rect place{{x, y}, {x + size, y + size}};
    draw_square(ui, place, square.mark, shown.partition == square.partition);
    const std::string name = shown.labels->partition(square.partition);
    const char* word = square.mark == ReplicaMark::kLeads     ? "leads "
                       : square.mark == ReplicaMark::kFollows ? "follows in sync "
                                                              : "is out of sync in ";
    if (ui.thing("cluster/" + box.title + "/" + name, place, box.title + " " + word + name)) {
      out.emplace_back(action::SelectPartition{square.partition});
    }
  }
  if (all) return;
  cut_left(area, static_cast<float>(count) * step);
  ui.text(area, fmt::format("+{}", box.replicas.size() - count), colour::kFaint, Align::kLeft,
          ui.brush.theme().fonts.small);
}

// What the server is in the shown partition: what a reader looks for first.
struct Part {
  std::string text;
  Colour colour = colour::kFaint;
};
std::optional<Part> part_of(const Shown& shown, std::uint32_t node) {
  if (!shown.replicas) return std::nullopt;
  for (const ReplicaLane& lane : shown.replicas->lanes) {
    if (lane.node != node) continue;
    const std::string& name = shown.replicas->partition;
    if (lane.leads) return Part{"\u2605 leads " + name, colour::kSky};
    if (lane.in_isr) return Part{"\u25CF in sync in " + name, colour::kText};
    return Part{"\u25CB out of sync in " + name, colour::kOrange};
  }
  return std::nullopt;
}

void draw_box(Ui& ui, const Rect& place, const ServerBox& box, const Shown& shown,
              const UiState& state, Actions& out) {
  Brush& brush = ui.brush;
  ImFont* small = brush.theme().fonts.small;
  const StateLook look = look_of(box.state);
  const bool selected = state.selection.node == box.node;
  const bool down = box.state == ServerState::kDown;
  brush.fill(place, colour::kRaised, 4);
  if (down) brush.hatch(inset(place, ui.px(2)), colour::with_alpha(colour::kVermillion, 46), 8);
  const Colour border = box.state == ServerState::kWell ? colour::kFaint : look.colour;
  brush.outline(place, selected ? colour::kText : border, selected ? 3.0F : 1.5F, 4);
  if (state.hover.node == box.node)
    brush.outline(inset(place, -ui.px(3)), colour::kYellow, 1.5F, 5);
  if (ui.hovers(place)) out.emplace_back(action::HoverOver{{{}, box.node, {}}});
  if (ui.thing("cluster/" + box.title, place)) out.emplace_back(action::SelectNode{box.node});
  Rect inside = inset(place, ui.px(5));
  const float height = ui.px(17);
  // What has no room is left out, the most telling last.
  const auto lines = static_cast<int>(inside.height() / height);
  Rect line = cut_top(inside, height);
  brush.text(cut_left(line, ui.px(18)), look.glyph, look.colour);
  brush.text(cut_left(line, brush.width(box.title) + ui.px(8)), box.title, colour::kText);
  if (box.controls) ui.text(line, "\u2605 controller", colour::kYellow, Align::kLeft, small);
  const auto part = part_of(shown, box.node);
  if (lines > 2 || (lines > 1 && (!part || box.state != ServerState::kWell))) {
    ui.text(cut_top(inside, height), box.doing,
            box.state == ServerState::kWell ? colour::kFaint : look.colour, Align::kLeft, small);
  }
  if (part && inside.height() >= height) {
    ui.text(cut_top(inside, height), part->text, part->colour, Align::kLeft, small);
  }
  if (inside.height() >= ui.px(13)) draw_squares(ui, inside, box, shown, out);
}

// Where the line from the box's centre to `towards` leaves the box.
ImVec2 edge(const Rect& box, ImVec2 towards) {
  const ImVec2 from = box.centre();
  const float dx = towards.x - from.x;
  const float dy = towards.y - from.y;
  const float sx = dx == 0 ? 1e9F : box.width() / 2 / std::fabs(dx);
  const float sy = dy == 0 ? 1e9F : box.height() / 2 / std::fabs(dy);
  const float part = std::min({sx, sy, 1.0F});
  return {from.x + dx * part, from.y + dy * part};
}

// From each follower of the shown partition to its leader.
void draw_replication(Ui& ui, const Places& places, const Shown& shown) {
  if (!shown.replicas) return;
  const auto& lanes = shown.replicas->lanes;
  const auto leader =
      std::find_if(lanes.begin(), lanes.end(), [](const ReplicaLane& lane) { return lane.leads; });
  if (leader == lanes.end() || !places.contains(leader->node)) return;
  const Rect& to = places.at(leader->node);
  for (const ReplicaLane& lane : lanes) {
    if (lane.leads || !places.contains(lane.node)) continue;
    const Rect& from = places.at(lane.node);
    const ImVec2 start = edge(from, to.centre());
    const ImVec2 end = edge(to, from.centre());
    if (lane.in_isr) {
      ui.brush.line(start, end, colour::kSky, 1.5F);
    } else {
      ui.brush.dashed(start, end, colour::kFaint, 1, 3);
    }
    ui.brush.dot(end, 3.5F, lane.in_isr ? colour::kSky : colour::kFaint, lane.in_isr);
  }
}

void draw_links(Ui& ui, const Places& places, const ClusterModel& model) {
  for (const HarmedLink& link : model.links) {
    const auto a = places.find(link.a);
    const auto b = places.find(link.b);
    if (a == places.end() || b == places.end()) continue;
    const ImVec2 start = edge(a->second, b->second.centre());
    const ImVec2 end = edge(b->second, a->second.centre());
    const ImVec2 middle{(start.x + end.x) / 2, (start.y + end.y) / 2};
    ui.brush.dashed(start, end, colour::kAlarm, 1.5F, 6);
    if (link.harm == LinkHarm::kCut) ui.brush.cross(middle, 6, colour::kAlarm, 2);
    if (link.one_way) ui.brush.dot(end, 4, colour::kAlarm);
    const float width = ui.brush.width(link.label, ui.brush.theme().fonts.small) + ui.px(6);
    const Rect label{{middle.x + ui.px(9), middle.y - ui.px(9)},
                     {middle.x + ui.px(9) + width, middle.y + ui.px(9)}};
    ui.brush.fill(label, colour::kPanel, 3);
    ui.brush.text(inset(label, ui.px(2)), link.label, colour::kAlarm, Align::kLeft,
                  ui.brush.theme().fonts.small);
  }
}

// Messages under way, at the part of their way that they have behind them; answers are hollow.
void draw_messages(Ui& ui, const Places& places, const ClusterModel& model) {
  for (const MessageDot& message : model.messages) {
    const auto from = places.find(message.from);
    const auto to = places.find(message.to);
    if (from == places.end() || to == places.end()) continue;
    const ImVec2 start = edge(from->second, to->second.centre());
    const ImVec2 end = edge(to->second, from->second.centre());
    const ImVec2 at{start.x + (end.x - start.x) * message.fraction,
                    start.y + (end.y - start.y) * message.fraction};
    ui.brush.line(start, end, colour::with_alpha(colour::kFaint, 70), 1);
    if (message.lost) {
      ui.brush.cross(at, 4, colour::kAlarm);
    } else {
      ui.brush.dot(at, 4, colour::kGreen, !message.response);
    }
    const float r = ui.px(6);
    if (ui.hovers({{at.x - r, at.y - r}, {at.x + r, at.y + r}})) ui.set_tooltip(message.text);
  }
}

void draw_voter(Ui& ui, Rect row, const VoterLine& voter, const UiState& state, Actions& out) {
  const Rect whole = row;
  if (state.selection.node == voter.node) ui.brush.fill(whole, colour::kSelected);
  const auto& fonts = ui.brush.theme().fonts;
  const bool down = voter.role == "down";
  const Colour ink = down ? colour::kAlarm : voter.leads ? colour::kYellow : colour::kText;
  ui.brush.text(cut_left(row, ui.px(20)),
                voter.leads ? "\u2605"
                : down      ? "\u2715"
                            : "\u25CB",
                ink, Align::kCentre);
  ui.text(cut_left(row, ui.px(58)), voter.name, colour::kText);
  ui.text(cut_left(row, ui.px(82)), voter.role, down ? colour::kAlarm : colour::kFaint);
  ui.text(row,
          fmt::format("epoch {}  LEO {}  HW {}", voter.epoch, voter.log_end.value(),
                      voter.high_watermark.value()),
          colour::kFaint, Align::kLeft, fonts.mono);
  if (ui.thing("cluster/quorum/" + voter.name, whole)) {
    out.emplace_back(action::SelectNode{voter.node});
  }
}

}  // namespace

void draw_cluster(Ui& ui, const Rect& area, const Shown& shown, const UiState& state,
                  Actions& out) {
  const ClusterModel& model = shown.cluster;
  Rect inside = draw_frame(ui, area, {PanelId::kCluster, "Cluster", model.headline}, state, out);
  ui.brush.list().PushClipRect(inside.min, inside.max, true);
  const float row = ui.px(18);
  const float quorum = row * static_cast<float>(model.voters.size() + 1);
  Rect strip = cut_bottom(inside, std::min(quorum, inside.height() / 2));
  const std::size_t faults = std::min<std::size_t>(model.faults.size(), 4);
  Rect faulty = cut_bottom(inside, row * static_cast<float>(faults) + ui.px(6));
  const auto brokers = brokers_of(model);
  Places places = place(brokers, inset(inside, ui.px(8)), ui);
  // Controllers of their own are met at the right end of their lines.
  for (std::size_t i = 0; i < model.voters.size(); ++i) {
    const float y = strip.min.y + row * (static_cast<float>(i) + 1.5F);
    const Rect end{{strip.max.x - ui.px(16), y - ui.px(5)}, {strip.max.x - ui.px(6), y + ui.px(5)}};
    if (y < strip.max.y) places.emplace(model.voters[i].node, end);
  }
  draw_replication(ui, places, shown);
  draw_links(ui, places, model);
  draw_messages(ui, places, model);
  for (const ServerBox* box : brokers) {
    draw_box(ui, places.at(box->node), *box, shown, state, out);
  }
  for (std::size_t i = 0; i < faults; ++i) {
    const bool more = i + 1 == faults && model.faults.size() > faults;
    const std::string text =
        more ? fmt::format("and {} more", model.faults.size() - i) : "\u25B2 " + model.faults[i];
    ui.text(cut_top(faulty, row), text, colour::kAlarm);
  }
  ui.text(cut_top(strip, row), "Metadata quorum", colour::kFaint, Align::kLeft,
          ui.brush.theme().fonts.small);
  for (const VoterLine& voter : model.voters) {
    if (strip.height() < row - 1) break;
    draw_voter(ui, cut_top(strip, row), voter, state, out);
  }
  ui.brush.list().PopClipRect();
}

}  // namespace logarium::viz

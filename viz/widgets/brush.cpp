#include "viz/widgets/brush.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace logarium::viz {
namespace {

constexpr std::string_view kDots = "...";

// The start of the character before `end`, so that no UTF-8 sequence is cut.
std::size_t shorter(std::string_view text, std::size_t end) {
  do {
    --end;
  } while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U);
  return end;
}

}  // namespace

float Brush::width(std::string_view text, ImFont* font) const {
  ImFont* used = font_or_text(font);
  return used->CalcTextSizeA(used->FontSize, FLT_MAX, 0, text.data(), text.data() + text.size()).x;
}

float Brush::line_height(ImFont* font) const { return font_or_text(font)->FontSize; }

bool Brush::text(const Rect& box, std::string_view text, Colour colour, Align align, ImFont* font) {
  ImFont* used = font_or_text(font);
  std::string elided;
  std::string_view shown = text;
  bool whole = true;
  if (width(text, used) > box.width()) {
    whole = false;
    const float room = box.width() - width(kDots, used);
    std::size_t end = text.size();
    while (end > 0 && width(text.substr(0, end), used) > room) end = shorter(text, end);
    if (end == 0) return false;
    elided = std::string(text.substr(0, end)).append(kDots);
    shown = elided;
  }
  const float free = box.width() - width(shown, used);
  float x = box.min.x;
  if (align == Align::kCentre) x += free / 2;
  if (align == Align::kRight) x += free;
  const float y = box.min.y + (box.height() - used->FontSize) / 2;
  const ImVec2 at{std::round(x), std::round(y)};
  list_.AddText(used, used->FontSize, at, colour, shown.data(), shown.data() + shown.size());
  if (log_ != nullptr) note(at, {width(shown, used), used->FontSize}, shown, colour);
  return whole;
}

bool Brush::paragraph(const Rect& box, std::string_view words, Colour colour, ImFont* font) {
  ImFont* used = font_or_text(font);
  const float height = std::round(used->FontSize * 1.25F);
  const char* at = words.data();
  const char* const end = at + words.size();
  for (float y = box.min.y; at < end; y += height) {
    if (y + height > box.max.y) return false;
    const char* stop = used->CalcWordWrapPositionA(1.0F, at, end, box.width());
    if (stop == at) ++stop;
    text({{box.min.x, y}, {box.max.x + 1, y + height}},
         std::string_view(at, static_cast<std::size_t>(stop - at)), colour, Align::kLeft, font);
    for (at = stop; at < end && *at == ' ';) ++at;
  }
  return true;
}

void Brush::note(ImVec2 at, ImVec2 size, std::string_view text, Colour colour) {
  const Rect box{at, {at.x + size.x, at.y + size.y}};
  const ImVec2 min = list_.GetClipRectMin();
  const ImVec2 max = list_.GetClipRectMax();
  // Letters may reach half a pixel beyond their advance.
  const Rect room{{min.x - 1, min.y - 1}, {max.x + 1, max.y + 1}};
  log_->push_back({box, std::string(text), colour, !room.contains(box)});
}

void Brush::fill(const Rect& box, Colour colour, float rounding) {
  list_.AddRectFilled(box.min, box.max, colour, px(rounding));
}

void Brush::outline(const Rect& box, Colour colour, float thickness, float rounding) {
  list_.AddRect(box.min, box.max, colour, px(rounding), 0, px(thickness));
}

void Brush::hatch(const Rect& box, Colour colour, float distance) {
  const float step = px(distance);
  const float height = box.height();
  list_.PushClipRect(box.min, box.max, true);
  const float first = std::floor((box.min.x - height) / step) * step;
  for (float x = first; x < box.max.x; x += step) {
    list_.AddLine({x, box.max.y}, {x + height, box.min.y}, colour, px(1));
  }
  list_.PopClipRect();
}

void Brush::line(ImVec2 from, ImVec2 to, Colour colour, float thickness) {
  list_.AddLine(from, to, colour, px(thickness));
}

void Brush::dashed(ImVec2 from, ImVec2 to, Colour colour, float thickness, float dash) {
  const float dx = to.x - from.x;
  const float dy = to.y - from.y;
  const float length = std::sqrt(dx * dx + dy * dy);
  const float step = px(dash);
  if (length <= 0) return;
  for (float at = 0; at < length; at += 2 * step) {
    const float end = std::min(at + step, length);
    list_.AddLine({from.x + dx * at / length, from.y + dy * at / length},
                  {from.x + dx * end / length, from.y + dy * end / length}, colour, px(thickness));
  }
}

void Brush::cross(ImVec2 centre, float radius, Colour colour, float thickness) {
  const float r = px(radius);
  list_.AddLine({centre.x - r, centre.y - r}, {centre.x + r, centre.y + r}, colour, px(thickness));
  list_.AddLine({centre.x - r, centre.y + r}, {centre.x + r, centre.y - r}, colour, px(thickness));
}

void Brush::dot(ImVec2 centre, float radius, Colour colour, bool filled) {
  constexpr int kCorners = 12;
  if (filled) {
    list_.AddCircleFilled(centre, px(radius), colour, kCorners);
  } else {
    list_.AddCircle(centre, px(radius), colour, kCorners, px(1.5F));
  }
}

void Brush::flag(ImVec2 tip, float size, Colour colour) {
  const float s = px(size);
  list_.AddTriangleFilled({tip.x - s, tip.y - s}, {tip.x + s, tip.y - s}, tip, colour);
}

}  // namespace logarium::viz

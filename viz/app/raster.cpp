#include "viz/app/raster.hpp"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace logarium::viz {
namespace {

constexpr std::int64_t kOne = 256;  // one pixel
constexpr std::int64_t kHalf = kOne / 2;

struct Point {
  std::int64_t x = 0;
  std::int64_t y = 0;
  bool operator==(const Point&) const = default;
};

// A corner in fixed point; texture coordinates in 1/256 texels, its centre at 128.
struct Corner {
  Point at;
  Point texel;
  Pixel colour = 0;
};

// Pixels that may be touched: left <= x < right, top <= y < bottom.
struct Area {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
};

std::int64_t fixed(float value) { return std::llround(static_cast<double>(value) * kOne); }

// `over` with its alpha scaled by coverage / 255, on top of an opaque pixel.
Pixel blend(Pixel under, Pixel over, int coverage) {
  const int alpha = (channel(over, IM_COL32_A_SHIFT) * coverage + 127) / 255;
  if (alpha == 0) return under;
  Pixel out = Pixel{0xFF} << IM_COL32_A_SHIFT;
  for (const int shift : {IM_COL32_R_SHIFT, IM_COL32_G_SHIFT, IM_COL32_B_SHIFT}) {
    const int mixed = channel(over, shift) * alpha + channel(under, shift) * (255 - alpha);
    out |= static_cast<Pixel>((mixed + 127) / 255) << shift;
  }
  return out;
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  return quotient * b > a ? quotient - 1 : quotient;
}

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return -floor_div(-a, b); }

// The first pixel whose centre is at or right of (below) the coordinate.
int first_centre(std::int64_t coordinate) {
  return static_cast<int>(ceil_div(coordinate - kHalf, kOne));
}

class Canvas {
 public:
  Canvas(const Texture& atlas, Picture& out, Area clip) : atlas_(atlas), out_(out), clip_(clip) {}

  void triangle(Corner a, Corner b, Corner c);
  // An axis-aligned rectangle of one colour, from its upper left to its lower right corner.
  void rectangle(const Corner& from, const Corner& to);

 private:
  // Coverage of the atlas at a place in 1/256 texels, between its four neighbours.
  [[nodiscard]] int sample(Point texel) const;
  [[nodiscard]] int texel(std::int64_t x, std::int64_t y) const;
  void span(int y, int left, int right, Pixel colour);

  const Texture& atlas_;
  Picture& out_;
  Area clip_;
};

int Canvas::texel(std::int64_t x, std::int64_t y) const {
  const std::int64_t column = std::clamp<std::int64_t>(x, 0, atlas_.width - 1);
  const std::int64_t row = std::clamp<std::int64_t>(y, 0, atlas_.height - 1);
  return atlas_.alpha[static_cast<std::size_t>(row * atlas_.width + column)];
}

int Canvas::sample(Point texel_at) const {
  const std::int64_t x = floor_div(texel_at.x - kHalf, kOne);
  const std::int64_t y = floor_div(texel_at.y - kHalf, kOne);
  const auto right = static_cast<int>(texel_at.x - kHalf - x * kOne);
  const auto down = static_cast<int>(texel_at.y - kHalf - y * kOne);
  const int one = static_cast<int>(kOne);
  const int upper = texel(x, y) * (one - right) + (right != 0 ? texel(x + 1, y) * right : 0);
  if (down == 0) return (upper + one / 2) / one;
  const int lower = texel(x, y + 1) * (one - right) + texel(x + 1, y + 1) * right;
  return (upper * (one - down) + lower * down + one * one / 2) / (one * one);
}

void Canvas::span(int y, int left, int right, Pixel colour) {
  if (left >= right) return;
  const std::size_t start = out_.index(left, y);
  const std::span<Pixel> row(&out_.pixels[start], static_cast<std::size_t>(right - left));
  if (channel(colour, IM_COL32_A_SHIFT) == 255) {
    std::fill(row.begin(), row.end(), colour);
    return;
  }
  for (Pixel& pixel : row) pixel = blend(pixel, colour, 255);
}

void Canvas::rectangle(const Corner& from, const Corner& to) {
  const int left = std::max(first_centre(from.at.x), clip_.left);
  const int right = std::min(first_centre(to.at.x), clip_.right);
  const int top = std::max(first_centre(from.at.y), clip_.top);
  const int bottom = std::min(first_centre(to.at.y), clip_.bottom);
  if (from.texel == to.texel) {
    const auto coverage = static_cast<Pixel>(sample(from.texel));
    const Pixel alpha = (from.colour >> IM_COL32_A_SHIFT) * coverage / 255;
    const Pixel colour = (from.colour & ~IM_COL32_A_MASK) | (alpha << IM_COL32_A_SHIFT);
    for (int y = top; y < bottom; ++y) span(y, left, right, colour);
    return;
  }
  const std::int64_t width = to.at.x - from.at.x;
  const std::int64_t height = to.at.y - from.at.y;
  for (int y = top; y < bottom; ++y) {
    const std::int64_t below = y * kOne + kHalf - from.at.y;
    const std::int64_t v = from.texel.y + below * (to.texel.y - from.texel.y) / height;
    for (int x = left; x < right; ++x) {
      const std::int64_t beside = x * kOne + kHalf - from.at.x;
      const std::int64_t u = from.texel.x + beside * (to.texel.x - from.texel.x) / width;
      Pixel& pixel = out_.pixels[out_.index(x, y)];
      pixel = blend(pixel, from.colour, sample({u, v}));
    }
  }
}

// One edge of a triangle: value(x, y) >= 0 inside. The edge itself is inside on one side only.
struct Edge {
  std::int64_t step_x = 0;  // per pixel
  std::int64_t step_y = 0;
  std::int64_t origin = 0;  // at the centre of pixel (0, 0), with the bias of the fill rule

  Edge(Point from, Point to) {
    const std::int64_t dx = to.x - from.x;
    const std::int64_t dy = to.y - from.y;
    step_x = -dy * kOne;
    step_y = dx * kOne;
    const bool owns = dy < 0 || (dy == 0 && dx > 0);
    origin = dx * (kHalf - from.y) - dy * (kHalf - from.x) - (owns ? 0 : 1);
  }
  [[nodiscard]] std::int64_t at(std::int64_t x, std::int64_t y) const {
    return origin + x * step_x + y * step_y;
  }
  // Narrows the pixels [left, right) of row y to those inside.
  void narrow(int y, int& left, int& right) const {
    const std::int64_t value = at(0, y);
    if (step_x == 0) {
      if (value < 0) right = left;
    } else if (step_x > 0) {
      left = static_cast<int>(std::max<std::int64_t>(left, ceil_div(-value, step_x)));
    } else {
      right = static_cast<int>(std::min<std::int64_t>(right, floor_div(value, -step_x) + 1));
    }
  }
};

std::int64_t mix(const std::array<std::int64_t, 3>& weights, std::int64_t a, std::int64_t b,
                 std::int64_t c) {
  const std::int64_t sum = weights[0] + weights[1] + weights[2];
  return (weights[0] * a + weights[1] * b + weights[2] * c + sum / 2) / sum;
}

Pixel mix_colour(const std::array<std::int64_t, 3>& weights, Pixel a, Pixel b, Pixel c) {
  if (a == b && b == c) return a;
  Pixel out = 0;
  for (const int shift : {0, 8, 16, 24}) {
    const auto value = mix(weights, channel(a, shift), channel(b, shift), channel(c, shift));
    out |= static_cast<Pixel>(value) << shift;
  }
  return out;
}

void Canvas::triangle(Corner a, Corner b, Corner c) {
  const std::int64_t twice_area =
      (b.at.x - a.at.x) * (c.at.y - a.at.y) - (b.at.y - a.at.y) * (c.at.x - a.at.x);
  if (twice_area == 0) return;
  if (twice_area < 0) std::swap(b, c);
  const Edge opposite_a(b.at, c.at);
  const Edge opposite_b(c.at, a.at);
  const Edge opposite_c(a.at, b.at);
  const auto [top_y, bottom_y] = std::minmax({a.at.y, b.at.y, c.at.y});
  const int top = std::max(first_centre(top_y), clip_.top);
  const int bottom =
      std::min(static_cast<int>(floor_div(bottom_y - kHalf, kOne)) + 1, clip_.bottom);
  const bool plain = a.texel == b.texel && b.texel == c.texel && sample(a.texel) == 255;
  const bool flat = plain && a.colour == b.colour && b.colour == c.colour;
  for (int y = top; y < bottom; ++y) {
    int left = clip_.left;
    int right = clip_.right;
    for (const Edge* edge : {&opposite_a, &opposite_b, &opposite_c}) edge->narrow(y, left, right);
    if (flat) {
      span(y, left, right, a.colour);
      continue;
    }
    for (int x = left; x < right; ++x) {
      const std::array weights{std::max<std::int64_t>(opposite_a.at(x, y), 0),
                               std::max<std::int64_t>(opposite_b.at(x, y), 0),
                               std::max<std::int64_t>(opposite_c.at(x, y), 0)};
      if (weights[0] + weights[1] + weights[2] == 0) continue;
      const Pixel colour = mix_colour(weights, a.colour, b.colour, c.colour);
      const int coverage = plain ? 255
                                 : sample({mix(weights, a.texel.x, b.texel.x, c.texel.x),
                                           mix(weights, a.texel.y, b.texel.y, c.texel.y)});
      Pixel& pixel = out_.pixels[out_.index(x, y)];
      pixel = blend(pixel, colour, coverage);
    }
  }
}

Corner corner(const ImDrawVert& vertex, ImVec2 origin, ImVec2 scale, const Texture& atlas) {
  return {{fixed((vertex.pos.x - origin.x) * scale.x), fixed((vertex.pos.y - origin.y) * scale.y)},
          {fixed(vertex.uv.x * static_cast<float>(atlas.width)),
           fixed(vertex.uv.y * static_cast<float>(atlas.height))},
          vertex.col};
}

// Whether six indices are an upright rectangle of one colour as ImDrawList::PrimRect makes it.
bool is_rectangle(const ImDrawIdx* i, const std::array<Corner, 4>& quad) {
  if (i[3] != i[0] || i[4] != i[2]) return false;
  const bool upright = quad[0].at.y == quad[1].at.y && quad[1].at.x == quad[2].at.x &&
                       quad[2].at.y == quad[3].at.y && quad[3].at.x == quad[0].at.x &&
                       quad[0].at.x < quad[2].at.x && quad[0].at.y < quad[2].at.y;
  const bool texels = quad[0].texel.y == quad[1].texel.y && quad[1].texel.x == quad[2].texel.x &&
                      quad[2].texel.y == quad[3].texel.y && quad[3].texel.x == quad[0].texel.x;
  return upright && texels && quad[0].colour == quad[1].colour &&
         quad[1].colour == quad[2].colour && quad[2].colour == quad[3].colour;
}

void draw_command(const ImDrawList& list, const ImDrawCmd& command, const ImDrawData& data,
                  const Texture& atlas, Canvas& canvas) {
  const ImDrawIdx* indices = list.IdxBuffer.Data + command.IdxOffset;
  const ImDrawVert* vertices = list.VtxBuffer.Data + command.VtxOffset;
  const auto load = [&](ImDrawIdx index) {
    return corner(vertices[index], data.DisplayPos, data.FramebufferScale, atlas);
  };
  for (unsigned int i = 0; i + 2 < command.ElemCount; i += 3) {
    const ImDrawIdx* three = indices + i;
    const Corner a = load(three[0]);
    const Corner b = load(three[1]);
    const Corner c = load(three[2]);
    if (i + 5 < command.ElemCount) {
      const std::array quad{a, b, c, load(three[5])};
      if (is_rectangle(three, quad)) {
        canvas.rectangle(quad[0], quad[2]);
        i += 3;
        continue;
      }
    }
    canvas.triangle(a, b, c);
  }
}

Area area_of(const ImDrawCmd& command, const ImDrawData& data, const Picture& out) {
  const auto pixel = [](float value) { return static_cast<int>(std::lround(value)); };
  const ImVec2 origin = data.DisplayPos;
  const ImVec2 scale = data.FramebufferScale;
  return {std::max(pixel((command.ClipRect.x - origin.x) * scale.x), 0),
          std::max(pixel((command.ClipRect.y - origin.y) * scale.y), 0),
          std::min(pixel((command.ClipRect.z - origin.x) * scale.x), out.width),
          std::min(pixel((command.ClipRect.w - origin.y) * scale.y), out.height)};
}

}  // namespace

void rasterise(const ImDrawData& data, const Texture& atlas, Picture& out) {
  for (int i = 0; i < data.CmdListsCount; ++i) {
    const ImDrawList& list = *data.CmdLists[i];
    for (const ImDrawCmd& command : list.CmdBuffer) {
      if (command.UserCallback != nullptr) continue;
      const Area clip = area_of(command, data, out);
      if (clip.left >= clip.right || clip.top >= clip.bottom) continue;
      Canvas canvas(atlas, out, clip);
      draw_command(list, command, data, atlas, canvas);
    }
  }
}

}  // namespace logarium::viz

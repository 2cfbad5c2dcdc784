#pragma once
// Rasteriser: draws what Dear ImGui wants drawn (ImDrawData) into a picture, by the CPU alone.
//
// Integers decide every pixel: corners are rounded to 1/256 of a pixel, a pixel belongs to a
// triangle when its centre does (edges shared by two triangles to one of them), colours and
// texture weights are fixed point. So the same draw data gives the same picture with every compiler
// and build type, and golden pictures need no tolerance and no display.

#include <cstdint>
#include <vector>

#include "viz/app/picture.hpp"

struct ImDrawData;

namespace logarium::viz {

// The font atlas: coverage per texel. White where the atlas keeps its white pixel.
struct Texture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> alpha;
};

// Draws over `out`. Every command's texture is taken for `atlas`: the viewer uses no other.
void rasterise(const ImDrawData& data, const Texture& atlas, Picture& out);

}  // namespace logarium::viz

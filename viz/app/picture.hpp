#pragma once
// Picture: pixels in memory, and the PNG file made of them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.hpp"

namespace logarium::viz {

// A pixel as Dear ImGui packs colours: red in the lowest byte, then green, blue and alpha.
using Pixel = std::uint32_t;
// The channel that begins at that bit: 0, 8, 16 or 24.
[[nodiscard]] constexpr int channel(Pixel pixel, int shift) {
  return static_cast<int>((pixel >> shift) & 0xFFU);
}

struct Picture {
  int width = 0;
  int height = 0;
  std::vector<Pixel> pixels;  // row by row from the top

  Picture() = default;
  Picture(int w, int h, Pixel fill)
      : width(w),
        height(h),
        pixels(static_cast<std::size_t>(w) * static_cast<std::size_t>(h), fill) {}

  [[nodiscard]] Pixel at(int x, int y) const { return pixels[index(x, y)]; }
  [[nodiscard]] std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
           static_cast<std::size_t>(x);
  }
  bool operator==(const Picture&) const = default;
};

// The bytes of a PNG file (8 bits per channel). The same picture gives the same bytes.
[[nodiscard]] std::vector<std::byte> encode_png(const Picture& picture);
// Errors: the bytes are no PNG that can be read; says why.
[[nodiscard]] Result<Picture> decode_png(const std::vector<std::byte>& bytes);
// Errors: the file cannot be written or read; says which and why.
[[nodiscard]] Result<> write_png(const std::string& path, const Picture& picture);
[[nodiscard]] Result<Picture> read_png(const std::string& path);

// How two pictures of one size differ: pixels of which a channel differs by more than `tolerance`
// (0 to 255), and a picture of them in red on a dimmed `a`. Other sizes: all pixels differ.
struct Difference {
  std::size_t pixels = 0;
  Picture marked;
};
[[nodiscard]] Difference difference(const Picture& a, const Picture& b, int tolerance);

}  // namespace logarium::viz

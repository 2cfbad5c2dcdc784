#include "viz/app/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "viz/app/stb.hpp"

namespace logarium::viz {
namespace {

constexpr int kChannels = 4;

void append_bytes(void* context, void* data, int size) {
  const auto* bytes = static_cast<const std::byte*>(data);
  static_cast<std::vector<std::byte>*>(context)->insert(
      static_cast<std::vector<std::byte>*>(context)->end(), bytes, bytes + size);
}

bool differs(Pixel a, Pixel b, int tolerance) {
  for (int i = 0; i < kChannels; ++i) {
    if (std::abs(channel(a, 8 * i) - channel(b, 8 * i)) > tolerance) return true;
  }
  return false;
}

Pixel dimmed(Pixel pixel) { return ((pixel >> 2) & 0x003F3F3FU) | 0xFF000000U; }

}  // namespace

std::vector<std::byte> encode_png(const Picture& picture) {
  std::vector<std::byte> out;
  stb::write_png(append_bytes, &out, picture.width, picture.height, kChannels,
                 picture.pixels.data(), picture.width * kChannels);
  return out;
}

Result<Picture> decode_png(const std::vector<std::byte>& bytes) {
  Picture picture;
  unsigned char* data =
      stb::read_image(reinterpret_cast<const unsigned char*>(bytes.data()),
                      static_cast<int>(bytes.size()), &picture.width, &picture.height, kChannels);
  if (data == nullptr) return Error{fmt::format("not a PNG that can be read: {}", stb::failure())};
  picture.pixels.resize(static_cast<std::size_t>(picture.width) *
                        static_cast<std::size_t>(picture.height));
  std::memcpy(picture.pixels.data(), data, picture.pixels.size() * sizeof(Pixel));
  stb::release(data);
  return picture;
}

Result<> write_png(const std::string& path, const Picture& picture) {
  const std::vector<std::byte> bytes = encode_png(picture);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return Error{fmt::format("cannot write {}: {}", path, std::strerror(errno))};
  return Ok{};
}

Result<Picture> read_png(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{fmt::format("cannot read {}: {}", path, std::strerror(errno))};
  std::ostringstream text;
  text << file.rdbuf();
  const std::string read = std::move(text).str();
  std::vector<std::byte> bytes(read.size());
  std::memcpy(bytes.data(), read.data(), read.size());
  Result<Picture> picture = decode_png(bytes);
  if (!picture) return Error{path + ": " + picture.error().message};
  return picture;
}

Difference difference(const Picture& a, const Picture& b, int tolerance) {
  Difference out;
  if (a.width != b.width || a.height != b.height) {
    out.pixels = std::max(a.pixels.size(), b.pixels.size());
    out.marked = a;
    return out;
  }
  constexpr Pixel kRed = 0xFF0000FFU;
  out.marked = Picture(a.width, a.height, 0);
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    const bool other = differs(a.pixels[i], b.pixels[i], tolerance);
    out.pixels += other;
    out.marked.pixels[i] = other ? kRed : dimmed(a.pixels[i]);
  }
  return out;
}

}  // namespace logarium::viz

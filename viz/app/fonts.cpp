#include "viz/app/fonts.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "engine/base/hash.hpp"

namespace logarium::viz {
namespace {

constexpr const char* kInter = "/usr/share/fonts/opentype/inter/Inter-Regular.otf";
constexpr const char* kMono = "/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf";
constexpr const char* kDejaVu = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

// Pairs of first and last: Latin with accents and punctuation; arrows, mathematics, shapes,
// dingbats.
constexpr std::array<ImWchar, 7> kText{0x0020, 0x017F, 0x2010, 0x2027, 0x2030, 0x203A, 0};
constexpr std::array<ImWchar, 11> kSymbols{0x2190, 0x21FF, 0x2200, 0x22FF, 0x2500, 0x25FF,
                                           0x2600, 0x26FF, 0x2700, 0x27BF, 0};

std::uint64_t hash_of_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return hash_text(std::move(text).str());
}

class Loader {
 public:
  Loader(LoadedFonts& out, float scale) : out_(out), scale_(scale) {}

  ImFont* load(const char* path, float size) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    const float pixels = std::round(size * scale_);
    ImFontConfig config;
    config.OversampleH = 1;
    config.OversampleV = 1;
    config.PixelSnapH = true;
    ImFont* font = nullptr;
    if (exists(path)) {
      font = atlas.AddFontFromFileTTF(path, pixels, &config, kText.data());
    } else {
      config.SizePixels = pixels;
      font = atlas.AddFontDefault(&config);
    }
    if (exists(kDejaVu)) {
      config.MergeMode = true;
      atlas.AddFontFromFileTTF(kDejaVu, pixels, &config, kSymbols.data());
    }
    return font;
  }

 private:
  // A file that is not there would make Dear ImGui abort.
  bool exists(const char* path) {
    if (std::filesystem::exists(path)) return true;
    out_.complete = false;
    out_.missing.emplace_back(path);
    return false;
  }

  LoadedFonts& out_;
  float scale_;
};

Texture take_atlas() {
  unsigned char* pixels = nullptr;
  Texture texture;
  ImGui::GetIO().Fonts->GetTexDataAsAlpha8(&pixels, &texture.width, &texture.height);
  texture.alpha.resize(static_cast<std::size_t>(texture.width) *
                       static_cast<std::size_t>(texture.height));
  std::memcpy(texture.alpha.data(), pixels, texture.alpha.size());
  return texture;
}

}  // namespace

LoadedFonts load_fonts(float scale) {
  LoadedFonts out;
  ImGui::GetIO().Fonts->Clear();
  Loader loader(out, scale);
  out.fonts.text = loader.load(kInter, 14);
  out.fonts.mono = loader.load(kMono, 12.5F);
  out.fonts.small = loader.load(kInter, 12);
  out.atlas = take_atlas();
  for (const char* path : {kInter, kMono, kDejaVu}) {
    if (std::filesystem::exists(path)) out.hash = out.hash * 31 + hash_of_file(path);
  }
  return out;
}

}  // namespace logarium::viz

#pragma once
// The fonts of the viewer, from the distribution's packages: Inter for text, JetBrains Mono for
// numbers, DejaVu Sans for the symbols that these lack. Where one is missing Dear ImGui's built-in
// font stands in, and `complete` is false: pictures then differ from the golden ones.

#include <cstdint>
#include <string>
#include <vector>

#include "viz/app/raster.hpp"
#include "viz/widgets/theme.hpp"

namespace logarium::viz {

struct LoadedFonts {
  Fonts fonts;
  Texture atlas;
  bool complete = true;
  std::vector<std::string> missing;  // paths of files that are not there
  std::uint64_t hash = 0;            // of the font files; golden pictures hold for one value
};

// Loads the fonts at `scale` into the current context's atlas and builds it.
[[nodiscard]] LoadedFonts load_fonts(float scale);

}  // namespace logarium::viz

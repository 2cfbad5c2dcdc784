// Layout lint: what is drawn is whole, legible and apart, at several sizes and scales.

#include <imgui.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <map>

#include "tests/unit/viz/app/recorded.hpp"
#include "viz/panels/tour.hpp"

namespace logarium::viz {
namespace {

constexpr int kContrastMin = 450;  // hundredths

// The panel's name: what stands before the first slash.
std::string root_of(const std::string& path) { return path.substr(0, path.find('/')); }

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// Marks that lie on a common axis may touch and cover each other; so may what they lie on.
bool may_overlap(const std::string& path) {
  return path.starts_with("timeline/") && path.find("/lane/") == std::string::npos;
}

void check_hits(const Show& show) {
  const auto& entries = show.viewer.hits().entries();
  std::map<std::string, std::vector<const Hitmap::Entry*>> siblings;
  for (const Hitmap::Entry& entry : entries) {
    const auto panel = show.viewer.hits().find(root_of(entry.path));
    INFO(entry.path);
    if (panel && find_panel(root_of(entry.path))) {
      const Rect room{{panel->min.x - 1, panel->min.y - 1}, {panel->max.x + 1, panel->max.y + 1}};
      CHECK(room.contains(entry.rect));
    }
    if (!may_overlap(entry.path) && entry.path != root_of(entry.path) + "/title") {
      siblings[parent_of(entry.path)].push_back(&entry);
    }
  }
  for (const auto& [parent, list] : siblings) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t j = i + 1; j < list.size(); ++j) {
        INFO(list[i]->path << " and " << list[j]->path);
        CHECK_FALSE(inset(list[i]->rect, 0.6F).overlaps(inset(list[j]->rect, 0.6F)));
      }
    }
  }
}

// The code points that no font has.
std::string missing_glyphs(ImFont* font, const std::string& text) {
  std::string missing;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    unsigned int code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t j = 1; j < length && i + j < text.size(); ++j) {
      code = code << 6 | (static_cast<unsigned char>(text[i + j]) & 0x3FU);
    }
    if (font->FindGlyphNoFallback(static_cast<ImWchar>(code)) == nullptr) {
      missing += text.substr(i, length) + " ";
    }
    i += length;
  }
  return missing;
}

// What most pixels around the letters are.
Pixel ground_of(const Picture& picture, const Rect& box) {
  std::map<Pixel, int> counts;
  for (int y = static_cast<int>(box.min.y); y < static_cast<int>(box.max.y); ++y) {
    for (int x = static_cast<int>(box.min.x); x < static_cast<int>(box.max.x); ++x) {
      if (x >= 0 && y >= 0 && x < picture.width && y < picture.height) ++counts[picture.at(x, y)];
    }
  }
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? colour::kPanel : most->first;
}

void check_texts(const Show& show) {
  const Picture picture = show.stage.picture();
  const Fonts& fonts = show.stage.fonts().fonts;
  const auto& texts = show.viewer.texts();
  CHECK(texts.size() > 60);
  for (const DrawnText& text : texts) {
    INFO("\"" << text.text << "\" at " << text.box.min.x << ", " << text.box.min.y);
    CHECK_FALSE(text.clipped);
    for (ImFont* font : {fonts.text, fonts.mono, fonts.small}) {
      CHECK(missing_glyphs(font, text.text).empty());
    }
    if (text.text.empty()) continue;
    CHECK(colour::contrast(text.colour, ground_of(picture, text.box)) >= kContrastMin);
  }
}

void check_apart(const Show& show) {
  const auto& texts = show.viewer.texts();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t j = i + 1; j < texts.size(); ++j) {
      INFO("\"" << texts[i].text << "\" and \"" << texts[j].text << "\"");
      CHECK_FALSE(inset(texts[i].box, 1.5F).overlaps(inset(texts[j].box, 1.5F)));
    }
  }
}

struct Size {
  int width, height;
};

}  // namespace

TEST_CASE("nothing is cut off, overlaps, lacks a glyph or is too faint, at any size and scale") {
  constexpr Size kSizes[] = {{1280, 720}, {1600, 900}, {2560, 1440}};
  for (const Size size : kSizes) {
    for (const float scale : {0.85F, 1.25F}) {
      Show show("rules/truncate-to-high-watermark", {size.width, size.height, scale});
      show.viewer.log_texts(true);
      for (const bool legend : {false, true}) {
        if (legend) {
          show.type("lm");
          show.viewer.act(action::SetRange{{{3000, show.viewer.index().time_of(3000).value()},
                                            {9000, show.viewer.index().time_of(9000).value()}}});
        }
        for (const Command preset : {Command::kOverview, Command::kReplication}) {
          show.viewer.act(preset);
          show.settle();
          INFO(size.width << "x" << size.height << " at " << scale << ", legend " << legend
                          << ", preset " << static_cast<int>(preset));
          check_hits(show);
          check_texts(show);
          check_apart(show);
        }
      }
    }
  }
}

TEST_CASE("the overlays stay within the window at any size") {
  for (const Size size : {Size{640, 480}, Size{1280, 720}, Size{3200, 1800}}) {
    for (const Overlay overlay : {Overlay::kPalette, Overlay::kKeys, Overlay::kGoTo}) {
      const Rect screen{{0, 0}, {static_cast<float>(size.width), static_cast<float>(size.height)}};
      CHECK(screen.contains(overlay_place(screen, 1, overlay)));
    }
  }
}

TEST_CASE("captions of the tour stay within the window and say all, at any size") {
  for (const Size size : {Size{1280, 720}, Size{1600, 900}, Size{3200, 1800}}) {
    const float scale = size.width > 2000 ? 2.0F : 1.0F;
    Show show("rules/truncate-to-high-watermark", {size.width, size.height, scale});
    show.viewer.log_texts(true);
    show.type("T");
    const Rect screen{{0, 0}, {static_cast<float>(size.width), static_cast<float>(size.height)}};
    for (int step = 0; step < kTourSteps; ++step) {
      INFO("caption " << step << " at " << size.width);
      REQUIRE(show.state().tour == step);
      const Layout layout = lay_out(screen, scale, show.state());
      const Rect place = tour_place(layout, scale, step);
      CHECK(screen.contains(place));
      std::string said;
      for (const DrawnText& text : show.viewer.texts()) {
        if (place.contains(text.box)) said += text.text + " ";
      }
      const std::string_view wanted = tour_caption(step).text;
      CHECK(said.find(wanted.substr(wanted.rfind(' ') + 1)) != std::string::npos);
      show.click("tour/next");
    }
    CHECK(show.state().overlay == Overlay::kNone);
  }
}

TEST_CASE("edges between panels can be dragged as far as shares go, and the panels cover all") {
  for (const Preset preset : {Preset::kOverview, Preset::kReplication}) {
    for (std::size_t split = 0; split < kSplits; ++split) {
      for (const float share : {kShareMin, 0.5F, kShareMax}) {
        UiState state;
        state.preset = preset;
        state.shares.set(preset, static_cast<Split>(split), share);
        const Rect screen{{0, 0}, {1600, 900}};
        const Layout layout = lay_out(screen, 1, state);
        float area = layout.bar.width() * layout.bar.height();
        for (const Rect& panel : layout.panels) area += panel.width() * panel.height();
        CHECK(area == screen.width() * screen.height());
        REQUIRE(layout.splitters.size() == kSplits);
        for (const Splitter& splitter : layout.splitters) {
          const float wanted = state.shares.at(preset, splitter.split);
          CHECK(std::fabs(splitter.share_at(splitter.grip.centre()) - wanted) < 0.01F);
        }
      }
    }
  }
}

TEST_CASE("the panels of a layout cover the window and do not overlap") {
  for (const Preset preset : {Preset::kOverview, Preset::kReplication}) {
    for (const bool legend : {false, true}) {
      UiState state;
      state.preset = preset;
      state.legend = legend;
      const Rect screen{{0, 0}, {1601, 903}};
      const Layout layout = lay_out(screen, 1.25F, state);
      float area =
          layout.bar.width() * layout.bar.height() + layout.legend.width() * layout.legend.height();
      for (std::size_t i = 0; i < layout.panels.size(); ++i) {
        area += layout.panels[i].width() * layout.panels[i].height();
        CHECK(screen.contains(layout.panels[i]));
        for (std::size_t j = i + 1; j < layout.panels.size(); ++j) {
          CHECK_FALSE(layout.panels[i].overlaps(layout.panels[j]));
        }
      }
      CHECK(area == screen.width() * screen.height());
    }
  }
}

}  // namespace logarium::viz

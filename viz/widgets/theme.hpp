#pragma once
// Theme: the colours, sizes and fonts that all panels share.
//
// Colours are Okabe and Ito's, which people with colour-blindness can tell apart; vermillion means
// faults and violations and nothing else, grey is text and structure and never a category. Every
// colour is shown together with a second cue (shape, hatch, dash or a printed number).

#include <imgui.h>

#include <array>
#include <cstdint>

namespace logarium::viz {

// A colour as Dear ImGui packs it.
using Colour = ImU32;

namespace colour {
inline constexpr Colour kBackground = IM_COL32(0x16, 0x18, 0x1D, 0xFF);
inline constexpr Colour kPanel = IM_COL32(0x1C, 0x1F, 0x26, 0xFF);
inline constexpr Colour kTitle = IM_COL32(0x23, 0x28, 0x33, 0xFF);
inline constexpr Colour kRaised = IM_COL32(0x25, 0x2A, 0x35, 0xFF);
inline constexpr Colour kSelected = IM_COL32(0x1F, 0x35, 0x42, 0xFF);
inline constexpr Colour kLine = IM_COL32(0x34, 0x39, 0x45, 0xFF);
inline constexpr Colour kText = IM_COL32(0xE6, 0xE9, 0xEF, 0xFF);
inline constexpr Colour kFaint = IM_COL32(0x9A, 0xA2, 0xB1, 0xFF);  // 4.5:1 on kRaised and darker

inline constexpr Colour kBlue = IM_COL32(0x00, 0x72, 0xB2, 0xFF);  // fills only: 3.4:1 as text
inline constexpr Colour kSky = IM_COL32(0x56, 0xB4, 0xE9, 0xFF);
inline constexpr Colour kGreen = IM_COL32(0x00, 0x9E, 0x73, 0xFF);
inline constexpr Colour kYellow = IM_COL32(0xF0, 0xE4, 0x42, 0xFF);
inline constexpr Colour kOrange = IM_COL32(0xE6, 0x9F, 0x00, 0xFF);
inline constexpr Colour kPink = IM_COL32(0xCC, 0x79, 0xA7, 0xFF);
inline constexpr Colour kVermillion = IM_COL32(0xD5, 0x5E, 0x00, 0xFF);
// Vermillion light enough for text.
inline constexpr Colour kAlarm = IM_COL32(0xF2, 0x7A, 0x24, 0xFF);

// Of a leader epoch: five colours in turn; the number stands beside it.
[[nodiscard]] Colour of_epoch(std::int64_t epoch);
// The colour with its alpha replaced (0 to 255).
[[nodiscard]] constexpr Colour with_alpha(Colour colour, int alpha) {
  return (colour & ~IM_COL32_A_MASK) | (static_cast<Colour>(alpha) << IM_COL32_A_SHIFT);
}
// The colour that text on this fill has: near black or near white, whichever reads better.
[[nodiscard]] Colour text_on(Colour fill);
// Contrast of two opaque colours as WCAG 2 defines it, in hundredths (100 to 2100).
[[nodiscard]] int contrast(Colour a, Colour b);
}  // namespace colour

struct Fonts {
  ImFont* text = nullptr;   // what is read
  ImFont* mono = nullptr;   // numbers that are compared line by line
  ImFont* small = nullptr;  // labels inside drawings
};

// What drawing code gets: `s` times a size in design pixels is a size on the screen.
struct Theme {
  float s = 1.0F;
  Fonts fonts;
};

// Dear ImGui's own style in these colours and this scale.
void apply_style(const Theme& theme);

}  // namespace logarium::viz

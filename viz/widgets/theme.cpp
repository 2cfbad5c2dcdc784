#include "viz/widgets/theme.hpp"

#include <algorithm>
#include <cmath>

namespace logarium::viz {
namespace colour {
namespace {

double linear(Colour colour, int shift) {
  const double part = static_cast<double>((colour >> shift) & 0xFFU) / 255.0;
  return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
}

double luminance(Colour colour) {
  return 0.2126 * linear(colour, IM_COL32_R_SHIFT) + 0.7152 * linear(colour, IM_COL32_G_SHIFT) +
         0.0722 * linear(colour, IM_COL32_B_SHIFT);
}

}  // namespace

Colour of_epoch(std::int64_t epoch) {
  constexpr std::array kTurn{kBlue, kOrange, kGreen, kPink, kSky};
  const auto count = static_cast<std::int64_t>(kTurn.size());
  return kTurn[static_cast<std::size_t>(((epoch % count) + count) % count)];
}

Colour text_on(Colour fill) {
  constexpr Colour kDark = IM_COL32(0x10, 0x12, 0x16, 0xFF);
  constexpr Colour kLight = IM_COL32_WHITE;  // 5.2:1 on kBlue, where kText has 4.2:1
  return contrast(fill, kDark) >= contrast(fill, kLight) ? kDark : kLight;
}

int contrast(Colour a, Colour b) {
  const auto [dark, light] = std::minmax({luminance(a), luminance(b)});
  return static_cast<int>(std::lround(100.0 * (light + 0.05) / (dark + 0.05)));
}

}  // namespace colour

void apply_style(const Theme& theme) {
  ImGuiStyle style;
  ImGui::StyleColorsDark(&style);
  const auto set = [&style](ImGuiCol which, Colour value) {
    style.Colors[which] = ImGui::ColorConvertU32ToFloat4(value);
  };
  set(ImGuiCol_WindowBg, colour::kPanel);
  set(ImGuiCol_ChildBg, colour::with_alpha(colour::kPanel, 0));
  set(ImGuiCol_PopupBg, colour::kRaised);
  set(ImGuiCol_TitleBg, colour::kTitle);
  set(ImGuiCol_TitleBgActive, colour::kTitle);
  set(ImGuiCol_TitleBgCollapsed, colour::kTitle);
  set(ImGuiCol_Border, colour::kLine);
  set(ImGuiCol_Text, colour::kText);
  set(ImGuiCol_TextDisabled, colour::kFaint);
  set(ImGuiCol_FrameBg, colour::kRaised);
  set(ImGuiCol_Header, colour::kSelected);
  set(ImGuiCol_HeaderHovered, colour::kSelected);
  set(ImGuiCol_HeaderActive, colour::kSelected);
  set(ImGuiCol_Button, colour::kSelected);
  set(ImGuiCol_NavHighlight, colour::kSky);
  style.WindowRounding = 0;
  style.WindowBorderSize = 1;
  style.FrameRounding = 3;
  style.WindowPadding = {6, 4};
  style.ItemSpacing = {6, 3};
  style.ScrollbarSize = 10;
  style.ScaleAllSizes(theme.s);
  ImGui::GetStyle() = style;
}

}  // namespace logarium::viz

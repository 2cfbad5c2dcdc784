#include "viz/app/raster.hpp"

#include <imgui.h>

#include <catch2/catch_test_macros.hpp>

#include "viz/app/stage.hpp"

namespace logarium::viz {
namespace {

constexpr Pixel kBlack = 0xFF000000U;
constexpr Pixel kRed = 0xFF0000FFU;
constexpr Pixel kHalfWhite = 0x80FFFFFFU;

const Texture kWhite{1, 1, {255}};

ImDrawVert vertex(float x, float y, Pixel colour) { return {{x, y}, {0.5F, 0.5F}, colour}; }

// Draws triangles (three corners each) into a picture of 8 x 8 pixels.
Picture drawn(const std::vector<ImDrawVert>& corners, ImVec4 clip = {0, 0, 8, 8}) {
  ImDrawList list(nullptr);
  ImDrawCmd command;
  command.ClipRect = clip;
  command.ElemCount = static_cast<unsigned int>(corners.size());
  for (const ImDrawVert& corner : corners) {
    list.IdxBuffer.push_back(static_cast<ImDrawIdx>(list.VtxBuffer.Size));
    list.VtxBuffer.push_back(corner);
  }
  list.CmdBuffer.push_back(command);
  ImDrawList* lists[] = {&list};
  ImDrawData data;
  data.Valid = true;
#if IMGUI_VERSION_NUM >= 18980  // a vector of its own from Dear ImGui 1.89.8 on
  data.CmdLists.push_back(lists[0]);
#else
  data.CmdLists = lists;
#endif
  data.CmdListsCount = 1;
  data.DisplaySize = {8, 8};
  data.FramebufferScale = {1, 1};
  Picture out(8, 8, kBlack);
  rasterise(data, kWhite, out);
  return out;
}

int count(const Picture& picture, Pixel pixel) {
  return static_cast<int>(std::count(picture.pixels.begin(), picture.pixels.end(), pixel));
}

}  // namespace

TEST_CASE("a triangle covers the pixels whose centres lie in it") {
  const Picture out = drawn({vertex(0, 0, kRed), vertex(4, 0, kRed), vertex(0, 4, kRed)});
  CHECK(out.at(0, 0) == kRed);
  CHECK(out.at(2, 0) == kRed);
  CHECK(out.at(0, 2) == kRed);
  CHECK(out.at(4, 0) == kBlack);
  CHECK(out.at(3, 3) == kBlack);
}

TEST_CASE("two triangles that share an edge draw every pixel once") {
  const Picture out =
      drawn({vertex(1, 1, kHalfWhite), vertex(7, 1, kHalfWhite), vertex(7, 7, kHalfWhite),
             vertex(1, 1, kHalfWhite), vertex(7, 7, kHalfWhite), vertex(1, 7, kHalfWhite)});
  const Pixel grey = out.at(3, 2);
  CHECK(grey == 0xFF808080U);
  CHECK(count(out, grey) == 36);
  CHECK(count(out, kBlack) == 28);
}

TEST_CASE("the direction of a triangle does not matter") {
  const auto a = vertex(0.3F, 0.2F, kRed);
  const auto b = vertex(7.1F, 2.9F, kRed);
  const auto c = vertex(2.2F, 6.7F, kRed);
  CHECK(drawn({a, b, c}) == drawn({a, c, b}));
  CHECK(count(drawn({a, b, c}), kRed) > 10);
}

TEST_CASE("nothing is drawn outside the clip rectangle") {
  const Picture out =
      drawn({vertex(-9, -9, kRed), vertex(30, -9, kRed), vertex(-9, 30, kRed)}, {2, 3, 5, 6});
  CHECK(count(out, kRed) == 9);
  CHECK(out.at(2, 3) == kRed);
  CHECK(out.at(4, 5) == kRed);
}

TEST_CASE("colours run evenly between the corners") {
  const Picture out = drawn({vertex(0, 0, kBlack), vertex(0, 16, kBlack), vertex(16, 0, kRed)});
  for (int x = 1; x < 8; ++x) CHECK((out.at(x, 0) & 0xFFU) > (out.at(x - 1, 0) & 0xFFU));
}

TEST_CASE("text of Dear ImGui comes out, the same each time") {
  const auto shot = [] {
    Stage stage({.width = 320, .height = 80});
    const auto draw = [](const Theme&, const FrameInput&) {
      ImGui::SetNextWindowPos({10, 10});
      ImGui::SetNextWindowSize({300, 60});
      ImGui::Begin("Replicas", nullptr, ImGuiWindowFlags_NoSavedSettings);
      ImGui::TextUnformatted("HW 1208  LEO 1214");
      ImGui::End();
    };
    stage.settle(draw);
    return stage.picture();
  };
  const Picture picture = shot();
  CHECK(picture == shot());
  CHECK(count(picture, colour::kText) > 20);
  CHECK(count(picture, colour::kBackground) > 320 * 15);
  const Result<Picture> again = decode_png(encode_png(picture));
  REQUIRE(again.ok());
  CHECK(again.value() == picture);
}

TEST_CASE("bytes that are no PNG are refused") {
  CHECK_FALSE(decode_png(std::vector<std::byte>(20, std::byte{7})).ok());
  CHECK_FALSE(read_png("/nowhere/picture.png").ok());
}

TEST_CASE("a difference counts and marks pixels") {
  Picture a(4, 2, kBlack);
  Picture b = a;
  b.pixels[3] = 0xFF050000U;
  CHECK(difference(a, b, 4).pixels == 1);
  CHECK(difference(a, b, 5).pixels == 0);
  CHECK(difference(a, b, 0).marked.at(3, 0) == kRed);
  CHECK(difference(a, Picture(2, 2, kBlack), 0).pixels == 8);
}

}  // namespace logarium::viz

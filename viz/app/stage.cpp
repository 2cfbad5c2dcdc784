#include "viz/app/stage.hpp"

#include <imgui.h>

#include <cfloat>

#include "viz/app/imgui_input.hpp"
#include "viz/app/raster.hpp"

namespace logarium::viz {
namespace {

constexpr float kFrameSeconds = 1.0F / 60.0F;

}  // namespace

void Stage::EndContext::operator()(ImGuiContext* context) const { ImGui::DestroyContext(context); }

Stage::Stage(const Options& options) : options_(options), context_(ImGui::CreateContext()) {
  ImGui::SetCurrentContext(context_.get());
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.DisplaySize = {static_cast<float>(options.width), static_cast<float>(options.height)};
  io.DeltaTime = kFrameSeconds;
  io.MousePos = {-FLT_MAX, -FLT_MAX};
  // Windows with more than 65,535 corners.
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  map_keys();
  fonts_ = load_fonts(options.scale);
  theme_ = {options.scale, fonts_.fonts};
  apply_style(theme_);
}

Stage::~Stage() = default;

void Stage::frame(const Draw& draw) {
  ImGui::SetCurrentContext(context_.get());
  FrameInput input;
  if (!waiting_.empty()) {
    pass_on(waiting_.front(), input);
    waiting_.erase(waiting_.begin());
  }
  ImGui::NewFrame();
  draw(theme_, input);
  ImGui::Render();
}

void Stage::settle(const Draw& draw, int more) {
  while (!idle()) frame(draw);
  for (int i = 0; i < more; ++i) frame(draw);
}

Picture Stage::picture() const {
  ImGui::SetCurrentContext(context_.get());
  Picture out(options_.width, options_.height, colour::kBackground);
  if (const ImDrawData* data = ImGui::GetDrawData(); data != nullptr && data->Valid) {
    rasterise(*data, fonts_.atlas, out);
  }
  return out;
}

}  // namespace logarium::viz

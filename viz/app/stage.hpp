#pragma once
// Stage: Dear ImGui without a window. It takes input events, runs frames at 1/60 s each and gives
// the picture of the last one. Tests, `--shot`, `--script` and `--bench` use it; the window draws
// with the same fonts and the same style.

#include <functional>
#include <memory>
#include <vector>

#include "viz/app/fonts.hpp"
#include "viz/app/picture.hpp"
#include "viz/widgets/input.hpp"
#include "viz/widgets/theme.hpp"

struct ImGuiContext;

namespace logarium::viz {

class Stage {
 public:
  struct Options {
    int width = 1600;  // pixels
    int height = 900;
    float scale = 1.0F;  // 0.5 to 4
  };
  using Draw = std::function<void(const Theme& theme, const FrameInput& input)>;

  explicit Stage(const Options& options);
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage();

  // Queues what a person does; each frame takes one event, as Dear ImGui before 1.87 needs it.
  void give(const InputEvent& event) { waiting_.push_back(event); }
  [[nodiscard]] bool idle() const { return waiting_.empty(); }
  // One frame: takes the next event, calls `draw` between the frame's start and its end.
  void frame(const Draw& draw);
  // Frames until no event waits, and `more` after that so that layouts settle.
  void settle(const Draw& draw, int more = 3);
  // What the last frame looks like.
  [[nodiscard]] Picture picture() const;
  [[nodiscard]] const Theme& theme() const { return theme_; }
  [[nodiscard]] const LoadedFonts& fonts() const { return fonts_; }

 private:
  struct EndContext {
    void operator()(ImGuiContext* context) const;
  };

  Options options_;
  std::unique_ptr<ImGuiContext, EndContext> context_;
  LoadedFonts fonts_;
  Theme theme_;
  std::vector<InputEvent> waiting_;
};

}  // namespace logarium::viz

#include "viz/app/window.hpp"

#ifdef LOGARIUM_WINDOW

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <fmt/format.h>
#include <imgui.h>

#include <array>
#include <chrono>
#include <cmath>

#include "viz/app/fonts.hpp"
#include "viz/app/imgui_input.hpp"
#include "viz/app/picture.hpp"
#include "viz/app/raster.hpp"
#include "viz/app/save.hpp"
#include "viz/app/settings.hpp"

namespace logarium::viz {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kIdleSeconds = 0.5;  // between looks at a run that goes on
constexpr int kFramesAfterInput = 3;  // until layouts and hovers have settled

constexpr std::array<std::pair<int, Key>, 36> kGlfwKeys{{
    {GLFW_KEY_SPACE, Key::kSpace},
    {GLFW_KEY_LEFT, Key::kLeft},
    {GLFW_KEY_RIGHT, Key::kRight},
    {GLFW_KEY_UP, Key::kUp},
    {GLFW_KEY_DOWN, Key::kDown},
    {GLFW_KEY_HOME, Key::kHome},
    {GLFW_KEY_END, Key::kEnd},
    {GLFW_KEY_PAGE_UP, Key::kPageUp},
    {GLFW_KEY_PAGE_DOWN, Key::kPageDown},
    {GLFW_KEY_ENTER, Key::kEnter},
    {GLFW_KEY_KP_ENTER, Key::kEnter},
    {GLFW_KEY_ESCAPE, Key::kEscape},
    {GLFW_KEY_TAB, Key::kTab},
    {GLFW_KEY_BACKSPACE, Key::kBackspace},
    {GLFW_KEY_DELETE, Key::kDelete},
    {GLFW_KEY_F1, Key::kF1},
    {GLFW_KEY_F2, Key::kF2},
    {GLFW_KEY_F3, Key::kF3},
    {GLFW_KEY_F4, Key::kF4},
    {GLFW_KEY_F5, Key::kF5},
    {GLFW_KEY_F6, Key::kF6},
    {GLFW_KEY_F7, Key::kF7},
    {GLFW_KEY_F8, Key::kF8},
    {GLFW_KEY_A, Key::kA},
    {GLFW_KEY_C, Key::kC},
    {GLFW_KEY_P, Key::kP},
    {GLFW_KEY_Q, Key::kQ},
    {GLFW_KEY_V, Key::kV},
    {GLFW_KEY_X, Key::kX},
    {GLFW_KEY_Y, Key::kY},
    {GLFW_KEY_Z, Key::kZ},
    {GLFW_KEY_0, Key::k0},
    {GLFW_KEY_1, Key::k1},
    {GLFW_KEY_2, Key::k2},
    {GLFW_KEY_EQUAL, Key::kEqual},
    {GLFW_KEY_MINUS, Key::kMinus},
}};

// What GLFW's callbacks leave for the next frame.
struct Heard {
  FrameInput input;
  int frames = kFramesAfterInput;  // still to be drawn
};

Heard& heard_by(GLFWwindow* window) {
  return *static_cast<Heard*>(glfwGetWindowUserPointer(window));
}

// Dear ImGui's callbacks chain these, so both hear everything.
void on_key(GLFWwindow* window, int key, int, int action, int mods) {
  Heard& heard = heard_by(window);
  heard.frames = kFramesAfterInput;
  if (action == GLFW_RELEASE) return;
  const Modifiers modifiers{(mods & GLFW_MOD_CONTROL) != 0, (mods & GLFW_MOD_SHIFT) != 0,
                            (mods & GLFW_MOD_ALT) != 0};
  for (const auto& [theirs, ours] : kGlfwKeys) {
    if (theirs == key) heard.input.keys.push_back({ours, modifiers});
  }
}

void on_character(GLFWwindow* window, unsigned int character) {
  heard_by(window).input.characters.push_back(static_cast<char32_t>(character));
  heard_by(window).frames = kFramesAfterInput;
}

void on_mouse(GLFWwindow* window, int, int, int) { heard_by(window).frames = kFramesAfterInput; }
void on_place(GLFWwindow* window, double, double) { heard_by(window).frames = kFramesAfterInput; }
void on_size(GLFWwindow* window, int, int) { heard_by(window).frames = kFramesAfterInput; }
void on_exposed(GLFWwindow* window) { heard_by(window).frames = kFramesAfterInput; }

void listen(GLFWwindow* window, Heard& heard) {
  glfwSetWindowUserPointer(window, &heard);
  glfwSetKeyCallback(window, on_key);
  glfwSetCharCallback(window, on_character);
  glfwSetMouseButtonCallback(window, on_mouse);
  glfwSetScrollCallback(window, on_place);
  glfwSetCursorPosCallback(window, on_place);
  glfwSetFramebufferSizeCallback(window, on_size);
  glfwSetWindowRefreshCallback(window, on_exposed);
}

// The window, GL and Dear ImGui, in the order of their making.
class Screen {
 public:
  Screen(GLFWwindow* window, float scale) : window_(window) {
    glfwMakeContextCurrent(window);
    glfwSwapInterval(1);
    listen(window, heard_);
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::GetIO().LogFilename = nullptr;
    set_scale(scale);
    ImGui_ImplGlfw_InitForOpenGL(window, true);
    ImGui_ImplOpenGL3_Init("#version 130");
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen() {
    ImGui_ImplOpenGL3_Shutdown();
    ImGui_ImplGlfw_Shutdown();
    ImGui::DestroyContext();
  }

  void set_scale(float scale) {
    fonts_ = load_fonts(scale);
    theme_ = {scale, fonts_.fonts};
    apply_style(theme_);
  }
  // The atlas went to the card before: it is made anew with the next frame.
  void change_scale(float scale) {
    set_scale(scale);
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
    heard_.frames = kFramesAfterInput;
  }
  void draw(Viewer& viewer);
  [[nodiscard]] Heard& heard() { return heard_; }
  [[nodiscard]] Result<> save(Viewer& viewer) const;

 private:
  GLFWwindow* window_;
  Heard heard_;
  LoadedFonts fonts_;
  Theme theme_;
};

void Screen::draw(Viewer& viewer) {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGui::NewFrame();
  const FrameInput input = std::exchange(heard_.input, {});
  viewer.frame(theme_, input);
  ImGui::Render();
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  glfwSwapBuffers(window_);
}

// NAME-EVENT.png and .txt in the current folder.
Result<> Screen::save(Viewer& viewer) const {
  const ImDrawData* data = ImGui::GetDrawData();
  Picture picture(static_cast<int>(data->DisplaySize.x), static_cast<int>(data->DisplaySize.y),
                  colour::kBackground);
  rasterise(*data, fonts_.atlas, picture);
  const Result<std::string> saved = save_view(viewer, picture, "");
  if (!saved) return saved.error();
  viewer.tell("saved " + saved.value() + ".png and " + saved.value() + ".txt");
  return Ok{};
}

// The window's settings: applied at its beginning, written when they have become others and nothing
// is being dragged.
class Keeper {
 public:
  Keeper(Viewer& viewer, std::string path) : path_(std::move(path)), kept_(read_settings(path_)) {
    viewer.act(action::SetShares{kept_.shares});
    if (!kept_.tour_seen && !path_.empty()) viewer.act(action::Open{Overlay::kTour});
  }
  void keep(Viewer& viewer) {
    Settings now{viewer.state().shares, kept_.tour_seen};
    now.tour_seen = now.tour_seen || viewer.state().overlay != Overlay::kTour;
    if (now == kept_ || viewer.dragging() || path_.empty()) return;
    kept_ = now;
    if (const Result<> written = write_settings(path_, now); !written) {
      viewer.tell(written.error().message);
      path_.clear();  // said once
    }
  }

 private:
  std::string path_;
  Settings kept_;
};

void run_window(GLFWwindow* window, Viewer& viewer, float base_scale) {
  Screen screen(window, base_scale);
  Keeper keeper(viewer, settings_path());
  float scale = 1;
  Clock::time_point last = Clock::now();
  while (glfwWindowShouldClose(window) == 0 && !viewer.state().quit) {
    if (screen.heard().frames > 0 || viewer.busy()) {
      glfwPollEvents();
    } else {
      glfwWaitEventsTimeout(kIdleSeconds);
    }
    const Clock::time_point now = Clock::now();
    viewer.pass(Duration{std::chrono::duration_cast<std::chrono::nanoseconds>(now - last).count()});
    last = now;
    if (screen.heard().frames == 0 && !viewer.busy()) continue;
    --screen.heard().frames;
    screen.heard().frames = std::max(screen.heard().frames, 0);
    screen.draw(viewer);
    keeper.keep(viewer);
    if (const auto copied = viewer.take_copied()) glfwSetClipboardString(window, copied->c_str());
    if (viewer.take_save()) {
      if (const Result<> saved = screen.save(viewer); !saved) viewer.tell(saved.error().message);
    }
    if (std::fabs(viewer.state().scale - scale) > 0.001F) {
      scale = viewer.state().scale;
      screen.change_scale(base_scale * scale);
    }
  }
}

}  // namespace

Result<> show_window(Viewer& viewer, const ViewerOptions& options) {
  const auto failure = [] {
    const char* why = nullptr;
    glfwGetError(&why);
    return Error{
        fmt::format("cannot open a window: {}. Without a display, --shot FILE.png, --dump "
                    "PANEL and --script FILE show the same",
                    why == nullptr ? "no reason is known" : why)};
  };
  if (glfwInit() == GLFW_FALSE) return failure();
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 0);
  const std::string title = "Logarium: " + viewer.index().info().scenario_name;
  GLFWwindow* window =
      glfwCreateWindow(options.width, options.height, title.c_str(), nullptr, nullptr);
  if (window == nullptr) {
    const Error error = failure();
    glfwTerminate();
    return error;
  }
  float content = 1;
  glfwGetWindowContentScale(window, &content, nullptr);
  run_window(window, viewer, options.scale * content);
  glfwDestroyWindow(window);
  glfwTerminate();
  return Ok{};
}

}  // namespace logarium::viz

#else

namespace logarium::viz {

Result<> show_window(Viewer&, const ViewerOptions&) {
  return Error{
      "this build has no window, since GLFW was missing (package libglfw3-dev); --shot "
      "FILE.png, --dump PANEL and --script FILE show the same"};
}

}  // namespace logarium::viz

#endif

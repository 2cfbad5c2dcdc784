#pragma once
// Viewer: a session, the person's choices and the panels, frame by frame, without a window: the
// window, tests, pictures and scripts all drive this one.

#include <memory>
#include <optional>
#include <string>

#include "viz/app/resolve.hpp"
#include "viz/app/session.hpp"
#include "viz/app/shown_maker.hpp"
#include "viz/panels/overlays.hpp"

namespace logarium::viz {

class Viewer {
 public:
  // Begins at the run's first violation, else at its end; a run that goes on is followed.
  explicit Viewer(std::unique_ptr<Session> session);

  // Draws one frame. REQUIRES: inside of a Dear ImGui frame.
  void frame(const Theme& theme, const FrameInput& input);
  // Brings everything up to date without drawing, for a window of that size.
  void update(const Rect& screen, float scale);
  // So much time has gone by on the person's clock.
  void pass(Duration wall);
  void act(const Action& action);
  void act(const Actions& actions);
  void act(Command command);

  [[nodiscard]] const UiState& state() const { return state_; }
  [[nodiscard]] const Shown& shown() const { return maker_.shown(); }
  [[nodiscard]] const RunIndex& index() const { return *index_; }
  [[nodiscard]] Session& session() { return *session_; }
  // What the last frame drew where.
  [[nodiscard]] const Hitmap& hits() const { return hits_; }
  // What the last frame wrote where; empty unless it was asked for, since it costs time.
  void log_texts(bool on) { log_texts_ = on; }
  [[nodiscard]] const std::vector<DrawnText>& texts() const { return texts_; }
  // Whether a button is held on something that can be dragged.
  [[nodiscard]] bool dragging() const { return !held_.path.empty(); }
  [[nodiscard]] const OverlayText& overlay_text() const { return overlay_text_; }
  // Models made so far; unchanged by a frame that shows the same again.
  [[nodiscard]] std::uint64_t made() const { return maker_.made(); }
  // Whether the next frame may differ although nobody touches anything.
  [[nodiscard]] bool busy() const;

  // The panel as text.
  [[nodiscard]] std::string dump(PanelId panel) const;
  // What was last asked for, once: text for the clipboard, a picture.
  [[nodiscard]] std::optional<std::string> take_copied();
  [[nodiscard]] bool take_save();
  // Shown in the bar for a while: "copied".
  void tell(std::string message);

 private:
  void refresh();
  void show_what_led_here();
  void draw(const Theme& theme, const Rect& screen);
  void draw_overlay(Ui& ui, const Rect& screen, const Layout& layout, Actions& out);
  void hover(Actions& out);
  void hear(const FrameInput& input);
  void make_more(Duration wall, std::int64_t step);
  [[nodiscard]] Asked asked();
  void read_pointer();

  std::unique_ptr<Session> session_;
  std::shared_ptr<const RunIndex> index_;
  UiState state_;
  ShownMaker maker_;
  Hitmap hits_;
  std::vector<DrawnText> texts_;
  bool log_texts_ = false;
  Pointer pointer_;
  Held held_;
  OverlayText overlay_text_;
  std::optional<std::string> copied_;
  bool save_ = false;
  std::string message_;
  Duration message_left_;
  Instant pace_;  // up to which a followed run was asked for
};

}  // namespace logarium::viz

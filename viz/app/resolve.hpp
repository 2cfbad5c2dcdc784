#pragma once
// Resolve: what a command means at this instant, for this run: "next election" becomes a Seek, Down
// becomes the next row of the panel that has the focus.

#include "viz/model/run_index.hpp"
#include "viz/panels/overlays.hpp"

namespace logarium::viz {

struct Asked {
  const RunIndex& index;
  const UiState& state;
  const Shown& shown;
  OverlayText& text;  // of the open overlay
};

// Nothing when there is nothing to be done ("next fault" after the last).
[[nodiscard]] Actions resolve(Command command, const Asked& asked);
// The Seek to an event; past the end to the end.
[[nodiscard]] Action seek_to(const RunIndex& index, std::uint64_t event);
// "12.48s", "300ms", "#8412" or "8412". Fails with what would be right.
[[nodiscard]] Result<std::uint64_t> find_place(const RunIndex& index, std::string_view text);
// The Seek that a Scrub stands for.
[[nodiscard]] Action resolve(const action::Scrub& scrub, const RunIndex& index);
// The SetRange that a MarkRange stands for.
[[nodiscard]] Action resolve(const action::MarkRange& mark, const RunIndex& index);

}  // namespace logarium::viz

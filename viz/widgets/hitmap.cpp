#include "viz/widgets/hitmap.hpp"

#include <algorithm>

namespace logarium::viz {

const Hitmap::Entry* Hitmap::at(ImVec2 point) const {
  const auto found = std::find_if(entries_.rbegin(), entries_.rend(), [point](const Entry& entry) {
    return entry.rect.contains(point);
  });
  return found == entries_.rend() ? nullptr : &*found;
}

std::optional<Rect> Hitmap::find(std::string_view path) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [path](const Entry& entry) { return entry.path == path; });
  return found == entries_.end() ? std::nullopt : std::optional(found->rect);
}

}  // namespace logarium::viz

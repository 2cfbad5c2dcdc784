#pragma once
// Hitmap: which thing was drawn where in a frame, by a path such as "replicas/b2/1206". Tooltips
// and selection ask it what lies under the mouse, tests click by path, and a layout lint asks
// whether anything lies outside of its panel or over its neighbour.

#include <imgui.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace logarium::viz {

struct Rect {
  ImVec2 min, max;
  [[nodiscard]] bool contains(ImVec2 point) const {
    return point.x >= min.x && point.x < max.x && point.y >= min.y && point.y < max.y;
  }
  [[nodiscard]] bool contains(const Rect& other) const {
    return other.min.x >= min.x && other.max.x <= max.x && other.min.y >= min.y &&
           other.max.y <= max.y;
  }
  [[nodiscard]] bool overlaps(const Rect& other) const {
    return min.x < other.max.x && other.min.x < max.x && min.y < other.max.y && other.min.y < max.y;
  }
  [[nodiscard]] ImVec2 centre() const { return {(min.x + max.x) / 2, (min.y + max.y) / 2}; }
  [[nodiscard]] float width() const { return max.x - min.x; }
  [[nodiscard]] float height() const { return max.y - min.y; }
};

class Hitmap {
 public:
  struct Entry {
    std::string path;
    Rect rect;
  };

  void clear() { entries_.clear(); }
  // Things drawn later lie above. Areas may nest ("cluster", "cluster/b2").
  void add(std::string path, const Rect& rect) { entries_.push_back({std::move(path), rect}); }
  // The uppermost thing at a place.
  [[nodiscard]] const Entry* at(ImVec2 point) const;
  [[nodiscard]] std::optional<Rect> find(std::string_view path) const;
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

}  // namespace logarium::viz

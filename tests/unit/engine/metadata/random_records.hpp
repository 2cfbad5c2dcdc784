#pragma once
// Random records that fit an image: for property tests of images, deltas and snapshots.

#include <string>
#include <vector>

#include "engine/base/random.hpp"
#include "engine/metadata/apply.hpp"

namespace logarium::metadata {

class RecordSource {
 public:
  explicit RecordSource(std::uint64_t seed) : random_(seed) {}

  // One batch of one to four records, each fitting the image after those before it.
  [[nodiscard]] std::vector<Record> next(const Image& image);

 private:
  [[nodiscard]] Record one(const Image& image);
  [[nodiscard]] std::vector<std::int32_t> nodes();
  Random random_;
};

// One line per change, for comparison.
[[nodiscard]] std::string delta_text(const Delta& delta);

}  // namespace logarium::metadata

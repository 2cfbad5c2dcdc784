#pragma once
// Lanes: what the replicas panel and the partitions panel draw logs with: a scale of offsets, and
// records in the colour of their leader epoch.

#include <cstdint>

#include "viz/model/replicas.hpp"
#include "viz/widgets/ui.hpp"

namespace logarium::viz {

// Offsets [from, to) over pixels [left, right).
struct OffsetScale {
  std::int64_t from = 0, to = 1;
  float left = 0, right = 1;

  [[nodiscard]] float x(std::int64_t offset) const {
    return left +
           (right - left) * static_cast<float>(offset - from) / static_cast<float>(to - from);
  }
  [[nodiscard]] std::int64_t at(float x) const {
    const double part = static_cast<double>(x - left) / static_cast<double>(right - left);
    return from + static_cast<std::int64_t>(part * static_cast<double>(to - from));
  }
  [[nodiscard]] float width_of_one() const {
    return (right - left) / static_cast<float>(to - from);
  }
};

// The part of the logs in which the replicas differ: from a little below the lowest end or high
// watermark up to the last end; at least as many records as fit at `cell` pixels each.
[[nodiscard]] OffsetScale scale_for(const ReplicasModel& model, float left, float right,
                                    float cell);

// 1, 2 or 5 times a power of ten, at least `least` and at least 1.
[[nodiscard]] double nice_step(double least);

struct SpanLook {
  bool numbers = true;  // epochs inside of spans
  bool synced = false;  // the line below
};
// A log's records in the band, its high watermark as a flag.
void draw_spans(Ui& ui, const Rect& band, const ReplicaLane& lane, const OffsetScale& scale,
                const SpanLook& look);
// A box that stands for records of one epoch and state.
void draw_records(Ui& ui, const Rect& box, LeaderEpoch epoch, RecordState state);

}  // namespace logarium::viz

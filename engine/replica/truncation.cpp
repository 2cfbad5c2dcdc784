#include "engine/replica/truncation.hpp"

#include <algorithm>

namespace logarium::replica {

Offset truncation_target(const log::Log& log, const log::EpochEnd& leader) {
  const Offset own_end = log.log_end();
  const auto own = log.end_offset_for(leader.epoch);
  if (!own) return std::min(leader.end, own_end);
  const Offset of_epoch = std::min(own->end, own_end);
  return own->epoch == leader.epoch ? std::min(of_epoch, leader.end) : of_epoch;
}

}  // namespace logarium::replica

#pragma once
// The topic of which hand-made runs tell.

#include "engine/base/ids.hpp"

namespace logarium::viz {

inline constexpr Uuid kOrders{1, 7};
inline constexpr PartitionRef kOrders0{kOrders, PartitionIndex(0)};

}  // namespace logarium::viz

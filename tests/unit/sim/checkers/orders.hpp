#pragma once
// The partition of which hand-made notes tell.

#include "engine/base/ids.hpp"

namespace logarium::checkers {

inline constexpr PartitionRef kOrders{Uuid{7, 7}, PartitionIndex(0)};

}  // namespace logarium::checkers

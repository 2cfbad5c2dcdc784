#pragma once
// What the simulated producers write: 8 bytes uid (big-endian), then a filler that depends on the
// position only, so that a reader can tell a damaged value from a good one.

#include <cstdint>
#include <optional>

#include "engine/base/bytes.hpp"
#include "sim/workload/history.hpp"

namespace logarium::workload {

inline constexpr std::size_t kUidBytes = 8;

// REQUIRES: size >= kUidBytes.
[[nodiscard]] Bytes make_value(Uid uid, std::size_t size);
// Empty when the value was not made by make_value.
[[nodiscard]] std::optional<Uid> read_value(ByteView value);

}  // namespace logarium::workload

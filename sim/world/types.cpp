#include "sim/world/types.hpp"

#include <array>

#include "engine/base/ensure.hpp"

namespace logarium::world {
namespace {

constexpr std::array<std::string_view, kFaultKinds> kNames = {"crash",
                                                              "power loss",
                                                              "pause",
                                                              "wipe",
                                                              "slow node",
                                                              "cut",
                                                              "loss",
                                                              "delay",
                                                              "duplicate",
                                                              "reorder",
                                                              "bandwidth",
                                                              "filter",
                                                              "connection reset",
                                                              "disk slow",
                                                              "disk full",
                                                              "disk error",
                                                              "bit rot",
                                                              "clock",
                                                              "error code"};

}  // namespace

std::string_view fault_name(FaultKind kind) {
  ENSURE(static_cast<std::size_t>(kind) < kNames.size());
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace logarium::world

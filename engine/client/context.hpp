#pragma once
// What a client machine may use during one step besides its own state.

#include "engine/client/metadata.hpp"
#include "engine/rpc/outbound.hpp"

namespace logarium::client {

struct Context {
  rpc::Port& port;
  Metadata& metadata;

  [[nodiscard]] Instant now() const { return port.step.now(); }
  [[nodiscard]] StepContext& step() const { return port.step; }
};

}  // namespace logarium::client

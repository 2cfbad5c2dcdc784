#pragma once
// The requests that a server answers from what it knows, without asking a machine: ApiVersions,
// Metadata, DescribeCluster, DescribeConfigs. One file per API; each translates between the wire
// struct and the metadata image, nothing else.

#include <memory>

#include "engine/metadata/image.hpp"
#include "engine/protocol/api_key.hpp"
#include "engine/rpc/request.hpp"
#include "engine/server/setup.hpp"

namespace logarium::server {

// What the handlers may look at. `image` is what the broker acts by; null before it knows any.
struct HandlerContext {
  const ServerSetup& setup;
  const metadata::ImageRef& image;
  // The active controller, as far as this process knows.
  std::optional<NodeId> controller;
};

// Who answers a request of this API that came to a server with these roles.
enum class Answerer : std::uint8_t {
  kNobody,      // unknown or not served here: the connection is closed
  kHandlers,    // answer() below
  kQuorum,      // raft::Quorum
  kController,  // the active controller of this process
  kForward,     // passed on to the active controller
  kReplicas,    // replica::Manager
  kProducerIds,
};
[[nodiscard]] Answerer answerer_of(protocol::ApiKey key, Roles roles);

// The response. REQUIRES: answerer_of() the request's key is kHandlers.
[[nodiscard]] MessageRef answer(const HandlerContext& context, const rpc::Request& request);

// One per API.
[[nodiscard]] MessageRef answer_api_versions(const HandlerContext& context,
                                             const rpc::Request& request);
[[nodiscard]] MessageRef answer_metadata(const HandlerContext& context,
                                         const rpc::Request& request);
[[nodiscard]] MessageRef answer_describe_cluster(const HandlerContext& context,
                                                 const rpc::Request& request);

[[nodiscard]] MessageRef answer_describe_configs(const HandlerContext& context,
                                                 const rpc::Request& request);

}  // namespace logarium::server

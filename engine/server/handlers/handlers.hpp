#pragma once
// The requests that a server answers from what it knows, without asking a machine: ApiVersions,
// DescribeCluster, DescribeConfigs, DescribeTopicPartitions, FindCoordinator; Metadata has its own
// header. One file
// per API; each translates between the wire struct and the metadata image, nothing else.

#include <memory>
#include <string_view>

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
  // What the listener serves at which the request came, and its name: brokers are told with their
  // endpoint of that name. Empty for a request of this process itself.
  Roles serves;
  std::string_view listener;
};

// Who answers a request of this API that came to a listener that serves as these roles.
enum class Answerer : std::uint8_t {
  kNobody,      // unknown or not served here: the connection is closed
  kHandlers,    // answer() below
  kMetadata,    // MetadataAnswers
  kQuorum,      // raft::Quorum
  kController,  // the active controller of this process
  kForward,     // passed on to the active controller
  kReplicas,    // replica::Manager
  kProducerIds,
};
[[nodiscard]] Answerer answerer_of(protocol::ApiKey key, Roles roles);
// Whether a server handles this version. ApiVersions is answered whatever its version (KIP-511);
// of the others what Kafka 4 does not serve closes the connection, Produce below 3 included.
[[nodiscard]] bool serves_version(protocol::ApiKey key, std::int16_t version);

// The response. REQUIRES: answerer_of() the request's key is kHandlers.
[[nodiscard]] MessageRef answer(const HandlerContext& context, const rpc::Request& request);

// One per API.
[[nodiscard]] MessageRef answer_api_versions(const HandlerContext& context,
                                             const rpc::Request& request);
[[nodiscard]] MessageRef answer_describe_cluster(const HandlerContext& context,
                                                 const rpc::Request& request);
[[nodiscard]] MessageRef answer_find_coordinator(const HandlerContext& context,
                                                 const rpc::Request& request);
[[nodiscard]] MessageRef answer_describe_topic_partitions(const HandlerContext& context,
                                                          const rpc::Request& request);
[[nodiscard]] MessageRef answer_describe_configs(const HandlerContext& context,
                                                 const rpc::Request& request);

}  // namespace logarium::server

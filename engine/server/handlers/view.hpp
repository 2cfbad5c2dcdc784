#pragma once
// What several handlers tell of the image: which replicas cannot be reached at a listener, and what
// a client may do where nobody is refused anything.

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/metadata/image.hpp"

namespace logarium::server {

// Kafka's AclOperation codes as bits, without an authorizer: all that a topic or the cluster knows.
inline constexpr std::int32_t kTopicOperations = 0b1101'1111'1000;
inline constexpr std::int32_t kClusterOperations = 0b1'1111'1010'0000;

[[nodiscard]] std::vector<std::int32_t> ids_of(const metadata::Nodes& nodes);
// A broker that is not fenced and has this listener.
[[nodiscard]] bool reachable(const metadata::Image& image, NodeId node, std::string_view listener);
// The partition's replicas that are not reachable, in their order.
[[nodiscard]] std::vector<std::int32_t> offline_replicas(const metadata::Image& image,
                                                         const metadata::Partition& partition,
                                                         std::string_view listener);
// The partition's leader as clients may be told it: registered, with this listener. Null: none.
[[nodiscard]] const metadata::Broker* leader_at(const metadata::Image& image,
                                                const metadata::Partition& partition,
                                                std::string_view listener);

}  // namespace logarium::server

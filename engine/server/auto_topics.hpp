#pragma once
// AutoTopics: has topics created that clients ask Metadata for (auto.create.topics.enable; Kafka's
// AutoTopicCreationManager). They get num.partitions and default.replication.factor of this broker.
// The client that asked is not kept waiting: it is told that the topic is unknown and asks again,
// and so does who asked for a topic whose creation failed.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/config/broker_config.hpp"
#include "engine/rpc/outbound.hpp"

namespace logarium::server {

class AutoTopics {
 public:
  // Topics whose creation was asked for and not answered yet; more are not asked for.
  static constexpr std::size_t kInFlightMax = 10'000;
  // request.timeout.ms
  static constexpr Duration kTimeout = seconds(30);

  explicit AutoTopics(const BrokerConfig& config)
      : partitions_(static_cast<std::int32_t>(config.num_partitions)),
        replication_factor_(static_cast<std::int16_t>(config.default_replication_factor)) {}

  void set_controller(std::optional<NodeId> controller) { controller_ = controller; }
  // Asks the active controller for those that nobody asked for yet. Without a known controller
  // nothing happens.
  void create(rpc::Port& port, const std::vector<std::string>& names);
  void on_reply(const rpc::Reply& reply);
  void describe(StateVisitor& v) const;

 private:
  std::int32_t partitions_;
  std::int16_t replication_factor_;
  std::optional<NodeId> controller_;
  std::map<std::uint64_t, std::vector<std::string>> requests_;  // in flight
  std::set<std::string> names_;                                 // of all of them
  std::uint64_t next_request_ = 1;
};

}  // namespace logarium::server

#pragma once
// Metadata: what a client knows of the cluster: brokers, controller, and the leaders of the topics
// it asked about. Starts from the bootstrap servers, refreshes on request (an error said that
// something is stale) and by age, with backoff, one request at a time.
//
// A partition's leader is taken over only when its leader epoch is not older than the known one,
// unless the topic id changed (KIP-320, KIP-516): a stale broker cannot move a client back.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/client/backoff.hpp"
#include "engine/config/client_config.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "engine/rpc/outbound.hpp"

namespace logarium::client {

struct PartitionInfo {
  std::optional<NodeId> leader;  // empty: none, or none known
  std::optional<LeaderEpoch> leader_epoch;
  void describe(StateVisitor& v) const;
};

// Stands for the id of a topic where the cluster tells none: before Kafka 2.8, or in librdkafka's
// mock cluster. Made from the name, so that two topics differ; never sent.
[[nodiscard]] Uuid stand_in_id(std::string_view topic);
[[nodiscard]] bool is_stand_in(Uuid id);
// The newest versions of Fetch and of Produce that name topics by name.
inline constexpr std::int16_t kNewestFetchByName = 12;
inline constexpr std::int16_t kNewestProduceByName = 12;

struct TopicInfo {
  std::string name;
  // Zero while nothing is known; a stand-in when the cluster told none.
  Uuid id;
  // Of the last answer. With an error the partitions are those of the last good answer, if any.
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  std::vector<PartitionInfo> partitions;
  void describe(StateVisitor& v) const;
};

class Metadata {
 public:
  // Cookie.what of its request and timer; the machine that owns the client uses larger ones.
  static constexpr std::uint8_t kRequest = 1;
  static constexpr std::uint8_t kTimer = 2;
  static constexpr std::uint8_t kFirstFree = 10;

  enum class AutoCreate : std::uint8_t { kNo, kYes };

  // `machine` owns the cookies.
  Metadata(Machine machine, const ClientConfig& config, std::vector<Endpoint> bootstrap,
           AutoCreate auto_create);

  // Tells the outbound end where the bootstrap servers are and asks for the first time.
  void start(rpc::Port& port);
  // From now on the topic is part of every request; asks at once when it is new.
  void want(rpc::Port& port, const std::string& topic);
  // Something is stale: asks as soon as the backoff allows.
  void request_update(rpc::Port& port);
  // True when the cookie is one of ours. version() tells whether something was learned.
  bool on_reply(rpc::Port& port, const rpc::Reply& reply);
  bool on_timer(rpc::Port& port, Cookie cookie);

  // Grows with every answer that names a broker.
  [[nodiscard]] std::uint64_t version() const { return version_; }
  // Null when the topic was never answered for.
  [[nodiscard]] const TopicInfo* find(std::string_view topic) const;
  [[nodiscard]] const TopicInfo* find(Uuid topic) const;
  // The partition's leader and its epoch; null when unknown.
  [[nodiscard]] const PartitionInfo* find(std::string_view topic, PartitionIndex partition) const;
  // A leader hint from an error response (KIP-951). True when it was news.
  bool learn_leader(const std::string& topic, PartitionIndex partition, NodeId leader,
                    LeaderEpoch epoch);
  [[nodiscard]] std::optional<NodeId> controller() const { return controller_; }
  [[nodiscard]] const std::vector<NodeId>& brokers() const { return brokers_; }
  // A broker for requests that any can serve: a connected one before an untried one before a
  // failing one, then the one with the fewest requests in flight; a bootstrap server while no
  // broker can be reached.
  [[nodiscard]] std::optional<rpc::Peer> any_broker(rpc::Port& port) const;
  void describe(StateVisitor& v) const;

 private:
  void maybe_send(rpc::Port& port);
  void wait_until(rpc::Port& port, Instant when);
  void apply(rpc::Port& port, const protocol::MetadataResponse& response);
  static void learn_id(TopicInfo& topic, Uuid told);
  bool apply_topic(const protocol::MetadataResponse::MetadataResponseTopic& answer);
  TopicInfo& entry(std::string_view topic);
  [[nodiscard]] Instant next_reachable(rpc::Port& port) const;

  Machine machine_;
  Backoff backoff_;
  Duration request_timeout_;
  Duration max_age_;
  AutoCreate auto_create_;
  std::vector<Endpoint> bootstrap_;
  std::vector<NodeId> brokers_;  // ascending
  std::optional<NodeId> controller_;
  std::vector<std::string> wanted_;  // ascending
  std::vector<TopicInfo> topics_;    // ascending names
  std::uint64_t version_ = 0;
  bool needed_ = true;
  bool in_flight_ = false;
  bool asked_again_ = false;  // a new wish arrived while a request was in flight
  std::int32_t failures_ = 0;
  Instant allowed_at_{0};  // not before: backoff after the last answer or failure
  Instant refreshed_at_{0};
  TimerHandle timer_;
};

}  // namespace logarium::client

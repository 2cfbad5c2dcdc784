#pragma once
// replica::Manager: all replicas that live on one broker. It opens their logs at start, follows
// the metadata (become leader, become follower, delete), serves Produce, Fetch, ListOffsets,
// OffsetForLeaderEpoch and DeleteRecords, keeps waiting requests (purgatory), fetches from other
// leaders, and asks the controller for ISR changes (AlterPartition).
//
// What it does not do: group coordination, the metadata partition (raft::Quorum), authorisation,
// answering Metadata. It knows other brokers only by id: endpoints belong to rpc::Outbound.
//
// A pure state machine like the rest of the core: one owner, copyable, every call belongs to one
// step. After each call the owner drains next_event().
//
// Life: start -> (Recovered) -> set_broker_epoch, set_controller -> apply_metadata ... -> close ->
// (Closed). Until the first apply_metadata every partition is unknown (NOT_LEADER_OR_FOLLOWER or
// UNKNOWN_TOPIC_OR_PARTITION) to clients, and nothing is fetched or deleted.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/config/broker_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/rpc/outbound.hpp"

namespace logarium {
class StateVisitor;
namespace metadata {
class Image;
struct Delta;
using ImageRef = std::shared_ptr<const Image>;
}  // namespace metadata
}  // namespace logarium

namespace logarium::replica {

class Partition;

struct Options {
  NodeId self;
  std::shared_ptr<const BrokerConfig> config;
  // Static topic defaults of the server; dynamic ones and the topics' own come with the image.
  TopicConfig topic_defaults;
  Rules rules;
  Uuid cluster;  // written into meta.properties
  // Names of the process's listeners (rpc::Request::listener counts them): a client is told of
  // other brokers under the name at which it came in. Empty: the first of each broker.
  std::vector<std::string> listeners{};
  // Folder of the replicas' logs below the node's data directory, e.g. "logs"; created at start.
  std::string directory = "logs";
};

// Every log found on disk is open; the broker may go on to register.
struct Recovered {
  bool clean = false;  // the last stop was clean, so nothing had to be scanned
  std::int32_t replicas = 0;
  Uuid directory;  // id of the log directory, for the registration
  // The broker epoch of the clean-shutdown marker (KIP-966); empty after an unclean stop.
  std::optional<BrokerEpoch> previous_broker_epoch;
};
// The log directory failed (EIO, disk full): all replicas are offline and answer
// KAFKA_STORAGE_ERROR. A broker with one directory stops (Kafka: "all log dirs have failed").
struct DirectoryFailed {
  std::string reason;
};
// close() is finished: logs and checkpoints are synced and the clean-shutdown marker is written.
struct Closed {};
using Event = std::variant<Recovered, DirectoryFailed, Closed>;

class Manager {
 public:
  explicit Manager(Options options);
  ~Manager();
  Manager(const Manager& other);
  Manager& operator=(const Manager& other);
  Manager(Manager&&) noexcept;
  Manager& operator=(Manager&&) noexcept;

  // Lists the directory and opens every log found there; ends in Recovered or DirectoryFailed.
  void start(rpc::Port& port);
  // The epoch of this broker's registration, sent in Fetch and AlterPartition (KIP-903).
  void set_broker_epoch(BrokerEpoch epoch);
  // Where AlterPartition goes. Empty: no controller is known, and requests wait.
  void set_controller(rpc::Port& port, std::optional<NodeId> controller);
  // Committed metadata moved on to `image`; `delta` names what changed. The first image after start
  // is taken as a whole: replicas on disk that it does not place here are stray and are deleted.
  void apply_metadata(rpc::Port& port, const std::shared_ptr<const metadata::Image>& image,
                      const metadata::Delta& delta);

  // Produce, Fetch (not of the metadata partition), ListOffsets, OffsetForLeaderEpoch,
  // DeleteRecords. Each is answered through the port once, now or in a later step.
  void handle(rpc::Port& port, const rpc::Request& request);
  // Replies with Machine::kReplica, timers with Machine::kReplica or kLog, file operations with
  // Machine::kReplica or kLog (but not slot log::kMetadataLogSlot).
  void on_reply(rpc::Port& port, const rpc::Reply& reply);
  void on_timer(rpc::Port& port, Cookie cookie);
  void on_io(rpc::Port& port, const IoDone& done);

  // Controlled shutdown, last part: stops fetching and serving, syncs every log, writes the
  // checkpoints and the clean-shutdown marker; ends in Closed (or DirectoryFailed).
  void close(rpc::Port& port);

  [[nodiscard]] std::optional<Event> next_event();

  // ---- read-only, for checkers, DescribeLogDirs-like inspection and tests -----------------------
  // Null when this broker holds no such replica. Valid until the next non-const call.
  [[nodiscard]] const Partition* find(PartitionRef ref) const;
  // All replicas on this broker in order of their reference.
  [[nodiscard]] std::vector<PartitionRef> partitions() const;
  // Produce requests that wait to be answered.
  [[nodiscard]] std::size_t waiting_produces() const;
  // Produce requests that wait for longer than they asked to.
  [[nodiscard]] std::size_t overdue_produces(Instant now) const;

  void describe(StateVisitor& v) const;

 private:
  struct State;  // manager_state.hpp; held by value semantics: a copy of a Manager copies it
  std::unique_ptr<State> state_;
};

}  // namespace logarium::replica

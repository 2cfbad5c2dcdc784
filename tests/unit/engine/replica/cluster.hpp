#pragma once
// Cluster: two or three replica managers on an in-memory network with real rpc, small disks and a
// scripted controller, under one virtual clock. Tests read like stories in its verbs.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "engine/metadata/apply.hpp"
#include "engine/protocol/messages/alter_partition.hpp"
#include "engine/protocol/messages/fetch.hpp"
#include "engine/protocol/messages/produce.hpp"
#include "engine/replica/manager.hpp"
#include "engine/replica/partition.hpp"
#include "tests/support/disk/fake_disk.hpp"

namespace logarium::replica::test {

inline constexpr Uuid kOrders{11, 22};
inline const PartitionRef kOrders0{kOrders, PartitionIndex(0)};
inline constexpr std::int32_t kController = 100;  // the node of the scripted controller

struct ClusterSpec {
  int brokers = 3;
  BrokerConfig config;
  Rules rules;
  std::int64_t min_insync_replicas = 1;
  std::vector<std::string> racks;  // of brokers 1, 2, ...
};

// A record batch of one record per character.
[[nodiscard]] protocol::Batch batch_of(const std::string& text);
[[nodiscard]] std::string text_of(const protocol::Records& records);

class Cluster {
 public:
  explicit Cluster(ClusterSpec spec = {});

  // ---- metadata, as the controller commits it
  void create_orders(std::vector<std::int32_t> replicas);
  void elect(std::int32_t leader, std::vector<std::int32_t> isr) { elect_many(1, leader, isr); }
  // Of the partitions below `partitions`, in one batch of metadata.
  void elect_many(int partitions, std::int32_t leader, const std::vector<std::int32_t>& isr);
  void set_isr(std::vector<std::int32_t> isr);
  void fence(std::int32_t broker, bool fenced = true);
  void delete_orders();
  void configure_orders(const std::string& name, const std::string& value);
  // The broker hears of no metadata from now on (until false).
  void hold_metadata(std::int32_t broker, bool held = true);
  // AlterPartition requests wait at the controller (until false).
  void hold_alter_partition(bool held = true);
  [[nodiscard]] const metadata::Partition& committed() const;
  int alter_partitions = 0;  // requests that the controller saw

  // ---- faults
  void cut(std::int32_t a, std::int32_t b);
  void isolate(std::int32_t broker);
  void heal();
  // Attempts to connect hear nothing from now on (until false): packets are dropped, not refused.
  void drop_connects(bool dropped = true) { connects_dropped_ = dropped; }
  void hold_disk(std::int32_t broker, bool held = true);
  void fail_next_write(std::int32_t broker) {
    broker_of(broker).disk.fail_next(FileOpKind::kWrite, IoStatus::kIoError);
  }
  void kill(std::int32_t broker);
  void power_off(std::int32_t broker);
  void restart(std::int32_t broker);
  void close(std::int32_t broker);

  // ---- clients; the answer is there after some run()
  using Token = std::uint64_t;
  Token produce(std::int32_t broker, const std::string& text, std::int16_t acks);
  Token produce_batch(std::int32_t broker, protocol::Batch batch, std::int16_t acks);
  Token ask(std::int32_t broker, MessageRef request, std::int16_t version);
  Token fetch(std::int32_t broker, std::int64_t offset, const std::string& rack = {});
  [[nodiscard]] MessageRef answer(Token token) const;
  // Error of the only partition of a produce answer; empty without an answer.
  [[nodiscard]] std::optional<protocol::ErrorCode> produced(Token token) const;
  [[nodiscard]] const protocol::FetchResponse::PartitionData& fetched(Token token) const;

  void run(Duration duration);
  void run_ms(std::int64_t ms) { run(milliseconds(ms)); }

  // ---- what one sees
  [[nodiscard]] const Partition& at(std::int32_t broker) const;
  [[nodiscard]] const Manager& manager(std::int32_t broker) const {
    return *broker_of(broker).manager;
  }
  [[nodiscard]] std::int64_t leo(std::int32_t broker) const { return at(broker).log_end().value(); }
  [[nodiscard]] std::int64_t hw(std::int32_t broker) const {
    return at(broker).high_watermark().value();
  }
  [[nodiscard]] std::vector<std::int32_t> isr(std::int32_t broker) const;
  [[nodiscard]] std::vector<std::int32_t> maximal_isr(std::int32_t broker) const;
  [[nodiscard]] std::string log_text(std::int32_t broker);
  template <class N>
  [[nodiscard]] std::vector<N> noted(std::int32_t broker) const {
    std::vector<N> found;
    for (const Note& note : broker_of(broker).notes) {
      if (const auto* n = std::get_if<N>(&note)) found.push_back(*n);
    }
    return found;
  }
  [[nodiscard]] std::vector<Event>& events(std::int32_t broker) { return broker_of(broker).events; }
  [[nodiscard]] int requests(std::int32_t broker, std::int16_t api) const;
  [[nodiscard]] Instant now() const { return now_; }
  // The partition entries that the broker was last asked for in a fetch.
  [[nodiscard]] std::size_t last_fetch_named(std::int32_t broker) const {
    return broker_of(broker).last_fetch_named;
  }
  void create_many(int partitions, std::vector<std::int32_t> replicas);

 private:
  struct Broker {
    NodeCore core;
    std::unique_ptr<rpc::Inbound> in;
    std::unique_ptr<rpc::Outbound> out;
    std::unique_ptr<Manager> manager;
    logarium::test::FakeDisk disk;
    std::deque<FileOp> io;
    bool up = false, metadata_held = false, disk_held = false, io_armed = false;
    std::uint64_t life = 0;
    metadata::ImageRef image;
    std::int64_t epoch = 0;
    std::vector<Note> notes;
    std::vector<Event> events;
    std::uint64_t next_accept = 1;
    std::map<std::int16_t, int> requests;
    std::size_t last_fetch_named = 0;
  };
  struct End {
    std::int32_t node = 0;  // 0: a client of the test
    ConnectionId connection;
    auto operator<=>(const End&) const = default;
  };
  struct Timed {
    Instant when;
    std::uint64_t order = 0;
    std::function<void()> act;
    bool operator<(const Timed& o) const {
      return std::tie(o.when, o.order) < std::tie(when, order);
    }
  };

  Broker& broker_of(std::int32_t id) { return brokers_.at(id); }
  [[nodiscard]] const Broker& broker_of(std::int32_t id) const { return brokers_.at(id); }
  void boot(std::int32_t id);
  void step(std::int32_t id, const std::function<void(rpc::Port&)>& act);
  void take(std::int32_t id, Effects& effects);
  void connect(std::int32_t id, const Connect& action);
  void send(std::int32_t id, const Send& action);
  void disconnect(const End& end, bool tell_peer);
  void perform_io(std::int32_t id);
  void later(Duration delay, std::function<void()> act);
  void commit(const std::vector<metadata::Record>& records);
  void serve(std::int32_t id, rpc::Port& port, const rpc::Request& request);
  void controller_received(const End& from, const Frame& frame);
  MessageRef alter(const protocol::AlterPartitionRequest& request);
  [[nodiscard]] bool linked(std::int32_t a, std::int32_t b) const;

  ClusterSpec spec_;
  std::map<std::int32_t, Broker> brokers_;
  metadata::ImageRef image_;
  std::int64_t metadata_next_ = 1;
  Instant now_{1'000'000'000};
  std::uint64_t next_order_ = 0;
  std::priority_queue<Timed> queue_;
  std::map<End, End> peers_;
  std::vector<std::pair<std::int32_t, std::int32_t>> cuts_;
  std::map<Token, MessageRef> answers_;
  Token next_token_ = 1;
  bool alter_held_ = false;
  bool connects_dropped_ = false;
  std::vector<std::function<void()>> held_alters_;
};

}  // namespace logarium::replica::test

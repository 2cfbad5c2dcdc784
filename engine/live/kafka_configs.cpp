#include "engine/live/kafka_configs.hpp"

#include <algorithm>
#include <array>

#include "engine/config/broker_config.hpp"

namespace logarium::live {
namespace {

constexpr std::array<std::string_view, 13> kProcess{
    "node.id",
    "broker.id",
    "process.roles",
    "controller.quorum.voters",
    "controller.quorum.bootstrap.servers",
    "controller.listener.names",
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
    "inter.broker.listener.name",
    "log.dirs",
    "log.dir",
    "logarium.cluster.id",
};

// Threads and buffers that this server does not have, and parts of Kafka that it does not yet have.
constexpr std::array<std::string_view, 38> kWithoutEffect{
    "num.network.threads",
    "num.io.threads",
    "background.threads",
    "num.recovery.threads.per.data.dir",
    "num.replica.alter.log.dirs.threads",
    "socket.send.buffer.bytes",
    "socket.receive.buffer.bytes",
    "socket.listen.backlog.size",
    "max.connections",
    "max.connections.per.ip",
    "offsets.topic.replication.factor",
    "offsets.topic.num.partitions",
    "offsets.topic.segment.bytes",
    "offsets.retention.minutes",
    "offsets.retention.check.interval.ms",
    "offset.metadata.max.bytes",
    "transaction.state.log.replication.factor",
    "transaction.state.log.num.partitions",
    "transaction.state.log.min.isr",
    "transaction.state.log.segment.bytes",
    "transaction.max.timeout.ms",
    "transactional.id.expiration.ms",
    "share.coordinator.state.topic.replication.factor",
    "share.coordinator.state.topic.min.isr",
    "group.initial.rebalance.delay.ms",
    "group.min.session.timeout.ms",
    "group.max.session.timeout.ms",
    "group.max.size",
    "group.coordinator.rebalance.protocols",
    "log.cleaner.enable",
    "log.cleaner.threads",
    "log.cleaner.dedupe.buffer.size",
    "log.cleaner.backoff.ms",
    "security.inter.broker.protocol",
    "metadata.log.dir",
    "metrics.num.samples",
    "metrics.sample.window.ms",
    "zookeeper.connect",
};

// Under which names a server's file sets the rows of a table.
class NameLister final : public FieldVisitor {
 public:
  void number(const FieldInfo& info, std::int64_t&) override { add(info); }
  void flag(const FieldInfo& info, bool&) override { add(info); }
  void text(const FieldInfo& info, std::string&) override { add(info); }
  [[nodiscard]] std::vector<std::string>& names() { return names_; }

 private:
  void add(const FieldInfo& info) { names_.emplace_back(info.server_name); }
  std::vector<std::string> names_;
};

template <std::size_t n>
bool contains(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool is_process_config(std::string_view name) { return contains(kProcess, name); }
bool without_effect(std::string_view name) { return contains(kWithoutEffect, name); }

std::vector<std::string> server_config_names() {
  NameLister lister;
  ServerConfig config;
  config.broker.fields(lister);
  config.topic_defaults.fields(lister);
  std::vector<std::string> names = std::move(lister.names());
  for (const char* coarse : {"log.retention.minutes", "log.retention.hours", "log.roll.hours",
                             "log.roll.jitter.hours"}) {
    names.emplace_back(coarse);
  }
  return names;
}

std::string nearest_config(std::string_view name) {
  std::vector<std::string> all = server_config_names();
  all.insert(all.end(), kProcess.begin(), kProcess.end());
  all.insert(all.end(), kWithoutEffect.begin(), kWithoutEffect.end());
  return nearest_name(name, all);
}

}  // namespace logarium::live

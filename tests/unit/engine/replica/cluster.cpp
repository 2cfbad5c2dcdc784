#include "tests/unit/engine/replica/cluster.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "engine/protocol/messages/api_versions.hpp"
#include "engine/protocol/records.hpp"
#include "engine/rpc/versions.hpp"

namespace logarium::replica::test {

using protocol::ErrorCode;

namespace {

constexpr WallTime kWall{1'700'000'000'000'000'000};

MessageRef api_versions_answer() {
  auto answer = std::make_shared<protocol::ApiVersionsResponse>();
  for (std::int16_t key = 0; key < 100; ++key) {
    if (const auto newest = rpc::newest_version(key)) {
      answer->api_keys.push_back({.api_key = key, .min_version = 0, .max_version = *newest});
    }
  }
  return answer;
}

std::string name_of(std::int32_t id) { return "b" + std::to_string(id); }

}  // namespace

protocol::Batch batch_of(const std::string& text) {
  protocol::BatchBuilder builder;
  for (const char& letter : text) {
    protocol::NewRecord record;
    record.timestamp = 1'700'000'000'000;
    record.value = view_of(std::string_view(&letter, 1));
    builder.append(record);
  }
  return builder.build();
}

std::string text_of(const protocol::Records& records) {
  std::string text;
  for (const protocol::Batch& batch : records) {
    protocol::RecordReader reader(batch);
    protocol::RecordView record;
    while (reader.next(record)) text += logarium::text_of(*record.value);
  }
  return text;
}

Cluster::Cluster(ClusterSpec spec) : spec_(std::move(spec)), image_(metadata::Image::empty()) {
  for (std::int32_t id = 1; id <= spec_.brokers; ++id) {
    brokers_[id];
    boot(id);
  }
  run_ms(50);
}

// ---- metadata -----------------------------------------------------------------------------------

void Cluster::commit(const std::vector<metadata::Record>& records) {
  auto applied =
      metadata::apply_records(image_, records, {Offset(++metadata_next_), QuorumEpoch(1)});
  REQUIRE(applied.ok());
  image_ = applied.value().next;
  for (auto& [id, broker] : brokers_) {
    later(milliseconds(1), [this, node = id] {
      Broker& b = broker_of(node);
      if (!b.up || b.metadata_held || b.image == image_) return;
      const auto delta = metadata::difference(*b.image, *image_);
      b.image = image_;
      step(node, [&](rpc::Port& port) { b.manager->apply_metadata(port, b.image, *delta); });
    });
  }
}

void Cluster::create_many(int partitions, std::vector<std::int32_t> replicas) {
  std::vector<metadata::Record> records{metadata::TopicRecord{"orders", kOrders}};
  records.push_back(metadata::ConfigRecord{2, "orders", "min.insync.replicas",
                                           std::to_string(spec_.min_insync_replicas)});
  for (int i = 0; i < partitions; ++i) {
    metadata::PartitionRecord partition;
    partition.partition_id = i;
    partition.topic_id = kOrders;
    partition.replicas = replicas;
    partition.isr = replicas;
    partition.leader = replicas.front();
    partition.leader_epoch = 0;
    partition.partition_epoch = 0;
    records.push_back(partition);
  }
  commit(records);
  run_ms(100);
}

void Cluster::create_orders(std::vector<std::int32_t> replicas) {
  create_many(1, std::move(replicas));
}

void Cluster::elect_many(int partitions, std::int32_t leader,
                         const std::vector<std::int32_t>& isr) {
  std::vector<metadata::Record> records;
  for (int i = 0; i < partitions; ++i) {
    metadata::PartitionChangeRecord change;
    change.topic_id = kOrders;
    change.partition_id = i;
    change.leader = leader;
    change.isr = isr;
    records.emplace_back(change);
  }
  commit(records);
}

void Cluster::set_isr(std::vector<std::int32_t> isr) {
  metadata::PartitionChangeRecord change;
  change.topic_id = kOrders;
  change.partition_id = 0;
  change.isr = std::move(isr);
  commit({change});
}

void Cluster::fence(std::int32_t broker, bool fenced) {
  metadata::BrokerRegistrationChangeRecord change;
  change.broker_id = broker;
  change.broker_epoch = broker_of(broker).epoch;
  change.fenced = static_cast<std::int8_t>(fenced ? 1 : -1);
  commit({change});
}

void Cluster::delete_orders() { commit({metadata::RemoveTopicRecord{kOrders}}); }

void Cluster::configure_orders(const std::string& name, const std::string& value) {
  commit({metadata::ConfigRecord{2, "orders", name, value}});
}

void Cluster::hold_metadata(std::int32_t broker, bool held) {
  broker_of(broker).metadata_held = held;
  if (!held) commit({});
}

void Cluster::hold_alter_partition(bool held) {
  alter_held_ = held;
  if (held) return;
  for (auto& release : std::exchange(held_alters_, {})) release();
}

const metadata::Partition& Cluster::committed() const { return *image_->partition(kOrders0); }

MessageRef Cluster::alter(const protocol::AlterPartitionRequest& request) {
  auto response = std::make_shared<protocol::AlterPartitionResponse>();
  std::vector<metadata::Record> records;
  for (const auto& topic : request.topics) {
    auto& answered = response->topics.emplace_back();
    answered.topic_id = topic.topic_id;
    for (const auto& asked : topic.partitions) {
      auto& answer = answered.partitions.emplace_back();
      answer.partition_index = asked.partition_index;
      const metadata::Partition& now =
          *image_->partition({topic.topic_id, PartitionIndex(asked.partition_index)});
      metadata::PartitionChangeRecord change;
      change.topic_id = topic.topic_id;
      change.partition_id = asked.partition_index;
      change.isr.emplace();
      if (LeaderEpoch(asked.leader_epoch) != now.leader_epoch) {
        answer.error_code = ErrorCode::kFencedLeaderEpoch;
      } else if (PartitionEpoch(asked.partition_epoch) != now.partition_epoch) {
        answer.error_code = ErrorCode::kInvalidUpdateVersion;
      }
      for (const auto& member : asked.new_isr_with_epochs) {
        change.isr->push_back(member.broker_id);
        const metadata::Broker* broker = image_->broker(NodeId(member.broker_id));
        const bool wrong =
            broker == nullptr || broker->fenced ||
            (member.broker_epoch >= 0 && broker->epoch != BrokerEpoch(member.broker_epoch));
        if (wrong && answer.error_code == ErrorCode::kNone) {
          answer.error_code = ErrorCode::kIneligibleReplica;
        }
      }
      if (answer.error_code != ErrorCode::kNone) continue;
      answer.leader_id = now.leader->value();
      answer.leader_epoch = now.leader_epoch.value();
      answer.partition_epoch = now.partition_epoch.next().value();
      answer.isr = *change.isr;
      records.emplace_back(change);
    }
  }
  if (!records.empty()) commit(records);
  return response;
}

void Cluster::controller_received(const End& from, const Frame& frame) {
  const auto answer = [this, from, frame](MessageRef body) {
    later(milliseconds(1), [this, from, frame, body] {
      Broker& broker = broker_of(from.node);
      if (!broker.up || peers_.count(from) == 0) return;
      Frame reply;
      reply.body = body;
      reply.correlation_id = frame.correlation_id;
      reply.api_version = frame.api_version;
      step(from.node,
           [&](rpc::Port& port) { port.outbound.received(port.step, from.connection, reply); });
    });
  };
  if (protocol::is<protocol::ApiVersionsRequest>(*frame.body)) {
    answer(api_versions_answer());
    return;
  }
  ++alter_partitions;
  const auto decide = [this, answer, body = frame.body] {
    answer(alter(protocol::as<protocol::AlterPartitionRequest>(body)));
  };
  if (alter_held_) {
    held_alters_.push_back(decide);
  } else {
    decide();
  }
}

// ---- processes ----------------------------------------------------------------------------------

void Cluster::boot(std::int32_t id) {
  Broker& broker = broker_of(id);
  ++broker.life;
  broker.up = true;
  broker.core = {};
  broker.core.random = Random(static_cast<std::uint64_t>(id) * 1000 + broker.life);
  broker.in = std::make_unique<rpc::Inbound>();
  broker.out = std::make_unique<rpc::Outbound>(
      rpc::OutboundOptions{.client_id = name_of(id), .self = NodeId(id)});
  Options options;
  options.self = NodeId(id);
  options.config = std::make_shared<const BrokerConfig>(spec_.config);
  options.rules = spec_.rules;
  broker.manager = std::make_unique<Manager>(options);
  broker.image = metadata::Image::empty();
  broker.events.clear();
  broker.epoch = ++metadata_next_;
  step(id, [&](rpc::Port& port) {
    for (std::int32_t other = 1; other <= spec_.brokers; ++other) {
      if (other != id)
        port.outbound.set_endpoint(port.step, NodeId(other), {name_of(other), 1},
                                   rpc::Door::kBroker);
    }
    port.outbound.set_endpoint(port.step, NodeId(kController), {"controller", 1},
                               rpc::Door::kController);
    broker.manager->set_broker_epoch(BrokerEpoch(broker.epoch));
    broker.manager->start(port);
    broker.manager->set_controller(port, NodeId(kController));
  });
  metadata::RegisterBrokerRecord record;
  record.broker_id = id;
  record.broker_epoch = broker.epoch;
  record.incarnation_id = {static_cast<std::uint64_t>(id), broker.life};
  record.fenced = false;
  record.end_points.push_back({"PLAINTEXT", name_of(id), 1, 0});
  const auto index = static_cast<std::size_t>(id - 1);
  if (index < spec_.racks.size()) record.rack = spec_.racks[index];
  commit({record});
}

void Cluster::kill(std::int32_t id) {
  Broker& broker = broker_of(id);
  broker.up = false;
  ++broker.life;
  for (FileOp& op : broker.io) broker.disk.perform(op);  // the page cache takes them
  broker.io.clear();
  broker.disk.kill();
  std::vector<End> ends;
  for (const auto& [end, peer] : peers_) {
    if (end.node == id) ends.push_back(end);
  }
  for (const End& end : ends) disconnect(end, true);
}

void Cluster::power_off(std::int32_t id) {
  kill(id);
  Random random(static_cast<std::uint64_t>(id));
  broker_of(id).disk.crash(random);
}

void Cluster::restart(std::int32_t id) {
  if (broker_of(id).up) kill(id);
  boot(id);
}

void Cluster::close(std::int32_t id) {
  step(id, [&](rpc::Port& port) { broker_of(id).manager->close(port); });
}

void Cluster::hold_disk(std::int32_t id, bool held) {
  broker_of(id).disk_held = held;
  if (!held) perform_io(id);
}

void Cluster::perform_io(std::int32_t id) {
  Broker& broker = broker_of(id);
  if (broker.io_armed || broker.disk_held || broker.io.empty()) return;
  broker.io_armed = true;
  later(microseconds(100), [this, id, life = broker.life] {
    Broker& b = broker_of(id);
    b.io_armed = false;
    if (b.life != life || b.disk_held || b.io.empty()) {
      perform_io(id);
      return;
    }
    const FileOp op = std::move(b.io.front());
    b.io.pop_front();
    const IoDone done = b.disk.perform(op);
    step(id, [&](rpc::Port& port) { b.manager->on_io(port, done); });
    perform_io(id);
  });
}

void Cluster::step(std::int32_t id, const std::function<void(rpc::Port&)>& act) {
  Broker& broker = broker_of(id);
  Effects effects;
  StepContext ctx({now_, kWall + (now_ - Instant{0})}, broker.core, effects);
  rpc::Port port{ctx, *broker.in, *broker.out};
  act(port);
  bool busy = true;
  while (busy) {
    busy = false;
    while (auto request = broker.in->next()) {
      serve(id, port, *request);
      busy = true;
    }
    while (auto reply = broker.out->next_reply()) {
      broker.manager->on_reply(port, *reply);
      busy = true;
    }
    while (auto event = broker.manager->next_event()) broker.events.push_back(*event);
  }
  take(id, effects);
}

void Cluster::serve(std::int32_t id, rpc::Port& port, const rpc::Request& request) {
  Broker& broker = broker_of(id);
  ++broker.requests[request.body->api_key()];
  if (protocol::is<protocol::ApiVersionsRequest>(*request.body)) {
    port.answer(request.id, api_versions_answer());
    return;
  }
  if (protocol::is<protocol::FetchRequest>(*request.body)) {
    broker.last_fetch_named = 0;
    for (const auto& topic : protocol::as<protocol::FetchRequest>(request.body).topics) {
      broker.last_fetch_named += topic.partitions.size();
    }
  }
  broker.manager->handle(port, request);
}

void Cluster::take(std::int32_t id, Effects& effects) {
  Broker& broker = broker_of(id);
  broker.notes.insert(broker.notes.end(), effects.notes.begin(), effects.notes.end());
  for (Action& action : effects.actions) {
    if (auto* op = std::get_if<FileOp>(&action)) {
      broker.io.push_back(std::move(*op));
    } else if (const auto* asked = std::get_if<Connect>(&action)) {
      connect(id, *asked);
    } else if (const auto* sent = std::get_if<Send>(&action)) {
      send(id, *sent);
    } else if (const auto* gone = std::get_if<Disconnect>(&action)) {
      disconnect({id, gone->connection}, false);
    }
  }
  perform_io(id);
}

void Cluster::later(Duration delay, std::function<void()> act) {
  queue_.push({now_ + delay, next_order_++, std::move(act)});
}

void Cluster::run(Duration duration) {
  const Instant end = now_ + duration;
  while (true) {
    Instant next = queue_.empty() ? kNever : queue_.top().when;
    std::int32_t waking = 0;
    for (auto& [id, broker] : brokers_) {
      if (!broker.up || broker.core.timers.next_deadline() >= next) continue;
      next = broker.core.timers.next_deadline();
      waking = id;
    }
    if (next > end) break;
    now_ = std::max(now_, next);
    if (waking == 0) {
      auto act = queue_.top().act;
      queue_.pop();
      act();
      continue;
    }
    step(waking, [&](rpc::Port& port) {
      const Cookie cookie = port.step.timers().fire();
      if (cookie.machine == Machine::kRpc) {
        port.outbound.on_timer(port.step, cookie);
      } else {
        broker_of(waking).manager->on_timer(port, cookie);
      }
    });
  }
  now_ = end;
}

// ---- views --------------------------------------------------------------------------------------

const Partition& Cluster::at(std::int32_t id) const {
  const Partition* partition = broker_of(id).manager->find(kOrders0);
  REQUIRE(partition != nullptr);
  return *partition;
}

namespace {
std::vector<std::int32_t> numbers(const std::vector<NodeId>& nodes) {
  std::vector<std::int32_t> all;
  for (const NodeId node : nodes) all.push_back(node.value());
  return all;
}
}  // namespace

std::vector<std::int32_t> Cluster::isr(std::int32_t id) const {
  return numbers(at(id).committed_isr());
}
std::vector<std::int32_t> Cluster::maximal_isr(std::int32_t id) const {
  return numbers(at(id).maximal_isr());
}

std::string Cluster::log_text(std::int32_t id) {
  const auto& disk = broker_of(id).disk;
  std::string text;
  for (const std::string& path : disk.paths()) {
    if (path.rfind("logs/orders-0/", 0) != 0 || path.substr(path.size() - 4) != ".log") continue;
    auto batches = protocol::split_batches(Bytes(disk.content(path)), protocol::Tail::kDropPartial);
    std::erase_if(batches, [&](const protocol::Batch& batch) {
      return batch.next_offset() <= at(id).log_start();
    });
    text += text_of(batches);
  }
  return text;
}

int Cluster::requests(std::int32_t id, std::int16_t api) const {
  const auto& counts = broker_of(id).requests;
  const auto found = counts.find(api);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace logarium::replica::test

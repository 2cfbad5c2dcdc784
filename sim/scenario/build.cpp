#include "sim/scenario/build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/client/client_node.hpp"
#include "engine/server/server_node.hpp"
#include "engine/server/setup.hpp"
#include "sim/scenario/roles.hpp"
#include "sim/workload/admin_application.hpp"
#include "sim/workload/consumer_application.hpp"
#include "sim/workload/producer_application.hpp"
#include "sim/world/protocol_wire.hpp"

namespace logarium::scenario {
namespace {

constexpr std::uint16_t kPort = 9092;
constexpr std::int64_t kFirstController = 1001;

Properties properties_of(const ConfigMap& config) {
  Properties out;
  for (const auto& [name, value] : config) out[name] = value.text;
  return out;
}

world::LinkOptions link_options(const Number& latency, const Number& loss,
                                const Number& bandwidth) {
  return {to_delay(latency), bandwidth.value(), loss.value()};
}

world::WorldOptions world_options(const Plan& plan, const BuildOptions& options) {
  const Network& network = plan.model.network;
  world::WorldOptions out;
  out.seed = plan.seed;
  out.network.transport =
      network.mode == NetworkMode::kTcp ? world::Transport::kTcp : world::Transport::kDatagram;
  out.network.link = link_options(network.latency, network.loss, network.bandwidth);
  if (plan.model.wire || options.wire) out.wire = std::make_shared<world::ProtocolWire>();
  if (options.codec) out.wire = options.codec;
  return out;
}

class Builder {
 public:
  Builder(const Plan& plan, const BuildOptions& options)
      : plan_(plan),
        model_(plan.model),
        random_(Random(plan.seed).derive("build")),
        rules_(rules_of(plan.model)),
        world_(world_options(plan, options)) {}

  Built build() {
    add_servers();
    for (std::size_t i = 0; i < model_.clients.size(); ++i) add_clients(i);
    add_admin();
    set_links();
    return {std::move(world_), std::make_shared<const Roster>(std::move(roster_))};
  }

 private:
  struct Process {
    NodeId id;
    server::Roles roles;
    std::string name;
  };

  [[nodiscard]] std::vector<Process> processes() const {
    std::vector<Process> out;
    const std::int64_t brokers = model_.cluster.brokers.value();
    const std::int64_t controllers = model_.cluster.controllers.value();
    const bool combined = model_.cluster.roles == RolesKind::kCombined;
    for (std::int64_t i = 1; i <= brokers; ++i) {
      const server::Roles roles{true, combined && i <= controllers};
      out.push_back({NodeId(static_cast<std::int32_t>(i)), roles, fmt::format("broker-{}", i)});
    }
    for (std::int64_t i = 0; i < controllers && !combined; ++i) {
      const std::int64_t id = kFirstController + i;
      out.push_back(
          {NodeId(static_cast<std::int32_t>(id)), {false, true}, fmt::format("controller-{}", id)});
    }
    return out;
  }

  void add_servers() {
    const std::vector<Process> all = processes();
    std::map<NodeId, Endpoint> voters;
    for (const Process& process : all) {
      if (process.roles.controller) voters[process.id] = {process.name, kPort};
      if (process.roles.broker) bootstrap_.push_back({process.name, kPort});
    }
    const metadata::ImageRef empty = metadata::Image::empty();
    for (const Process& process : all) {
      auto setup = std::make_shared<server::ServerSetup>();
      setup->node_id = process.id;
      setup->roles = process.roles;
      setup->cluster_id = "logarium-simulation-00";
      setup->listeners = server::only_listener({process.name, kPort}, process.roles);
      setup->voters = voters;
      setup->config = config_of(process);
      setup->rules = rules_;
      setup->empty_image = empty;
      world::NodeOptions options;
      options.name = process.name;
      options.id = process.id;
      options.kind = kind_of(process.roles);
      options.prototype = std::make_shared<server::ServerNode>();
      options.disk = disk();
      options.clock = clock(process.name);
      const std::string rack = setup->config.broker.broker_rack;
      options.setup = std::move(setup);
      const world::NodeIndex node = world_.add_node(options);
      roster_.servers.push_back(node);
      roster_.by_id[process.id] = node;
      roster_.by_name[process.name] = node;
      if (process.roles.broker) roster_.brokers.push_back(node);
      if (process.roles.controller) roster_.controllers.push_back(node);
      if (!rack.empty()) roster_.racks[node] = rack;
    }
  }

  static world::NodeKind kind_of(server::Roles roles) {
    if (roles.broker && roles.controller) return world::NodeKind::kCombined;
    return roles.broker ? world::NodeKind::kBroker : world::NodeKind::kController;
  }

  [[nodiscard]] ServerConfig config_of(const Process& process) const {
    const Cluster& cluster = model_.cluster;
    Properties properties = properties_of(cluster.config);
    const auto id = static_cast<std::size_t>(process.id.value());
    if (process.roles.broker && !cluster.racks.empty()) {
      properties["broker.rack"] = cluster.racks[(id - 1) % cluster.racks.size()];
    }
    for (const BrokerOverride& override : cluster.per_broker) {
      if (override.broker != process.id.value()) continue;
      for (auto& [name, value] : properties_of(override.config)) properties[name] = value;
      if (!override.rack.empty()) properties["broker.rack"] = override.rack;
    }
    // A simulated cluster has the topics that its scenario names, unless the scenario says
    // otherwise.
    ServerConfig start;
    start.broker.auto_create_topics_enable = false;
    const auto parsed = parse_server_config(properties, start);
    ENSURE(parsed.ok());
    return parsed.value();
  }

  [[nodiscard]] world::DiskOptions disk() const {
    world::DiskOptions out;
    out.capacity_bytes = model_.disk.capacity.value();
    out.write_latency = to_delay(model_.disk.write_latency);
    out.read_latency = to_delay(model_.disk.read_latency);
    out.sync_latency = to_delay(model_.disk.sync_latency);
    out.torn = model_.disk.torn;
    return out;
  }
  [[nodiscard]] world::ClockOptions clock(const std::string& name) const {
    Random random = random_.derive("clock").derive(name);
    world::ClockOptions out;
    out.wall_offset = {model_.clocks.offset.draw(random)};
    out.drift_ppm = model_.clocks.drift.draw(random);
    return out;
  }

  world::NodeIndex add_client_node(const std::string& name, client::ClientConfigVariant config,
                                   std::unique_ptr<workload::Application> application) {
    auto setup = std::make_shared<client::ClientSetup>();
    setup->config = std::move(config);
    setup->bootstrap = bootstrap_;
    setup->rules = rules_;
    world::NodeOptions options;
    options.name = name;
    options.kind = world::NodeKind::kClient;
    options.prototype = std::make_shared<client::ClientNode>();
    options.setup = std::move(setup);
    const world::NodeIndex node = world_.add_node(options);
    world_.attach(node, std::move(application));
    roster_.by_name[name] = node;
    return node;
  }

  void add_clients(std::size_t index) {
    const Client& client = model_.clients[index];
    const bool produces = client.kind == ClientKind::kProducer;
    const std::string base = client_name(client);
    for (std::int64_t turn = 0; turn < client.count.value(); ++turn) {
      const std::string name = fmt::format("{}-{}", base, ++named_[base]);
      const Random random = Random(plan_.seed).derive("application").derive(name);
      Properties properties = properties_of(client.config);
      if (!properties.contains("client.id")) properties["client.id"] = name;
      world::NodeIndex node;
      if (produces) {
        const auto config = parse_producer_config(properties);
        ENSURE(config.ok());
        node = add_client_node(
            name, config.value(),
            std::make_unique<workload::ProducerApplication>(producer_load(client, turn), random));
      } else {
        const auto config = parse_consumer_config(properties);
        ENSURE(config.ok());
        node = add_client_node(
            name, config.value(),
            std::make_unique<workload::ConsumerApplication>(consumer_load(client), random));
      }
      roster_.clients.push_back(node);
      roster_.client_of[node] = index;
    }
  }

  workload::ProducerLoad producer_load(const Client& client, std::int64_t turn) {
    workload::ProducerLoad load;
    load.application = ++applications_;
    load.topic = client.topic;
    load.rate = client.rate.value();
    load.per = seconds(3600);
    load.count = static_cast<std::int32_t>(client.count.value());
    load.turn = static_cast<std::int32_t>(turn);
    load.spacing = client.spacing == SpacingKind::kPoisson
                       ? workload::ProducerLoad::Spacing::kPoisson
                       : workload::ProducerLoad::Spacing::kConstant;
    load.record_bytes = static_cast<std::int32_t>(client.value_size.value());
    if (client.keys) {
      const bool zipf = client.keys->shape == Number::Shape::kZipf;
      load.keys =
          zipf ? workload::ProducerLoad::Keys::kZipf : workload::ProducerLoad::Keys::kUniform;
      load.key_count = static_cast<std::uint32_t>(client.keys->high + (zipf ? 0 : 1));
    }
    load.stop_after = std::max(Duration{0}, plan_.chaos - client.start.duration());
    if (client.records.value() > 0) {
      load.records_max = static_cast<std::uint64_t>(client.records.value());
    }
    return load;
  }

  [[nodiscard]] workload::ConsumerLoad consumer_load(const Client& client) const {
    workload::ConsumerLoad load;
    load.from.kind = client.from == ReadFrom::kEarliest ? client::SeekTarget::Kind::kBeginning
                                                        : client::SeekTarget::Kind::kEnd;
    for (const std::string& text : client.assign) {
      const auto topic = std::find_if(model_.topics.begin(), model_.topics.end(),
                                      [&text](const Topic& t) { return t.name == text; });
      if (topic != model_.topics.end()) {
        for (std::int64_t p = 0; p < topic->partitions.value(); ++p) {
          load.partitions.push_back({text, PartitionIndex(static_cast<std::int32_t>(p))});
        }
      } else if (const auto parsed = parse_partition(text)) {
        load.partitions.push_back({parsed->topic, PartitionIndex(parsed->partition)});
      }
    }
    return load;
  }

  void add_admin() {
    workload::AdminLoad load;
    load.brokers = static_cast<std::int32_t>(roster_.brokers.size());
    for (const Topic& topic : model_.topics) load.topics.push_back(topic_spec(topic));
    AdminConfig config;
    config.client.client_id = "admin";
    roster_.admin =
        add_client_node("admin", config, std::make_unique<workload::AdminApplication>(load));
  }

  void set_links() {
    for (const Link& link : model_.network.links) {
      const world::LinkOptions options = link_options(link.latency, link.loss, link.bandwidth);
      for (const world::NodeIndex from : static_nodes(link.from, roster_)) {
        for (const world::NodeIndex to : static_nodes(link.to, roster_)) {
          if (from != to) world_.set_link(from, to, options);
        }
      }
    }
    // The admin client stands outside all faults.
    for (const world::NodeIndex server : roster_.servers) {
      world_.set_link(roster_.admin, server, {});
      world_.set_link(server, roster_.admin, {});
    }
  }

  const Plan& plan_;
  const Model& model_;
  Random random_;
  Rules rules_;
  world::World world_;
  Roster roster_;
  std::vector<Endpoint> bootstrap_;
  std::map<std::string, std::int64_t> named_;
  std::uint16_t applications_ = 0;
};

}  // namespace

workload::TopicSpec topic_spec(const Topic& topic) {
  workload::TopicSpec spec;
  spec.name = topic.name;
  spec.partitions = static_cast<std::int32_t>(topic.partitions.value());
  spec.replication_factor = static_cast<std::int16_t>(topic.replication_factor.value());
  spec.config = properties_of(topic.config);
  for (const auto& replicas : topic.assignment) {
    auto& out = spec.assignment.emplace_back();
    for (const std::int64_t id : replicas) out.emplace_back(static_cast<std::int32_t>(id));
  }
  return spec;
}

Built build(const Plan& plan, const BuildOptions& options) {
  return Builder(plan, options).build();
}

}  // namespace logarium::scenario

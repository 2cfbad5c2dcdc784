#include "engine/live/cluster.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "engine/base/hash.hpp"
#include "engine/live/buffers.hpp"
#include "engine/live/system.hpp"
#include "engine/raft/quorum.hpp"
#include "engine/server/lifecycle.hpp"
#include "engine/server/server_node.hpp"

namespace logarium::live {
namespace {

constexpr std::chrono::seconds kTidyPeriod{1};

Uuid draw_uuid() { return {draw_seed(), draw_seed()}; }

std::string machine_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

bool is_any_address(const std::string& host) {
  return host.empty() || host == "0.0.0.0" || host == "::";
}

// Processes that are given the same voters find the same id without talking to each other.
std::string id_of_voters(const std::map<NodeId, Endpoint>& voters) {
  std::string text;
  for (const auto& [id, endpoint] : voters) {
    text += fmt::format("{}@{}:{},", id.value(), endpoint.host, endpoint.port);
  }
  return to_string(Uuid{hash_text(text), hash_text("cluster of " + text)});
}

const server::ServerNode& server_of(const NodeHost& host) {
  return dynamic_cast<const server::ServerNode&>(host.node());
}

}  // namespace

Cluster::Cluster(Loop& loop, LogLines& log, ClusterPlan plan, Callbacks callbacks)
    : loop_(loop),
      log_(log),
      plan_(std::move(plan)),
      callbacks_(std::move(callbacks)),
      stop_timer_(loop),
      tidy_timer_(loop) {}

Cluster::~Cluster() = default;

// ---- opening ------------------------------------------------------------------------------------

Result<> Cluster::open() {
  for (const NodePlan& node : plan_.nodes) {
    Member& member = members_.emplace_back();
    member.plan = node;
    if (Result<> opened = open(member); !opened) return opened;
  }
  if (Result<> chosen = choose_cluster_id(); !chosen) return chosen;
  std::map<NodeId, Endpoint> voters = plan_.voters;
  if (voters.empty()) {
    for (const Member& member : members_) {
      for (const server::Listener& listener : member.advertised) {
        if (listener.serves.controller) voters.emplace(member.plan.id, listener.advertised);
      }
    }
  }
  const metadata::ImageRef empty = metadata::Image::empty();
  for (Member& member : members_) {
    if (Result<> made = make_host(member, voters, empty); !made) return made;
  }
  return Ok{};
}

Result<> Cluster::open(Member& member) {
  auto lock = DirectoryLock::take(member.plan.directory);
  if (!lock) return lock.error();
  member.lock = std::make_unique<DirectoryLock>(std::move(lock).value());
  for (const ListenerPlan& listener : member.plan.listeners) {
    if (Result<> bound = listen(member, listener); !bound) return bound;
  }
  for (const server::Listener& listener : member.advertised) {
    if (!listener.serves.broker) continue;
    brokers_.push_back({member.plan.id, listener.advertised});
    break;
  }
  return Ok{};
}

Result<> Cluster::listen(Member& member, const ListenerPlan& plan) {
  auto listener = Listener::open(loop_, plan.bind);
  if (!listener) return listener.error();
  const Endpoint bound = listener.value()->endpoint();
  member.listeners.push_back(std::move(listener).value());
  Endpoint advertised = plan.advertised;
  if (advertised.host.empty()) {
    advertised.host = is_any_address(plan.bind.host) ? machine_name() : plan.bind.host;
  }
  if (advertised.port == 0) advertised.port = bound.port;
  member.advertised.push_back({plan.name, advertised, plan.serves});
  return Ok{};
}

Result<> Cluster::choose_cluster_id() {
  std::string found = plan_.cluster_id;
  std::string where = "asked for";
  for (const Member& member : members_) {
    const std::string id = cluster_id_of(member.plan.directory);
    if (id.empty()) continue;
    if (!found.empty() && id != found) {
      return Error{fmt::format("the directory {} belongs to cluster {}, but cluster {} is {}",
                               member.plan.directory, id, found, where)};
    }
    found = id;
    where = "in " + member.plan.directory;
  }
  if (found.empty()) {
    found = plan_.voters.empty() ? to_string(draw_uuid()) : id_of_voters(plan_.voters);
  }
  cluster_id_ = found;
  return Ok{};
}

Result<> Cluster::make_host(Member& member, const std::map<NodeId, Endpoint>& voters,
                            const metadata::ImageRef& empty) {
  const NodePlan& plan = member.plan;
  auto setup = std::make_shared<server::ServerSetup>();
  setup->node_id = plan.id;
  setup->roles = plan.roles;
  setup->cluster_id = cluster_id_;
  setup->listeners = member.advertised;
  setup->inter_broker_listener = plan.inter_broker_listener;
  setup->voters = voters;
  setup->config = plan.config;
  // The hashes are for those who compare: replays, and the checkers of simulated runs.
  if (plan_.record.empty()) setup->config.broker.logarium_log_hash_chain = false;
  // A directory of 0.2.0's first days has its partitions in a folder of their own.
  if (std::filesystem::exists(plan.directory + "/logs/meta.properties")) {
    setup->config.broker.logarium_log_directory = "logs";
  }
  setup->empty_image = empty;
  NodeOptions options;
  options.name = fmt::format("node-{}", plan.id.value());
  options.node = std::make_unique<server::ServerNode>();
  options.request_bytes_max = static_cast<std::size_t>(plan.config.broker.socket_request_max_bytes);
  if (const std::int64_t idle_ms = plan.config.broker.connections_max_idle_ms; idle_ms >= 0) {
    options.idle_max = std::chrono::milliseconds(idle_ms);
  }
  options.seed = draw_seed();
  options.directory = plan.directory;
  options.durability = plan_.durability;
  if (!plan_.record.empty()) {
    auto recording = Recording::open({.directory = plan_.record,
                                      .fingerprint = plan_.fingerprint,
                                      .name = options.name,
                                      .data = plan.directory,
                                      .seed = options.seed,
                                      .setup = setup});
    if (!recording) return recording.error();
    member.recording = std::move(recording).value();
    options.recording = &member.recording->writer();
    options.incarnation = member.recording->incarnation();
  }
  options.setup = std::move(setup);
  member.host = std::make_unique<NodeHost>(loop_, log_, *this, std::move(options));
  return Ok{};
}

// ---- running ------------------------------------------------------------------------------------

void Cluster::start() {
  for (const std::string& remark : plan_.remarks) log_.line(Level::kInfo, "-", remark);
  running_ = members_.size();
  tidy();
  for (Member& member : members_) {
    member.host->start();
    if (member.host->ended()) continue;
    for (std::size_t i = 0; i < member.listeners.size(); ++i) {
      if (!member.advertised[i].serves.controller) continue;
      member.host->serve(*member.listeners[i], static_cast<std::uint16_t>(i));
    }
  }
}

// Memory of a load that is over is not kept.
void Cluster::tidy() {
  give_back_unneeded();
  tidy_timer_.arm(std::chrono::steady_clock::now() + kTidyPeriod, [this] { tidy(); });
}

bool Cluster::unfenced(const Member& member) {
  if (!member.plan.roles.broker || member.host->ended()) return false;
  const server::BrokerLifecycle* lifecycle = server_of(*member.host).lifecycle();
  return lifecycle != nullptr && lifecycle->state() == note::BrokerState::kRunning;
}

void Cluster::admit_clients() {
  for (Member& member : members_) {
    if (member.admits_clients || !unfenced(member)) continue;
    member.admits_clients = true;
    for (std::size_t i = 0; i < member.listeners.size(); ++i) {
      if (member.advertised[i].serves.controller) continue;
      member.host->serve(*member.listeners[i], static_cast<std::uint16_t>(i));
    }
  }
}

// A broker serves when it is unfenced; of a cluster that lives in this process every broker shall
// know of all the others, so that the first answer to a client is whole.
bool Cluster::serves(const Member& member) const {
  if (member.host->ended()) return false;
  const server::ServerNode& node = server_of(*member.host);
  if (!member.plan.roles.broker) return node.quorum() != nullptr && node.quorum()->leader();
  if (!unfenced(member)) return false;
  const auto image = node.image();
  if (!image) return false;
  std::size_t unfenced = 0;
  for (const auto& [id, broker] : image->brokers()) unfenced += broker->fenced ? 0U : 1U;
  return unfenced >= brokers_.size();
}

void Cluster::check_ready() {
  if (ready_ || stopping_) return;
  const bool all = std::all_of(members_.begin(), members_.end(),
                               [this](const Member& member) { return serves(member); });
  if (!all) return;
  ready_ = true;
  callbacks_.on_ready();
}

void Cluster::on_notes(NodeHost& node, std::span<const Note> notes) {
  bool progress = false;
  const auto image = server_of(node).image();
  for (const Note& note : notes) {
    progress |= std::holds_alternative<note::BrokerStateChanged>(note) ||
                std::holds_alternative<note::MetadataApplied>(note) ||
                std::holds_alternative<note::QuorumRoleChanged>(note);
    const NoteLine line = line_of(note, image.get());
    if (!line.text.empty()) log_.line(line.level, node.name(), line.text);
  }
  if (!progress) return;
  admit_clients();
  check_ready();
}

void Cluster::on_answer(NodeHost&, const Answer&) {}

// ---- stopping -----------------------------------------------------------------------------------

void Cluster::stop() {
  stopping_ = true;
  stop_timer_.arm(std::chrono::steady_clock::now() + plan_.stop_patience, [this] {
    clean_ = false;
    drop_the_rest(Level::kWarning, fmt::format("the controller did not let it go within {} ms",
                                               plan_.stop_patience.count()));
    check_over();
  });
  for (Member& member : members_) {
    if (!member.host->ended()) member.host->request_shutdown();
  }
}

void Cluster::on_exit(NodeHost& node, const Exit& exit) {
  if (exit.clean) {
    log_.line(Level::kInfo, node.name(), "stopped");
  } else {
    log_.line(Level::kError, node.name(), "stopped: " + exit.reason);
    clean_ = false;
  }
  --running_;
  loop_.post([this, alive = std::weak_ptr<int>(alive_)] {
    if (alive.expired() || ended_) return;
    // A cluster that loses a node before it ever served is not what was asked for.
    if (!ready_ && !stopping_) stop();
    if (running_ > 0 && (stopping_ || !clean_) && quorum_is_lost()) {
      drop_the_rest(Level::kInfo, "no quorum is left that could let it go");
    }
    check_over();
  });
}

void Cluster::check_over() {
  if (running_ > 0 || ended_) return;
  ended_ = true;
  stop_timer_.cancel();
  callbacks_.on_end(clean_);
}

// Whether fewer than a majority of the voters run, and all of them are this process's.
bool Cluster::quorum_is_lost() const {
  std::size_t voters = 0;
  std::size_t up = 0;
  for (const Member& member : members_) {
    voters += member.plan.roles.controller ? 1U : 0U;
    up += member.plan.roles.controller && !member.host->ended() ? 1U : 0U;
  }
  const bool ours = plan_.voters.empty() || plan_.voters.size() == voters;
  return ours && up * 2 <= voters;
}

void Cluster::drop_the_rest(Level level, const std::string& why) {
  for (Member& member : members_) {
    if (member.host->ended()) continue;
    log_.line(level, member.host->name(), "ended: " + why);
    member.host->drop();
    --running_;
  }
}

}  // namespace logarium::live

#include "tests/unit/engine/raft/cluster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/protocol/api_table.hpp"
#include "engine/protocol/messages/api_versions.hpp"
#include "engine/rpc/versions.hpp"

namespace logarium::raft::test {
namespace {

MessageRef versions() {
  auto response = std::make_shared<protocol::ApiVersionsResponse>();
  for (const protocol::ApiEntry& api : protocol::api_table()) {
    const auto range = protocol::advertised(api);
    response->api_keys.push_back({static_cast<std::int16_t>(api.key), range.min, range.max});
  }
  return response;
}

}  // namespace

BrokerConfig fast_config() {
  BrokerConfig config;
  config.controller_quorum_election_timeout_ms = 100;
  config.controller_quorum_fetch_timeout_ms = 200;
  config.controller_quorum_election_backoff_max_ms = 100;
  config.controller_quorum_append_linger_ms = 3;
  config.controller_quorum_request_timeout_ms = 200;
  config.controller_quorum_retry_backoff_ms = 5;
  return config;
}

Cluster::Cluster(const ClusterOptions& options)
    : options_(options),
      voters_([&] {
        std::vector<ReplicaKey> keys;
        for (int id = 1; id <= options.voters; ++id) {
          keys.push_back({NodeId(id), Uuid{7, static_cast<std::uint64_t>(id)}});
        }
        return VoterSet(keys);
      }()),
      checks_(voters_),
      random_(Random(options.seed).derive("cluster")) {
  for (int id = 1; id <= options.voters + options.observers; ++id) {
    nodes_.emplace_back();
    nodes_.back().key = {NodeId(id), Uuid{7, static_cast<std::uint64_t>(id)}};
    restart(id);
  }
}

// ---- faults -------------------------------------------------------------------------------------

void Cluster::restart(int id) {
  Node& one = node(id);
  if (one.machine) return;
  ++one.incarnation;
  Options options;
  options.self = one.key;
  options.voters = voters_;
  options.cluster_id = "test";
  options.config = options_.config;
  options.rules = options_.rules;
  rpc::OutboundOptions outbound;
  outbound.self = one.key.id;
  outbound.reconnect_backoff = milliseconds(5);
  outbound.reconnect_backoff_max = milliseconds(40);
  outbound.connection_setup_timeout = milliseconds(100);
  outbound.connection_setup_timeout_max = milliseconds(100);
  one.machine = std::make_unique<Machine>(
      Machine{{}, {}, rpc::Outbound(outbound), Quorum(std::move(options))});
  one.machine->core.random = Random(options_.seed).derive(fmt::format("n{}", id), one.incarnation);
  checks_.on_restart(one.key, one.incarnation);
  schedule(now_, id, Boot{});
}

void Cluster::restart_all() {
  for (int id = 1; id <= size(); ++id) restart(id);
}

// What was issued and not yet done happens in part, in order.
void Cluster::crash(int id) {
  Node& one = node(id);
  if (!one.machine) return;
  say(fmt::format("n{} crashes", id));
  const std::size_t done = one.pending.empty() ? 0 : random_.below(one.pending.size() + 1);
  for (std::size_t i = 0; i < done; ++i) (void)one.disk.perform(one.pending[i]);
  stop(id);
  one.disk.crash();
}

void Cluster::power_loss(int id) {
  crash(id);
  say(fmt::format("n{} loses power", id));
  node(id).disk.power_loss(random_);
}

void Cluster::stop(int id) {
  Node& one = node(id);
  one.machine.reset();
  one.pending.clear();
  std::vector<ConnectionId> open;
  for (const auto& [key, end] : ends_) {
    if (key.first == id) open.push_back(key.second);
  }
  for (const ConnectionId connection : open) disconnect(id, connection);
}

void Cluster::wipe(int id) {
  Node& one = node(id);
  ENSURE(!one.machine);
  one.disk = FakeDisk();
  one.key.directory = random_.uuid();
}

void Cluster::resign(int id) {
  if (!up(id)) return;
  Effects effects;
  Machine& machine = *node(id).machine;
  StepContext ctx(now_of(), machine.core, effects);
  rpc::Port port{ctx, machine.inbound, machine.outbound};
  machine.quorum.resign(port);
  drain(port, machine);
  perform(id, effects);
}

void Cluster::cut(int a, int b) {
  cut_one_way(a, b);
  cut_one_way(b, a);
}

void Cluster::isolate(int id) {
  for (int other = 1; other <= size(); ++other) {
    if (other != id) cut(id, other);
  }
}

// ---- running ------------------------------------------------------------------------------------

void Cluster::schedule(Instant when, int id, What what) {
  events_.emplace(std::pair(when, next_event_++),
                  Scheduled{id, node(id).incarnation, std::move(what)});
}

void Cluster::run_for(Duration time) {
  const Instant end = now_ + time;
  while (!events_.empty() && events_.begin()->first.first <= end) run_one();
  now_ = end;
}

void Cluster::run_one() {
  auto entry = events_.extract(events_.begin());
  now_ = std::max(now_, entry.key().first);
  const Scheduled& event = entry.mapped();
  Node& one = node(event.node);
  if (!one.machine || one.incarnation != event.incarnation) return;
  ++events_done_;
  if (std::get_if<FinishIo>(&event.what) != nullptr) {
    finish_io(event.node);
  } else if (const auto* input = std::get_if<Input>(&event.what)) {
    const bool wake = std::get_if<Wake>(input) != nullptr;
    if (wake && !one.machine->core.timers.due(now_)) return;
    step(event.node, input);
  } else {
    step(event.node, nullptr);
  }
}

void Cluster::finish_io(int id) {
  Node& one = node(id);
  ENSURE(!one.pending.empty());
  const FileOp op = std::move(one.pending.front());
  one.pending.pop_front();
  const Input done = one.disk.perform(op);
  step(id, &done);
}

void Cluster::step(int id, const Input* input) {
  Machine& machine = *node(id).machine;
  Effects effects;
  StepContext ctx(now_of(), machine.core, effects);
  rpc::Port port{ctx, machine.inbound, machine.outbound};
  if (input != nullptr) {
    dispatch(port, machine, *input);
  } else {
    for (int other = 1; other <= size(); ++other) {
      machine.outbound.set_endpoint(ctx, NodeId(other), {fmt::format("{}", other), 9093},
                                    rpc::Door::kController);
    }
    machine.quorum.start(port);
  }
  drain(port, machine);
  perform(id, effects);
}

void Cluster::dispatch(rpc::Port& port, Machine& machine, const Input& input) {
  if (const auto* accepted = std::get_if<Accepted>(&input)) {
    machine.inbound.accepted(accepted->connection, accepted->listener);
  } else if (const auto* connected = std::get_if<Connected>(&input)) {
    machine.outbound.connected(port.step, connected->connection);
  } else if (const auto* failed = std::get_if<ConnectFailed>(&input)) {
    machine.outbound.connect_failed(port.step, failed->connection);
  } else if (const auto* gone = std::get_if<Disconnected>(&input)) {
    if (!machine.outbound.disconnected(port.step, gone->connection)) {
      machine.inbound.disconnected(gone->connection);
    }
  } else if (const auto* received = std::get_if<Received>(&input)) {
    if (!machine.outbound.received(port.step, received->connection, received->frame)) {
      machine.inbound.received(port.step, received->connection, received->frame);
    }
  } else if (const auto* done = std::get_if<IoDone>(&input)) {
    machine.quorum.on_io(port, *done);
  } else if (std::get_if<Wake>(&input) != nullptr) {
    const Cookie cookie = machine.core.timers.fire();
    if (cookie.machine == logarium::Machine::kRpc) {
      machine.outbound.on_timer(port.step, cookie);
    } else {
      machine.quorum.on_timer(port, cookie);
    }
  }
}

void Cluster::drain(rpc::Port& port, Machine& machine) {
  const auto versions_key = static_cast<std::int16_t>(protocol::ApiKey::kApiVersions);
  for (bool more = true; more;) {
    more = false;
    while (auto request = machine.inbound.next()) {
      more = true;
      if (request->body->api_key() == versions_key) {
        port.answer(request->id, versions());
      } else {
        machine.quorum.handle(port, *request);
      }
    }
    while (auto reply = machine.outbound.next_reply()) {
      more = true;
      machine.quorum.on_reply(port, *reply);
    }
  }
  while (auto event = machine.quorum.next_event()) told_.push_back(std::move(*event));
}

void Cluster::perform(int id, Effects& effects) {
  for (const Note& note : effects.notes) on_note(id, note);
  for (const Event& event : std::exchange(told_, {})) checks_.on_event(node(id).key, event);
  for (Action& action : effects.actions) {
    if (const auto* to = std::get_if<Connect>(&action)) {
      connect(id, *to);
    } else if (const auto* message = std::get_if<Send>(&action)) {
      send(id, *message);
    } else if (const auto* closed = std::get_if<Disconnect>(&action)) {
      disconnect(id, closed->connection);
    } else if (auto* op = std::get_if<FileOp>(&action)) {
      Node& one = node(id);
      const Duration time = op->kind == FileOpKind::kSync
                                ? random_.between(microseconds(200), options_.sync_high)
                                : random_.between(microseconds(5), microseconds(60));
      one.disk_free = std::max(one.disk_free, now_) + time + one.disk_delay;
      one.pending.push_back(std::move(*op));
      schedule(one.disk_free, id, FinishIo{});
    }
  }
  if (const Instant next = node(id).machine->core.timers.next_deadline(); next != kNever) {
    schedule(std::max(next, now_), id, Input(Wake{}));
  }
}

// ---- network ------------------------------------------------------------------------------------

void Cluster::connect(int id, const Connect& connect) {
  const int to = std::stoi(connect.to.host);
  if (is_cut(id, to) || is_cut(to, id)) return;
  if (!up(to)) {
    schedule(now_ + latency(), id, Input(ConnectFailed{connect.connection}));
    return;
  }
  next_accepted_ += 2;
  const ConnectionId accepted(next_accepted_);
  const Instant arrives = now_ + latency();
  const Instant answered = arrives + latency();
  ends_[{id, connect.connection}] = {to, accepted, false, arrives};
  ends_[{to, accepted}] = {id, connect.connection, false, answered};
  schedule(arrives, to, Input(Accepted{accepted}));
  schedule(answered, id, Input(Connected{connect.connection}));
}

void Cluster::send(int id, const Send& send) {
  const auto at = ends_.find({id, send.connection});
  if (at == ends_.end()) return;
  End& end = at->second;
  tell(id, end.peer, send.frame);
  if (is_cut(id, end.peer)) end.dead = true;
  if (end.dead) return;
  if (random_.chance_ppm(resets_ppm_)) {
    schedule(now_ + latency(), id, Input(Disconnected{send.connection}));
    disconnect(id, send.connection);
    return;
  }
  end.last_arrival = std::max(end.last_arrival, now_ + latency());
  schedule(end.last_arrival, end.peer, Input(Received{end.peer_connection, send.frame}));
}

void Cluster::disconnect(int id, ConnectionId connection) {
  const auto at = ends_.find({id, connection});
  if (at == ends_.end()) return;
  const End end = at->second;
  ends_.erase(at);
  ends_.erase({end.peer, end.peer_connection});
  if (!is_cut(id, end.peer) && up(end.peer)) {
    const Instant when = std::max(end.last_arrival, now_ + latency());
    schedule(when, end.peer, Input(Disconnected{end.peer_connection}));
  }
}

// ---- what tests ask and do ----------------------------------------------------------------------

std::optional<int> Cluster::leader() const {
  std::optional<int> best;
  for (int id = 1; id <= size(); ++id) {
    if (!up(id) || !quorum(id).active_epoch()) continue;
    if (!best || quorum(id).epoch() > quorum(*best).epoch()) best = id;
  }
  return best;
}

std::optional<Offset> Cluster::append(const std::string& text) {
  const auto id = leader();
  return id ? append_at(*id, text) : std::nullopt;
}

std::optional<Offset> Cluster::append_at(int id, const std::string& text) {
  Effects effects;
  Machine& machine = *node(id).machine;
  StepContext ctx(now_of(), machine.core, effects);
  rpc::Port port{ctx, machine.inbound, machine.outbound};
  const auto offset = machine.quorum.append(port, {Bytes::copy_of(text)});
  drain(port, machine);
  perform(id, effects);
  return offset;
}

MessageRef Cluster::ask(int id, const MessageRef& request) {
  Effects effects;
  Machine& machine = *node(id).machine;
  StepContext ctx(now_of(), machine.core, effects);
  rpc::Port port{ctx, machine.inbound, machine.outbound};
  while (machine.inbound.take_loopback()) {
    // Late answers to earlier questions.
  }
  machine.inbound.local(request, *rpc::newest_version(request->api_key()));
  drain(port, machine);
  perform(id, effects);
  const auto answer = machine.inbound.take_loopback();
  return answer ? answer->response : nullptr;
}

bool Cluster::snapshot(int id) {
  if (!up(id)) return false;
  Effects effects;
  Machine& machine = *node(id).machine;
  StepContext ctx(now_of(), machine.core, effects);
  rpc::Port port{ctx, machine.inbound, machine.outbound};
  machine.quorum.write_snapshot(port, machine.quorum.committed_end(),
                                {Bytes::copy_of(checks_.state_of(node(id).key))});
  drain(port, machine);
  const bool issued = !effects.actions.empty();
  perform(id, effects);
  return issued;
}

bool Cluster::all_applied(Offset end) const {
  for (int id = 1; id <= size(); ++id) {
    if (up(id) && checks_.committed_end(node(id).key) < end) return false;
  }
  return true;
}

}  // namespace logarium::raft::test

#include "engine/replica/manager.hpp"

#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/protocol/api_key.hpp"
#include "engine/replica/manager_state.hpp"

namespace logarium::replica {

using protocol::ApiKey;

Manager::State::State(Options options)
    : setup{.self = options.self,
            .config = std::move(options.config),
            .topic_defaults = std::move(options.topic_defaults),
            .rules = options.rules,
            .listeners = std::move(options.listeners)},
      storage(log::DirectoryIdentity{.root = std::move(options.directory),
                                     .cluster = options.cluster,
                                     .node = options.self,
                                     .rules = options.rules}) {}

Manager::Manager(Options options) : state_(std::make_unique<State>(std::move(options))) {}
Manager::~Manager() = default;
Manager::Manager(const Manager& other) : state_(std::make_unique<State>(*other.state_)) {}
Manager& Manager::operator=(const Manager& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}
Manager::Manager(Manager&&) noexcept = default;
Manager& Manager::operator=(Manager&&) noexcept = default;

// ---- life ---------------------------------------------------------------------------------------

void Manager::start(rpc::Port& port) {
  Env env = state_->env(port);
  state_->storage.start(env);
  state_->settle(env);
}

void Manager::set_broker_epoch(BrokerEpoch epoch) { state_->broker_epoch = epoch; }

void Manager::set_controller(rpc::Port& port, std::optional<NodeId> controller) {
  Env env = state_->env(port);
  state_->isr_channel.set_controller(env, controller);
  state_->settle(env);
}

void Manager::apply_metadata(rpc::Port& port, const metadata::ImageRef& image,
                             const metadata::Delta& delta) {
  state_->image = image;
  Env env = state_->env(port);
  if (state_->storage.failed() || state_->storage.closing()) return;
  // Until the logs are open, images only wait; the last of them is taken as a whole then.
  if (!state_->storage.running()) return;
  if (state_->published) {
    state_->apply(env, delta);
  } else {
    state_->apply_first(env);
  }
  state_->isr_channel.send(env);
  state_->settle(env);
}

void Manager::close(rpc::Port& port) {
  Env env = state_->env(port);
  state_->fetchers.stop();
  state_->storage.close(env);
  state_->settle(env);
}

std::optional<Event> Manager::next_event() {
  if (state_->events.empty()) return std::nullopt;
  return state_->events.pop_front();
}

// ---- inputs -------------------------------------------------------------------------------------

void Manager::handle(rpc::Port& port, const rpc::Request& request) {
  Env env = state_->env(port);
  switch (static_cast<ApiKey>(request.body->api_key())) {
    case ApiKey::kProduce:
      state_->produces.handle(env, request);
      break;
    case ApiKey::kFetch:
      state_->fetches.handle(env, request);
      break;
    case ApiKey::kListOffsets:
      state_->offsets.list(env, request);
      break;
    case ApiKey::kOffsetForLeaderEpoch:
      state_->offsets.for_leader_epoch(env, request);
      break;
    case ApiKey::kDeleteRecords:
      state_->deletes.handle(env, request);
      break;
    default:
      ENSURE(false && "a request that is not the replica manager's");
  }
  state_->settle(env);
}

void Manager::on_reply(rpc::Port& port, const rpc::Reply& reply) {
  Env env = state_->env(port);
  switch (static_cast<What>(reply.cookie.what)) {
    case What::kFetchReply:
      state_->fetchers.on_fetch_reply(env, reply);
      break;
    case What::kLeaderEndReply:
      state_->fetchers.on_leader_offset(env, reply, Fetchers::End::kLatest);
      break;
    case What::kLeaderStartReply:
      state_->fetchers.on_leader_offset(env, reply, Fetchers::End::kEarliest);
      break;
    case What::kAlterReply:
      state_->isr_channel.on_reply(env, reply);
      break;
    default:
      ENSURE(false && "a reply that nobody here asked for");
  }
  state_->settle(env);
}

void Manager::on_timer(rpc::Port& port, Cookie fired) {
  Env env = state_->env(port);
  if (fired.machine == Machine::kLog) {
    if (Partition* partition = state_->replicas.edit(fired.slot)) {
      partition->log().on_timer(port.step, fired);
    } else {
      state_->storage.on_grave_timer(env, fired);
    }
    state_->settle(env);
    return;
  }
  const BrokerConfig& config = *state_->setup.config;
  switch (static_cast<What>(fired.what)) {
    case What::kProduceDeadline:
      state_->produces.on_deadline(env, fired.value);
      break;
    case What::kDeleteDeadline:
      state_->deletes.on_deadline(env, fired.value);
      break;
    case What::kFetchDeadline:
      state_->fetches.on_deadline(env, fired.slot, fired.value);
      break;
    case What::kFetcherBackoff:
      state_->fetchers.on_fetcher_backoff(env, fired.slot);
      break;
    case What::kPartitionBackoff:
      state_->fetchers.on_partition_backoff(env, fired.slot,
                                            LeaderEpoch(static_cast<std::int32_t>(fired.value)));
      break;
    case What::kAlterRetry:
      state_->isr_channel.on_retry(env);
      break;
    case What::kShrinkIsr:
      state_->shrink_isrs(env);
      port.step.arm(state_->setup.lag_max() / 2, fired);
      break;
    case What::kCheckpointHighWatermarks:
      state_->storage.checkpoint_high_watermarks(env);
      port.step.arm(milliseconds(config.replica_high_watermark_checkpoint_interval_ms), fired);
      break;
    case What::kCheckpointOffsets:
      state_->storage.checkpoint_offsets(env);
      port.step.arm(milliseconds(config.log_flush_offset_checkpoint_interval_ms), fired);
      break;
    case What::kRetention:
      state_->retain(env);
      port.step.arm(milliseconds(config.log_retention_check_interval_ms), fired);
      break;
    case What::kProducerExpiry:
      state_->expire_producers(env);
      port.step.arm(milliseconds(config.producer_id_expiration_check_interval_ms), fired);
      break;
    case What::kFetchReply:
    case What::kLeaderEndReply:
    case What::kLeaderStartReply:
    case What::kAlterReply:
      ENSURE(false && "a timer with the cookie of a request");
  }
  state_->settle(env);
}

void Manager::on_io(rpc::Port& port, const IoDone& done) {
  Env env = state_->env(port);
  if (done.cookie.slot == log::kDirectorySlot) {
    state_->storage.on_directory_io(env, done);
  } else if (Partition* partition = state_->replicas.edit(done.cookie.slot)) {
    partition->log().on_io(port.step, done);
  } else {
    state_->storage.on_grave_io(env, done);
  }
  state_->settle(env);
}

// ---- inspection ---------------------------------------------------------------------------------

const Partition* Manager::find(PartitionRef ref) const {
  const auto slot = state_->replicas.find(ref);
  return slot ? state_->replicas.at(*slot) : nullptr;
}

std::size_t Manager::waiting_produces() const { return state_->produces.waiting(); }

std::size_t Manager::overdue_produces(Instant now) const { return state_->produces.overdue(now); }

std::vector<PartitionRef> Manager::partitions() const {
  std::vector<PartitionRef> refs;
  refs.reserve(state_->replicas.size());
  for (const auto& [ref, slot] : state_->replicas.ordered()) refs.push_back(ref);
  return refs;
}

void Manager::describe(StateVisitor& v) const {
  visit(v, "brokers", state_->brokers), visit(v, "broker epoch", state_->broker_epoch);
  visit(v, "published", state_->published), visit(v, "replicas", state_->replicas);
  visit(v, "storage", state_->storage), visit(v, "produces", state_->produces);
  visit(v, "fetches", state_->fetches), visit(v, "offsets", state_->offsets);
  visit(v, "deletes", state_->deletes), visit(v, "fetchers", state_->fetchers);
  visit(v, "isr channel", state_->isr_channel);
  visit(v, "watched", state_->watched.size()), visit(v, "events", state_->events.size());
}

}  // namespace logarium::replica

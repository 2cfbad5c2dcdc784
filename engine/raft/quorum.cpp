#include "engine/raft/quorum.hpp"

#include <utility>

#include "engine/log/checkpoint.hpp"
#include "engine/protocol/api_key.hpp"

namespace logarium::raft {

namespace {
// Role changes that may follow from one another within one step.
constexpr int kRoleChangesMax = 16;
}  // namespace

Quorum::Quorum(Options options)
    : options_(std::move(options)),
      state_file_(options_.directory),
      store_(options_.directory, options_.config, options_.rules) {}

// ---- opening ----------------------------------------------------------------------------------

void Quorum::start(rpc::Port& port) {
  ENSURE(phase_ == Phase::kNew);
  phase_ = Phase::kDirectory;
  FileOp make;
  make.kind = FileOpKind::kMakeDir;
  make.path = options_.directory;
  make.cookie = cookie_of(What::kDirectoryIo);
  port.step.issue(make);
  FileOp sync;
  sync.kind = FileOpKind::kSyncDir;
  sync.path = log::parent_of(options_.directory);
  sync.cookie = cookie_of(What::kDirectoryIo, 1);
  port.step.issue(sync);
}

void Quorum::on_io(rpc::Port& port, const IoDone& done) {
  if (phase_ == Phase::kFailed) return;
  if (done.cookie.machine == Machine::kLog) {
    store_.on_io(port.step, done);
  } else if (done.cookie == cookie_of(What::kDirectoryIo, 1)) {
    if (done.status != IoStatus::kOk) {
      fail(port, options_.directory + ": cannot be made");
      return;
    }
    phase_ = Phase::kState;
    state_file_.load(port.step);
  } else if (done.cookie.what == static_cast<std::uint8_t>(What::kStateIo)) {
    on_state_io(port, done);
  } else if (done.cookie.what == static_cast<std::uint8_t>(What::kSnapshotIo)) {
    store_.on_io(port.step, done);
  }
  drain_store(port);
  settle(port);
}

void Quorum::on_state_io(rpc::Port& port, const IoDone& done) {
  switch (state_file_.on_io(port.step, done)) {
    case StateFile::Progress::kNothing:
      return;
    case StateFile::Progress::kLoaded:
      phase_ = Phase::kStore;
      store_.open(port.step);
      return;
    case StateFile::Progress::kStored:
      persisting_ = false;
      release(port);
      return;
    case StateFile::Progress::kFailed:
      fail(port, state_file_.error());
      return;
  }
}

void Quorum::drain_store(rpc::Port& port) {
  while (auto signal = store_.next_signal()) on_signal(port, std::move(*signal));
  pull_events();
}

void Quorum::on_signal(rpc::Port& port, Store::Signal signal) {
  if (std::get_if<Store::Opened>(&signal) != nullptr) {
    opened(port);
  } else if (auto* read = std::get_if<Store::ReadDone>(&signal)) {
    on_read_done(port, std::move(*read));
  } else if (auto* piece = std::get_if<Store::SnapshotPiece>(&signal)) {
    on_snapshot_piece(port, std::move(*piece));
  } else if (auto* failed = std::get_if<Store::Failed>(&signal)) {
    fail(port, std::move(failed->reason));
  } else if (auto* follower = std::get_if<Follower>(&role_)) {
    // Installed, or not: either way the next fetch tells how to go on.
    follower->download.reset();
  }
}

void Quorum::pull_events() {
  while (auto event = store_.next_event()) events_.push_back(std::move(*event));
}

// ---- the queue ----------------------------------------------------------------------------------

void Quorum::handle(rpc::Port& port, const rpc::Request& request) {
  hold_or_dispatch(port, request);
}
void Quorum::on_reply(rpc::Port& port, const rpc::Reply& reply) { hold_or_dispatch(port, reply); }
void Quorum::on_timer(rpc::Port& port, Cookie cookie) {
  if (cookie.machine == Machine::kLog) {
    store_.on_timer(port.step, cookie);
    drain_store(port);
    settle(port);
    return;
  }
  hold_or_dispatch(port, cookie);
}

void Quorum::hold_or_dispatch(rpc::Port& port, Held input) {
  if (phase_ == Phase::kFailed) return;
  if (holding()) {
    held_.push_back(std::move(input));
    return;
  }
  dispatch(port, input);
  settle(port);
}

// The persistent state is stored: what follows from it may leave now, and what arrived meanwhile
// is handled.
void Quorum::release(rpc::Port& port) {
  if (std::exchange(vote_unnoted_, false) && election_.voted) {
    port.step.note(note::VotePersisted{election_.epoch, election_.voted->id});
  }
  note_role(port);
  for (HeldAnswer& held : std::exchange(held_answers_, {})) {
    port.answer(held.request, std::move(held.body));
  }
  settle(port);
  while (!holding() && !held_.empty()) {
    const Held input = std::move(held_.front());
    held_.pop_front();
    dispatch(port, input);
    settle(port);
  }
}

void Quorum::dispatch(rpc::Port& port, const Held& input) {
  std::visit([&](const auto& what) { dispatch(port, what); }, input);
}

void Quorum::dispatch(rpc::Port& port, const rpc::Request& request) {
  using protocol::ApiKey;
  switch (static_cast<ApiKey>(request.body->api_key())) {
    case ApiKey::kVote:
      return on_vote(port, request);
    case ApiKey::kBeginQuorumEpoch:
      return on_begin_epoch(port, request);
    case ApiKey::kEndQuorumEpoch:
      return on_end_epoch(port, request);
    case ApiKey::kFetch:
      return on_fetch(port, request);
    case ApiKey::kFetchSnapshot:
      return on_fetch_snapshot(port, request);
    case ApiKey::kDescribeQuorum:
      return on_describe(port, request);
    default:
      ENSURE(false && "a request that is not the quorum's");
  }
}

void Quorum::dispatch(rpc::Port& port, const rpc::Reply& reply) {
  switch (static_cast<What>(reply.cookie.what)) {
    case What::kVote:
      return on_vote_reply(port, reply);
    case What::kBeginEpoch:
      return on_begin_epoch_reply(port, reply);
    case What::kEndEpoch:
      return on_end_epoch_reply(port, reply);
    case What::kFetch:
      return on_fetch_reply(port, reply);
    case What::kFetchSnapshot:
      return on_fetch_snapshot_reply(port, reply);
    default:
      ENSURE(false && "a reply to nothing the quorum asks");
  }
}

void Quorum::dispatch(rpc::Port& port, Cookie timer) {
  const bool current = timer.value == role_number_;
  switch (static_cast<What>(timer.what)) {
    case What::kRoleTimer:
      if (current) on_role_timer(port);
      return;
    case What::kLingerTimer:
      if (auto* leader = std::get_if<Leader>(&role_)) drain_accumulator(port, *leader);
      return;
    case What::kWaitingTimer:
      expire_waiting(port);
      return;
    case What::kRetryTimer:
      return;  // settle() sends what is due
    default:
      ENSURE(false && "a timer that the quorum never sets");
  }
}

// Does what the present role has to do, until nothing changes.
void Quorum::settle(rpc::Port& port) {
  for (int i = 0; i < kRoleChangesMax && !holding(); ++i) {
    const std::uint64_t before = role_number_;
    if (std::get_if<Unattached>(&role_) != nullptr) {
      run_unattached(port);
    } else if (const auto* prospective = std::get_if<Prospective>(&role_)) {
      if (prospective->tally.won(options_.voters)) {
        become_candidate(port, prospective->failures);
      } else if (prospective->tally.lost(options_.voters)) {
        give_up_pre_vote(port);
      } else {
        ask_votes(port, prospective->tally, note::QuorumRole::kProspective);
      }
    } else if (auto* candidate = std::get_if<Candidate>(&role_)) {
      if (candidate->backing_off) return;
      if (candidate->tally.won(options_.voters)) {
        become_leader(port);
      } else if (candidate->tally.lost(options_.voters)) {
        candidate->backing_off = true;
        port.step.rearm(role_timer_, backoff(port, candidate->failures),
                        cookie_of(What::kRoleTimer, role_number_));
      } else {
        ask_votes(port, candidate->tally, note::QuorumRole::kCandidate);
      }
    } else if (std::get_if<Leader>(&role_) != nullptr) {
      run_leader(port);
    } else if (std::get_if<Follower>(&role_) != nullptr) {
      run_follower(port);
    } else if (const auto* resigned_role = std::get_if<Resigned>(&role_)) {
      send_end_epochs(port, *resigned_role);
    }
    if (role_number_ == before) break;
  }
  pull_events();
}

void Quorum::answer(rpc::Port& port, rpc::RequestId request, MessageRef body) {
  if (persisting_) {
    held_answers_.push_back({request, std::move(body)});
  } else {
    port.answer(request, std::move(body));
  }
}

void Quorum::fail(rpc::Port& port, std::string reason) {
  if (phase_ == Phase::kFailed) return;
  phase_ = Phase::kFailed;
  for (TimerHandle* timer : {&role_timer_, &retry_timer_, &linger_timer_, &waiting_timer_}) {
    port.step.timers().cancel(*timer);
  }
  events_.emplace_back(event::Failed{std::move(reason)});
}

// ---- what others may know -----------------------------------------------------------------------

bool Quorum::is_metadata_fetch(const Message& fetch_request) {
  if (!protocol::is<protocol::FetchRequest>(fetch_request)) return false;
  return metadata_partition(protocol::as<protocol::FetchRequest>(fetch_request)) != nullptr;
}

note::QuorumRole Quorum::role() const {
  return is_voter() ? kind_of(role_) : note::QuorumRole::kObserver;
}
QuorumEpoch Quorum::epoch() const { return election_.epoch; }
std::optional<NodeId> Quorum::leader() const { return election_.leader; }
std::optional<QuorumEpoch> Quorum::active_epoch() const {
  const auto* leader = std::get_if<Leader>(&role_);
  return leader != nullptr && leader->active ? std::optional(election_.epoch) : std::nullopt;
}
std::optional<Offset> Quorum::high_watermark() const { return store_.high_watermark(); }
Offset Quorum::committed_end() const { return store_.committed_end(); }
Offset Quorum::log_start() const { return store_.log_start(); }
Offset Quorum::log_end() const { return store_.log_end(); }
Offset Quorum::synced_end() const { return store_.synced_end(); }
std::optional<LogPosition> Quorum::latest_snapshot() const { return store_.snapshots().latest(); }

bool Quorum::cluster_id_ok(const std::optional<std::string>& cluster_id) const {
  return !cluster_id || options_.cluster_id.empty() || *cluster_id == options_.cluster_id;
}
std::optional<std::string> Quorum::cluster_id() const {
  return options_.cluster_id.empty() ? std::nullopt : std::optional(options_.cluster_id);
}

void Quorum::Contact::describe(StateVisitor& v) const {
  visit(v, "asked", asked);
  visit(v, "retry at", retry_at);
}
void Quorum::Fetching::describe(StateVisitor& v) const {
  visit(v, "number", number);
  visit(v, "next number", next_number);
  visit(v, "failures", failures);
  visit(v, "asked around", asked_around);
  visit(v, "retry at", retry_at);
}

void Quorum::describe(StateVisitor& v) const {
  visit(v, "phase", phase_);
  visit(v, "state file", state_file_);
  visit(v, "store", store_);
  visit(v, "election", election_);
  visit(v, "role", role());
  std::visit([&](const auto& role) { visit(v, "role data", role); }, role_);
  visit(v, "role number", role_number_);
  visit(v, "leaving", leaving_);
  visit(v, "persisting", persisting_);
  visit(v, "vote unnoted", vote_unnoted_);
  visit(v, "told once", told_once_);
  visit(v, "role unnoted", role_unnoted_);
  visit(v, "told leader", told_ ? told_->leader : std::nullopt);
  visit(v, "told epoch", told_ ? std::optional(told_->epoch) : std::nullopt);
  visit(v, "contacts", contacts_);
  visit(v, "fetching", fetching_);
  v.open_list("held", held_.size());
  for (const Held& held : held_) {
    if (const auto* request = std::get_if<rpc::Request>(&held)) visit(v, "", request->id);
    if (const auto* reply = std::get_if<rpc::Reply>(&held)) visit(v, "", reply->cookie.value);
    if (const auto* timer = std::get_if<Cookie>(&held)) visit(v, "", timer->value);
  }
  v.close();
  v.open_list("held answers", held_answers_.size());
  for (const HeldAnswer& held : held_answers_) visit(v, "", held.request);
  v.close();
  visit(v, "events", events_.size());
}

}  // namespace logarium::raft

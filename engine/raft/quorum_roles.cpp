// Which role a member has, and why it changes (the table in role.hpp).

#include <algorithm>
#include <utility>

#include "engine/raft/quorum.hpp"

namespace logarium::raft {
namespace {

// Kafka: RESIGN/BINARY exponential backoff of elections starts here.
constexpr Duration kBackoffFirst = milliseconds(100);
constexpr std::uint32_t kElectionBackoffDoublingsMax = 10;
// "No timeout": a role that ends by a message only.
constexpr Duration kNoTimeout{-1};

}  // namespace

Duration Quorum::election_timeout(rpc::Port& port) const {
  const Duration low = milliseconds(options_.config.controller_quorum_election_timeout_ms);
  return port.step.random().between(low, low + low - nanoseconds(1));
}

Duration Quorum::fetch_timeout() const {
  return milliseconds(options_.config.controller_quorum_fetch_timeout_ms);
}

// Random, its bound doubling with every election lost in a row, and capped.
Duration Quorum::backoff(rpc::Port& port, std::uint32_t failures) const {
  const Duration cap = milliseconds(options_.config.controller_quorum_election_backoff_max_ms);
  const Duration bound =
      kBackoffFirst * (std::int64_t{1} << std::min(failures, kElectionBackoffDoublingsMax));
  return port.step.random().between(milliseconds(1),
                                    std::max(milliseconds(1), std::min(bound, cap)));
}

// The one place where role and persistent state change.
void Quorum::become(rpc::Port& port, Role role, const ElectionState& election, Duration timeout) {
  ENSURE(election.epoch >= election_.epoch);
  Role old = std::exchange(role_, std::move(role));
  const ElectionState before = std::exchange(election_, election);
  ++role_number_;
  contacts_.clear();
  fetching_.number.reset();
  fetching_.failures = 0;
  fetching_.retry_at = port.step.now();
  if (timeout < Duration{}) {
    port.step.timers().cancel(role_timer_);
  } else {
    port.step.rearm(role_timer_, timeout, cookie_of(What::kRoleTimer, role_number_));
  }
  persist(port, before);
  if (auto* leader = std::get_if<Leader>(&old)) leave_leader(port, std::move(*leader));
  role_unnoted_ = true;
  if (!persisting_) note_role(port);
}

// Persist, then let out what follows (rule persist-vote-before-answer; Raft 5.2, KIP-595).
void Quorum::persist(rpc::Port& port, const ElectionState& before) {
  if (election_ == before) return;
  const bool voted =
      election_.voted && (before.epoch != election_.epoch || before.voted != election_.voted);
  state_file_.store(port.step, election_);
  if (options_.rules.on(Rule::kPersistVoteBeforeAnswer)) {
    persisting_ = true;
    vote_unnoted_ = vote_unnoted_ || voted;
  } else if (voted) {
    port.step.note(note::VotePersisted{election_.epoch, election_.voted->id});
  }
}

// A role is in force, and told, when the state that it rests on is stored.
void Quorum::note_role(rpc::Port& port) {
  if (!std::exchange(role_unnoted_, false)) return;
  told_once_ = true;
  port.step.note(
      note::QuorumRoleChanged{role(), election_.epoch, election_.leader.value_or(NodeId(-1))});
  if (told_ && told_->leader == election_.leader && told_->epoch == election_.epoch) return;
  told_ = known();
  events_.emplace_back(event::LeaderChanged{election_.leader, election_.epoch});
}

// What waited for the leader is answered by what it has become.
void Quorum::leave_leader(rpc::Port& port, Leader leader) {
  pull_events();
  port.step.timers().cancel(linger_timer_);
  port.step.timers().cancel(waiting_timer_);
  for (const WaitingFetch& fetch : leader.waiting.fetches) {
    if (fetch.ticket) store_.cancel(*fetch.ticket);
    FetchAnswer fields;
    fields.error = protocol::ErrorCode::kNotLeaderOrFollower;
    answer_fetch(port, fetch.request, std::move(fields));
  }
  for (const auto& [number, piece] : leader.waiting.pieces) {
    SnapshotAnswer fields;
    fields.error = protocol::ErrorCode::kNotLeaderOrFollower;
    fields.now = known();
    fields.id = piece.id;
    answer(port, piece.request, fetch_snapshot_response(fields));
  }
  if (leader.active) {
    const auto was = told_ ? told_->epoch : election_.epoch;
    events_.emplace_back(event::LostLeadership{was});
  }
}

void Quorum::become_unattached(rpc::Port& port, QuorumEpoch epoch, ElectionTimer timer) {
  ElectionState next = election_;
  if (epoch > election_.epoch) next = ElectionState{epoch, std::nullopt, std::nullopt};
  Duration timeout = kNoTimeout;
  if (is_voter()) {
    const Instant deadline = port.step.timers().deadline(role_timer_);
    const bool running = kind_of(role_) != note::QuorumRole::kLeader &&
                         kind_of(role_) != note::QuorumRole::kResigned && deadline != kNever;
    timeout = timer == ElectionTimer::kGoesOn && running
                  ? std::max(Duration{}, deadline - port.step.now())
                  : election_timeout(port);
  }
  become(port, Unattached{}, next, timeout);
}

void Quorum::become_follower(rpc::Port& port, QuorumEpoch epoch, NodeId leader) {
  ElectionState next = election_;
  if (epoch > election_.epoch) next = ElectionState{epoch, std::nullopt, std::nullopt};
  next.leader = leader;
  Follower follower;
  follower.leader = leader;
  become(port, std::move(follower), next, fetch_timeout());
}

void Quorum::become_candidate(rpc::Port& port, std::uint32_t failures) {
  Candidate candidate;
  candidate.failures = failures;
  candidate.tally.granted.insert(options_.self.id);
  become(port, std::move(candidate),
         ElectionState{election_.epoch.next(), options_.self, std::nullopt},
         election_timeout(port));
}

void Quorum::become_leader(rpc::Port& port) {
  ElectionState next = election_;
  next.leader = options_.self.id;
  Leader leader;
  leader.progress = Progress(options_.voters, options_.self);
  // Check quorum: a majority must fetch within one and a half fetch timeouts (KAFKA-15489). A
  // single voter is its own majority.
  const bool checks = options_.rules.on(Rule::kCheckQuorum) && options_.voters.size() > 1;
  become(port, std::move(leader), next, checks ? fetch_timeout() * 3 / 2 : kNoTimeout);
}

void Quorum::become_resigned(rpc::Port& port, std::vector<ReplicaKey> successors) {
  Resigned resigned;
  resigned.successors = std::move(successors);
  for (const ReplicaKey& voter : options_.voters.all()) {
    if (voter.id != options_.self.id) resigned.unaware.insert(voter.id);
  }
  become(port, std::move(resigned), election_, election_timeout(port));
}

// With pre-vote the epoch stays until a majority would vote for us (rule pre-vote, KIP-996).
void Quorum::campaign(rpc::Port& port, std::uint32_t failures) {
  if (leaving_ || !is_voter()) return;
  if (!options_.rules.on(Rule::kPreVote) || options_.voters.size() == 1) {
    become_candidate(port, failures);
    return;
  }
  Prospective prospective;
  prospective.failures = failures;
  prospective.tally.granted.insert(options_.self.id);
  become(port, std::move(prospective), election_, election_timeout(port));
}

void Quorum::give_up_pre_vote(rpc::Port& port) {
  if (election_.leader) {
    become_follower(port, election_.epoch, *election_.leader);
  } else {
    become_unattached(port, election_.epoch, ElectionTimer::kAnew);
  }
}

bool Quorum::learn(rpc::Port& port, const LeaderAndEpoch& told) {
  if (told.epoch < election_.epoch) return true;
  // Another incarnation of this id may have led; this one does not.
  const bool usable = told.leader && *told.leader != options_.self.id &&
                      options_.voters.find(*told.leader) != nullptr;
  if (told.epoch > election_.epoch) {
    if (usable) {
      become_follower(port, told.epoch, *told.leader);
    } else {
      become_unattached(port, told.epoch, ElectionTimer::kGoesOn);
    }
    return true;
  }
  if (!told.leader) return true;
  if (election_.leader) return election_.leader == told.leader;
  if (usable) become_follower(port, told.epoch, *told.leader);
  return true;
}

void Quorum::on_role_timer(rpc::Port& port) {
  if (std::get_if<Unattached>(&role_) != nullptr) {
    campaign(port, 0);
  } else if (std::get_if<Prospective>(&role_) != nullptr) {
    give_up_pre_vote(port);
  } else if (const auto* candidate = std::get_if<Candidate>(&role_)) {
    campaign(port, candidate->failures + 1);
  } else if (const auto* leader = std::get_if<Leader>(&role_)) {
    become_resigned(port, leader->progress.successors());
  } else if (std::get_if<Resigned>(&role_) != nullptr) {
    become_unattached(port, election_.epoch.next(), ElectionTimer::kAnew);
  } else if (std::get_if<Follower>(&role_) != nullptr) {
    // An observer asks other voters where the leader is (run_follower).
    if (is_voter()) {
      campaign(port, 0);
    } else {
      ++fetching_.failures;
      port.step.rearm(role_timer_, fetch_timeout(), cookie_of(What::kRoleTimer, role_number_));
    }
  }
}

// Where a member takes up after a restart.
void Quorum::opened(rpc::Port& port) {
  if (store_.end().epoch > kEpochMax) {
    fail(port, options_.directory + ": a batch of an epoch that cannot be");
    return;
  }
  phase_ = Phase::kRunning;
  const ElectionState loaded = state_file_.loaded();
  election_ = loaded;
  events_.emplace_back(event::Opened{});
  const bool led = loaded.leader == options_.self.id && is_voter();
  if (store_.end().epoch > loaded.epoch) {
    become_unattached(port, store_.end().epoch, ElectionTimer::kAnew);
  } else if (options_.voters.size() == 1 && is_voter()) {
    become_candidate(port, 0);
  } else if (led && options_.rules.on(Rule::kResignAfterRestart)) {
    // What it appended last may be gone; the same offsets of this epoch must never be written
    // anew (KAFKA-10527).
    become_resigned(port, {});
  } else if (led) {
    become_leader(port);
  } else if (loaded.leader && loaded.leader != options_.self.id) {
    become_follower(port, loaded.epoch, *loaded.leader);
  } else if (is_voter() && loaded.voted == options_.self) {
    Candidate candidate;
    candidate.tally.granted.insert(options_.self.id);
    become(port, std::move(candidate), loaded, election_timeout(port));
  } else {
    become_unattached(port, loaded.epoch, ElectionTimer::kAnew);
  }
  hasten_first_election(port);
  if (!persisting_) release(port);
}

// A quorum that starts as a whole need not wait for its timeouts: the voters try one after the
// other. Where a leader is in office the pre-vote keeps the attempt from disturbing it.
void Quorum::hasten_first_election(rpc::Port& port) {
  const std::int64_t step = options_.config.logarium_quorum_first_election_ms;
  if (step < 0 || !is_voter() || !options_.rules.on(Rule::kPreVote)) return;
  const bool waits = std::get_if<Unattached>(&role_) != nullptr ||
                     std::get_if<Follower>(&role_) != nullptr ||
                     std::get_if<Resigned>(&role_) != nullptr;
  if (!waits) return;
  std::int64_t before = 0;
  for (const ReplicaKey& voter : options_.voters.all()) before += voter.id < options_.self.id;
  port.step.rearm(role_timer_, milliseconds(step * before),
                  cookie_of(What::kRoleTimer, role_number_));
}

void Quorum::resign(rpc::Port& port) {
  leaving_ = true;
  if (const auto* leader = std::get_if<Leader>(&role_); leader != nullptr && !holding()) {
    become_resigned(port, leader->progress.successors());
    settle(port);
  }
}

bool Quorum::resigned() const {
  if (!leaving_) return false;
  if (std::get_if<Leader>(&role_) != nullptr) return false;
  const auto* resigned_role = std::get_if<Resigned>(&role_);
  if (resigned_role == nullptr || resigned_role->unaware.empty()) return true;
  return resigned_role->unaware.size() + 1 < options_.voters.size();
}

}  // namespace logarium::raft

// Vote, BeginQuorumEpoch and EndQuorumEpoch: both ends of each.

#include <algorithm>
#include <utility>

#include "engine/raft/quorum.hpp"

namespace logarium::raft {

using protocol::ErrorCode;

// ---- requests -----------------------------------------------------------------------------------

ErrorCode Quorum::check_vote(const protocol::VoteRequest::PartitionData& asked) const {
  const bool epoch_ok = asked.pre_vote ? asked.last_offset_epoch <= asked.replica_epoch
                                       : asked.last_offset_epoch < asked.replica_epoch;
  if (asked.replica_id < 0 || asked.last_offset < 0 || asked.last_offset_epoch < 0 || !epoch_ok ||
      QuorumEpoch(asked.replica_epoch) > kEpochMax) {
    return ErrorCode::kInvalidRequest;
  }
  if (QuorumEpoch(asked.replica_epoch) < election_.epoch) return ErrorCode::kFencedLeaderEpoch;
  return ErrorCode::kNone;
}

void Quorum::on_vote(rpc::Port& port, const rpc::Request& request) {
  using protocol::VoteResponse;
  const auto& body = protocol::as<protocol::VoteRequest>(request.body);
  const auto* asked = metadata_partition(body);
  if (!cluster_id_ok(body.cluster_id) || asked == nullptr) {
    answer(port, request.id,
           refused<VoteResponse>(asked == nullptr ? ErrorCode::kInvalidRequest
                                                  : ErrorCode::kInconsistentClusterId));
    return;
  }
  ErrorCode error = check_vote(*asked);
  bool granted = false;
  const ReplicaKey candidate{NodeId(asked->replica_id), asked->replica_directory_id};
  if (error == ErrorCode::kNone) {
    learn(port, {std::nullopt, QuorumEpoch(asked->replica_epoch)});
    const ReplicaKey meant{NodeId(body.voter_id), asked->voter_directory_id};
    const LogPosition last{QuorumEpoch(asked->last_offset_epoch), Offset(asked->last_offset)};
    if (body.voter_id >= 0 && !meant.matches(options_.self)) {
      error = ErrorCode::kInvalidVoterKey;
    } else {
      granted = grants(candidate, last, asked->pre_vote);
      if (!granted) port.step.note(note::VoteRefused{election_.epoch, candidate.id});
    }
  }
  if (granted && !asked->pre_vote && election_.voted != candidate) {
    ElectionState next = election_;
    next.voted = candidate;
    become(port, Unattached{}, next, election_timeout(port));
  }
  auto response = answer_of<VoteResponse>(error, known());
  response->topics[0].partitions[0].vote_granted = granted;
  answer(port, request.id, std::move(response));
}

bool Quorum::grants(const ReplicaKey& candidate, const LogPosition& last, bool pre_vote) const {
  if (!is_voter()) return false;
  // Raft 5.4.1: a leader has every committed record because a majority would not elect one
  // without.
  if (options_.rules.on(Rule::kVoteNeedsUpToDateLog) && last < store_.end()) return false;
  const note::QuorumRole kind = kind_of(role_);
  if (pre_vote) {
    // Who hears from a live leader helps nobody to depose it (KIP-996).
    if (const auto* follower = std::get_if<Follower>(&role_)) return !follower->fetched;
    return kind != note::QuorumRole::kLeader;
  }
  if (kind == note::QuorumRole::kLeader || kind == note::QuorumRole::kResigned) return false;
  // Raft 5.2: one vote per epoch.
  if (options_.rules.on(Rule::kVoteOncePerEpoch) && election_.voted) {
    return *election_.voted == candidate;
  }
  return !election_.leader;
}

void Quorum::on_begin_epoch(rpc::Port& port, const rpc::Request& request) {
  using protocol::BeginQuorumEpochResponse;
  const auto& body = protocol::as<protocol::BeginQuorumEpochRequest>(request.body);
  const auto* begun = metadata_partition(body);
  if (!cluster_id_ok(body.cluster_id) || begun == nullptr) {
    answer(port, request.id,
           refused<BeginQuorumEpochResponse>(begun == nullptr ? ErrorCode::kInvalidRequest
                                                              : ErrorCode::kInconsistentClusterId));
    return;
  }
  ErrorCode error = ErrorCode::kNone;
  const NodeId leader(begun->leader_id);
  const QuorumEpoch epoch(begun->leader_epoch);
  const ReplicaKey meant{NodeId(body.voter_id), begun->voter_directory_id};
  if (begun->leader_id < 0 || epoch > kEpochMax) {
    error = ErrorCode::kInvalidRequest;
  } else if (epoch < election_.epoch) {
    error = ErrorCode::kFencedLeaderEpoch;
  } else if (!learn(port, {leader, epoch})) {
    error = ErrorCode::kUnknownServerError;
  } else if (body.voter_id >= 0 && !meant.matches(options_.self)) {
    error = ErrorCode::kInvalidVoterKey;
  } else if (std::get_if<Prospective>(&role_) != nullptr && election_.leader == leader) {
    // The leader is alive after all.
    become_follower(port, epoch, leader);
  }
  answer(port, request.id, answer_of<BeginQuorumEpochResponse>(error, known()));
}

void Quorum::on_end_epoch(rpc::Port& port, const rpc::Request& request) {
  using protocol::EndQuorumEpochResponse;
  const auto& body = protocol::as<protocol::EndQuorumEpochRequest>(request.body);
  const auto* ended = metadata_partition(body);
  if (!cluster_id_ok(body.cluster_id) || ended == nullptr) {
    answer(port, request.id,
           refused<EndQuorumEpochResponse>(ended == nullptr ? ErrorCode::kInvalidRequest
                                                            : ErrorCode::kInconsistentClusterId));
    return;
  }
  ErrorCode error = ErrorCode::kNone;
  const NodeId leader(ended->leader_id);
  const QuorumEpoch epoch(ended->leader_epoch);
  if (ended->leader_id < 0 || epoch > kEpochMax) {
    error = ErrorCode::kInvalidRequest;
  } else if (epoch < election_.epoch) {
    error = ErrorCode::kFencedLeaderEpoch;
  } else if (!learn(port, {leader, epoch})) {
    error = ErrorCode::kUnknownServerError;
  }
  auto* follower = std::get_if<Follower>(&role_);
  if (error == ErrorCode::kNone && follower != nullptr && follower->leader == leader &&
      is_voter()) {
    // The best successor campaigns at once, the others later the further back they stand. Nobody
    // waits for a leader that said good-bye, so pre-votes are granted from now on.
    follower->fetched = false;
    std::uint32_t place = 0;
    bool named = false;
    for (const auto& successor : ended->preferred_candidates) {
      const ReplicaKey key{NodeId(successor.candidate_id), successor.candidate_directory_id};
      named = key.matches(options_.self);
      if (named) break;
      ++place;
    }
    const Duration turn = named && place == 0 ? Duration{} : backoff(port, place);
    port.step.rearm(role_timer_, turn, cookie_of(What::kRoleTimer, role_number_));
  }
  answer(port, request.id, answer_of<EndQuorumEpochResponse>(error, known()));
}

// ---- asking -------------------------------------------------------------------------------------

void Quorum::retry_not_before(rpc::Port& port, Instant when) {
  if (port.step.timers().deadline(retry_timer_) <= when) return;
  port.step.timers().rearm(retry_timer_, std::max(when, port.step.now()),
                           cookie_of(What::kRetryTimer));
}

// One request per voter at a time; after a failure the next one waits for the retry backoff.
void Quorum::ask(rpc::Port& port, const ReplicaKey& voter, What what, MessageRef request) {
  contacts_[voter.id].asked = true;
  rpc::SendOptions options;
  options.timeout = milliseconds(options_.config.controller_quorum_request_timeout_ms);
  port.send({voter.id, rpc::Lane::kQuorum}, std::move(request),
            cookie_of(what, role_number_, static_cast<std::uint32_t>(voter.id.value())), options);
}

void Quorum::ask_votes(rpc::Port& port, const Tally& tally, note::QuorumRole role) {
  const LogPosition end = store_.end();
  for (const ReplicaKey& voter : options_.voters.all()) {
    if (tally.answered_by(voter.id)) continue;
    const Contact& contact = contacts_[voter.id];
    if (contact.asked) continue;
    if (port.step.now() < contact.retry_at) {
      retry_not_before(port, contact.retry_at);
      continue;
    }
    auto request = with_partition<protocol::VoteRequest>([&](auto& partition) {
      partition.replica_epoch = election_.epoch.value();
      partition.replica_id = options_.self.id.value();
      partition.replica_directory_id = options_.self.directory;
      partition.voter_directory_id = voter.directory;
      partition.last_offset_epoch = end.epoch.value();
      partition.last_offset = end.offset.value();
      partition.pre_vote = role == note::QuorumRole::kProspective;
    });
    request->cluster_id = cluster_id();
    request->voter_id = voter.id.value();
    ask(port, voter, What::kVote, std::move(request));
  }
}

// To voters that have not fetched of late: they may not know who leads.
void Quorum::send_begin_epochs(rpc::Port& port, Leader& leader) {
  const Duration interval = fetch_timeout() / 2;
  const Instant now = port.step.now();
  for (const auto& entry : leader.progress.voters()) {
    const ReplicaKey& voter = entry.first;
    const ReplicaProgress& replica = entry.second;
    if (voter.id == options_.self.id) continue;
    Instant due = now;
    if (replica.begin_epoch_sent) due = std::max(due, *replica.begin_epoch_sent + interval);
    if (replica.last_fetch) due = std::max(due, *replica.last_fetch + interval);
    due = std::max(due, contacts_[voter.id].retry_at);
    if (contacts_[voter.id].asked) continue;
    if (now < due) {
      retry_not_before(port, due);
      continue;
    }
    auto request = with_partition<protocol::BeginQuorumEpochRequest>([&](auto& partition) {
      partition.voter_directory_id = voter.directory;
      partition.leader_id = options_.self.id.value();
      partition.leader_epoch = election_.epoch.value();
    });
    request->cluster_id = cluster_id();
    request->voter_id = voter.id.value();
    leader.progress.begin_epoch_sent(voter, now);
    retry_not_before(port, now + interval);
    ask(port, voter, What::kBeginEpoch, std::move(request));
  }
}

void Quorum::send_end_epochs(rpc::Port& port, const Resigned& resigned) {
  for (const ReplicaKey& voter : options_.voters.all()) {
    if (!resigned.unaware.contains(voter.id) || contacts_[voter.id].asked) continue;
    if (port.step.now() < contacts_[voter.id].retry_at) {
      retry_not_before(port, contacts_[voter.id].retry_at);
      continue;
    }
    auto request = with_partition<protocol::EndQuorumEpochRequest>([&](auto& partition) {
      partition.leader_id = options_.self.id.value();
      partition.leader_epoch = election_.epoch.value();
      for (const ReplicaKey& successor : resigned.successors) {
        partition.preferred_successors.push_back(successor.id.value());
        partition.preferred_candidates.push_back({successor.id.value(), successor.directory});
      }
    });
    request->cluster_id = cluster_id();
    ask(port, voter, What::kEndEpoch, std::move(request));
  }
}

// ---- replies ------------------------------------------------------------------------------------

// Frees the contact; the partition of an answer that is to be looked at, else null. An answer to
// an earlier role still tells about leader and epoch.
template <class Response>
const typename Response::PartitionData* Quorum::take_reply(rpc::Port& port,
                                                           const rpc::Reply& reply) {
  const bool current = reply.cookie.value == role_number_;
  const auto failed = [&] {
    if (!current) return;
    const Duration pause = milliseconds(options_.config.controller_quorum_retry_backoff_ms);
    contacts_[NodeId(static_cast<std::int32_t>(reply.cookie.slot))] = {false,
                                                                       port.step.now() + pause};
  };
  if (reply.outcome != rpc::Outcome::kAnswered || !protocol::is<Response>(*reply.body)) {
    failed();
    return nullptr;
  }
  const auto& body = protocol::as<Response>(reply.body);
  const auto* partition = metadata_partition(body);
  if (body.error_code != ErrorCode::kNone || partition == nullptr || partition->leader_epoch < 0) {
    failed();
    return nullptr;
  }
  if (current) contacts_[NodeId(static_cast<std::int32_t>(reply.cookie.slot))].asked = false;
  const LeaderAndEpoch told{known_node(partition->leader_id), QuorumEpoch(partition->leader_epoch)};
  if (absorb(port, partition->error_code, told) || !current || reply.cookie.value != role_number_) {
    return nullptr;
  }
  if (partition->error_code != ErrorCode::kNone) {
    failed();
    return nullptr;
  }
  return partition;
}

// Kafka: KafkaRaftClient.maybeHandleCommonResponse.
bool Quorum::absorb(rpc::Port& port, ErrorCode error, const LeaderAndEpoch& told) {
  if (told.epoch < election_.epoch || told.epoch > kEpochMax ||
      error == ErrorCode::kUnknownLeaderEpoch) {
    return true;
  }
  const bool stale =
      error == ErrorCode::kFencedLeaderEpoch || error == ErrorCode::kNotLeaderOrFollower;
  if (told.epoch > election_.epoch || stale) {
    // KAFKA-17030: else who follows a deposed leader asks it for ever.
    const bool believes = options_.rules.on(Rule::kRediscoverQuorumLeader) ||
                          std::get_if<Follower>(&role_) == nullptr;
    if (believes) learn(port, told);
    return true;
  }
  if (told.leader && !election_.leader) {
    learn(port, told);
    return error != ErrorCode::kNone;
  }
  return false;
}

void Quorum::on_vote_reply(rpc::Port& port, const rpc::Reply& reply) {
  const auto* vote = take_reply<protocol::VoteResponse>(port, reply);
  if (vote == nullptr) return;
  Tally* tally = nullptr;
  if (auto* prospective = std::get_if<Prospective>(&role_)) tally = &prospective->tally;
  if (auto* candidate = std::get_if<Candidate>(&role_)) tally = &candidate->tally;
  if (tally == nullptr) return;
  const NodeId voter(static_cast<std::int32_t>(reply.cookie.slot));
  (vote->vote_granted ? tally->granted : tally->refused).insert(voter);
}

void Quorum::on_begin_epoch_reply(rpc::Port& port, const rpc::Reply& reply) {
  take_reply<protocol::BeginQuorumEpochResponse>(port, reply);
}

void Quorum::on_end_epoch_reply(rpc::Port& port, const rpc::Reply& reply) {
  if (take_reply<protocol::EndQuorumEpochResponse>(port, reply) == nullptr) return;
  auto* resigned = std::get_if<Resigned>(&role_);
  if (resigned == nullptr) return;
  resigned->unaware.erase(NodeId(static_cast<std::int32_t>(reply.cookie.slot)));
}

}  // namespace logarium::raft

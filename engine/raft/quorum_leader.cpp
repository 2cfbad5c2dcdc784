// A leader at work: it appends, serves the replicas' fetches, learns from their offsets how far the
// log is committed, and notices when it has lost touch with the majority.

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/protocol/control.hpp"
#include "engine/raft/quorum.hpp"

namespace logarium::raft {
namespace {

using protocol::ErrorCode;

// Versions of Fetch: KIP-903 and KIP-1166.
constexpr std::int16_t kReplicaStateSince = 15;
constexpr std::int16_t kHighWatermarkSince = 18;
constexpr std::int64_t kFetchBytesMax = 8 * 1024 * 1024;
// Kafka's followers ask for 500 ms; nobody may hold a request longer than this.
constexpr Duration kWaitMax = seconds(30);

std::int64_t unix_ms(const std::optional<WallTime>& time) { return time ? time->unix_ms() : -1; }

}  // namespace

void Quorum::run_leader(rpc::Port& port) {
  Leader& leader = std::get<Leader>(role_);
  if (leaving_) {
    become_resigned(port, leader.progress.successors());
    return;
  }
  if (!leader.epoch_start) {
    if (!store_.ready()) return;
    append_leader_change(port, leader);
  }
  advance_high_watermark(port, leader);
  pull_events();
  // The owner must have seen everything of earlier epochs before it may decide anything.
  if (!leader.active && store_.committed_end() > *leader.epoch_start) {
    leader.active = true;
    events_.emplace_back(event::BecameActive{election_.epoch});
  }
  serve_waiting(port, leader);
  send_begin_epochs(port, leader);
}

void Quorum::append_leader_change(rpc::Port& port, Leader& leader) {
  protocol::LeaderChange change;
  change.leader = options_.self.id;
  for (const ReplicaKey& voter : options_.voters.all()) change.voters.push_back(voter.id);
  if (election_.voted) change.granting.push_back(election_.voted->id);
  leader.epoch_start = store_.end().offset;
  protocol::BatchOptions options;
  options.base_offset = *leader.epoch_start;
  options.leader_epoch = LeaderEpoch(election_.epoch.value());
  store_.append_as_leader(
      port.step, protocol::leader_change_batch(change, options, port.step.wall().unix_ms()),
      election_.epoch);
}

// ---- appending ----------------------------------------------------------------------------------

std::optional<Offset> Quorum::append(rpc::Port& port, std::vector<Bytes> records) {
  ENSURE(!records.empty());
  auto* leader = std::get_if<Leader>(&role_);
  if (leader == nullptr || !leader->active || holding() || leaving_) return std::nullopt;
  const bool first = leader->accumulator.empty();
  const auto waiting = leader->accumulator.add(std::move(records));
  if (!waiting) return std::nullopt;
  const Offset last = store_.end().offset + (*waiting - 1);
  const Duration linger = milliseconds(options_.config.controller_quorum_append_linger_ms);
  if (leader->accumulator.full() || linger.ns <= 0) {
    drain_accumulator(port, *leader);
  } else if (first) {
    port.step.rearm(linger_timer_, linger, cookie_of(What::kLingerTimer));
  }
  return last;
}

void Quorum::drain_accumulator(rpc::Port& port, Leader& leader) {
  port.step.timers().cancel(linger_timer_);
  if (!leader.active || leader.accumulator.empty()) return;
  const auto batches = leader.accumulator.drain(
      store_.end().offset, LeaderEpoch(election_.epoch.value()), port.step.wall().unix_ms());
  for (const protocol::Batch& batch : batches) {
    store_.append_as_leader(port.step, batch, election_.epoch);
  }
}

// ---- the high watermark -------------------------------------------------------------------------

void Quorum::advance_high_watermark(rpc::Port& port, Leader& leader) {
  // Only what a power loss cannot take counts (rule quorum-counts-synced-only; KIP-595).
  const Offset own_end =
      options_.rules.on(Rule::kQuorumCountsSyncedOnly) ? store_.synced_end() : store_.log_end();
  const auto end = leader.progress.majority_end(own_end);
  if (!end) return;
  // A record of an earlier epoch on a majority may still be overwritten; one of our own epoch
  // commits it too (Raft 5.4.2, figure 8).
  if (options_.rules.on(Rule::kCommitOnlyOwnEpoch) && *end <= *leader.epoch_start) return;
  store_.raise_high_watermark(port.step, *end, election_.epoch, note::Role::kLeader);
}

// A majority fetched: the time until the next check begins anew (rule check-quorum).
void Quorum::touch(rpc::Port& port, Leader& leader, const ReplicaKey& from) {
  if (!leader.progress.in_touch(from)) return;
  if (!port.step.timers().armed(role_timer_)) return;
  port.step.rearm(role_timer_, fetch_timeout() * 3 / 2, cookie_of(What::kRoleTimer, role_number_));
}

// ---- fetches ------------------------------------------------------------------------------------

void Quorum::answer_fetch(rpc::Port& port, rpc::RequestId request, FetchAnswer fields) {
  fields.now = known();
  answer(port, request, fetch_response(std::move(fields)));
}

ErrorCode Quorum::check_leader_request(std::int32_t epoch) const {
  if (epoch >= 0 && QuorumEpoch(epoch) < election_.epoch) return ErrorCode::kFencedLeaderEpoch;
  if (QuorumEpoch(epoch) > election_.epoch) return ErrorCode::kUnknownLeaderEpoch;
  if (std::get_if<Leader>(&role_) == nullptr) return ErrorCode::kNotLeaderOrFollower;
  return ErrorCode::kNone;
}

void Quorum::on_fetch(rpc::Port& port, const rpc::Request& request) {
  const auto& body = protocol::as<protocol::FetchRequest>(request.body);
  const auto* asked = metadata_partition(body);
  if (!cluster_id_ok(body.cluster_id) || asked == nullptr) {
    auto response = std::make_shared<protocol::FetchResponse>();
    response->error_code =
        asked == nullptr ? ErrorCode::kInvalidRequest : ErrorCode::kInconsistentClusterId;
    answer(port, request.id, std::move(response));
    return;
  }
  FetchAnswer refusal;
  refusal.error = check_leader_request(asked->current_leader_epoch);
  if (body.max_wait_ms < 0 || asked->fetch_offset < 0 || asked->last_fetched_epoch < 0 ||
      asked->last_fetched_epoch > asked->current_leader_epoch) {
    refusal.error = ErrorCode::kInvalidRequest;
  }
  if (refusal.error != ErrorCode::kNone) {
    answer_fetch(port, request.id, std::move(refusal));
    return;
  }
  Leader& leader = std::get<Leader>(role_);
  const std::int32_t id =
      request.api_version >= kReplicaStateSince ? body.replica_state.replica_id : body.replica_id;
  WaitingFetch fetch;
  fetch.request = request.id;
  fetch.from = {NodeId(id), asked->replica_directory_id};
  fetch.offset = Offset(asked->fetch_offset);
  fetch.last_epoch = QuorumEpoch(asked->last_fetched_epoch);
  if (request.api_version >= kHighWatermarkSince &&
      asked->high_watermark != std::numeric_limits<std::int64_t>::max()) {
    fetch.high_watermark = Offset(asked->high_watermark);
  }
  fetch.max_bytes = std::min<std::int64_t>(asked->partition_max_bytes, kFetchBytesMax);
  fetch.deadline = port.step.now() + std::min(milliseconds(body.max_wait_ms), kWaitMax);
  const Store::Verdict verdict = store_.validate(fetch.offset, fetch.last_epoch);
  if (leader.epoch_start && id >= 0 && std::get_if<Store::Valid>(&verdict) != nullptr) {
    // The offset acknowledges: everything below it is on the replica's stable storage.
    leader.progress.fetched(fetch.from, fetch.offset, store_.log_end(),
                            {port.step.now(), port.step.wall()});
    touch(port, leader, fetch.from);
    advance_high_watermark(port, leader);
  }
  const Patience patience = body.max_wait_ms > 0 ? Patience::kMayWait : Patience::kAnswerNow;
  if (serve(port, leader, fetch, patience)) return;
  leader.waiting.fetches.push_back(fetch);
  if (port.step.timers().deadline(waiting_timer_) > fetch.deadline) {
    port.step.timers().rearm(waiting_timer_, fetch.deadline, cookie_of(What::kWaitingTimer));
  }
}

bool Quorum::serve(rpc::Port& port, Leader& leader, WaitingFetch& fetch, Patience patience) {
  FetchAnswer fields;
  fields.high_watermark = store_.high_watermark();
  fields.log_start = store_.log_start();
  const bool at_once = patience == Patience::kAnswerNow;
  if (leader.epoch_start) {
    const Store::Verdict verdict = store_.validate(fetch.offset, fetch.last_epoch);
    if (const auto* diverging = std::get_if<Store::Diverging>(&verdict)) {
      fields.diverging = diverging->end;
    } else if (const auto* snapshot = std::get_if<Store::NeedsSnapshot>(&verdict)) {
      fields.snapshot = snapshot->id;
    } else {
      log::ReadResult result = store_.read(port.step, fetch.offset, fetch.max_bytes);
      if (const auto* pending = std::get_if<log::ReadPending>(&result)) {
        fetch.ticket = pending->ticket;
        return false;
      }
      if (auto* data = std::get_if<log::ReadData>(&result)) {
        fields.records = std::move(data->batches);
      }
    }
  }
  const bool news = fetch.high_watermark && store_.high_watermark() &&
                    *fetch.high_watermark < *store_.high_watermark();
  if (fields.records.empty() && !fields.diverging && !fields.snapshot && !news && !at_once) {
    return false;
  }
  answer_fetch(port, fetch.request, std::move(fields));
  return true;
}

// Looks at the waiting fetches again when the log has grown or more of it is committed.
void Quorum::serve_waiting(rpc::Port& port, Leader& leader) {
  Waiting& waiting = leader.waiting;
  if (waiting.log_end == store_.log_end() && waiting.high_watermark == store_.high_watermark()) {
    return;
  }
  waiting.log_end = store_.log_end();
  waiting.high_watermark = store_.high_watermark();
  std::erase_if(waiting.fetches, [&](WaitingFetch& fetch) {
    return !fetch.ticket && serve(port, leader, fetch, Patience::kMayWait);
  });
}

void Quorum::expire_waiting(rpc::Port& port) {
  auto* leader = std::get_if<Leader>(&role_);
  if (leader == nullptr) return;
  leader->progress.drop_old_observers(port.step.now());
  Instant next = kNever;
  std::erase_if(leader->waiting.fetches, [&](WaitingFetch& fetch) {
    if (!fetch.ticket && fetch.deadline <= port.step.now()) {
      return serve(port, *leader, fetch, Patience::kAnswerNow);
    }
    if (!fetch.ticket) next = std::min(next, fetch.deadline);
    return false;
  });
  if (next != kNever) {
    port.step.timers().rearm(waiting_timer_, next, cookie_of(What::kWaitingTimer));
  }
}

void Quorum::on_read_done(rpc::Port& port, Store::ReadDone done) {
  auto* leader = std::get_if<Leader>(&role_);
  if (leader == nullptr) return;
  auto& fetches = leader->waiting.fetches;
  const auto at = std::find_if(fetches.begin(), fetches.end(), [&](const WaitingFetch& fetch) {
    return fetch.ticket == done.ticket;
  });
  if (at == fetches.end()) return;
  WaitingFetch fetch = *at;
  fetches.erase(at);
  FetchAnswer fields;
  fields.high_watermark = store_.high_watermark();
  fields.log_start = store_.log_start();
  if (done.status == log::ReadStatus::kCorrupt) fields.error = ErrorCode::kCorruptMessage;
  if (done.status == log::ReadStatus::kOk) fields.records = std::move(done.batches);
  answer_fetch(port, fetch.request, std::move(fields));
}

// ---- snapshots ----------------------------------------------------------------------------------

void Quorum::on_fetch_snapshot(rpc::Port& port, const rpc::Request& request) {
  const auto& body = protocol::as<protocol::FetchSnapshotRequest>(request.body);
  const auto* asked = metadata_partition(body);
  if (!cluster_id_ok(body.cluster_id) || asked == nullptr) {
    auto response = std::make_shared<protocol::FetchSnapshotResponse>();
    response->error_code =
        asked == nullptr ? ErrorCode::kInvalidRequest : ErrorCode::kInconsistentClusterId;
    answer(port, request.id, std::move(response));
    return;
  }
  SnapshotAnswer fields;
  fields.id = {QuorumEpoch(asked->snapshot_id.epoch), Offset(asked->snapshot_id.end_offset)};
  fields.error = check_leader_request(asked->current_leader_epoch);
  const Snapshots::Entry* snapshot = store_.snapshots().find(fields.id);
  if (fields.error == ErrorCode::kNone && snapshot == nullptr) {
    fields.error = ErrorCode::kSnapshotNotFound;
  } else if (fields.error == ErrorCode::kNone &&
             (asked->position < 0 || asked->position >= snapshot->bytes)) {
    fields.error = ErrorCode::kPositionOutOfRange;
  }
  if (fields.error != ErrorCode::kNone) {
    fields.now = known();
    answer(port, request.id, fetch_snapshot_response(fields));
    return;
  }
  Leader& leader = std::get<Leader>(role_);
  touch(port, leader, {NodeId(body.replica_id), asked->replica_directory_id});
  const std::int64_t wanted = std::clamp<std::int64_t>(body.max_bytes, 1, kFetchBytesMax);
  const std::uint64_t number = store_.read_snapshot(
      port.step, fields.id, asked->position, std::min(wanted, snapshot->bytes - asked->position));
  leader.waiting.pieces[number] = {request.id, fields.id, asked->position, snapshot->bytes};
}

void Quorum::on_snapshot_piece(rpc::Port& port, Store::SnapshotPiece piece) {
  auto* leader = std::get_if<Leader>(&role_);
  if (leader == nullptr) return;
  const auto at = leader->waiting.pieces.find(piece.number);
  if (at == leader->waiting.pieces.end()) return;
  SnapshotAnswer fields;
  fields.now = known();
  fields.id = at->second.id;
  fields.size = at->second.size;
  fields.position = at->second.position;
  fields.bytes = std::move(piece.content);
  answer(port, at->second.request, fetch_snapshot_response(fields));
  leader->waiting.pieces.erase(at);
}

// ---- DescribeQuorum -----------------------------------------------------------------------------

void Quorum::on_describe(rpc::Port& port, const rpc::Request& request) {
  using protocol::DescribeQuorumResponse;
  const auto& body = protocol::as<protocol::DescribeQuorumRequest>(request.body);
  if (metadata_partition(body) == nullptr) {
    answer(port, request.id, refused<DescribeQuorumResponse>(ErrorCode::kInvalidRequest));
    return;
  }
  const auto* leader = std::get_if<Leader>(&role_);
  auto response =
      with_partition<DescribeQuorumResponse>([&](DescribeQuorumResponse::PartitionData& partition) {
        if (leader == nullptr) {
          partition.error_code = ErrorCode::kNotLeaderOrFollower;
          return;
        }
        partition.leader_id = options_.self.id.value();
        partition.leader_epoch = election_.epoch.value();
        partition.high_watermark = store_.high_watermark() ? store_.high_watermark()->value() : -1;
        const std::int64_t now_ms = port.step.wall().unix_ms();
        const auto state_of = [&](const ReplicaKey& key, const ReplicaProgress& replica) {
          if (key.id == options_.self.id && options_.voters.contains(key)) {
            return DescribeQuorumResponse::ReplicaState{key.id.value(), key.directory,
                                                        store_.log_end().value(), now_ms, now_ms};
          }
          return DescribeQuorumResponse::ReplicaState{
              key.id.value(), key.directory, replica.end ? replica.end->value() : -1,
              unix_ms(replica.last_fetch_wall), unix_ms(replica.last_caught_up_wall)};
        };
        for (const auto& [key, replica] : leader->progress.voters()) {
          partition.current_voters.push_back(state_of(key, replica));
        }
        for (const auto& [key, replica] : leader->progress.observers()) {
          partition.observers.push_back(state_of(key, replica));
        }
      });
  answer(port, request.id, std::move(response));
}

}  // namespace logarium::raft

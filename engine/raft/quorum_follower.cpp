// Following: fetch, append, sync, and fetch again from the new end, which acknowledges. A member
// without a leader that may not campaign asks any voter, and learns from the answer who leads.

#include <algorithm>
#include <utility>

#include "engine/raft/quorum.hpp"

namespace logarium::raft {
namespace {

using protocol::ErrorCode;

// Kafka: KafkaRaftClient.MAX_FETCH_WAIT_MS and MAX_FETCH_SIZE_BYTES.
constexpr std::int32_t kFetchWaitMs = 500;
constexpr std::int32_t kFetchBytes = 8 * 1024 * 1024;
constexpr std::uint32_t kFetchBackoffDoublingsMax = 5;

Bytes joined(const std::vector<Bytes>& pieces) {
  std::vector<std::byte> all;
  for (const Bytes& piece : pieces) {
    all.insert(all.end(), piece.view().begin(), piece.view().end());
  }
  return Bytes(std::move(all));
}

}  // namespace

void Quorum::run_unattached(rpc::Port& port) {
  if (is_voter() || fetching_.number || !store_.ready()) return;
  if (port.step.now() < fetching_.retry_at) {
    retry_not_before(port, fetching_.retry_at);
    return;
  }
  if (const auto voter = other_voter(port)) send_fetch(port, *voter);
}

void Quorum::run_follower(rpc::Port& port) {
  Follower& follower = std::get<Follower>(role_);
  follow_high_watermark(port, follower);
  if (fetching_.number || !store_.ready() || !store_.settled()) return;
  if (follower.download && follower.download->finishing) return;
  // A voter's fetch offset says what a power loss cannot take from it (rule sync-before-fetch).
  if (is_voter() && options_.rules.on(Rule::kSyncBeforeFetch) &&
      store_.synced_end() < store_.log_end()) {
    store_.sync(port.step);
    return;
  }
  if (port.step.now() < fetching_.retry_at) {
    retry_not_before(port, fetching_.retry_at);
    return;
  }
  if (follower.download) {
    send_fetch_snapshot(port, follower);
    return;
  }
  // An observer whose leader does not answer asks around, lest it follow a leader that is gone
  // (KAFKA-17030).
  const bool ask_around = !is_voter() && fetching_.failures > 0 && !fetching_.asked_around;
  fetching_.asked_around = ask_around;
  const auto other = ask_around ? other_voter(port) : std::nullopt;
  send_fetch(port, other.value_or(follower.leader));
}

std::optional<NodeId> Quorum::other_voter(rpc::Port& port) const {
  std::vector<NodeId> others;
  for (const ReplicaKey& voter : options_.voters.all()) {
    if (voter.id != options_.self.id) others.push_back(voter.id);
  }
  if (others.empty()) return std::nullopt;
  return others[port.step.random().below(others.size())];
}

void Quorum::send_fetch(rpc::Port& port, NodeId to) {
  const LogPosition end = store_.end();
  auto request = std::make_shared<protocol::FetchRequest>();
  request->cluster_id = cluster_id();
  request->replica_id = options_.self.id.value();
  request->replica_state.replica_id = options_.self.id.value();
  // Well within the fetch timeout, so that silence means that the leader is gone.
  request->max_wait_ms = static_cast<std::int32_t>(
      std::min<std::int64_t>(kFetchWaitMs, fetch_timeout().whole_ms() / 4));
  request->max_bytes = kFetchBytes;
  request->topics.resize(1);
  request->topics[0].topic = kMetadataTopic;
  request->topics[0].topic_id = kMetadataTopicId;
  request->topics[0].partitions.resize(1);
  auto& partition = request->topics[0].partitions[0];
  partition.current_leader_epoch = election_.epoch.value();
  partition.fetch_offset = end.offset.value();
  partition.last_fetched_epoch = end.epoch.value();
  partition.log_start_offset = store_.log_start().value();
  partition.partition_max_bytes = kFetchBytes;
  partition.replica_directory_id = options_.self.directory;
  partition.high_watermark = store_.high_watermark() ? store_.high_watermark()->value() : -1;
  fetching_.number = fetching_.next_number++;
  rpc::SendOptions options;
  options.timeout = milliseconds(options_.config.controller_quorum_request_timeout_ms);
  port.send({to, rpc::Lane::kQuorumFetch}, std::move(request),
            cookie_of(What::kFetch, *fetching_.number), options);
}

void Quorum::send_fetch_snapshot(rpc::Port& port, const Follower& follower) {
  auto request = std::make_shared<protocol::FetchSnapshotRequest>();
  request->cluster_id = cluster_id();
  request->replica_id = options_.self.id.value();
  request->max_bytes = kFetchBytes;
  request->topics.resize(1);
  request->topics[0].name = kMetadataTopic;
  request->topics[0].partitions.resize(1);
  auto& partition = request->topics[0].partitions[0];
  partition.current_leader_epoch = election_.epoch.value();
  partition.snapshot_id = {follower.download->id.offset.value(),
                           follower.download->id.epoch.value()};
  partition.position = follower.download->position;
  partition.replica_directory_id = options_.self.directory;
  fetching_.number = fetching_.next_number++;
  rpc::SendOptions options;
  options.timeout = milliseconds(options_.config.controller_quorum_request_timeout_ms);
  port.send({follower.leader, rpc::Lane::kQuorumFetch}, std::move(request),
            cookie_of(What::kFetchSnapshot, *fetching_.number), options);
}

// Tries again later, the longer the more often it failed.
void Quorum::fetch_failed(rpc::Port& port) {
  ++fetching_.failures;
  const Duration first = milliseconds(options_.config.controller_quorum_retry_backoff_ms);
  fetching_.retry_at =
      port.step.now() +
      first * (std::int64_t{1} << std::min(fetching_.failures - 1, kFetchBackoffDoublingsMax));
}

// ---- Fetch --------------------------------------------------------------------------------------

void Quorum::on_fetch_reply(rpc::Port& port, const rpc::Reply& reply) {
  const bool current = fetching_.number == reply.cookie.value;
  if (current) fetching_.number.reset();
  const protocol::FetchResponse::PartitionData* data = nullptr;
  if (reply.outcome == rpc::Outcome::kAnswered &&
      protocol::is<protocol::FetchResponse>(*reply.body)) {
    const auto& body = protocol::as<protocol::FetchResponse>(reply.body);
    if (body.error_code == ErrorCode::kNone) data = metadata_partition(body);
  }
  if (data == nullptr || data->current_leader.leader_epoch < 0) {
    if (current) fetch_failed(port);
    return;
  }
  const std::uint64_t before = role_number_;
  const LeaderAndEpoch told{known_node(data->current_leader.leader_id),
                            QuorumEpoch(data->current_leader.leader_epoch)};
  if (absorb(port, data->error_code, told)) {
    if (current && role_number_ == before) fetch_failed(port);
    return;
  }
  if (!current || std::get_if<Follower>(&role_) == nullptr) return;
  if (data->error_code != ErrorCode::kNone) {
    fetch_failed(port);
    return;
  }
  accept_fetch(port, *data);
}

void Quorum::accept_fetch(rpc::Port& port, const protocol::FetchResponse::PartitionData& data) {
  Follower& follower = std::get<Follower>(role_);
  follower.fetched = true;
  fetching_.failures = 0;
  port.step.rearm(role_timer_, fetch_timeout(), cookie_of(What::kRoleTimer, role_number_));
  if (!store_.ready()) return;
  if (data.diverging_epoch.epoch >= 0) {
    accept_diverging(
        port, {QuorumEpoch(data.diverging_epoch.epoch), Offset(data.diverging_epoch.end_offset)});
    return;
  }
  if (data.snapshot_id.end_offset >= 0 && data.snapshot_id.epoch >= 0) {
    const LogPosition id{QuorumEpoch(data.snapshot_id.epoch), Offset(data.snapshot_id.end_offset)};
    const auto latest = store_.snapshots().latest();
    if (store_.snapshots().writing() || (latest && latest->offset >= id.offset)) {
      fetch_failed(port);
    } else {
      follower.download = Follower::Download{id, {}, 0, false};
    }
    return;
  }
  if (data.records) append_fetched(port, *data.records);
  if (data.high_watermark >= 0) {
    follower.leader_high_watermark = Offset(data.high_watermark);
    follow_high_watermark(port, follower);
  }
}

// Cuts what the leader does not have. Never what is committed: a leader has all of that, so one
// that says otherwise is not to be followed (Kafka: a fatal fault).
void Quorum::accept_diverging(rpc::Port& port, const LogPosition& leader_end) {
  const Offset to = store_.truncation_point(leader_end);
  const auto committed = store_.high_watermark();
  if (committed && to < *committed) {
    fail(port, "the leader asks to cut the metadata log at " + std::to_string(to.value()) +
                   ", below the high watermark " + std::to_string(committed->value()));
    return;
  }
  store_.truncate_to(port.step, to);
}

void Quorum::append_fetched(rpc::Port& port, const protocol::Records& batches) {
  for (const protocol::Batch& batch : batches) {
    if (!batch.readable() || (options_.rules.on(Rule::kVerifyBatchCrc) && !batch.crc_matches()) ||
        !store_.append_as_follower(port.step, batch)) {
      fetch_failed(port);
      return;
    }
  }
}

void Quorum::follow_high_watermark(rpc::Port& port, Follower& follower) {
  if (!follower.leader_high_watermark) return;
  store_.raise_high_watermark(port.step, *follower.leader_high_watermark, election_.epoch,
                              note::Role::kFollower);
}

// ---- FetchSnapshot ------------------------------------------------------------------------------

void Quorum::on_fetch_snapshot_reply(rpc::Port& port, const rpc::Reply& reply) {
  const bool current = fetching_.number == reply.cookie.value;
  if (current) fetching_.number.reset();
  const protocol::FetchSnapshotResponse::PartitionSnapshot* piece = nullptr;
  if (reply.outcome == rpc::Outcome::kAnswered &&
      protocol::is<protocol::FetchSnapshotResponse>(*reply.body)) {
    const auto& body = protocol::as<protocol::FetchSnapshotResponse>(reply.body);
    if (body.error_code == ErrorCode::kNone) piece = metadata_partition(body);
  }
  if (piece == nullptr || piece->current_leader.leader_epoch < 0) {
    if (current) fetch_failed(port);
    return;
  }
  const LeaderAndEpoch told{known_node(piece->current_leader.leader_id),
                            QuorumEpoch(piece->current_leader.leader_epoch)};
  if (absorb(port, piece->error_code, told)) return;
  auto* follower = std::get_if<Follower>(&role_);
  if (!current || follower == nullptr || !follower->download) return;
  if (piece->error_code != ErrorCode::kNone) {
    // Gone, or replaced by a newer one: ask by Fetch again.
    follower->download.reset();
    fetch_failed(port);
    return;
  }
  accept_piece(port, *piece);
}

void Quorum::accept_piece(rpc::Port& port,
                          const protocol::FetchSnapshotResponse::PartitionSnapshot& piece) {
  Follower& follower = std::get<Follower>(role_);
  Follower::Download& download = *follower.download;
  const LogPosition id{QuorumEpoch(piece.snapshot_id.epoch), Offset(piece.snapshot_id.end_offset)};
  const auto bytes = static_cast<std::int64_t>(piece.unaligned_records.size());
  if (id != download.id || piece.position != download.position || bytes == 0 ||
      download.position + bytes > piece.size) {
    follower.download.reset();
    fetch_failed(port);
    return;
  }
  follower.fetched = true;
  fetching_.failures = 0;
  port.step.rearm(role_timer_, fetch_timeout(), cookie_of(What::kRoleTimer, role_number_));
  download.pieces.push_back(piece.unaligned_records);
  download.position += bytes;
  if (download.position < piece.size) return;
  download.finishing = true;
  store_.install(port.step, download.id, joined(download.pieces));
  drain_store(port);
}

// ---- snapshots of the owner ---------------------------------------------------------------------

void Quorum::write_snapshot(rpc::Port& port, Offset end, std::vector<Bytes> records) {
  if (phase_ != Phase::kRunning) return;
  store_.write_snapshot(port.step, end, records);
}

}  // namespace logarium::raft

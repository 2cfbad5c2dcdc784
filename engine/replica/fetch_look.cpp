// What a partition has to say to one reader: the checks of a fetch, and whether its answer is worth
// sending yet.

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/replica/fetches.hpp"
#include "engine/replica/selector.hpp"

namespace logarium::replica {

using protocol::ErrorCode;

namespace {

// The first version whose clients know zstd (KIP-110).
constexpr std::int16_t kZstdFetchVersion = 10;

// A follower is answered from the leader only; so are consumers that know nothing of racks.
Partition::Serves serves(const Reader& reader) {
  return !reader.replica && reader.knows_replicas ? Partition::Serves::kAnyReplica
                                                  : Partition::Serves::kLeaderOnly;
}

// KIP-903: a fetch of a follower's earlier incarnation, whose session outlived it.
bool stale(const Env& env, const Reader& reader) {
  if (!env.setup.rules.on(Rule::kCheckFollowerBrokerEpoch) || !reader.broker_epoch) return false;
  const BrokerView* broker = env.brokers.find(*reader.replica);
  return broker != nullptr && broker->epoch > *reader.broker_epoch;
}

// Up to where a reader may see the log.
Offset bound_for(const Rules& rules, const Partition& partition, const Reader& reader) {
  // Consumers see what is committed, or a later leader might show them something else.
  if (reader.replica || !rules.on(Rule::kReadBelowHighWatermark)) return partition.log_end();
  return reader.read_committed ? partition.log().last_stable_offset() : partition.high_watermark();
}

}  // namespace

ErrorCode Fetches::position(const Env& env, const Partition& partition, const Session& session,
                            const Interest& interest, Finding& finding) {
  const Offset from = interest.fetch_offset;
  const Rules& rules = env.setup.rules;
  // KIP-595: a follower whose last record is none of ours has to truncate first.
  if (interest.last_fetched_epoch && rules.on(Rule::kTruncateByLeaderEpoch) &&
      rules.on(Rule::kCheckLastFetchedEpoch)) {
    const auto end = partition.log().end_offset_for(*interest.last_fetched_epoch);
    if (!end) return ErrorCode::kOffsetOutOfRange;
    // Below the log start there is nothing to compare with, diverging or not.
    if (from < partition.log_start()) return ErrorCode::kOffsetOutOfRange;
    if (end->epoch < *interest.last_fetched_epoch || end->end < from) {
      finding.diverging = end;
      return ErrorCode::kNone;
    }
  }
  if (from < partition.log_start() || from > partition.log_end()) {
    return ErrorCode::kOffsetOutOfRange;
  }
  finding.bound = bound_for(rules, partition, session.reader);
  // What a consumer has read is committed, also where this replica does not know it yet.
  if (from > finding.bound && !rules.on(Rule::kWaitAboveHighWatermark)) {
    return ErrorCode::kOffsetOutOfRange;
  }
  return ErrorCode::kNone;
}

Fetches::Finding Fetches::look(Env& env, const Session& session, Interest& interest) {
  Finding finding;
  if (!interest.slot || env.replicas.at(*interest.slot) == nullptr) {
    const Located found = locate(env, interest.topic, interest.ref.topic, interest.ref.partition);
    interest.slot = found.slot;
    finding.error = found.error;
    if (!found.slot) {
      finding.answer_now = true;
      return finding;
    }
  }
  const Partition& partition = env.replicas.get(*interest.slot);
  finding.error = partition.check(env.setup, interest.current_epoch, serves(session.reader));
  if (finding.error == ErrorCode::kNone && session.reader.replica) {
    if (!position_of(partition.leading().replicas(), *session.reader.replica)) {
      finding.error = ErrorCode::kUnknownLeaderEpoch;  // the assignment is about to change
    } else if (stale(env, session.reader)) {
      finding.error = ErrorCode::kNotLeaderOrFollower;
    }
  }
  if (finding.error == ErrorCode::kNone && session.serving->version < kZstdFetchVersion &&
      partition.topic().log->codec == protocol::Codec::kZstd) {
    finding.error = ErrorCode::kUnsupportedCompressionType;
  }
  if (finding.error == ErrorCode::kNone) {
    finding.error = position(env, partition, session, interest, finding);
  }
  if (finding.error != ErrorCode::kNone || finding.diverging) {
    finding.answer_now = true;
    return finding;
  }
  if (!session.reader.replica && env.setup.selects_replicas()) {
    finding.preferred = preferred_replica(env, partition, session, interest);
    if (finding.preferred) {
      finding.answer_now = true;
      return finding;
    }
  }
  if (interest.fetch_offset < finding.bound) {
    const auto bytes =
        partition.log().bytes_between(interest.fetch_offset, finding.bound,
                                      std::max<std::int64_t>(1, session.serving->min_bytes));
    // What left memory lies on an older part of the log: there is plenty.
    finding.answer_now = !bytes;
    finding.bytes = bytes.value_or(1);
  }
  return finding;
}

std::optional<NodeId> Fetches::preferred_replica(const Env& env, const Partition& partition,
                                                 const Session& session, const Interest& interest) {
  const Leader* leader = partition.leader();
  if (leader == nullptr || session.reader.rack.empty()) return std::nullopt;
  const NodeId chosen = select_replica(
      *leader, env.brokers, {.rack = session.reader.rack, .offset = interest.fetch_offset});
  if (chosen == env.setup.self || !env.brokers.active(chosen)) return std::nullopt;
  return chosen;
}

bool Fetches::examine(Env& env, Session& session, Interest& interest, Arrival arrival,
                      Finding& finding) {
  finding = look(env, session, interest);
  if (!interest.slot || finding.error != ErrorCode::kNone) return true;
  const Partition& partition = env.replicas.get(*interest.slot);
  const Offset high_watermark = partition.high_watermark();
  if (arrival == Arrival::kFetch && session.reader.replica && !finding.diverging) {
    interest.high_watermark_at_arrival = high_watermark;
    interest.revisit = false;
    const auto replica = position_of(partition.leading().replicas(), *session.reader.replica);
    env.replicas.touch(*interest.slot)
        .follower_fetched(env.scene(), {.replica = *replica,
                                        .offset = interest.fetch_offset,
                                        .log_start = interest.log_start,
                                        .broker_epoch = session.reader.broker_epoch});
  }
  const bool news = interest.told_high_watermark != high_watermark ||
                    interest.told_log_start != partition.log_start();
  if (session.reader.replica && env.setup.selects_replicas() && interest.told_high_watermark &&
      *interest.told_high_watermark < high_watermark) {
    finding.answer_now = true;  // KIP-392: its own consumers wait for this
  }
  return news || finding.answer_now || finding.bytes > 0 || interest.revisit;
}

bool Fetches::enough(Env& env, Session& session, Arrival arrival) {
  std::int64_t bytes = 0;
  bool now = false;
  found_.clear();
  for (std::size_t n = session.dirty.size(); n > 0; --n) {
    const std::uint32_t at = session.dirty.pop_front();
    Interest& interest = session.interests[at];
    interest.dirty = false;
    Finding finding;
    const bool news = examine(env, session, interest, arrival, finding);
    now = now || finding.answer_now;
    bytes += finding.bytes;
    if (!news) continue;
    session.mark_dirty(at);
    found_.push_back({at, finding});
  }
  const bool yes = now || (bytes > 0 && bytes >= session.serving->min_bytes);
  if (!yes) found_.clear();
  return yes;
}

}  // namespace logarium::replica

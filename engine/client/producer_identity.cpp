// Producer, its id and epoch and the sequences that hang on them (KIP-98, KIP-360).

#include "engine/client/producer.hpp"
#include "engine/protocol/messages/init_producer_id.hpp"

namespace logarium::client {
namespace {

constexpr std::int16_t kEpochMax = 0x7fff;
constexpr std::int32_t kNoTransactionTimeout = 0x7fffffff;

}  // namespace

void Producer::ask_for_id(Context& c) {
  if (may_send() || id_asked_ || fatal_ || c.now() < id_allowed_at_) return;
  const auto peer = c.metadata.any_broker(c.port);
  if (!peer) {
    id_allowed_at_ = c.now() + backoff_.pause(c.step().random(), 1);
    return;
  }
  auto request = std::make_shared<protocol::InitProducerIdRequest>();
  request->transaction_timeout_ms = kNoTransactionTimeout;
  id_asked_ = true;
  c.port.send(*peer, std::move(request), Cookie{Machine::kProducer, kInitReply, 0, 0},
              {.timeout = milliseconds(config_.client.request_timeout_ms)});
}

void Producer::id_answered(Context& c, const rpc::Reply& reply) {
  id_asked_ = false;
  ErrorCode error = ErrorCode::kNetworkException;
  if (reply.outcome == rpc::Outcome::kAnswered) {
    const auto& response = protocol::as<protocol::InitProducerIdResponse>(reply.body);
    error = response.error_code;
    if (error == ErrorCode::kNone) {
      identity_ = {ProducerId(response.producer_id), ProducerEpoch(response.producer_epoch)};
      id_failures_ = 0;
      c.step().note(note::ProducerIdAssigned{identity_.id, identity_.epoch});
      restart_rewritten();
      list_all(c);
      return;
    }
  }
  const bool worth_repeating = protocol::is_retriable(error) ||
                               error == ErrorCode::kUnknownServerError ||
                               error == ErrorCode::kNotController;
  if (!worth_repeating) {
    fatal_ = error;
    abort(c);
    return;
  }
  id_allowed_at_ = c.now() + backoff_.pause(c.step().random(), ++id_failures_);
}

void Producer::request_bump(PartitionQueue& queue) {
  bump_required_ = true;
  queue.rewrite = true;
}

// The next epoch, once nothing of the partitions concerned is on the wire: Kafka goes on at once
// and rewrites batches whose answers are still to come; waiting costs a round trip and never lets
// two epochs of one record travel together.
void Producer::maybe_bump(Context& c) {
  if (!bump_required_ || !identity_.valid()) return;
  for (const PartitionQueue& queue : partitions_) {
    if (queue.rewrite && !queue.on_wire.empty()) return;
  }
  bump_required_ = false;
  if (identity_.epoch.value() == kEpochMax) {
    identity_ = {};  // exhausted: a new id; the sequences start anew when it is there
    return;
  }
  identity_.epoch = identity_.epoch.next();
  c.step().note(note::ProducerIdAssigned{identity_.id, identity_.epoch});
  restart_rewritten();
  list_all(c);
}

void Producer::restart_rewritten() {
  for (PartitionQueue& queue : partitions_) {
    if (queue.rewrite && queue.on_wire.empty()) queue.restart_sequences(identity_);
  }
}

// Sequences in doubt resolve when everything that was sent has ended: if the batches after the
// doubtful one were acknowledged, it is in the log; if none was, the next epoch starts anew.
void Producer::maybe_resolve(Context& c) {
  std::vector<std::uint32_t> still;
  for (const std::uint32_t slot : doubtful_) {
    PartitionQueue& queue = partitions_[slot];
    if (!queue.unresolved) continue;
    if (queue.has_sent_batches()) {
      still.push_back(slot);
      continue;
    }
    queue.unresolved.reset();
    if (!queue.is_next(queue.next_sequence)) request_bump(queue);
    list(c, slot);
  }
  doubtful_ = std::move(still);
}

}  // namespace logarium::client

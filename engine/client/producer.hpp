#pragma once
// Producer: collects records into batches per partition and delivers them: linger and batch.size,
// buffer.memory, in-flight limit per broker, retries with backoff, request and delivery timeout,
// acks 0, 1, all, idempotence with sequences and epoch bumps (KIP-98, KIP-360), splitting of
// batches that are too large.
//
// What it does not do: transactions. A call never blocks: a Produce whose records find no metadata
// or no memory waits in a line, in order, for max.block.ms at most.
//
// A batch's way: filling -> (full or linger over) listed in the lane of its leader -> on the wire
// -> acknowledged, or back to waiting (retry), or failed.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/client/backoff.hpp"
#include "engine/client/command.hpp"
#include "engine/client/context.hpp"
#include "engine/client/partition_queue.hpp"
#include "engine/client/partitioner.hpp"
#include "engine/config/client_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/protocol/messages/produce.hpp"

namespace logarium::client {

class Producer {
 public:
  Producer(const ProducerConfig& config, const Rules& rules);

  void start(Context& c);
  void produce(Context& c, CommandId id, std::shared_ptr<const Produce> call);
  // Answered once nothing is outstanding; until then nothing lingers.
  void flush(Context& c, CommandId id);
  void on_reply(Context& c, const rpc::Reply& reply);
  void on_timer(Context& c, Cookie cookie);
  // metadata.version() has grown.
  void on_metadata(Context& c);
  // Takes no further calls; what is outstanding is delivered without linger.
  void close(Context& c);
  // Gives everything up at once.
  void abort(Context& c);
  [[nodiscard]] const std::vector<PartitionQueue>& queues() const { return partitions_; }
  [[nodiscard]] bool idle() const { return outstanding_ == 0 && line_.empty(); }
  void describe(StateVisitor& v) const;

 private:
  static constexpr std::uint8_t kProduceReply = Metadata::kFirstFree;
  static constexpr std::uint8_t kInitReply = Metadata::kFirstFree + 1;
  static constexpr std::uint8_t kWorkTimer = Metadata::kFirstFree + 2;
  static constexpr std::uint32_t kNoSlot = 0xffffffff;

  // A call whose records are not all in batches yet.
  struct InLine {
    CommandId command;
    std::shared_ptr<const Produce> call;
    std::uint32_t topic = 0;
    std::uint32_t next = 0;  // record
    Instant deadline;        // max.block.ms
    void describe(StateVisitor& v) const;
  };
  struct TopicState {
    std::string name;
    KeylessPartitioner partitioner;
    std::vector<std::uint32_t> slots;  // index into partitions_ per partition, or kNoSlot
    void describe(StateVisitor& v) const;
  };
  // A broker: the partitions that have something to send to it, in turn.
  struct Lane {
    NodeId node;
    Ring<std::uint32_t> ready;
    std::int64_t in_flight = 0;
    Instant woken_at{0};  // a Due exists for the end of this reconnect backoff
    void describe(StateVisitor& v) const;
  };
  struct SentBatch {
    std::uint32_t slot = 0;
    std::uint64_t number = 0;
  };
  struct SentRequest {
    std::uint64_t number = 0;
    NodeId node;
    std::vector<SentBatch> batches;
    void describe(StateVisitor& v) const;
  };
  // At `when` the batch may be sent (linger or backoff over); without a slot: only look again.
  struct Due {
    Instant when;
    std::uint64_t order = 0;
    std::uint32_t slot = kNoSlot;
    std::uint64_t number = 0;
    void describe(StateVisitor& v) const;
  };
  struct Expiry {
    Instant when;
    std::uint32_t slot = 0;
    std::uint64_t number = 0;
    void describe(StateVisitor& v) const;
  };
  // What became of a batch at a broker.
  struct Verdict {
    ErrorCode error = ErrorCode::kNone;
    std::optional<Offset> base;
    std::optional<Offset> log_start;
  };
  enum class Admitted : std::uint8_t { kYes, kRefused, kWait };
  enum class AdjustSequences : std::uint8_t { kNo, kYes };

  // producer.cpp: from calls to batches
  void admit(Context& c);
  Admitted append(Context& c, const InLine& from, const ProduceRecord& record);
  [[nodiscard]] std::optional<PartitionIndex> choose(Context& c, const InLine& from,
                                                     const ProduceRecord& record,
                                                     const TopicInfo& topic);
  OutBatch* open_batch(Context& c, std::uint32_t slot, CommandId command, std::size_t record_bytes);
  void refuse(Context& c, const InLine& from, std::uint64_t tag, ErrorCode error);
  void expire_line(Context& c);
  std::uint32_t topic_index(const std::string& name);
  std::uint32_t slot_of(std::uint32_t topic, PartitionIndex partition);
  void run(Context& c);

  // producer_send.cpp: from batches to requests
  void add_due(Instant when, std::uint32_t slot, std::uint64_t number);
  void take_due(Context& c);
  void list(Context& c, std::uint32_t slot);
  void list_all(Context& c);
  Lane& lane_of(NodeId node);
  [[nodiscard]] std::optional<NodeId> leader_of(const Context& c,
                                                const PartitionQueue& queue) const;
  [[nodiscard]] bool sendable(const PartitionQueue& queue, Instant now) const;
  [[nodiscard]] bool sequences_allow(const PartitionQueue& queue) const;
  void drain(Context& c);
  bool send_one(Context& c, std::size_t lane);
  void leave_dead_brokers(Context& c);
  void send_request(Context& c, NodeId node, std::vector<SentBatch> batches);
  void prepare(PartitionQueue& queue, OutBatch& batch);
  void arm_timer(Context& c);

  // producer_reply.cpp: answers, retries, the end of batches
  void produce_answered(Context& c, const rpc::Reply& reply);
  void settle(Context& c, const SentBatch& sent, const Verdict& verdict);
  [[nodiscard]] bool can_retry(Context& c, PartitionQueue& queue, const OutBatch& batch,
                               const Verdict& verdict);
  void retry(Context& c, std::uint32_t slot, OutBatch batch);
  void split(Context& c, std::uint32_t slot, OutBatch batch);
  void complete(Context& c, PartitionQueue& queue, const OutBatch& batch,
                std::optional<Offset> base);
  void fail(Context& c, PartitionQueue& queue, const OutBatch& batch, ErrorCode error,
            AdjustSequences adjust);
  void release(const OutBatch& batch);
  [[nodiscard]] Instant delivery_deadline(const OutBatch& batch) const;
  void expire_batches(Context& c);
  void expire(Context& c, const Expiry& expiry);
  void finish_flushes(Context& c);

  // producer_identity.cpp: producer id, epoch, sequences
  [[nodiscard]] bool may_send() const { return !config_.enable_idempotence || identity_.valid(); }
  void ask_for_id(Context& c);
  void id_answered(Context& c, const rpc::Reply& reply);
  void request_bump(PartitionQueue& queue);
  void maybe_bump(Context& c);
  void maybe_resolve(Context& c);
  void restart_rewritten();

  ProducerConfig config_;
  Rules rules_;
  std::int16_t acks_;
  Backoff backoff_;
  protocol::Codec codec_ = protocol::Codec::kNone;

  std::vector<TopicState> topics_;  // in order of first use; few
  std::vector<PartitionQueue> partitions_;
  Ring<InLine> line_;
  std::vector<Lane> lanes_;            // ascending nodes
  std::vector<std::uint32_t> strays_;  // partitions with something to send but without a leader
  std::vector<Due> due_;               // a heap, earliest first
  Ring<Expiry> expiry_;                // in order of creation; ended ones are dropped at the front
  // Some batch was sent or ended since due_ and expiry_ were rid of such at their fronts.
  bool batches_left_ = false;
  std::vector<SentRequest> requests_;  // unanswered
  std::vector<CommandId> flushes_;
  bool closing_ = false;

  ProducerIdentity identity_;
  bool id_asked_ = false;
  std::int32_t id_failures_ = 0;
  Instant id_allowed_at_{0};
  std::vector<std::uint32_t> doubtful_;  // partitions that may have an unresolved sequence
  bool bump_required_ = false;
  std::optional<ErrorCode> fatal_;

  std::int64_t memory_used_ = 0;
  std::int64_t outstanding_ = 0;  // batches not ended
  std::uint64_t next_batch_ = 1;
  std::uint64_t next_request_ = 1;
  std::uint64_t next_due_ = 1;
  TimerHandle timer_;
};

}  // namespace logarium::client

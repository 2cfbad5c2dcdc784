#pragma once
// Consumer of assigned partitions: positions (seek to an offset, a time, the beginning, the end;
// auto.offset.reset), fetch sessions (KIP-227), reading from the closest replica (KIP-392),
// validation of positions when a partition's leader epoch changes (KIP-320).
//
// What it does not do: groups, and leaving out records of aborted transactions (isolation.level is
// sent, so a broker serves stable records only).
//
// A partition's states:
//   kReset     the position is asked for (ListOffsets)          -> kFetching
//   kValidate  the position is checked (OffsetForLeaderEpoch)   -> kFetching, kReset, kFailed
//   kFetching  records are fetched from the position            -> kValidate, kReset, kFailed
//   kFailed    an error was raised; a seek gets it going again  -> kReset, kValidate, kFetching

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/ring.hpp"
#include "engine/client/backoff.hpp"
#include "engine/client/command.hpp"
#include "engine/client/context.hpp"
#include "engine/client/fetch_session.hpp"
#include "engine/config/client_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/protocol/messages/fetch.hpp"

namespace logarium::client {

class Consumer {
 public:
  Consumer(const ConsumerConfig& config, const Rules& rules);

  void assign(Context& c, CommandId id, const Assign& call);
  void seek(Context& c, CommandId id, const Seek& call);
  void poll(Context& c, CommandId id, const Poll& call);
  void on_reply(Context& c, const rpc::Reply& reply);
  void on_timer(Context& c, Cookie cookie);
  // metadata.version() has grown.
  void on_metadata(Context& c);
  // Where it reads next, by partition.
  [[nodiscard]] std::vector<std::pair<PartitionRef, Offset>> positions() const;
  void describe(StateVisitor& v) const;

 private:
  static constexpr std::uint8_t kFetchReply = Metadata::kFirstFree;
  static constexpr std::uint8_t kListReply = Metadata::kFirstFree + 1;
  static constexpr std::uint8_t kEpochReply = Metadata::kFirstFree + 2;
  static constexpr std::uint8_t kWorkTimer = Metadata::kFirstFree + 3;

  enum class State : std::uint8_t { kUnassigned, kReset, kValidate, kFetching, kFailed };

  struct Partition {
    TopicPartition name;
    Uuid topic_id;  // zero until the topic is known
    State state = State::kUnassigned;
    // Grows with every change of position that is not reading on; answers of an older one are
    // dropped.
    std::uint64_t generation = 0;
    SeekTarget reset;  // in kReset
    note::ResetCause reset_cause = note::ResetCause::kNoPosition;
    std::optional<Offset> position;
    std::optional<LeaderEpoch> offset_epoch;  // of the last record before the position
    std::optional<LeaderEpoch> leader_epoch;  // that the position was checked against
    std::optional<NodeId> preferred;          // replica to read from (KIP-392)
    Instant preferred_until{0};
    std::optional<NodeId> session;       // whose fetch session has the partition
    std::optional<Offset> asked_offset;  // in the last fetch request
    std::uint64_t asked_generation = 0;
    bool asking = false;      // a ListOffsets or OffsetForLeaderEpoch is in flight
    bool dirty = false;       // is in dirty_
    bool unsettled = false;   // is in unsettled_
    bool in_changed = false;  // is in its session's `changed`
    Instant retry_at{0};      // not asked or fetched before
    std::int32_t failures = 0;
    void describe(StateVisitor& v) const;
  };
  // What one fetch brought for one partition.
  struct Fetched {
    std::uint32_t slot = 0;
    std::uint64_t generation = 0;
    NodeId from;
    std::size_t next = 0;  // batch
    protocol::Records batches;
    void describe(StateVisitor& v) const;
  };
  // A ListOffsets or OffsetForLeaderEpoch in flight.
  struct Question {
    std::uint64_t number = 0;
    struct About {
      std::uint32_t slot = 0;
      std::uint64_t generation = 0;
      std::optional<LeaderEpoch> leader_epoch;  // that was asked in
    };
    std::vector<About> about;
    void describe(StateVisitor& v) const;
  };
  struct Waiting {
    CommandId id;
    Instant deadline;
    void describe(StateVisitor& v) const;
  };

  // consumer.cpp: calls and polls
  void run(Context& c);
  void move(Context& c, std::uint32_t slot, const SeekTarget& target, note::ResetCause cause);
  std::optional<std::uint32_t> find(const TopicPartition& partition) const;
  std::optional<std::uint32_t> find(PartitionRef partition) const;
  void learn_topic(Context& c, std::uint32_t slot);
  void answer_poll(Context& c);
  void take_fetched(Context& c, PollResult& result);
  bool take_batch(Context& c, Partition& p, const protocol::Batch& batch, PollResult& result);
  void raise(std::uint32_t slot, PollError::Kind kind, ErrorCode error,
             std::optional<Offset> divergent = std::nullopt);
  void arm_timer(Context& c);

  // consumer_positions.cpp: where to read
  void unsettle(std::uint32_t slot);
  void settle_positions(Context& c);
  [[nodiscard]] std::optional<SeekTarget> policy() const;
  void lose_position(Context& c, std::uint32_t slot, note::ResetCause cause, PollError::Kind raised,
                     std::optional<Offset> divergent = std::nullopt);
  void set_position(Context& c, std::uint32_t slot, Offset to, std::optional<LeaderEpoch> epoch);
  void check_leader(Context& c, std::uint32_t slot);
  void ask_offsets(Context& c, NodeId leader, const std::vector<std::uint32_t>& slots);
  void ask_epochs(Context& c, NodeId leader, const std::vector<std::uint32_t>& slots);
  Question take_question(std::uint64_t number);
  void offsets_answered(Context& c, const rpc::Reply& reply);
  void epochs_answered(Context& c, const rpc::Reply& reply);
  void epoch_answered(Context& c, const Question::About& about, Offset end,
                      std::optional<LeaderEpoch> epoch);
  void again_later(Context& c, std::uint32_t slot, ErrorCode error);

  // consumer_fetch.cpp: what to read
  void mark(std::uint32_t slot);
  [[nodiscard]] std::optional<NodeId> fetch_node(Context& c, Partition& p) const;
  FetchSession& session_of(NodeId node);
  void sort_dirty(Context& c);
  void send_fetches(Context& c);
  void send_fetch(Context& c, FetchSession& session);
  void add_to_fetch(protocol::FetchRequest& request, Partition& p) const;
  void fetch_answered(Context& c, const rpc::Reply& reply);
  void partition_answered(Context& c, FetchSession& session,
                          const protocol::FetchResponse::PartitionData& data, std::uint32_t slot);
  void fetch_refused(Context& c, std::uint32_t slot, ErrorCode error, NodeId node);

  ConsumerConfig config_;
  Rules rules_;
  Backoff backoff_;
  std::vector<Partition> partitions_;  // by slot
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::pair<PartitionRef, std::uint32_t>> by_ref_;  // ascending; topics that are known
  std::vector<FetchSession> sessions_;                          // ascending nodes
  std::vector<std::uint32_t> dirty_;      // may belong into another session, or changed
  std::vector<std::uint32_t> unsettled_;  // not to be fetched yet: position or pause
  std::vector<Question> questions_;
  Ring<Fetched> fetched_;
  std::vector<PollError> errors_;
  std::optional<Waiting> waiting_;
  std::uint64_t next_generation_ = 1;
  // Some topic had no id: from then on fetches name topics by name.
  bool names_only_ = false;
  std::uint64_t next_question_ = 1;
  TimerHandle timer_;
};

}  // namespace logarium::client

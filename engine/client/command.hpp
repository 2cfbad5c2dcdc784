#pragma once
// What an application may ask of a client node, and what it gets back. A Command goes in as
// CommandInput; each CommandResult comes out as an Answer effect with the command's id.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/effect.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/input.hpp"
#include "engine/base/message.hpp"
#include "engine/base/time.hpp"
#include "engine/protocol/batch.hpp"
#include "engine/protocol/error_code.hpp"

namespace logarium::client {

using protocol::ErrorCode;

enum class CommandKind : std::uint8_t { kProduce, kFlush, kAssign, kSeek, kPoll, kAdmin };

struct ClientCommand : Command {
  explicit ClientCommand(CommandKind k) : kind(k) {}
  CommandKind kind;
};

// ---- producer -----------------------------------------------------------------------------------

struct ProduceRecord {
  std::uint64_t tag = 0;  // the application's name for the record; not on the wire
  std::optional<Bytes> key;
  Bytes value;
};

// Answered by ProduceResults, one for each batch that the records end up in.
struct Produce final : ClientCommand {
  Produce() : ClientCommand(CommandKind::kProduce) {}
  std::string topic;
  std::optional<PartitionIndex> partition;   // empty: the partitioner decides
  std::optional<std::int64_t> timestamp_ms;  // empty: the client's wall clock
  std::vector<ProduceRecord> records;
  [[nodiscard]] std::uint64_t hash() const override;
};

// The end of one batch, or of records that never got into one. Answers the command of the batch's
// first record; `tags` name all of its records in order.
struct ProduceResult final : CommandResult {
  PartitionRef partition;  // topic zero and partition -1 when it was never known
  ErrorCode error = ErrorCode::kNone;
  // Whether the records may be in the log although there was an error.
  enum class Certainty : std::uint8_t { kCertain, kUnknown } certainty = Certainty::kCertain;
  // Of the first record; empty with acks=0, on failure, and for a duplicate whose place the broker
  // no longer knows. Record i of the batch is at base + i.
  std::optional<Offset> base;
  std::vector<std::uint64_t> tags;
  [[nodiscard]] std::uint64_t hash() const override;
};

// Sends what is buffered without waiting for linger; answered by a FlushResult when no record is
// outstanding any more, later ones included.
struct Flush final : ClientCommand {
  Flush() : ClientCommand(CommandKind::kFlush) {}
  [[nodiscard]] std::uint64_t hash() const override;
};
struct FlushResult final : CommandResult {
  [[nodiscard]] std::uint64_t hash() const override;
};

// ---- consumer -----------------------------------------------------------------------------------

// Where to read on.
struct SeekTarget {
  enum class Kind : std::uint8_t {
    kOffset,
    kTime,       // the first record at or after value ms since 1970; the end when there is none
    kBeginning,  // log start
    kEnd,        // high watermark (last stable offset with read_committed)
    kPolicy,     // auto.offset.reset decides
  };
  Kind kind = Kind::kPolicy;
  std::int64_t value = 0;                   // an offset or a time in ms
  std::optional<LeaderEpoch> offset_epoch;  // of the record before a known offset (KIP-320)
};

// Replaces the assignment; partitions that stay keep their positions. Answered by AssignResult.
struct Assign final : ClientCommand {
  Assign() : ClientCommand(CommandKind::kAssign) {}
  struct Entry {
    TopicPartition partition;
    SeekTarget from;
  };
  std::vector<Entry> partitions;
  [[nodiscard]] std::uint64_t hash() const override;
};
struct AssignResult final : CommandResult {
  [[nodiscard]] std::uint64_t hash() const override;
};

// Moves the position of an assigned partition. Answered by AssignResult; a partition that is not
// assigned is passed over.
struct Seek final : ClientCommand {
  Seek() : ClientCommand(CommandKind::kSeek) {}
  TopicPartition partition;
  SeekTarget to;
  [[nodiscard]] std::uint64_t hash() const override;
};

// Answered by one PollResult as soon as there is a record or an error, or empty after the wait.
// One poll at a time: a new one answers the one that waits with nothing.
struct Poll final : ClientCommand {
  Poll() : ClientCommand(CommandKind::kPoll) {}
  Duration wait = seconds(5);
  [[nodiscard]] std::uint64_t hash() const override;
};

// Records [from, next) of one fetched batch.
struct PolledBatch {
  TopicPartition partition;
  PartitionRef ref;
  Offset from, next;
  protocol::Batch batch;
};
// What a poll raises for one partition (Kafka: NoOffsetForPartitionException,
// OffsetOutOfRangeException, LogTruncationException, and fatal fetch errors).
struct PollError {
  enum class Kind : std::uint8_t { kNoOffset, kOutOfRange, kTruncated, kFatal };
  Kind kind = Kind::kFatal;
  TopicPartition partition;
  ErrorCode error = ErrorCode::kNone;
  std::optional<Offset> position;
  std::optional<Offset> divergent;  // kTruncated: the first offset known to differ
};
struct PollResult final : CommandResult {
  std::vector<PolledBatch> batches;
  std::vector<PollError> errors;
  std::int32_t records = 0;
  [[nodiscard]] std::uint64_t hash() const override;
};

// ---- admin --------------------------------------------------------------------------------------

// One administrative request, in the protocol's own structs: CreateTopics, DeleteTopics,
// CreatePartitions, DescribeConfigs, IncrementalAlterConfigs, ElectLeaders,
// Alter/ListPartitionReassignments, DescribeCluster, DescribeQuorum, UnregisterBroker, Metadata,
// and DeleteRecords and ListOffsets, which are split over the partitions' leaders. Repeated until
// it succeeds, fails for good, or the time is over.
struct AdminCall final : ClientCommand {
  AdminCall() : ClientCommand(CommandKind::kAdmin) {}
  MessageRef request;
  std::optional<Duration> timeout;  // empty: default.api.timeout.ms
  // Empty: the controller, any broker, or the leaders, as the API needs. Set: that broker.
  std::optional<NodeId> broker;
  [[nodiscard]] std::uint64_t hash() const override;
};
struct AdminResult final : CommandResult {
  // Of the call as a whole; the parts' own errors are in the response. kRequestTimedOut when the
  // time is over; then `response` is the last one there was, if any.
  ErrorCode error = ErrorCode::kNone;
  MessageRef response;
  [[nodiscard]] std::uint64_t hash() const override;
};

}  // namespace logarium::client

#pragma once
// History: what one application sent and read, as only a client can see it: the input of the
// client-observable checkers (Jepsen's kafka workload: lost-write, unseen, duplicate,
// inconsistent-offsets, poll-skip, nonmonotonic-poll, ...).
//
// Every record carries a uid: the application's number and a counter, so that each is unique in a
// run. Sends are recorded when they end, polls batch by batch. It grows with the run; copies share
// what is full.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/chunked.hpp"
#include "engine/base/digest.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/ring.hpp"
#include "engine/base/time.hpp"

namespace logarium {

class StateVisitor;

namespace workload {

// The application in the upper 16 bits (from 1), its counter (from 0) below.
using Uid = std::uint64_t;
inline constexpr int kUidCounterBits = 48;
[[nodiscard]] constexpr Uid make_uid(std::uint16_t application, std::uint64_t counter) {
  return (std::uint64_t{application} << kUidCounterBits) | counter;
}
[[nodiscard]] constexpr std::uint16_t application_of(Uid uid) {
  return static_cast<std::uint16_t>(uid >> kUidCounterBits);
}
[[nodiscard]] constexpr std::uint64_t counter_of(Uid uid) {
  return uid & ((std::uint64_t{1} << kUidCounterBits) - 1);
}

// Jepsen's ok, fail, info.
enum class SendOutcome : std::uint8_t {
  kAcked,
  kFailed,   // certainly not in the log
  kUnknown,  // it may be in the log
};

struct SendOp {
  Uid uid = 0;
  std::optional<Offset> offset;  // known only when acknowledged, not with acks=0
  Instant sent;                  // by the process's monotonic clock
  Instant ended;
  std::uint32_t partition = kNoPartition;  // index into History::partitions()
  std::int16_t error = 0;                  // Kafka's code
  SendOutcome outcome = SendOutcome::kUnknown;
  static constexpr std::uint32_t kNoPartition = 0xffffffff;
};

// The records of one batch that one poll handed out: offsets in [from, next), uids
// History::uids()[first_uid .. first_uid + records).
struct PollOp {
  Instant at;
  Offset from, next;
  std::uint64_t first_uid = 0;
  std::uint32_t records = 0;
  std::uint32_t partition = 0;  // index into History::partitions()
  std::uint32_t poll = 0;       // number of the poll, from 1
};

class History {
 public:
  // ---- sends: begun in the order of the counter, ended in any order
  void begin_send(Uid uid, Instant at);
  struct End {
    SendOutcome outcome = SendOutcome::kUnknown;
    std::int16_t error = 0;
    std::optional<PartitionRef> partition;
    std::optional<Offset> offset;
  };
  // Passed over when the send has ended already.
  void end_send(Uid uid, const End& end, Instant at);
  // The process is gone: nobody will ever hear of what is open.
  void abandon_open(Instant at);

  // ---- polls
  void begin_poll() { ++polls_made_; }
  // A batch: its uids through add_read() first, then end_batch().
  void add_read(Uid uid);
  // A record whose value is not what any application writes.
  void add_corrupt() { ++corrupt_; }
  void end_batch(PartitionRef partition, Offset from, Offset next, Instant at);

  [[nodiscard]] const std::vector<PartitionRef>& partitions() const { return partitions_; }
  [[nodiscard]] const ChunkedVector<SendOp>& sends() const { return sends_; }
  [[nodiscard]] const ChunkedVector<PollOp>& polls() const { return polls_; }
  [[nodiscard]] const ChunkedVector<Uid, 1024>& uids() const { return uids_; }
  // Sends without an end; their outcome is unknown.
  struct OpenSend {
    Uid uid = 0;
    Instant sent;
    bool ended = false;
  };
  // Some of them may have ended already (see `ended`).
  [[nodiscard]] const Ring<OpenSend>& open() const { return open_; }
  [[nodiscard]] std::uint64_t begun() const { return begun_; }
  [[nodiscard]] std::uint64_t acked() const { return acked_; }
  [[nodiscard]] std::uint64_t failed() const { return failed_; }
  [[nodiscard]] std::uint64_t unknown() const { return unknown_; }
  [[nodiscard]] std::uint64_t unended() const { return begun_ - acked_ - failed_ - unknown_; }
  [[nodiscard]] std::uint64_t read() const { return uids_.size(); }
  [[nodiscard]] std::uint64_t corrupt() const { return corrupt_; }
  // Over everything recorded, in order.
  [[nodiscard]] std::uint64_t digest() const { return digest_.value(); }
  void describe(StateVisitor& v) const;

 private:
  std::uint32_t partition_index(PartitionRef partition);
  void record(const OpenSend& open, const End& end, Instant at);

  std::vector<PartitionRef> partitions_;  // in order of appearance
  ChunkedVector<SendOp> sends_;
  ChunkedVector<PollOp> polls_;
  ChunkedVector<Uid, 1024> uids_;
  Ring<OpenSend> open_;  // consecutive counters
  std::uint64_t begun_ = 0, acked_ = 0, failed_ = 0, unknown_ = 0, corrupt_ = 0;
  std::uint32_t polls_made_ = 0;
  std::uint64_t batch_start_ = 0;  // index into uids_ of the batch being added
  Digest digest_;
};

}  // namespace workload
}  // namespace logarium

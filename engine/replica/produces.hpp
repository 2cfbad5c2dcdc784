#pragma once
// Produces: Produce requests from arrival to answer. A batch is checked, appended to the leader's
// log and answered when it is written (acks=1) or below the high watermark (acks=all); until then
// the request waits here (Kafka's producer purgatory), in queues by partition that are looked at
// only when that partition's log end or high watermark moves.
//
// A request that times out or whose leader steps down is answered with an error, but its records
// stay in the log and may yet be committed.

#include <cstdint>
#include <map>
#include <vector>

#include "engine/base/ring.hpp"
#include "engine/log/validation.hpp"
#include "engine/protocol/messages/produce.hpp"
#include "engine/replica/env.hpp"

namespace logarium::replica {

class Produces {
 public:
  void handle(Env& env, const rpc::Request& request);
  // The partition's log end, high watermark or role changed.
  void on_change(Env& env, Slot slot, const Partition& partition, Changes changes);
  // The partition is gone from this broker: all that wait for it fail.
  void on_removed(Env& env, Slot slot);
  void on_deadline(Env& env, std::uint64_t operation);
  // Requests that wait.
  [[nodiscard]] std::size_t waiting() const { return operations_.size(); }
  // Requests that have waited for longer than they asked to.
  [[nodiscard]] std::size_t overdue(Instant now) const;
  void describe(StateVisitor& v) const;

 private:
  // One partition of a request.
  struct Part {
    std::uint32_t topic_at = 0, partition_at = 0;  // its place in the response
    std::optional<Slot> slot;
    PartitionRef ref;
    Offset base{}, next{};
    bool done = false;
    void describe(StateVisitor& v) const;
  };
  struct Operation {
    rpc::RequestId request;
    std::uint16_t listener = 0;  // at which it came
    std::int16_t version = 0;
    std::int16_t acks = 0;
    protocol::ProduceResponse response;  // filled as the parts end
    std::vector<Part> parts;
    std::size_t remaining = 0;
    TimerHandle deadline;
    Instant until{0};  // the request's own timeout
    void describe(StateVisitor& v) const;
  };
  struct Wait {
    Offset required;
    std::uint64_t operation = 0;
    std::uint32_t part = 0;
    void describe(StateVisitor& v) const;
  };
  struct Queues {
    Ring<Wait> written, committed;  // each by ascending `required`
    void describe(StateVisitor& v) const;
  };

  void append(Env& env, Operation& operation, Part& part, const protocol::Records& records);
  static protocol::ErrorCode append_to(Env& env, Partition& partition, Operation& operation,
                                       Part& part, const protocol::Records& records);
  using Answered = protocol::ProduceResponse::PartitionProduceResponse;
  static void tell(const log::Refusal& refusal, Answered& answered);
  static void end(Env& env, Operation& operation, Part& part, protocol::ErrorCode error);
  static bool satisfied(const Setup& setup, const Partition& partition, const Operation& operation,
                        const Part& part);
  static protocol::ErrorCode verdict(const Setup& setup, const Partition& partition,
                                     std::int16_t acks);
  void wait(const Setup& setup, std::uint64_t id, const Operation& operation, std::uint32_t part);
  void release(Env& env, Ring<Wait>& queue, Offset reached, const Partition& partition);
  void fail_all(Env& env, Ring<Wait>& queue, protocol::ErrorCode error);
  void end_waiting(Env& env, const Wait& wait, protocol::ErrorCode error);
  void answer(Env& env, Operation operation);
  Queues& queues(Slot slot);

  std::map<std::uint64_t, Operation> operations_;
  std::uint64_t next_operation_ = 1;
  std::vector<Queues> queues_;  // by slot
};

}  // namespace logarium::replica

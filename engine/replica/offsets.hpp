#pragma once
// Offsets: ListOffsets (by place and by time) and OffsetForLeaderEpoch. A lookup by time that needs
// the disk is answered when that has answered.

#include <cstdint>
#include <map>
#include <utility>

#include "engine/protocol/messages/list_offsets.hpp"
#include "engine/protocol/messages/offset_for_leader_epoch.hpp"
#include "engine/replica/env.hpp"

namespace logarium::replica {

class Offsets {
 public:
  void list(Env& env, const rpc::Request& request);
  void for_leader_epoch(Env& env, const rpc::Request& request);
  // The disk answered a lookup in the partition's log.
  void on_lookup(Env& env, Slot slot, const log::LookupDone& done);
  void on_removed(Env& env, Slot slot);
  void describe(StateVisitor& v) const;

 private:
  using Request = protocol::ListOffsetsRequest;
  using Answer = protocol::ListOffsetsResponse::ListOffsetsPartitionResponse;
  struct Operation {
    rpc::RequestId request;
    protocol::ListOffsetsResponse response;
    std::size_t waiting = 0;
    void describe(StateVisitor& v) const;
  };
  struct LookupFor {
    std::uint64_t operation = 0;
    std::uint32_t topic_at = 0, partition_at = 0;
    std::int16_t version = 0;
    bool may_be_missing = false;  // above the high watermark that a new leader does not know yet
  };
  struct Asked {
    const Request& request;
    Request::ListOffsetsPartition partition;
    std::int16_t version = 0;
  };
  // Fills `answer`; the ticket when the disk has to be asked.
  static std::optional<log::Ticket> look(Env& env, Slot slot, const Asked& asked, Answer& answer,
                                         bool& may_be_missing);
  static std::optional<log::Ticket> by_time(Env& env, Partition& partition, const Asked& asked,
                                            Answer& answer, Offset bound);
  static void fill(Answer& answer, const std::optional<log::TimestampFound>& found,
                   protocol::ErrorCode missing);
  void finish(Env& env, std::uint64_t operation);

  std::map<std::uint64_t, Operation> operations_;
  std::map<std::pair<Slot, log::Ticket>, LookupFor> lookups_;
  std::uint64_t next_operation_ = 1;
};

}  // namespace logarium::replica

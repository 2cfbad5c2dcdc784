#pragma once
// Deletes: DeleteRecords (KIP-107). The leader raises its log start at once and answers when every
// live replica has followed, that is when the low watermark has reached the offset asked for.

#include <cstdint>
#include <map>
#include <vector>

#include "engine/protocol/messages/delete_records.hpp"
#include "engine/replica/env.hpp"

namespace logarium::replica {

class Deletes {
 public:
  void handle(Env& env, const rpc::Request& request);
  void on_change(Env& env, Slot slot, const Partition& partition, Changes changes);
  void on_removed(Env& env, Slot slot);
  void on_deadline(Env& env, std::uint64_t operation);
  // Broker registrations changed, so other replicas may count as live.
  void on_brokers_changed(Env& env);
  void describe(StateVisitor& v) const;

 private:
  using Answer = protocol::DeleteRecordsResponse::DeleteRecordsPartitionResult;
  struct Part {
    std::uint32_t topic_at = 0, partition_at = 0;
    Slot slot = 0;
    Offset required{};
    bool done = false;
    void describe(StateVisitor& v) const;
  };
  struct Operation {
    rpc::RequestId request;
    protocol::DeleteRecordsResponse response;
    std::vector<Part> parts;  // those that wait or waited
    std::size_t remaining = 0;
    TimerHandle deadline;
    void describe(StateVisitor& v) const;
  };
  static protocol::ErrorCode raise(Env& env, Partition& partition, std::int64_t offset,
                                   Offset& required);
  static Offset low_watermark(const Env& env, const Partition& partition);
  // Ends the parts of this partition that may end; answers what is complete.
  void judge(Env& env, Slot slot);
  void judge(Env& env, std::uint64_t id, Slot slot);
  static Answer& answer_of(Operation& operation, const Part& part);
  static void finish(Env& env, Operation operation);

  std::map<std::uint64_t, Operation> operations_;
  std::uint64_t next_operation_ = 1;
};

}  // namespace logarium::replica

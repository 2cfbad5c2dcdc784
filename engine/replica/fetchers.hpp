#pragma once
// Fetchers: how this broker follows. Each followed partition belongs to one fetcher of its leader
// (num.replica.fetchers of them per leader); here is what the leader's answers do to it: append,
// truncate, take over the high watermark, wait and ask again.

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "engine/protocol/messages/list_offsets.hpp"
#include "engine/replica/fetcher.hpp"

namespace logarium::replica {

class Fetchers {
 public:
  // The partition's role changed, or its log settled.
  void on_change(Env& env, Slot slot, Changes changes);
  void on_removed(Env& env, Slot slot);
  void on_fetch_reply(Env& env, const rpc::Reply& reply);
  void on_fetcher_backoff(Env& env, std::uint32_t fetcher);
  void on_partition_backoff(Env& env, Slot slot, LeaderEpoch epoch);
  // Where the leader's log ends or starts, after OFFSET_OUT_OF_RANGE.
  enum class End : std::uint8_t { kLatest, kEarliest };
  void on_leader_offset(Env& env, const rpc::Reply& reply, End end);
  // Fetches no more (the broker stops).
  void stop() { stopped_ = true; }
  void describe(StateVisitor& v) const;

 private:
  using Data = protocol::FetchResponse::PartitionData;

  void follow(Env& env, Slot slot);
  void leave(Env& env, Slot slot);
  void settled(Env& env, Slot slot);
  void resume(Env& env, Slot slot);
  void send(Env& env, std::uint32_t fetcher);
  void take(Env& env, std::uint32_t fetcher, PartitionRef ref, const Data& data);
  void take_data(Env& env, Slot slot, Fetcher::Entry& entry, const Data& data);
  void refuse(Env& env, Slot slot, const Fetcher::Entry& entry, protocol::ErrorCode error);
  void truncate(Env& env, Slot slot, Offset target, note::TruncateCause cause);
  void back_off(Env& env, Slot slot);
  void resolve(Env& env, Slot slot, End end);
  void resolved(Env& env, Slot slot, Offset leader_offset, End end);
  [[nodiscard]] Fetcher* fetcher_of(Slot slot);

  std::vector<Fetcher> fetchers_;
  std::map<std::pair<NodeId, std::uint8_t>, std::uint32_t> by_leader_;
  std::vector<std::optional<std::uint32_t>> of_slot_;
  bool stopped_ = false;
};

}  // namespace logarium::replica

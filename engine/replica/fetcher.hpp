#pragma once
// Fetcher: what a broker fetches from one leader over one connection: the partitions it follows
// there and the incremental fetch session they share (KIP-227). One request is on its way at a
// time; the next one leaves when all that the last answer brought is written.
//
// It builds requests and keeps the session's numbers; what answers mean is Fetchers' matter.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "engine/base/ring.hpp"
#include "engine/protocol/messages/fetch.hpp"
#include "engine/replica/env.hpp"

namespace logarium::replica {

class Fetcher {
 public:
  // A partition that is followed here.
  struct Entry {
    bool active = false;   // fetched; else it waits (backoff, truncation, resolution)
    bool told = false;     // the session at the leader has it
    bool changed = false;  // the session must hear of it with the next request
    bool writing = false;  // its last fetched data, or a truncation, is not done
    // As of the last request that named it.
    std::optional<Offset> asked;
    std::optional<LeaderEpoch> asked_epoch;
    void describe(StateVisitor& v) const;
  };

  Fetcher(NodeId leader, std::uint8_t number) : leader_(leader), number_(number) {}

  [[nodiscard]] rpc::Peer peer() const { return {leader_, rpc::Lane::kFetch, number_}; }
  [[nodiscard]] NodeId leader() const { return leader_; }

  // ---- partitions
  void add(Slot slot) { entries_.try_emplace(slot); }
  void remove(const Replicas& replicas, Slot slot);
  [[nodiscard]] Entry* find(Slot slot);
  void activate(Slot slot);
  void deactivate(const Replicas& replicas, Slot slot);
  // Its fetch offset or log start is not what the session knows.
  void mark_changed(Slot slot);
  void set_writing(Entry& entry);
  void set_written(Entry& entry);

  // ---- requests
  // Nothing on its way, nothing being written, something to fetch, not backing off.
  [[nodiscard]] bool may_send() const;
  [[nodiscard]] std::shared_ptr<protocol::FetchRequest> next_request(const Env& env);
  void sent() { in_flight_ = true; }
  [[nodiscard]] bool in_flight() const { return in_flight_; }

  // ---- answers
  // The request failed as a whole; the next one starts the session anew after the backoff.
  void failed(StepContext& step, Duration backoff, Cookie cookie);
  void backoff_over() { backoff_ = TimerHandle{}; }
  // Takes the session's numbers from the answer; false when it carries an error of the session.
  bool answered(const protocol::FetchResponse& response);

  void describe(StateVisitor& v) const;

 private:
  // Whether the partition follows this fetcher's leader still, or again. Metadata changes the roles
  // of many partitions at once, and they leave their fetchers one after the other.
  [[nodiscard]] bool follows_here(const Replicas& replicas, Slot slot) const;
  // REQUIRES: follows_here().
  void name(const Env& env, protocol::FetchRequest& request, Slot slot, Entry& entry) const;
  void restart_session();

  NodeId leader_;
  std::uint8_t number_ = 0;
  std::map<Slot, Entry> entries_;
  std::size_t active_ = 0;
  std::size_t writing_ = 0;
  Ring<Slot> changed_;
  std::vector<PartitionRef> forgotten_;
  std::int32_t session_id_ = 0;
  std::int32_t session_epoch_ = 0;  // 0: the next request names everything
  bool in_flight_ = false;
  TimerHandle backoff_;
};

}  // namespace logarium::replica

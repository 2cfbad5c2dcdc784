#pragma once
// Fetches: Fetch requests from arrival to answer, of followers and consumers alike. A fetch whose
// partitions have too little to say waits here (Kafka's fetch purgatory) until one of them changes
// or max.wait is over. Data that left memory is read from the disk first.
//
// A follower's fetch is also its acknowledgement: it tells the partition how far the follower is.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/ring.hpp"
#include "engine/replica/env.hpp"
#include "engine/replica/fetch_session.hpp"

namespace logarium::replica {

class Fetches {
 public:
  void handle(Env& env, const rpc::Request& request);
  // The partition changed: wakes the fetches that wait for just that.
  void on_change(Env& env, Slot slot, Changes changes);
  // The leader's log is about to be judged by its new end: followers whose sessions were heard of
  // without naming this partition count as heard of here.
  void hear_followers(Env& env, Slot slot, Partition& partition);
  // The disk answered a read of the partition's log.
  void on_read(Env& env, Slot slot, log::ReadDone done);
  // A broker registered anew or changed its state: its sessions look at everything once more.
  void on_broker_changed(Env& env, NodeId broker);
  void on_removed(Env& env, Slot slot);
  void on_deadline(Env& env, SessionAt at, std::uint64_t generation);
  [[nodiscard]] const SessionCache& sessions() const { return sessions_; }
  void describe(StateVisitor& v) const;

 private:
  // What a partition has for its reader, before anything is read.
  struct Finding {
    protocol::ErrorCode error = protocol::ErrorCode::kNone;
    std::optional<log::EpochEnd> diverging;
    std::optional<NodeId> preferred;  // another replica to read from
    Offset bound;                     // data may be read below it
    std::int64_t bytes = 0;           // between the fetch offset and the bound
    bool answer_now = false;
  };
  struct Watch {
    SessionAt session = 0;
    std::uint32_t interest = 0;
    bool operator==(const Watch&) const = default;
  };
  struct ReadFor {
    SessionAt session = 0;
    std::uint64_t generation = 0;
    std::uint32_t answered = 0;  // place among the session's answers
  };

  // ---- arrival (fetches.cpp)
  using Request = protocol::FetchRequest;
  std::optional<SessionAt> open_session(Env& env, const rpc::Request& request, const Request& asked,
                                        protocol::ErrorCode& error);
  std::optional<SessionAt> resume(Env& env, const rpc::Request& request, const Request& asked,
                                  protocol::ErrorCode& error);
  void admit(Env& env, SessionAt at, const Request& asked);
  void take_interests(Env& env, SessionAt at, const Request& asked);
  void forget(Env& env, SessionAt at, const Request& asked);
  void serve(Env& env, SessionAt at, std::int64_t max_wait_ms);
  void watch_deadline(Env& env, SessionAt at);
  void refuse(Env& env, const rpc::Request& request, protocol::ErrorCode error);
  void abandon(Env& env, SessionAt at);
  void close_session(Env& env, SessionAt at);

  // ---- looking (fetch_look.cpp)
  Finding look(Env& env, const Session& session, Interest& interest);
  static protocol::ErrorCode position(const Env& env, const Partition& partition,
                                      const Session& session, const Interest& interest,
                                      Finding& finding);
  static std::optional<NodeId> preferred_replica(const Env& env, const Partition& partition,
                                                 const Session& session, const Interest& interest);
  // Whether the interest has anything to say beside `finding`.
  enum class Arrival : std::uint8_t { kFetch, kLater };
  bool examine(Env& env, Session& session, Interest& interest, Arrival arrival, Finding& finding);
  // Whether an answer is worth sending; found_ then holds what it will say.
  bool enough(Env& env, Session& session, Arrival arrival);

  // ---- answering (fetch_answer.cpp)
  void collect(Env& env, SessionAt at);
  bool collect_one(Env& env, SessionAt at, std::uint32_t interest, const Finding& finding,
                   std::int64_t& budget);
  // What was found of the next dirty interest by enough(), or by looking now.
  Finding found(Env& env, Session& session, std::uint32_t interest);
  void read_into(Env& env, SessionAt at, Answered& answered, std::uint32_t place,
                 const Finding& finding, std::int64_t budget);
  void drop_reads(Env& env, SessionAt at);
  void answer(Env& env, SessionAt at);

  void watch(SessionAt at, std::uint32_t interest, Slot slot);
  void unwatch(SessionAt at, std::uint32_t interest, Slot slot);
  std::vector<Watch>& watches(Slot slot);

  SessionCache sessions_;
  std::vector<std::vector<Watch>> watches_;  // by slot
  std::map<std::pair<Slot, log::Ticket>, ReadFor> reads_;
  // Empty between calls: storage of on_change(), and of enough() for the collect() after it, in the
  // order of the session's dirty queue.
  std::vector<std::pair<SessionAt, std::uint64_t>> woken_;
  Ring<std::pair<std::uint32_t, Finding>> found_;
};

}  // namespace logarium::replica

#pragma once
// Fetch sessions (KIP-227): what a reader is interested in, remembered between its fetches, so that
// a fetch names only what changed and an answer holds only what is new. A fetch without a session
// is a session that lives for one request.
//
// Each session knows which of its partitions may have something to say (its dirty queue): an idle
// partition costs nothing per fetch.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/ensure.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/ring.hpp"
#include "engine/base/time.hpp"
#include "engine/base/timers.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/messages/fetch.hpp"
#include "engine/replica/replicas.hpp"
#include "engine/rpc/request.hpp"

namespace logarium::replica {

// Who fetches.
struct Reader {
  std::optional<NodeId> replica;  // a follower; empty: a consumer
  std::optional<BrokerEpoch> broker_epoch;
  bool read_committed = false;
  bool knows_replicas = false;  // a consumer that may read from followers (KIP-392)
  std::string rack;
  bool operator==(const Reader&) const = default;
  void describe(StateVisitor& v) const;
};

// A partition as one session sees it.
struct Interest {
  PartitionRef ref;
  std::string topic;         // as named by the request; empty when it came by id
  std::optional<Slot> slot;  // empty: not on this broker when last looked for
  Offset fetch_offset;
  std::optional<Offset> log_start;  // of a follower
  std::optional<LeaderEpoch> current_epoch, last_fetched_epoch;
  std::int64_t max_bytes = 0;
  // What the last answer said; empty: nothing yet, or an error.
  std::optional<Offset> told_high_watermark, told_log_start;
  // The high watermark when the fetch being served arrived: a fetch is answered as of then.
  std::optional<Offset> high_watermark_at_arrival;
  bool used = false;   // false: a free place
  bool dirty = false;  // in the dirty queue
  // A follower's next fetch must be looked at even if it brings nothing new: it may join the ISR.
  bool revisit = false;
  void describe(StateVisitor& v) const;
};

// One partition's part of an answer.
struct Answered {
  std::uint32_t interest = 0;
  protocol::FetchResponse::PartitionData data;
};

// The fetch a session is serving.
struct Serving {
  enum class Phase : std::uint8_t {
    kWaiting,  // for min.bytes or max.wait
    kReading,  // for the disk
  };
  Phase phase = Phase::kWaiting;
  rpc::RequestId request;
  std::uint16_t listener = 0;  // at which it came
  std::int16_t version = 0;
  bool full = false;    // the answer names every partition
  bool waited = false;  // not answered at its arrival
  std::int64_t min_bytes = 0;
  std::int64_t max_bytes = 0;
  Instant deadline;  // of the waiting
  std::vector<Answered> answered;
  std::uint32_t reads = 0;  // answers of the disk that are missing
  bool has_data = false;    // an answer with records is there or on its way
  void describe(StateVisitor& v) const;
};

struct Session {
  std::int32_t id = 0;       // 0: for one request
  std::int32_t epoch = 0;    // expected of the next request
  bool by_topic_id = false;  // a session speaks of topics by id or by name, not both (KIP-516)
  Reader reader;
  Instant created, last_used;
  std::vector<Interest> interests;
  std::vector<std::uint32_t> free;
  std::uint32_t used = 0;
  Ring<std::uint32_t> dirty;
  std::optional<Serving> serving;
  TimerHandle timer;             // fires at or before the deadline of a fetch that waits
  std::uint64_t generation = 0;  // of the place in the cache
  // By name where it came by name; empty in a session for one request.
  std::map<std::pair<std::string, PartitionRef>, std::uint32_t> index;

  [[nodiscard]] std::optional<std::uint32_t> find(const std::string& topic, PartitionRef ref) const;
  // A free place, marked as used.
  std::uint32_t place();
  void mark_dirty(std::uint32_t interest);
  void describe(StateVisitor& v) const;
};

using SessionAt = std::uint32_t;  // place in the cache

class SessionCache {
 public:
  // Sessions that were not used for so long make room for new ones (Kafka: 120 s).
  static constexpr Duration kEvictAfter = seconds(120);

  // A place for a session of one request.
  SessionAt add();
  // A place that outlives its request, with a fresh id; empty when `slots_max` sessions exist and
  // none may be evicted. `evict` receives the place of the session that has to go first.
  struct Admission {
    Instant now;
    std::size_t slots_max = 0;
    bool follower = false;  // followers displace consumers, not the other way round
    std::size_t size = 0;   // partitions of the candidate; larger ones displace smaller ones
  };
  [[nodiscard]] bool has_room(const Admission& admission) const;
  [[nodiscard]] std::optional<SessionAt> evictable(const Admission& admission) const;
  void keep(SessionAt at, std::int32_t id);
  void remove(SessionAt at);

  [[nodiscard]] std::optional<SessionAt> find(std::int32_t id) const;
  // Null when the place is free.
  [[nodiscard]] Session* at(SessionAt at) {
    return at < sessions_.size() && sessions_[at] ? &*sessions_[at] : nullptr;
  }
  // REQUIRES: the place is in use.
  [[nodiscard]] Session& get(SessionAt place) {
    Session* session = at(place);
    ENSURE(session != nullptr);
    return *session;
  }
  // Places in use, in order.
  [[nodiscard]] std::vector<SessionAt> places() const;
  [[nodiscard]] std::size_t kept() const { return by_id_.size(); }
  void describe(StateVisitor& v) const;

 private:
  std::vector<log::Box<Session>> sessions_;
  std::vector<SessionAt> free_;
  // Sorted; looked up by each fetch, and compact, since a broker may hold hundreds.
  std::vector<std::pair<std::int32_t, SessionAt>> by_id_;
  std::uint64_t next_generation_ = 1;
};

}  // namespace logarium::replica

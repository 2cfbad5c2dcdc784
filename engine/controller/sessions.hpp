#pragma once
// Sessions: what the active controller knows from heartbeats only. It is soft state: not in the
// metadata log, and a new controller grants each broker a fresh session (KIP-631). Unfenced
// brokers are kept in the order of their last contact, so that finding the stalest costs nothing.

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"

namespace logarium {
class StateVisitor;
}

namespace logarium::controller {

class Sessions {
 public:
  Sessions() = default;
  explicit Sessions(Duration timeout) : timeout_(timeout) {}

  enum class Standing : std::uint8_t { kFenced, kUnfenced, kShuttingDown };

  // A contact: the broker stands as given from now on and has read the metadata below
  // `metadata_offset` + 1. Unknown brokers are added. A fenced broker's shutdown offset goes.
  void touch(NodeId broker, Standing standing, std::int64_t metadata_offset, Instant now);
  // What a new controller gives a broker that it has not heard of: the same as a contact now.
  void grant(NodeId broker, Standing standing, Instant now);
  // The same without a contact: a decision of the controller changed the broker's standing.
  void set_standing(NodeId broker, Standing standing);
  void remove(NodeId broker);

  // Unfenced (or shutting down) and heard of within the timeout.
  [[nodiscard]] bool has_valid_session(NodeId broker, Instant now) const;
  // Whether there was a contact; false for a session that was granted, and for none.
  [[nodiscard]] bool heard_of(NodeId broker) const;
  // The unfenced broker that was silent longest, when its session is over.
  [[nodiscard]] std::optional<NodeId> stale(Instant now) const;
  // When the next session ends; kNever when there is none.
  [[nodiscard]] Instant next_expiry() const;

  // The offset up to which every active broker must have read the metadata before the stopping
  // broker may go. The caller fixes it once (KAFKA-14292).
  void set_shutdown_offset(NodeId broker, std::int64_t offset);
  [[nodiscard]] std::optional<std::int64_t> shutdown_offset(NodeId broker) const;
  // The least metadata offset among active brokers; the largest number when there are none.
  [[nodiscard]] std::int64_t lowest_active_offset() const;

  void describe(StateVisitor& v) const;

 private:
  struct Session {
    Instant last_contact;
    std::int64_t metadata_offset = -1;
    Standing standing = Standing::kFenced;
    std::optional<std::int64_t> shutdown_offset;
    bool heard_of = false;
    void describe(StateVisitor& v) const;
  };
  void untrack(NodeId broker, const Session& session);
  void track(NodeId broker, const Session& session);

  Duration timeout_ = seconds(9);
  std::map<NodeId, Session> sessions_;
  std::set<std::pair<Instant, NodeId>> by_contact_;           // fenced brokers left out
  std::set<std::pair<std::int64_t, NodeId>> active_offsets_;  // of standing kUnfenced
};

}  // namespace logarium::controller

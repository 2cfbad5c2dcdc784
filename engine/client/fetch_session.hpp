#pragma once
// The client's half of a fetch session with one broker (KIP-227): the first fetch names all
// partitions, later ones only what changed since. Any doubt (an error of the session, a broken
// connection) makes the next fetch a full one.

#include <cstdint>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "engine/protocol/error_code.hpp"

namespace logarium {

class StateVisitor;

namespace client {

struct FetchSession {
  NodeId node;
  std::int32_t id = 0;     // 0: the broker keeps none
  std::int32_t epoch = 0;  // of the next fetch; 0: a full one
  bool in_flight = false;
  Instant retry_at{0};          // backoff after a failure
  std::int32_t partitions = 0;  // that belong to it
  std::int32_t buffered = 0;    // answers from it that the application has not taken yet
  // Since the last fetch: slots that are new or changed, partitions to forget.
  std::vector<std::uint32_t> changed;
  std::vector<PartitionRef> forgotten;

  [[nodiscard]] bool full() const { return epoch == 0; }
  // After a successful answer with this session id (0: the broker made no session).
  void answered(std::int32_t session_id);
  // After an error of the session, or when it is unknown whether the broker got the fetch.
  void failed(protocol::ErrorCode error);
  void describe(StateVisitor& v) const;
};

}  // namespace client
}  // namespace logarium

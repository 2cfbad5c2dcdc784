#pragma once
// Control records: what brokers and quorum leaders write about the log itself. A control batch
// holds control records only; its key says which kind (int16 version, int16 type).

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/protocol/batch.hpp"
#include "engine/protocol/records.hpp"

namespace logarium::protocol {

enum class ControlType : std::int16_t {
  kAbort = 0,           // KIP-98
  kCommit = 1,          // KIP-98
  kLeaderChange = 2,    // KIP-595: first batch of a quorum leader's epoch
  kSnapshotHeader = 3,  // KIP-630
  kSnapshotFooter = 4,  // KIP-630
  kKraftVersion = 5,    // KIP-853
  kVoters = 6,          // KIP-853
};

// The type in a control record's key; empty when the key is none.
[[nodiscard]] std::optional<ControlType> control_type(ByteView key);

// Value of kAbort and kCommit. Never empty: some clients stall on an empty one.
struct EndTransactionMarker {
  std::int32_t coordinator_epoch = 0;
};
// Value of kLeaderChange.
struct LeaderChange {
  NodeId leader;
  std::vector<NodeId> voters;
  std::vector<NodeId> granting;  // who voted for it
};
// Value of kSnapshotHeader.
struct SnapshotHeader {
  std::int64_t last_contained_log_timestamp = 0;  // ms since 1970
};

// Batches of one control record each.
[[nodiscard]] Batch end_transaction_batch(ControlType type, const EndTransactionMarker& marker,
                                          BatchOptions options, std::int64_t unix_ms);
[[nodiscard]] Batch leader_change_batch(const LeaderChange& change, BatchOptions options,
                                        std::int64_t unix_ms);
[[nodiscard]] Batch snapshot_header_batch(const SnapshotHeader& header, BatchOptions options,
                                          std::int64_t unix_ms);
[[nodiscard]] Batch snapshot_footer_batch(BatchOptions options, std::int64_t unix_ms);

[[nodiscard]] Result<EndTransactionMarker> parse_end_transaction(ByteView value);
[[nodiscard]] Result<LeaderChange> parse_leader_change(ByteView value);
[[nodiscard]] Result<SnapshotHeader> parse_snapshot_header(ByteView value);

}  // namespace logarium::protocol

#pragma once
// What is inside a snapshot file: a header batch, batches of records, a footer batch (KIP-630).

#include <cstdint>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/protocol/batch.hpp"
#include "engine/raft/identity.hpp"

namespace logarium::raft {

// The file of a snapshot with these records. Offsets inside count from 0.
[[nodiscard]] Bytes encode_snapshot(const LogPosition& id, const std::vector<Bytes>& records,
                                    std::int64_t unix_ms);
// Its batches without header and footer. Error: a batch is damaged, or header or footer is
// missing.
[[nodiscard]] Result<protocol::Records> decode_snapshot(const Bytes& file);

}  // namespace logarium::raft

#pragma once
// Hashes of what enters a run's digest: inputs, effects, notes. Every field that a node can see or
// ask for is in; what only the host knows (draws of links and disks) shows in times and answers.

#include <cstdint>

#include "engine/base/effect.hpp"
#include "engine/base/input.hpp"
#include "engine/base/message.hpp"

namespace logarium::world {

// Cheaper than fold(); used within one event, whose result is then folded into the digest. For a
// fixed hash every value gives another result, so a single change is never lost.
[[nodiscard]] constexpr std::uint64_t absorb(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9fb21c651e98df25ULL;
  return hash ^ (hash >> 32);
}

// Message, version, correlation and client id.
[[nodiscard]] std::uint64_t frame_hash(const Frame& frame);
// `frame` is the frame_hash of a received message, unused otherwise.
[[nodiscard]] std::uint64_t input_hash(const Input& input, std::uint64_t frame);
[[nodiscard]] std::uint64_t file_op_hash(const FileOp& op);
[[nodiscard]] std::uint64_t endpoint_hash(const Endpoint& endpoint);
[[nodiscard]] std::uint64_t exit_hash(const Exit& exit);

}  // namespace logarium::world

#pragma once
// Hashes of inputs and effects: what enters a simulated run's digest, and what an input log keeps
// of a step's effects. Every field that a node can see or ask for is in; what only the host knows
// shows in times and answers.

#include <cstdint>

#include "engine/base/effect.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/input.hpp"
#include "engine/base/message.hpp"

namespace logarium::runtime {

// Message, version, correlation and client id.
[[nodiscard]] std::uint64_t frame_hash(const Frame& frame);
// `frame` is the frame_hash of a received message, unused otherwise.
[[nodiscard]] std::uint64_t input_hash(const Input& input, std::uint64_t frame);
[[nodiscard]] std::uint64_t file_op_hash(const FileOp& op);
[[nodiscard]] std::uint64_t endpoint_hash(const Endpoint& endpoint);
[[nodiscard]] std::uint64_t exit_hash(const Exit& exit);
// Kind and all fields of one action.
[[nodiscard]] std::uint64_t action_hash(const Action& action);
// Of the data of a read or the names of a list; 0 when the answer has neither.
[[nodiscard]] std::uint64_t io_content_hash(const IoDone& done);

}  // namespace logarium::runtime

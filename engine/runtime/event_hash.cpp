#include "engine/runtime/event_hash.hpp"

#include <type_traits>

namespace logarium::runtime {
namespace {

template <class T>
std::uint64_t bits(T value) {
  return static_cast<std::uint64_t>(value);
}

std::uint64_t io_done_hash(const IoDone& done) {
  std::uint64_t hash = absorb(done.id.value(), bits(done.kind) << 8 | bits(done.status));
  hash = absorb(hash, bits(done.length));
  if (!done.data.empty()) hash = absorb(hash, hash_bytes(done.data.view()));
  for (const std::string& name : done.names) hash = absorb(hash, hash_text(name));
  return hash;
}

}  // namespace

std::uint64_t frame_hash(const Frame& frame) {
  std::uint64_t hash = frame.body->hash(frame.api_version);
  hash = absorb(hash, bits(frame.body->api_key()) << 8 | bits(frame.body->direction()));
  hash = absorb(hash, bits(frame.correlation_id) << 16 ^ bits(frame.api_version));
  if (frame.client_id != nullptr) hash = absorb(hash, hash_text(*frame.client_id));
  return hash;
}

std::uint64_t input_hash(const Input& input, std::uint64_t frame) {
  const std::uint64_t kind = input.index();
  return std::visit(
      [&](const auto& in) {
        using T = std::decay_t<decltype(in)>;
        if constexpr (std::is_same_v<T, Started>) {
          return absorb(absorb(kind, in.seed), in.incarnation.value());
        } else if constexpr (std::is_same_v<T, CommandInput>) {
          return absorb(absorb(kind, in.id.value()), in.command ? in.command->hash() : 0);
        } else if constexpr (std::is_same_v<T, Received>) {
          const std::uint64_t hash = absorb(absorb(kind, in.connection.value()), frame);
          return in.injected_error ? absorb(hash, bits(*in.injected_error)) : hash;
        } else if constexpr (std::is_same_v<T, IoDone>) {
          return absorb(kind, io_done_hash(in));
        } else if constexpr (std::is_same_v<T, Wake> || std::is_same_v<T, ShutdownRequested>) {
          return absorb(kind, 0);
        } else {
          return absorb(kind, in.connection.value());
        }
      },
      input);
}

std::uint64_t file_op_hash(const FileOp& op) {
  std::uint64_t hash = absorb(op.id.value(), bits(op.kind));
  hash = absorb(hash, op.file.value());
  hash = absorb(hash, bits(op.position));
  hash = absorb(hash, bits(op.length));
  if (op.bytes.head_size > 0) hash = absorb(hash, hash_bytes(op.bytes.head_view()));
  if (!op.bytes.body.empty()) {
    hash = absorb(hash, op.body_hash != 0 ? op.body_hash : hash_bytes(op.bytes.body.view()));
  }
  if (!op.path.empty()) hash = absorb(hash, hash_text(op.path));
  if (!op.to.empty()) hash = absorb(hash, hash_text(op.to));
  return hash;
}

std::uint64_t endpoint_hash(const Endpoint& endpoint) {
  return absorb(hash_text(endpoint.host), endpoint.port);
}

std::uint64_t exit_hash(const Exit& exit) {
  return absorb(hash_text(exit.reason), exit.clean ? 1 : 2);
}

std::uint64_t io_content_hash(const IoDone& done) {
  std::uint64_t hash = 0;
  if (!done.data.empty()) hash = absorb(hash, hash_bytes(done.data.view()));
  for (const std::string& name : done.names) hash = absorb(hash, hash_text(name));
  return hash;
}

std::uint64_t action_hash(const Action& action) {
  const std::uint64_t kind = action.index();
  return std::visit(
      [&](const auto& a) {
        using T = std::decay_t<decltype(a)>;
        if constexpr (std::is_same_v<T, Send>) {
          return absorb(absorb(kind, a.connection.value()), frame_hash(a.frame));
        } else if constexpr (std::is_same_v<T, FileOp>) {
          return absorb(kind, file_op_hash(a));
        } else if constexpr (std::is_same_v<T, Connect>) {
          return absorb(absorb(kind, a.connection.value()), endpoint_hash(a.to));
        } else if constexpr (std::is_same_v<T, Disconnect>) {
          return absorb(kind, a.connection.value());
        } else if constexpr (std::is_same_v<T, Answer>) {
          return absorb(absorb(kind, a.command.value()), a.result ? a.result->hash() : 0);
        } else {
          return absorb(kind, exit_hash(a));
        }
      },
      action);
}

}  // namespace logarium::runtime

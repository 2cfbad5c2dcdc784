#pragma once
// Which version of each API both ends of a connection know (KIP-35). The calling end asks with
// ApiVersions as the first request of every connection.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/message.hpp"

namespace logarium::rpc {

// The newest version of each API that both sides know.
class Versions {
 public:
  static constexpr std::size_t kApis = 128;

  Versions() { picked_.fill(kNone); }
  // Empty when there is no common version.
  [[nodiscard]] std::optional<std::int16_t> pick(std::int16_t api_key) const;
  void set(std::int16_t api_key, std::int16_t version);
  bool operator==(const Versions&) const = default;

 private:
  static constexpr std::int16_t kNone = -1;
  std::array<std::int16_t, kApis> picked_{};
};
using VersionsRef = std::shared_ptr<const Versions>;

// The newest version that this build knows: what a process speaks with itself. Empty for an
// unknown API.
[[nodiscard]] std::optional<std::int16_t> newest_version(std::int16_t api_key);

// The first request of a connection.
[[nodiscard]] MessageRef api_versions_request();
[[nodiscard]] std::int16_t api_versions_version();

// What the answer to it means.
struct Handshake {
  VersionsRef versions;               // set: the connection may be used
  std::optional<std::int16_t> retry;  // the peer knows this older version of ApiVersions: ask again
};
// Neither is set when the answer is an error: the connection is of no use.
[[nodiscard]] Handshake read_handshake(const Message& response);

}  // namespace logarium::rpc

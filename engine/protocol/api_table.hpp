#pragma once
// The APIs that have message structs here: their versions and how their bytes become messages.
// engine/rpc negotiates with it; the documentation and the tests walk over it.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/message.hpp"
#include "engine/base/result.hpp"
#include "engine/protocol/api_key.hpp"
#include "engine/protocol/message_base.hpp"
#include "engine/protocol/version_range.hpp"

namespace logarium::protocol {

struct ApiEntry {
  ApiKey key;
  std::string_view name;     // "Fetch"
  std::string_view meaning;  // one sentence
  VersionRange versions;     // that can be encoded and decoded here
  VersionRange kafka;  // what Kafka 4 brokers or controllers serve; what our servers advertise
  std::int16_t flexible_from = kNeverFlexible;  // request and response alike
  Result<MessageRef> (*decode_request)(const Bytes& body, std::int16_t version) = nullptr;
  Result<MessageRef> (*decode_response)(const Bytes& body, std::int16_t version) = nullptr;
  std::shared_ptr<WireMessage> (*new_request)() = nullptr;
  std::shared_ptr<WireMessage> (*new_response)() = nullptr;

  [[nodiscard]] constexpr bool flexible(std::int16_t version) const {
    return version >= flexible_from;
  }
};

// Sorted by key.
[[nodiscard]] std::span<const ApiEntry> api_table();
// Null when there are no structs for the key.
[[nodiscard]] const ApiEntry* find_api(ApiKey key);
// By Kafka's name, case-insensitively, or by the number in decimal.
[[nodiscard]] const ApiEntry* find_api(std::string_view name_or_key);
// What a server tells in ApiVersions: the versions that it serves, except that Produce is
// advertised from 0 on and refused below 3. Older librdkafka would otherwise send uncompressed
// batches without a word (KAFKA-18659).
[[nodiscard]] VersionRange advertised(const ApiEntry& entry);
// The newest version that both this library and the peer know; empty when there is none.
[[nodiscard]] std::optional<std::int16_t> newest_common(ApiKey key, VersionRange peer);

}  // namespace logarium::protocol

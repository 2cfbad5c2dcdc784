#pragma once
// Record batches from and to the JSON in which tests of several languages hand them around: an
// array of {"key", "value", "timestamp", "headers": [["trace", "abc"]]}.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engine/protocol/codec.hpp"
#include "engine/protocol/json_text.hpp"
#include "engine/protocol/records.hpp"

namespace logarium::test {

// REQUIRES: every record has key, value and timestamp. Each gets the one header "trace": "abc".
inline protocol::Batch build_batch(protocol::Codec codec, const nlohmann::json& records) {
  protocol::BatchBuilder builder(protocol::BatchOptions{.codec = codec});
  for (const nlohmann::json& record : records) {
    const auto key = record["key"].get<std::string>();
    const auto value = record["value"].get<std::string>();
    const protocol::HeaderView headers[] = {{"trace", view_of("abc")}};
    builder.append({.timestamp = record["timestamp"].get<std::int64_t>(),
                    .key = view_of(key),
                    .value = view_of(value),
                    .headers = headers});
  }
  return builder.build();
}

inline std::string hex_of(const protocol::Batch& batch) {
  std::vector<std::byte> bytes;
  batch.encode(bytes);
  return protocol::hex_text(bytes);
}

// REQUIRES: pairs of hex digits.
inline Bytes unhex(const std::string& text) {
  std::vector<std::byte> out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    out.push_back(static_cast<std::byte>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return Bytes(std::move(out));
}

}  // namespace logarium::test

#pragma once
// The documentation of messages as data and as text, made from the same descriptions that encode
// and decode them. Behind `logarium protocol [API] [--json]`.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/protocol/api_table.hpp"

namespace logarium::protocol {

struct FieldDoc {
  std::string name;       // on the wire
  std::string type;       // "int32", "[]string", "[]struct"
  VersionRange versions;  // within those of the message
  std::optional<VersionRange> nullable;
  std::optional<std::int16_t> tag;  // sent as a tagged field
  std::string default_value;        // "-1", "null", "" for structs, lists and empty values
  std::vector<FieldDoc> fields;     // of a struct, or of the elements of a list of structs
};

struct MessageDoc {
  std::string name;  // "FetchRequest"
  VersionRange versions;
  std::int16_t flexible_from = kNeverFlexible;
  std::vector<FieldDoc> fields;
};

struct ApiDoc {
  ApiKey key = ApiKey::kProduce;
  std::string name;
  std::string meaning;
  VersionRange versions;  // with message structs
  VersionRange kafka;     // served
  MessageDoc request;
  MessageDoc response;
};

[[nodiscard]] ApiDoc document(const ApiEntry& entry);

// All APIs, one line each.
[[nodiscard]] std::string api_list_text();
[[nodiscard]] std::string api_list_json();
// One API with all its fields.
[[nodiscard]] std::string to_text(const ApiDoc& api);
[[nodiscard]] std::string to_json(const ApiDoc& api);

// "4-18", "3+" when the range goes on to the newest version, "0" for a single one.
[[nodiscard]] std::string to_text(VersionRange range, std::int16_t newest);

}  // namespace logarium::protocol

#pragma once
// FieldVisitor: walks the fields of a message at run time. JSON, documentation, comparison and
// random messages are FieldVisitors; what must be fast (size, encode, decode, hash) is not.
//
// Values are passed by reference: what a visitor writes is stored when the walk is a fill(), and
// lost when it is a walk().

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/bytes.hpp"
#include "engine/base/uuid.hpp"
#include "engine/protocol/batch.hpp"
#include "engine/protocol/codec/schema.hpp"

namespace logarium::protocol {

enum class FieldType : std::uint8_t {
  kBool,
  kInt8,
  kInt16,
  kUint16,
  kInt32,
  kUint32,
  kInt64,
  kErrorCode,
  kString,
  kUuid,
  kBytes,
  kRecords,
  kStruct,
};
// As in Kafka's definitions: "int32", "string"; an ErrorCode is an "int16".
[[nodiscard]] std::string_view name_of(FieldType type);

struct FieldInfo {
  std::string_view name;                // on the wire; empty for the elements of a list
  FieldType type = FieldType::kStruct;  // of the field, or of the elements when it is a list
  bool list = false;
  FieldSpec spec;
};

class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;

  // bool, integers and ErrorCode.
  virtual void number(const FieldInfo& field, std::int64_t& value) = 0;
  virtual void text(const FieldInfo& field, std::string& value) = 0;
  virtual void uuid(const FieldInfo& field, Uuid& value) = 0;
  virtual void bytes(const FieldInfo& field, Bytes& value) = 0;
  virtual void records(const FieldInfo& field, Records& value) = 0;

  // A field that may be null in this version: whether it is there. Returns whether it shall be;
  // only if so the value follows.
  virtual bool presence(const FieldInfo& field, bool present) = 0;
  // Returns how many elements it shall have; that many follow.
  virtual std::size_t open_list(const FieldInfo& field, std::size_t size) = 0;
  virtual void close_list(const FieldInfo& field) = 0;
  virtual void open_struct(const FieldInfo& field) = 0;
  virtual void close_struct(const FieldInfo& field) = 0;
};

}  // namespace logarium::protocol

#pragma once
// Visitor: the bridge from a description to the virtual FieldVisitor. Built for size, not for
// speed.

#include <cstdint>

#include "engine/protocol/codec/schema.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/field_visitor.hpp"

namespace logarium::protocol {

template <class T>
[[nodiscard]] constexpr FieldType field_type_of() {
  if constexpr (OptionalField<T> || ListField<T>) {
    return field_type_of<typename T::value_type>();
  } else if constexpr (std::is_same_v<T, ErrorCode>) {
    return FieldType::kErrorCode;
  } else if constexpr (std::is_same_v<T, bool>) {
    return FieldType::kBool;
  } else if constexpr (std::is_same_v<T, std::uint16_t>) {
    return FieldType::kUint16;
  } else if constexpr (std::is_same_v<T, std::uint32_t>) {
    return FieldType::kUint32;
  } else if constexpr (NumberField<T>) {
    constexpr FieldType kBySize[] = {FieldType::kInt8, FieldType::kInt16, FieldType::kInt32,
                                     FieldType::kInt32, FieldType::kInt64};
    return kBySize[sizeof(T) / 2];
  } else if constexpr (std::is_same_v<T, std::string>) {
    return FieldType::kString;
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return FieldType::kUuid;
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return FieldType::kBytes;
  } else if constexpr (std::is_same_v<T, Records>) {
    return FieldType::kRecords;
  } else {
    return FieldType::kStruct;
  }
}

class Walker {
 public:
  Walker(FieldVisitor& visitor, std::int16_t version) : visitor_(visitor), version_(version) {}

  template <class T>
  [[gnu::noinline, gnu::cold]] void operator()(const char* name, T& value, const FieldSpec& spec) {
    if (version_ != kAllVersions && !spec.in(version_)) return;
    FieldInfo info{name, field_type_of<T>(), ListField<T>, spec};
    if constexpr (OptionalField<T>) info.list = ListField<typename T::value_type>;
    item(info, value);
  }

 private:
  template <class T>
  void item(const FieldInfo& info, T& value) {
    if constexpr (NumberField<T>) {
      auto number = static_cast<std::int64_t>(wire_number(value));
      visitor_.number(info, number);
      value = static_cast<T>(number);
    } else if constexpr (OptionalField<T>) {
      optional(info, value);
    } else if constexpr (ListField<T>) {
      value.resize(visitor_.open_list(info, value.size()));
      const FieldInfo element{"", info.type, false, info.spec};
      for (auto& one : value) item(element, one);
      visitor_.close_list(info);
    } else if constexpr (StructField<T>) {
      visitor_.open_struct(info);
      T::describe(*this, value);
      visitor_.close_struct(info);
    } else {
      leaf(info, value);
    }
  }
  template <class T>
  void optional(const FieldInfo& info, std::optional<T>& value) {
    const bool may_be_null = version_ == kAllVersions || info.spec.may_be_null(version_);
    const bool wanted = may_be_null ? visitor_.presence(info, value.has_value()) : true;
    if (!wanted) {
      value.reset();
      return;
    }
    if (!value) value.emplace();
    item(info, *value);
  }
  void leaf(const FieldInfo& info, std::string& value) { visitor_.text(info, value); }
  void leaf(const FieldInfo& info, Uuid& value) { visitor_.uuid(info, value); }
  void leaf(const FieldInfo& info, Bytes& value) { visitor_.bytes(info, value); }
  void leaf(const FieldInfo& info, Records& value) { visitor_.records(info, value); }

  FieldVisitor& visitor_;
  std::int16_t version_;
};

}  // namespace logarium::protocol

#pragma once
// Visitor: hash over the fields that a version carries, equal for a struct that was filled by hand
// and for one that was decoded. Each step is a bijection of the state for a given value and of the
// value for a given state, so one changed field always changes the hash.

#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/base/hash.hpp"
#include "engine/protocol/codec/schema.hpp"

namespace logarium::protocol {

class Hasher {
 public:
  Hasher(std::int16_t version, std::uint64_t seed) : version_(version), hash_(seed) {}
  [[nodiscard]] std::uint64_t value() const { return mix64(hash_); }

  template <class T>
  void operator()(const char* /*name*/, const T& value, const FieldSpec& spec) {
    if (spec.in(version_)) item(value, spec.may_be_null(version_));
  }
  template <StructField T>
  void structure(const T& value) {
    T::describe(*this, value);
  }

 private:
  void add(std::uint64_t value) {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15ULL;
    hash_ = (std::rotl(hash_, 23) ^ value) * kOdd;
  }
  template <class T>
  void item(const T& value, bool nullable) {
    if constexpr (NumberField<T>) {
      add(static_cast<std::uint64_t>(wire_number(value)));
    } else if constexpr (OptionalField<T>) {
      optional(value, nullable);
    } else if constexpr (ListField<T>) {
      add(value.size());
      for (const auto& element : value) item(element, false);
    } else if constexpr (StructField<T>) {
      structure(value);
    } else {
      leaf(value);
    }
  }
  // Null where a version cannot express it counts as empty, as it is written.
  template <class T>
  void optional(const std::optional<T>& value, bool nullable) {
    constexpr std::uint64_t kNull = 0x6e756c6cULL;
    if (value) {
      item(*value, false);
    } else if (nullable) {
      add(kNull);
    } else {
      item(T{}, false);
    }
  }
  void leaf(const Uuid& value) {
    add(value.high);
    add(value.low);
  }
  void leaf(const std::string& value) { add(hash_text(value)); }
  void leaf(const Bytes& value) { add(hash_bytes(value.view())); }
  void leaf(const Records& value) {
    add(value.size());
    for (const Batch& batch : value) add(batch.identity());
  }

  std::int16_t version_;
  std::uint64_t hash_;
};

}  // namespace logarium::protocol

#pragma once
// Visitor: the encoded size of a described struct. Non-flexible versions have fixed-width lengths
// (int16 for strings, int32 for everything else), flexible ones varints of length + 1 (KIP-482).

#include <cstddef>
#include <cstdint>

#include "engine/base/varint.hpp"
#include "engine/protocol/codec/schema.hpp"
#include "engine/protocol/gathered.hpp"

namespace logarium::protocol {

// How lengths look in the version at hand.
enum class Lengths : std::uint8_t { kFixed, kFlexible };

class Sizer {
 public:
  static constexpr std::size_t kUuidBytes = 16;

  Sizer(std::int16_t version, Lengths lengths)
      : version_(version), flexible_(lengths == Lengths::kFlexible) {}
  [[nodiscard]] std::size_t size() const { return size_; }
  // How much of it a Gathered would share instead of holding it.
  [[nodiscard]] std::size_t shared() const { return shared_; }

  template <class T>
  void operator()(const char* /*name*/, const T& value, const FieldSpec& spec) {
    if (!spec.in(version_)) return;
    if (spec.is_tagged()) {
      if (!is_default(value, spec)) tagged(value, spec);
    } else {
      item(value, spec.may_be_null(version_));
    }
  }

  template <StructField T>
  void structure(const T& value) {
    const std::size_t outer = tags_;
    tags_ = 0;
    T::describe(*this, value);
    if (flexible_) size_ += varint_size(tags_);
    tags_ = outer;
  }

  template <class T>
  void item(const T& value, bool nullable) {
    if constexpr (NumberField<T>) {
      size_ += sizeof(wire_number(value));
    } else if constexpr (OptionalField<T>) {
      optional(value, nullable);
    } else if constexpr (ListField<T>) {
      size_ += flexible_ ? varint_size(value.size() + 1) : 4;
      using Element = typename T::value_type;
      if constexpr (NumberField<Element>) {
        size_ += value.size() * sizeof(Element);
      } else {
        for (const auto& element : value) item(element, false);
      }
    } else if constexpr (StructField<T>) {
      structure(value);
    } else {
      leaf(value);
    }
  }

 private:
  template <class T>
  void optional(const std::optional<T>& value, bool nullable) {
    if constexpr (StructField<T>) {
      if (nullable) size_ += 1;
      if (value || !nullable) structure(value ? *value : T{});
    } else {
      item(value ? *value : T{}, false);  // null takes as much as empty
    }
  }
  template <class T>
  void tagged(const T& value, const FieldSpec& spec) {
    const std::size_t before = size_;
    item(value, spec.may_be_null(version_));
    size_ += varint_size(static_cast<std::uint64_t>(spec.tag)) + varint_size(size_ - before);
    ++tags_;
  }
  void leaf(const Uuid& /*value*/) { size_ += kUuidBytes; }
  void leaf(const std::string& value) {
    size_ += (flexible_ ? varint_size(value.size() + 1) : 2) + value.size();
  }
  void leaf(const Bytes& value) { blob(value.size()); }
  void leaf(const Records& value) {
    blob(size_bytes(value));
    for (const Batch& batch : value) {
      const std::size_t payload = batch.payload().size();
      if (payload >= Gathered::kSharedBytesMin) shared_ += payload;
    }
  }
  void blob(std::size_t bytes) { size_ += (flexible_ ? varint_size(bytes + 1) : 4) + bytes; }

  std::int16_t version_;
  bool flexible_;
  std::size_t size_ = 0;
  std::size_t shared_ = 0;
  std::size_t tags_ = 0;
};

}  // namespace logarium::protocol

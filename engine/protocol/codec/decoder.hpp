#pragma once
// Visitor: reads a described struct. Unknown tagged fields are skipped. After a failure it visits
// nothing more; the fields on the way to it name themselves on the way out.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "engine/protocol/codec/input.hpp"
#include "engine/protocol/codec/sizer.hpp"

namespace logarium::protocol {

class Decoder {
 public:
  Decoder(Bytes bytes, std::int16_t version, Lengths lengths, Tail tail)
      : in_(std::move(bytes)),
        version_(version),
        flexible_(lengths == Lengths::kFlexible),
        tail_(tail) {}
  [[nodiscard]] Input& input() { return in_; }

  template <class T>
  void operator()(const char* name, T& value, const FieldSpec& spec) {
    if (in_.failed() || !spec.in(version_)) return;
    if (wanted_tag_ != spec.tag) return;
    if (spec.is_tagged()) {
      wanted_tag_ = FieldSpec::kUntagged;
      item(value, spec.may_be_null(version_));
      found_ = true;
      wanted_tag_ = kNothingWanted;
    } else {
      item(value, spec.may_be_null(version_));
    }
    if (in_.failed()) in_.in_field(name);
  }

  template <StructField T>
  void structure(T& value) {
    const std::int32_t outer = wanted_tag_;
    wanted_tag_ = FieldSpec::kUntagged;
    T::describe(*this, value);
    if (flexible_) {
      const std::uint32_t count = in_.varint();
      if (count > 0) tags(value, count);
    }
    wanted_tag_ = outer;
  }

 private:
  static constexpr std::int32_t kNothingWanted = -2;
  // No list of the protocol comes near; a frame of a hostile peer could (one byte per element).
  static constexpr std::size_t kElementsMax = 1'000'000;
  // More elements than this are not made room for before they are read.
  static constexpr std::size_t kReservedMax = 256;

  // Seldom there: kept apart from the fields that always are.
  template <class T>
  [[gnu::noinline, gnu::cold]] void tags(T& value, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count && !in_.failed(); ++i) {
      const std::uint32_t tag = in_.varint();
      const std::uint32_t size = in_.varint();
      if (in_.failed() || size > in_.remaining()) {
        in_.fail("size of a tagged field");
        return;
      }
      const std::size_t end = in_.narrow(size);
      found_ = false;
      if (tag <= kTagMax) {
        wanted_tag_ = static_cast<std::int32_t>(tag);
        T::describe(*this, value);
      }
      if (!found_) in_.skip(size);
      in_.widen(end);
    }
  }

  template <class T>
  void item(T& value, bool nullable) {
    if constexpr (NumberField<T>) {
      number(value);
    } else if constexpr (OptionalField<T>) {
      optional(value, nullable);
    } else if constexpr (ListField<T>) {
      list(value, in_.blob_length(flexible_, false));
    } else if constexpr (StructField<T>) {
      structure(value);
    } else {
      leaf(value);
    }
  }
  template <class T>
  void number(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      value = in_.number<std::int8_t>() != 0;
    } else {
      value = static_cast<T>(in_.number<decltype(wire_number(value))>());
    }
  }
  template <class T>
  void optional(std::optional<T>& value, bool nullable) {
    value.reset();
    if constexpr (StructField<T>) {
      if (nullable && in_.number<std::int8_t>() < 0) return;
      structure(value.emplace());
    } else if constexpr (ListField<T>) {
      const auto count = in_.blob_length(flexible_, nullable);
      if (count) list(value.emplace(), count);
    } else if constexpr (std::is_same_v<T, std::string>) {
      const auto length = in_.string_length(flexible_, nullable);
      if (length) value = in_.string(*length);
    } else {
      const auto length = in_.blob_length(flexible_, nullable);
      if (length) blob(value.emplace(), *length);
    }
  }
  // blob_length() has compared the count with the bytes left: an element takes one at least.
  template <class T>
  void list(std::vector<T>& values, std::optional<std::size_t> count) {
    values.clear();
    if (*count > kElementsMax) {
      in_.fail("more than 1,000,000 elements");
      return;
    }
    if constexpr (NumberField<T>) {
      if (*count > in_.remaining() / sizeof(T)) {
        in_.fail("more elements than bytes");
        return;
      }
      values.resize(*count);
      for (T& value : values) value = in_.number<T>();
    } else {
      values.reserve(std::min(*count, kReservedMax));
      for (std::size_t i = 0; i < *count; ++i) {
        item(values.emplace_back(), false);
        if (!in_.failed()) continue;
        in_.in_element(i);
        return;
      }
    }
  }
  void leaf(Uuid& value) {
    value.high = in_.number<std::uint64_t>();
    value.low = in_.number<std::uint64_t>();
  }
  void leaf(std::string& value) {
    value = in_.string(in_.string_length(flexible_, false).value_or(0));
  }
  void leaf(Bytes& value) { blob(value, in_.blob_length(flexible_, false).value_or(0)); }
  void leaf(Records& value) { blob(value, in_.blob_length(flexible_, false).value_or(0)); }
  void blob(Bytes& value, std::size_t length) { value = in_.slice(length); }
  void blob(Records& value, std::size_t length) { value = split_batches(in_.slice(length), tail_); }

  static constexpr std::uint32_t kTagMax = 0x7fff;

  Input in_;
  std::int16_t version_;
  bool flexible_;
  Tail tail_;
  std::int32_t wanted_tag_ = FieldSpec::kUntagged;
  bool found_ = false;
};

}  // namespace logarium::protocol

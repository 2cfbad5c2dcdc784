#pragma once
// Visitor: writes a described struct into memory of the size that Sizer found. Null in a version
// that cannot express it is written as empty.

#include <cstddef>
#include <cstdint>

#include "engine/base/ensure.hpp"
#include "engine/protocol/codec/big_endian.hpp"
#include "engine/protocol/codec/sizer.hpp"
#include "engine/protocol/gathered.hpp"

namespace logarium::protocol {

// The primitive writes; the caller has made the room.
class Output {
 public:
  explicit Output(std::byte* at) : at_(at) {}
  // Writes into the room at the end of gathered.bytes; long record payloads become pieces.
  Output(std::byte* at, Gathered& gathered) : at_(at), gathered_(&gathered) {}
  [[nodiscard]] const std::byte* at() const { return at_; }

  template <std::integral T>
  void number(T value) {
    store_big_endian(at_, value);
    at_ += sizeof(T);
  }
  void varint(std::uint64_t value);
  void raw(ByteView bytes);
  void string(std::string_view text, bool flexible);
  // Length and bytes, or the length of null.
  void blob_length(std::size_t bytes, bool flexible);
  void null_blob(bool flexible);
  void null_string(bool flexible);
  void records(const Records& records, bool flexible);

 private:
  std::byte* at_;
  Gathered* gathered_ = nullptr;
};

class Encoder {
 public:
  Encoder(std::byte* to, std::int16_t version, Lengths lengths)
      : out_(to), version_(version), flexible_(lengths == Lengths::kFlexible) {}
  Encoder(std::byte* to, Gathered& gathered, std::int16_t version, Lengths lengths)
      : out_(to, gathered), version_(version), flexible_(lengths == Lengths::kFlexible) {}
  [[nodiscard]] const std::byte* at() const { return out_.at(); }

  template <class T>
  void operator()(const char* /*name*/, const T& value, const FieldSpec& spec) {
    if (!spec.in(version_)) return;
    if (!spec.is_tagged()) {
      if (pass_ == Pass::kPlain) item(value, spec.may_be_null(version_));
    } else if (!is_default(value, spec)) {
      if (pass_ == Pass::kPlain) {
        ++tags_;
      } else {
        tagged(value, spec);
      }
    }
  }

  template <StructField T>
  void structure(const T& value) {
    const Pass outer_pass = pass_;
    const std::uint32_t outer_tags = tags_;
    pass_ = Pass::kPlain;
    tags_ = 0;
    T::describe(*this, value);
    if (flexible_) {
      out_.varint(tags_);
      if (tags_ > 0) {
        pass_ = Pass::kTagged;
        T::describe(*this, value);
      }
    }
    pass_ = outer_pass;
    tags_ = outer_tags;
  }

 private:
  enum class Pass : std::uint8_t { kPlain, kTagged };

  template <class T>
  void item(const T& value, bool nullable) {
    if constexpr (NumberField<T>) {
      out_.number(wire_number(value));
    } else if constexpr (OptionalField<T>) {
      optional(value, nullable);
    } else if constexpr (ListField<T>) {
      out_.blob_length(value.size(), flexible_);
      for (const auto& element : value) item(element, false);
    } else if constexpr (StructField<T>) {
      structure(value);
    } else {
      leaf(value);
    }
  }
  template <class T>
  void optional(const std::optional<T>& value, bool nullable) {
    if constexpr (StructField<T>) {
      if (nullable) out_.number(static_cast<std::int8_t>(value ? 1 : -1));
      if (value || !nullable) structure(value ? *value : T{});
    } else if (value) {
      item(*value, false);
    } else if (!nullable) {
      item(T{}, false);
    } else if constexpr (std::is_same_v<T, std::string>) {
      out_.null_string(flexible_);
    } else {
      out_.null_blob(flexible_);
    }
  }
  template <class T>
  void tagged(const T& value, const FieldSpec& spec) {
    Sizer sizer(version_, Lengths::kFlexible);
    sizer.item(value, spec.may_be_null(version_));
    out_.varint(static_cast<std::uint64_t>(spec.tag));
    out_.varint(sizer.size());
    const Pass outer = pass_;
    pass_ = Pass::kPlain;
    item(value, spec.may_be_null(version_));
    pass_ = outer;
  }
  void leaf(const Uuid& value) {
    out_.number(value.high);
    out_.number(value.low);
  }
  void leaf(const std::string& value) { out_.string(value, flexible_); }
  void leaf(const Bytes& value) {
    out_.blob_length(value.size(), flexible_);
    out_.raw(value.view());
  }
  void leaf(const Records& value) { out_.records(value, flexible_); }

  Output out_;
  std::int16_t version_;
  bool flexible_;
  Pass pass_ = Pass::kPlain;
  std::uint32_t tags_ = 0;
};

}  // namespace logarium::protocol

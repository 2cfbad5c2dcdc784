#pragma once
// Bytes: an immutable, shared run of bytes; copying and slicing share the storage. Record payloads
// travel as Bytes from the producer to every replica and reader without being copied.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace logarium {

using ByteView = std::span<const std::byte>;

[[nodiscard]] inline ByteView view_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
[[nodiscard]] inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class Bytes {
 public:
  Bytes() = default;
  // Takes over the storage.
  explicit Bytes(std::vector<std::byte> storage);
  // Shares the first `size` bytes of the storage, which nobody changes any more.
  Bytes(std::shared_ptr<const std::byte[]> storage, std::size_t size);
  [[nodiscard]] static Bytes copy_of(ByteView source);
  [[nodiscard]] static Bytes copy_of(std::string_view text) { return copy_of(view_of(text)); }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] ByteView view() const { return {data_, size_}; }
  // Shares the storage. REQUIRES: from + length <= size().
  [[nodiscard]] Bytes slice(std::size_t from, std::size_t length) const;
  friend bool operator==(const Bytes& a, const Bytes& b);

 private:
  std::shared_ptr<const void> owner_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// What a write puts into a file: a head of at most 64 bytes held by value (a batch header) and a
// shared body (its records). Either may be empty.
struct FileBytes {
  static constexpr std::size_t kHeadMax = 64;
  std::array<std::byte, kHeadMax> head{};
  std::uint8_t head_size = 0;
  Bytes body;

  [[nodiscard]] std::int64_t size() const {
    return static_cast<std::int64_t>(head_size) + static_cast<std::int64_t>(body.size());
  }
  [[nodiscard]] ByteView head_view() const { return {head.data(), head_size}; }
  [[nodiscard]] static FileBytes of(Bytes body) {
    FileBytes bytes;
    bytes.body = std::move(body);
    return bytes;
  }
};

}  // namespace logarium

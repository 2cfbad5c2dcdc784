// Small frames that promise much: what they claim is compared with the bytes that are there before
// anything is made room for.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <new>

#include "engine/protocol/api_table.hpp"
#include "engine/protocol/framing.hpp"

namespace {

// The largest piece of memory asked for since it was set to 0.
std::size_t largest_allocation = 0;

}  // namespace

void* operator new(std::size_t size) {
  largest_allocation = std::max(largest_allocation, size);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
// Not inlined: in a batch g++ would take them for a wrong way to free what other files allocate.
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

namespace logarium::protocol {
namespace {

constexpr std::size_t kRoomMax = std::size_t{64} * 1024;

Bytes repeated(const std::vector<int>& pattern, std::size_t size) {
  std::vector<std::byte> bytes;
  while (bytes.size() < size) {
    for (const int one : pattern) bytes.push_back(static_cast<std::byte>(one));
  }
  bytes.resize(size);
  return Bytes(std::move(bytes));
}

}  // namespace

TEST_CASE("a length of two thousand million in twenty bytes makes nobody allocate") {
  // Lengths of both kinds, big and negative, at every place where one may stand.
  const std::vector<std::vector<int>> patterns = {
      {0x7f, 0xff, 0xff, 0xff},       {0xff, 0xff, 0xff, 0xff, 0x0f},      {0x80}, {0xff}, {0x7f},
      {0x00, 0x7f, 0xff, 0xff, 0xff}, {0x01, 0xff, 0xff, 0xff, 0xff, 0x07}};
  for (const ApiEntry& entry : api_table()) {
    for (std::int16_t version = entry.versions.min; version <= entry.versions.max; ++version) {
      for (const auto& pattern : patterns) {
        for (std::size_t size = 0; size <= 32; ++size) {
          const Bytes body = repeated(pattern, size);
          largest_allocation = 0;
          static_cast<void>(entry.decode_request(body, version));
          static_cast<void>(entry.decode_response(body, version));
          if (largest_allocation < kRoomMax) continue;
          CAPTURE(entry.name, version, size, largest_allocation);
          CHECK(largest_allocation < kRoomMax);
        }
      }
    }
  }
}

TEST_CASE("a varint without end is an error, in the header and in the body") {
  // Metadata v9: header v2 with endless tags, then a body of which nothing can be read.
  std::vector<std::byte> frame{std::byte{0}, std::byte{3}, std::byte{0}, std::byte{9}};
  frame.resize(8);
  frame.insert(frame.end(), {std::byte{0xff}, std::byte{0xff}});
  frame.resize(frame.size() + 64, std::byte{0x80});
  const auto decoded = decode_request(Bytes(std::move(frame)));
  REQUIRE_FALSE(decoded.ok());
  CHECK(decoded.error().message.find("request header") != std::string::npos);
  const ApiEntry* metadata = find_api(ApiKey::kMetadata);
  CHECK_FALSE(metadata->decode_request(repeated({0x80}, 40), 9).ok());
  // Five bytes that are over 32 bits.
  CHECK_FALSE(metadata->decode_request(repeated({0xff, 0xff, 0xff, 0xff, 0x7f}, 5), 9).ok());
}

TEST_CASE("tagged fields may not reach beyond their message") {
  // ApiVersions v3: two empty strings, then one tag of 200 bytes of which three are there.
  const Bytes body = Bytes(std::vector<std::byte>{std::byte{1}, std::byte{1}, std::byte{1},
                                                  std::byte{0}, std::byte{0xc8}, std::byte{1},
                                                  std::byte{1}, std::byte{2}, std::byte{3}});
  CHECK_FALSE(find_api(ApiKey::kApiVersions)->decode_request(body, 3).ok());
}

}  // namespace logarium::protocol

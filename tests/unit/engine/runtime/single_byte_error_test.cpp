#include "engine/runtime/single_byte_error.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "engine/base/hash.hpp"

namespace logarium::runtime {

TEST_CASE("the changed byte of a block and its old value follow from the two checksums") {
  std::vector<std::byte> block;
  for (int i = 0; i < 700; ++i) block.push_back(static_cast<std::byte>(i * 37 + i / 5));
  const std::uint32_t before = crc32c(block);
  for (std::size_t at = 0; at < block.size(); at += 3) {
    for (const unsigned change : {1U, 0x80U, 0xffU, 0x5aU}) {
      std::vector<std::byte> changed = block;
      changed[at] ^= static_cast<std::byte>(change);
      const auto error = single_byte_error(before ^ crc32c(changed), block.size());
      REQUIRE(error);
      CHECK(error->position == at);
      CHECK(error->difference == change);
    }
  }
}

TEST_CASE("two changed bytes of a small block are not taken for one") {
  std::vector<std::byte> block(64);
  const std::uint32_t before = crc32c(block);
  for (std::size_t at = 0; at + 1 < block.size(); ++at) {
    std::vector<std::byte> changed = block;
    changed[at] ^= std::byte{3};
    changed[at + 1] ^= std::byte{9};
    CHECK_FALSE(single_byte_error(before ^ crc32c(changed), block.size()));
  }
}

TEST_CASE("an empty block has no changed byte") { CHECK_FALSE(single_byte_error(1, 0)); }

}  // namespace logarium::runtime

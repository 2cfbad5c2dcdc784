#include "sim/checkers/content_map.hpp"

#include <catch2/catch_test_macros.hpp>

namespace logarium::checkers {
namespace {

TEST_CASE("A content map finds what was put into it, also contents that share a place") {
  ContentMap<int> map;
  CHECK(map.find(0) == nullptr);
  // Equal low bits: all of them want the same place, whatever the table's size.
  constexpr int kCount = 500;
  for (int i = 0; i < kCount; ++i) map.insert(static_cast<std::uint64_t>(i) << 40, i);
  for (int i = 0; i < kCount; ++i) {
    const int* found = map.find(static_cast<std::uint64_t>(i) << 40);
    REQUIRE(found != nullptr);
    CHECK(*found == i);
  }
  CHECK(map.find(1) == nullptr);
}

TEST_CASE("A content map keeps the first value of a content, and copies are independent") {
  ContentMap<int> map;
  map.insert(7, 1);
  map.insert(7, 2);
  CHECK(*map.find(7) == 1);
  ContentMap<int> copy = map;
  *copy.find(7) = 3;
  copy.insert(8, 4);
  CHECK(*map.find(7) == 1);
  CHECK(map.find(8) == nullptr);
}

}  // namespace
}  // namespace logarium::checkers

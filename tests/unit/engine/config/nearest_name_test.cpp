#include <catch2/catch_test_macros.hpp>

#include "engine/config/definition.hpp"

namespace logarium {

TEST_CASE("the nearest name has one letter more, less, another, or two swapped") {
  const std::vector<std::string> names{"crash", "cut", "pause"};
  for (const char* typed : {"crahs", "crsh", "craash", "crasj", "rcash"}) {
    CHECK(nearest_name(typed, names) == "crash");
  }
  CHECK(nearest_name("puase", names) == "pause");
  CHECK(nearest_name("wipe", names).empty());
}

}  // namespace logarium

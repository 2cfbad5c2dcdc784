#include "engine/base/percentile.hpp"

#include <catch2/catch_test_macros.hpp>

namespace logarium {

TEST_CASE("a percentile is the value of the nearest rank, whatever the order") {
  const std::vector<int> four{40, 10, 30, 20};
  CHECK(percentile(four, 0) == 10);
  CHECK(percentile(four, 25) == 10);
  CHECK(percentile(four, 50) == 20);
  CHECK(percentile(four, 75) == 30);
  CHECK(percentile(four, 99) == 40);
  CHECK(percentile(four, 100) == 40);
  CHECK(percentile(std::vector{7}, 50) == 7);
}

TEST_CASE("of two hundred values two lie above the 99th percentile") {
  std::vector<double> values;
  for (int i = 200; i > 0; --i) values.push_back(i);
  CHECK(percentile(values, 99) == 198);
}

}  // namespace logarium

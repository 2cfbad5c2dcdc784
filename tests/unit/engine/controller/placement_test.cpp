#include "engine/controller/placement.hpp"

#include <map>
#include <set>

#include "tests/unit/engine/controller/lab.hpp"

namespace logarium::controller {
namespace {

TEST_CASE("placement: distinct brokers, unfenced leaders, spread over brokers and racks") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    Lab lab;
    const auto brokers = static_cast<std::int32_t>(random.between(1, 9));
    const std::int64_t racks = random.between(0, 4);
    std::set<std::string> rack_names;
    for (std::int32_t id = 1; id <= brokers; ++id) {
      const std::string rack = racks == 0 ? "" : "r" + std::to_string(random.between(1, racks));
      rack_names.insert(rack);
      lab.broker(id, rack);
    }
    std::int32_t unfenced = brokers;
    for (std::int32_t id = 2; id <= brokers; ++id) {
      if (random.below(4) != 0) continue;
      lab.fence(id);
      --unfenced;
    }
    const auto factor = static_cast<std::int32_t>(random.between(1, brokers));
    const auto partitions = static_cast<std::int32_t>(random.between(1, 40));
    const auto placed = place_replicas(*lab.image, partitions, factor, random);
    REQUIRE(placed.ok());
    REQUIRE(placed.value().size() == static_cast<std::size_t>(partitions));
    for (const metadata::Nodes& replicas : placed.value()) {
      CHECK(replicas.size() == static_cast<std::size_t>(factor));
      CHECK(std::set<NodeId>(replicas.begin(), replicas.end()).size() == replicas.size());
      CHECK(lab.image->active(replicas.front()));
      std::set<std::string> used;
      for (const NodeId node : replicas) used.insert(lab.image->broker(node)->rack.value_or(""));
      CHECK(used.size() == std::min(rack_names.size(), replicas.size()));
    }
  }
}

TEST_CASE("leaders spread evenly over brokers of one rack") {
  Lab lab;
  for (std::int32_t id = 1; id <= 5; ++id) lab.broker(id);
  Random random(3);
  const auto placed = place_replicas(*lab.image, 50, 3, random);
  std::map<NodeId, int> leads;
  for (const metadata::Nodes& replicas : placed.value()) ++leads[replicas.front()];
  for (const auto& [node, count] : leads) CHECK(count == 10);
}

TEST_CASE("the start is random") {
  std::set<NodeId> first;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Lab lab;
    for (std::int32_t id = 1; id <= 3; ++id) lab.broker(id);
    Random random(seed);
    first.insert(place_replicas(*lab.image, 1, 1, random).value()[0][0]);
  }
  CHECK(first.size() == 3);
}

TEST_CASE("placement fails when it cannot be done") {
  Lab lab;
  Random random(1);
  CHECK_FALSE(place_replicas(*lab.image, 1, 1, random).ok());
  lab.broker(1);
  CHECK_FALSE(place_replicas(*lab.image, 1, 2, random).ok());
  CHECK_FALSE(place_replicas(*lab.image, 1, 0, random).ok());
  lab.fence(1);
  CHECK_FALSE(place_replicas(*lab.image, 1, 1, random).ok());
}

}  // namespace
}  // namespace logarium::controller

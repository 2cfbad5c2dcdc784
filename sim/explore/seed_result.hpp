#pragma once
// What is kept of one seed's run, and ranges of seeds.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/run/outcome.hpp"
#include "sim/scenario/model.hpp"

namespace logarium::explore {

struct SeedRange {
  static constexpr std::uint64_t kSeedsMax = 100'000'000;
  std::uint64_t first = 1, last = 1;
  [[nodiscard]] std::uint64_t size() const { return last - first + 1; }
};

// A property that was violated, and the event of its first violation.
struct Violated {
  std::string id;
  std::uint64_t event = 0;
};

struct SeedResult {
  std::uint64_t seed = 0;
  run::Verdict verdict = run::Verdict::kPass;
  bool as_expected = false;
  std::uint64_t digest = 0;
  std::uint64_t events = 0;
  std::int64_t simulated_ns = 0;
  std::string property;  // the id of the first violated one
  std::vector<Violated>
      violated;           // each property once, in the order in which they were first violated
  std::string signature;  // property and explanation without numbers; a reason if inconclusive
  std::map<std::string, std::int64_t> counts;
};

}  // namespace logarium::explore

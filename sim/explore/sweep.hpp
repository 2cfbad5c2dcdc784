#pragma once
// sweep: one scenario with many seeds in worker processes (pool.hpp).
//
// What it does not do: group failures, shrink them, write run files.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/explore/seed_result.hpp"

namespace logarium::explore {

// "1..200", or "7" for one seed. Empty when it is neither, falls, or has more than kSeedsMax seeds.
[[nodiscard]] std::optional<SeedRange> parse_seeds(std::string_view text);

struct SweepResult {
  std::uint64_t seeds = 0, pass = 0, fail = 0, inconclusive = 0, as_expected = 0;
  std::uint64_t events = 0;
  std::int64_t simulated_ns = 0;
  std::map<std::string, std::int64_t> totals;  // of counts, over all seeds
  std::map<std::string, std::int64_t> least;   // of counts, of any seed
  std::vector<SeedResult> failures;            // neither as expected nor inconclusive, by seed
  std::vector<SeedResult> unclear;             // inconclusive, not as expected, by seed
  bool complete = false;                       // false when the system refused worker processes
  void add(const SeedResult& one);
};

struct SweepOptions {
  SeedRange seeds;
  std::uint32_t jobs = 1;
  // Called after each seed.
  std::function<void(const SweepResult& so_far)> progress;
};
[[nodiscard]] SweepResult sweep(const scenario::Model& model, const SweepOptions& options);

// The object that `sweep --json` prints.
[[nodiscard]] std::string to_json(const SweepResult& result, double wall_s);
// For a person; `path` is for the commands that show a failing seed.
[[nodiscard]] std::string to_text(const SweepResult& result, const std::string& path);

// The first violation as text in which numbers and ids do not count.
[[nodiscard]] std::string signature_of(const run::Outcome& outcome);

}  // namespace logarium::explore

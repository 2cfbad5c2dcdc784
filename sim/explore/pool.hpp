#pragma once
// pool: numbered runs in worker processes. A worker is a fork of this process that gets one number
// at a time; when it dies, that number has failed and another worker takes its place, so a crash of
// one run cannot spoil the others.

#include <cstdint>
#include <functional>

#include "sim/explore/seed_result.hpp"

namespace logarium::explore {

// What a worker does with a number. It runs in a process of its own.
using Job = std::function<SeedResult(std::uint64_t number)>;

// Does the job once for each number of the range in up to `jobs` processes, and calls `each` with
// every result as it comes. False when the system refused worker processes: numbers are left then.
[[nodiscard]] bool run_jobs(const SeedRange& numbers, std::uint32_t jobs, const Job& job,
                            const std::function<void(const SeedResult&)>& each);

// One run of the model to its end, and what is kept of it.
[[nodiscard]] SeedResult run_seed(const scenario::Model& model, std::uint64_t seed);

}  // namespace logarium::explore

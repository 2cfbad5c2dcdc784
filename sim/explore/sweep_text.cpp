#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/base/digest.hpp"
#include "sim/explore/sweep.hpp"

namespace logarium::explore {
namespace {

using Json = nlohmann::ordered_json;

Json seed_json(const SeedResult& result) {
  return {{"signature", result.signature},
          {"seed", result.seed},
          {"property", result.property},
          {"verdict", to_string(result.verdict)},
          {"digest", to_hex(result.digest)}};
}

constexpr std::size_t kSeedsShown = 10;

std::string seeds_text(const std::vector<SeedResult>& results, std::string_view title) {
  std::string out;
  for (std::size_t i = 0; i < results.size() && i < kSeedsShown; ++i) {
    out += fmt::format("  {} seed {}: {}\n", title, results[i].seed, results[i].signature);
  }
  if (results.size() > kSeedsShown) {
    out += fmt::format("  {} more; --json lists them\n", results.size() - kSeedsShown);
  }
  return out;
}

}  // namespace

std::string to_json(const SweepResult& result, double wall_s) {
  const auto simulated_us = result.simulated_ns / 1000;
  Json json{{"seeds", result.seeds},
            {"pass", result.pass},
            {"fail", result.fail},
            {"inconclusive", result.inconclusive},
            {"as_expected", result.as_expected},
            {"wall_s", wall_s},
            {"events", result.events},
            {"simulated_s", static_cast<double>(simulated_us) / 1e6},
            {"failures", Json::array()},
            {"inconclusive_seeds", Json::array()},
            {"totals", result.totals},
            {"least", result.least}};
  for (const SeedResult& one : result.failures) json["failures"].push_back(seed_json(one));
  for (const SeedResult& one : result.unclear) json["inconclusive_seeds"].push_back(seed_json(one));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_text(const SweepResult& result, const std::string& path) {
  std::string out =
      fmt::format("{} seeds: {} pass, {} fail, {} inconclusive; {} as expected\n", result.seeds,
                  result.pass, result.fail, result.inconclusive, result.as_expected);
  out += seeds_text(result.failures, "failed");
  out += seeds_text(result.unclear, "inconclusive");
  const SeedResult* first = !result.failures.empty()  ? &result.failures.front()
                            : !result.unclear.empty() ? &result.unclear.front()
                                                      : nullptr;
  if (first != nullptr) out += fmt::format("\n./logarium run {} --seed {}\n", path, first->seed);
  return out;
}

}  // namespace logarium::explore

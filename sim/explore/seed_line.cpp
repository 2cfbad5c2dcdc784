#include "sim/explore/seed_line.hpp"

#include <nlohmann/json.hpp>

namespace logarium::explore {

using LineJson = nlohmann::json;

std::string to_line(const SeedResult& result) {
  LineJson violated = LineJson::array();
  for (const Violated& one : result.violated) violated.push_back({one.id, one.event});
  const LineJson json{{"seed", result.seed},
                      {"verdict", static_cast<int>(result.verdict)},
                      {"as expected", result.as_expected},
                      {"digest", result.digest},
                      {"events", result.events},
                      {"simulated", result.simulated_ns},
                      {"property", result.property},
                      {"violated", violated},
                      {"signature", result.signature},
                      {"counts", result.counts}};
  return json.dump(-1, ' ', true, LineJson::error_handler_t::replace) + "\n";
}

std::optional<SeedResult> from_line(std::string_view line) {
  const LineJson json = LineJson::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  SeedResult result;
  result.seed = json.value("seed", std::uint64_t{0});
  result.verdict = static_cast<run::Verdict>(json.value("verdict", 0));
  result.as_expected = json.value("as expected", false);
  result.digest = json.value("digest", std::uint64_t{0});
  result.events = json.value("events", std::uint64_t{0});
  result.simulated_ns = json.value("simulated", std::int64_t{0});
  result.property = json.value("property", std::string());
  for (const LineJson& one : json.value("violated", LineJson::array())) {
    if (!one.is_array() || one.size() != 2 || !one[0].is_string() || !one[1].is_number()) {
      return std::nullopt;
    }
    result.violated.push_back({one[0].get<std::string>(), one[1].get<std::uint64_t>()});
  }
  result.signature = json.value("signature", std::string());
  result.counts = json.value("counts", std::map<std::string, std::int64_t>());
  return result;
}

}  // namespace logarium::explore

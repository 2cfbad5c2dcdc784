#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/base/digest.hpp"
#include "sim/explore/prove.hpp"

namespace logarium::explore {
namespace {

using Json = nlohmann::ordered_json;

std::string_view standing_text(Proof::Standing standing) {
  switch (standing) {
    case Proof::Standing::kProved:
      return "proved";
    case Proof::Standing::kNotProved:
      return "not proved";
    case Proof::Standing::kNoScenario:
      return "no scenario";
    case Proof::Standing::kUnproved:
      return "out of scope";
  }
  return "?";
}

bool was_run(const Proof& proof) {
  return proof.standing == Proof::Standing::kProved ||
         proof.standing == Proof::Standing::kNotProved;
}

Json run_json(const SeedResult& result) {
  Json violated = Json::array();
  for (const Violated& one : result.violated) {
    violated.push_back({{"id", one.id}, {"event", one.event}});
  }
  return {{"verdict", to_string(result.verdict)},
          {"as_expected", result.as_expected},
          {"violated", violated},
          {"digest", to_hex(result.digest)},
          {"events", result.events}};
}

Json proof_json(const Proof& proof) {
  Json json{{"id", proof.id}, {"name", proof.name}, {"standing", standing_text(proof.standing)}};
  json["scenario"] = was_run(proof) ? Json(proof.scenario) : Json();
  json["rules_off"] = proof.rules_off;
  json["off"] = was_run(proof) ? run_json(proof.off) : Json();
  json["on"] = was_run(proof) ? run_json(proof.on) : Json();
  json["reason"] = proof.reason;
  return json;
}

std::string run_text(const SeedResult& result) {
  std::string out(to_string(result.verdict));
  for (std::size_t i = 0; i < result.violated.size(); ++i) {
    out += fmt::format("{} {} at event {}", i == 0 ? ":" : ",", result.violated[i].id,
                       result.violated[i].event);
  }
  return out + fmt::format("; digest {} after {} events", to_hex(result.digest), result.events);
}

std::string names_text(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::string proof_text(const Proof& proof) {
  std::string out = fmt::format("{:<4} {}\n", proof.id, proof.name);
  if (was_run(proof)) {
    out += fmt::format("     {}\n     without {}: {}\n     all rules on: {}\n", proof.scenario,
                       names_text(proof.rules_off), run_text(proof.off), run_text(proof.on));
  }
  if (!proof.reason.empty()) {
    out += fmt::format("     {}: {}\n", standing_text(proof.standing), proof.reason);
  }
  return out;
}

}  // namespace

std::string to_json(const Proofs& proofs) {
  Json json = Json::array();
  for (const Proof& proof : proofs.rows) json.push_back(proof_json(proof));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_text(const Proofs& proofs) {
  std::string out =
      "Each property's scenario, with the rules off that it names and with all on.\n\n";
  std::size_t proved = 0, unproved = 0;
  for (const Proof& proof : proofs.rows) {
    out += proof_text(proof);
    proved += proof.standing == Proof::Standing::kProved ? 1 : 0;
    unproved += proof.standing == Proof::Standing::kUnproved ? 1 : 0;
  }
  return out + fmt::format("\n{} proved, {} not, {} out of scope\n", proved,
                           proofs.rows.size() - proved - unproved, unproved);
}

}  // namespace logarium::explore

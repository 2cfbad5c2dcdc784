#include "sim/explore/prove.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/explore/pool.hpp"

namespace logarium::explore {
namespace {

bool violated(const SeedResult& result, const std::string& id) {
  return std::any_of(result.violated.begin(), result.violated.end(),
                     [&id](const Violated& one) { return one.id == id; });
}

// Why the two runs prove nothing; empty when they prove the property.
std::string objection(const Proof& proof) {
  if (proof.off.verdict != run::Verdict::kFail || !violated(proof.off, proof.id)) {
    return fmt::format("with the rules off {} is not violated", proof.id);
  }
  if (!proof.off.as_expected) {
    return "with the rules off the run is not as expected: " + proof.off.signature;
  }
  if (proof.on.verdict != run::Verdict::kPass || !proof.on.as_expected) {
    return "with the rules on it does not pass: " + proof.on.signature;
  }
  return {};
}

Proof proof_of(const checkers::Property& property, const ProofCase& one, const SeedResult& off,
               const SeedResult& on) {
  Proof proof;
  proof.id = property.id;
  proof.name = property.name;
  proof.scenario = one.path;
  proof.rules_off = scenario::rules_switched_off(one.model);
  proof.off = off;
  proof.on = on;
  proof.reason = objection(proof);
  proof.standing = proof.reason.empty() ? Proof::Standing::kProved : Proof::Standing::kNotProved;
  return proof;
}

// Both runs of every case: that of case i with the rules off at 2i, with the rules on at 2i + 1.
bool run_all(const std::vector<ProofCase>& cases, std::uint32_t jobs,
             std::vector<SeedResult>& results) {
  results.resize(cases.size() * 2);
  if (cases.empty()) return true;
  const auto job = [&cases](std::uint64_t number) {
    const scenario::Model& model = cases[number / 2].model;
    SeedResult result = run_seed(number % 2 == 0 ? model : with_rules_on(model),
                                 static_cast<std::uint64_t>(model.seed));
    result.seed = number;
    return result;
  };
  return run_jobs({0, results.size() - 1}, jobs, job,
                  [&results](const SeedResult& one) { results[one.seed] = one; });
}

}  // namespace

bool Proofs::hold() const {
  return complete && std::none_of(rows.begin(), rows.end(), [](const Proof& proof) {
           return proof.standing == Proof::Standing::kNotProved ||
                  proof.standing == Proof::Standing::kNoScenario;
         });
}

Proofs prove(const std::vector<checkers::Property>& properties,
             const std::vector<checkers::Unproved>& unproved, const std::vector<ProofCase>& cases,
             std::uint32_t jobs) {
  Proofs proofs;
  std::vector<SeedResult> results;
  proofs.complete = run_all(cases, jobs, results);
  for (const checkers::Property& property : properties) {
    bool found = std::any_of(unproved.begin(), unproved.end(),
                             [&property](const auto& other) { return other.id == property.id; });
    for (std::size_t i = 0; i < cases.size(); ++i) {
      if (cases[i].model.proves != property.id) continue;
      proofs.rows.push_back(proof_of(property, cases[i], results[2 * i], results[2 * i + 1]));
      found = true;
    }
    if (found) continue;
    Proof& missing = proofs.rows.emplace_back();
    missing.id = property.id;
    missing.name = property.name;
    missing.reason = fmt::format("no scenario has \"proves\": \"{}\"", property.id);
  }
  for (const checkers::Unproved& one : unproved) {
    const bool proved = std::any_of(cases.begin(), cases.end(), [&one](const ProofCase& other) {
      return other.model.proves == one.id;
    });
    if (proved) continue;
    Proof& row = proofs.rows.emplace_back();
    row.standing = Proof::Standing::kUnproved;
    row.id = one.id;
    row.name = one.name;
    row.reason = one.reason;
  }
  return proofs;
}

}  // namespace logarium::explore

#pragma once
// prove: that the properties are worth something. Each has a scenario (its key "proves") that runs
// twice: with the rules off that it names, and then the property is violated; and with all rules
// on, and then it passes.

#include <cstdint>
#include <string>
#include <vector>

#include "sim/checkers/suite.hpp"
#include "sim/explore/seed_result.hpp"

namespace logarium::explore {

// A scenario that proves a property. REQUIRES: read without problems, with the key "proves".
struct ProofCase {
  std::string path;
  scenario::Model model;
};

struct Proof {
  enum class Standing : std::uint8_t {
    kProved,
    kNotProved,   // not violated with the rules off, or no pass with them on
    kNoScenario,  // nothing claims to prove it
    kUnproved,    // no scenario can; `reason` says why
  };
  Standing standing = Standing::kNoScenario;
  std::string id;
  std::string name;
  std::string reason;  // in words, unless it is proved
  std::string scenario;
  std::vector<std::string> rules_off;
  SeedResult off;  // with the rules off that the scenario names
  SeedResult on;
};

struct Proofs {
  std::vector<Proof> rows;  // in order of the properties, then what is not proved
  bool complete = false;    // false when the system refused worker processes
  [[nodiscard]] bool hold() const;
};

// A row for each case of these properties, and for each of them without a case. Everything of
// `unproved` that has no case follows.
[[nodiscard]] Proofs prove(const std::vector<checkers::Property>& properties,
                           const std::vector<checkers::Unproved>& unproved,
                           const std::vector<ProofCase>& cases, std::uint32_t jobs);

// The list that `properties --prove --json` prints.
[[nodiscard]] std::string to_json(const Proofs& proofs);
// For a person.
[[nodiscard]] std::string to_text(const Proofs& proofs);

}  // namespace logarium::explore

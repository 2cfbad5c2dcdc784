#include "sim/run/judge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/ensure.hpp"
#include "sim/checkers/base_checker.hpp"
#include "sim/run/counts.hpp"

namespace logarium::run {
namespace {

constexpr checkers::Property kEnsure{
    "ENSURE", "an assertion of the program holds",
    "What must be true if the code is right; a failed one is a bug of the program itself."};

void add_ensure(Outcome& outcome, const Run& run) {
  checkers::Violation violation;
  violation.property = kEnsure;
  violation.expected = "every ENSURE holds";
  if (const auto& failure = run.world().failure()) {
    violation.event = failure->event;
    violation.time = failure->time;
    violation.node = failure->node;
    violation.seen = failure->text;
  } else if (run.broken()) {
    violation.event = run.world().events();
    violation.time = run.world().now();
    violation.seen = *run.broken();
  } else {
    return;
  }
  violation.explanation = "An ENSURE failed: " + violation.seen;
  ++outcome.violation_count;
  outcome.violations.push_back(std::move(violation));
}

void name_topics(std::vector<checkers::Cause>& causes, const Outcome& outcome) {
  for (checkers::Cause& cause : causes) {
    cause.text = with_topic_names(std::move(cause.text), outcome.topic_names);
  }
}

// Findings speak of topics by id; a report says their names.
void name_topics(Outcome& outcome) {
  for (checkers::Violation& violation : outcome.violations) {
    for (std::string* text : {&violation.explanation, &violation.expected, &violation.seen}) {
      *text = with_topic_names(std::move(*text), outcome.topic_names);
    }
    name_topics(violation.causes, outcome);
  }
  for (checkers::ExplainedLoss& loss : outcome.explained) {
    loss.explanation = with_topic_names(std::move(loss.explanation), outcome.topic_names);
    name_topics(loss.causes, outcome);
  }
  for (checkers::Unavailability& unavailable : outcome.unavailable) {
    name_topics(unavailable.causes, outcome);
  }
}

// Partitions that nobody may lead for an explained reason. The budget leaves out the faults that
// could do it, so under one there is no excuse.
void add_unavailable(Outcome& outcome, const Run& run) {
  if (run.plan().model.budget == scenario::BudgetKind::kKeep) return;
  const checkers::ClusterState& state = run.suite().state();
  for (const checkers::PartitionState& partition : state.partitions()) {
    if (auto found = checkers::explained_unavailability(state, run.world(), partition)) {
      outcome.unavailable.push_back(*std::move(found));
    }
  }
}

bool covered(const std::vector<checkers::ExplainedLoss>& losses,
             const checkers::ExplainedLoss& loss) {
  return std::any_of(losses.begin(), losses.end(), [&loss](const auto& other) {
    return other.partition == loss.partition && other.base <= loss.base && other.next >= loss.next;
  });
}

// Ranges that follow one another and were lost for the same reason are one loss to a reader, and
// a loss that two checkers found is told once.
void join(std::vector<checkers::ExplainedLoss>& losses) {
  std::vector<checkers::ExplainedLoss> out;
  for (checkers::ExplainedLoss& loss : losses) {
    const bool follows = !out.empty() && out.back().partition == loss.partition &&
                         out.back().next == loss.base && out.back().explanation == loss.explanation;
    if (covered(out, loss)) continue;
    if (follows) {
      out.back().next = loss.next;
    } else {
      out.push_back(std::move(loss));
    }
  }
  losses = std::move(out);
}

void add_remarks(Outcome& outcome, const Run& run) {
  const scenario::Model& model = run.plan().model;
  if (model.network.mode == scenario::NetworkMode::kDatagram) {
    outcome.remarks.emplace_back(
        "beyond TCP: the network loses, doubles and reorders single messages");
  }
  std::uint64_t spared = 0;
  const auto& faults = run.driver().outcomes();
  for (std::size_t i = 0; i < faults.size(); ++i) {
    spared += faults[i].over_budget;
    if (faults[i].fired > 0 && faults[i].applied == 0 && faults[i].over_budget == 0) {
      const scenario::Fault& fault = model.faults[i];
      outcome.remarks.push_back(fmt::format(
          "not applied: {}", fault.label.empty() ? action_text(fault.action) : fault.label));
    }
  }
  for (const checkers::PartitionState& partition : run.suite().state().partitions()) {
    if (!partition.misread) continue;
    outcome.remarks.push_back(with_topic_names(
        fmt::format("what the replicas of {} hold is not judged from event {} on: {}",
                    checkers::name_of(partition.ref), partition.misread->cause.event,
                    partition.misread->what()),
        outcome.topic_names));
  }
  if (spared > 0)
    outcome.remarks.push_back(fmt::format("{} faults kept within the budget", spared));
}

// "R3" of "fail: R3"; empty when the scenario expects no failure.
std::string expected_property(const std::string& verdict) {
  constexpr std::string_view kFail = "fail:";
  if (!verdict.starts_with(kFail)) return {};
  const std::size_t start = verdict.find_first_not_of(' ', kFail.size());
  return start == std::string::npos ? std::string() : verdict.substr(start);
}

constexpr std::string_view kExplainedLoss = "explained loss";
constexpr std::string_view kPassOrExplainedLoss = "pass or explained loss";

// A run in which records are lost fails, also when the loss is explained: whoever runs it wanted
// to keep them. Under a budget only acks=1 may lose: within it the protocol promises the rest.
bool fails_for_losses(const Outcome& outcome, const scenario::Model& model) {
  const bool keeps = model.budget == scenario::BudgetKind::kKeep;
  return std::any_of(outcome.explained.begin(), outcome.explained.end(),
                     [keeps](const auto& loss) { return !keeps || !loss.acks_one; });
}

// What was acknowledged and no consumer of the end phase read; empty when it read all.
std::string not_read_back(const Outcome& outcome, const scenario::Model& model) {
  if (model.expect.read_back == scenario::ReadBack::kAny) return {};
  const std::int64_t acked = outcome.counts.at("acked");
  const std::int64_t read = outcome.counts.at("acked read back");
  if (read == acked) return {};
  return fmt::format("{} of {} acknowledged records were read back after chaos", read, acked);
}

bool has_violation_of(const Outcome& outcome, const std::string& property) {
  return std::any_of(outcome.violations.begin(), outcome.violations.end(), [&](const auto& v) {
    return v.property.id == property || v.property.name == property;
  });
}

// What a partition that nobody leads may cost: no record is acknowledged or delivered in it.
bool is_traffic(std::string_view count) { return count == "acked" || count == "consumed"; }

// What the scenario wants to have happened and did not.
std::vector<std::string> too_little(const Outcome& outcome, const Run& run) {
  std::vector<std::string> out;
  const scenario::Expect& expect = run.plan().model.expect;
  for (const auto& [name, least] : expect.at_least) {
    if (!outcome.unavailable.empty() && is_traffic(name)) continue;
    const auto found = outcome.counts.find(name);
    const std::int64_t seen = found == outcome.counts.end() ? 0 : found->second;
    if (seen < least) {
      out.push_back(fmt::format("expected at least {} {}, saw {}", least, name, seen));
    }
  }
  for (const std::string& what : expect.happened) {
    if (!run.driver().happened(what)) out.push_back("expected to happen: " + what);
  }
  return out;
}

std::vector<std::string> too_much(const Outcome& outcome, const Run& run) {
  std::vector<std::string> out;
  for (const auto& [name, most] : run.plan().model.expect.at_most) {
    const auto found = outcome.counts.find(name);
    const std::int64_t seen = found == outcome.counts.end() ? 0 : found->second;
    if (seen > most) {
      out.push_back(fmt::format("expected at most {} {}, saw {}", most, name, seen));
    }
  }
  return out;
}

void give_verdict(Outcome& outcome, const Run& run) {
  const std::vector<std::string> little = too_little(outcome, run);
  const std::vector<std::string> much = too_much(outcome, run);
  const bool lost = fails_for_losses(outcome, run.plan().model) || !outcome.unavailable.empty();
  const std::string unread = not_read_back(outcome, run.plan().model);
  if (outcome.violation_count > 0 || lost) {
    outcome.verdict = Verdict::kFail;
    if (lost && run.plan().model.budget == scenario::BudgetKind::kKeep) {
      outcome.reasons.push_back("lost within the budget: " + outcome.explained[0].explanation);
    }
  } else if (!run.unrest().empty()) {
    outcome.verdict = Verdict::kInconclusive;
    outcome.reasons.push_back("not at rest at the deadline: " + run.unrest());
  } else if (!unread.empty()) {
    outcome.verdict = Verdict::kFail;
    outcome.reasons.push_back(unread);
  } else if (!little.empty()) {
    outcome.verdict = Verdict::kInconclusive;
  }
  outcome.reasons.insert(outcome.reasons.end(), little.begin(), little.end());
  outcome.reasons.insert(outcome.reasons.end(), much.begin(), much.end());

  const std::string& expected = run.plan().model.expect.verdict;
  const std::string property = expected_property(expected);
  bool fits = outcome.verdict == Verdict::kPass;
  if (!property.empty()) {
    fits = outcome.verdict == Verdict::kFail && has_violation_of(outcome, property);
  } else if (expected == kPassOrExplainedLoss) {
    const bool fell_short = outcome.verdict == Verdict::kInconclusive || !unread.empty();
    fits = outcome.violation_count == 0 && !fell_short;
  } else if (expected == kExplainedLoss) {
    fits = !outcome.explained.empty() && outcome.violation_count == 0;
    if (outcome.explained.empty()) {
      outcome.reasons.emplace_back("expected an explained loss, saw none");
    }
  }
  outcome.as_expected = fits && little.empty() && much.empty();
}

}  // namespace

Outcome judge(const Run& run) {
  ENSURE(run.over());
  const scenario::Plan& plan = run.plan();
  Outcome outcome;
  outcome.scenario = plan.model.name;
  outcome.seed = plan.seed;
  outcome.rules_off = scenario::rules_switched_off(plan.model);
  outcome.expected = plan.model.expect.verdict;
  outcome.digest = run.world().digest();
  outcome.events = run.world().events();
  if (run.driver().ready_at()) outcome.simulated = run.world().now() - *run.driver().ready_at();
  outcome.counts = counts_of(run);
  outcome.fault_effects = fault_effects_of(run);
  const checkers::Findings& findings = run.suite().findings();
  outcome.violation_count = findings.violation_count();
  outcome.violations = findings.violations();
  outcome.explained = findings.explained_losses();
  for (std::uint32_t i = 0; i < run.world().size(); ++i) {
    outcome.node_names.push_back(run.world().name(world::NodeIndex(i)));
  }
  for (const auto& [name, id] : run.driver().watch().topics()) outcome.topic_names[id] = name;
  outcome.topic_names[kMetadataPartition.topic] = kMetadataTopic;
  join(outcome.explained);
  add_unavailable(outcome, run);
  if (findings.explained_losses().size() < checkers::Findings::kExplainedMax) {
    std::int64_t records = 0;
    for (const auto& loss : outcome.explained) records += loss.next - loss.base;
    outcome.counts["explained losses"] = records;
  }
  name_topics(outcome);
  add_ensure(outcome, run);
  add_remarks(outcome, run);
  give_verdict(outcome, run);
  return outcome;
}

}  // namespace logarium::run

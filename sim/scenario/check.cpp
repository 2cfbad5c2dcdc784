#include "sim/scenario/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/note.hpp"
#include "engine/config/definition.hpp"
#include "sim/scenario/binding.hpp"
#include "sim/scenario/check_faults.hpp"
#include "sim/scenario/target.hpp"

namespace logarium::scenario {
namespace {

void check_cluster(const Model& model, Findings& findings) {
  const Cluster& cluster = model.cluster;
  if (cluster.roles == RolesKind::kCombined &&
      cluster.controllers.greatest() > cluster.brokers.least()) {
    findings.add_at("cluster.roles",
                    "with combined roles there can be no more controllers than brokers");
  }
  for (std::size_t i = 0; i < cluster.per_broker.size(); ++i) {
    if (cluster.per_broker[i].broker <= cluster.brokers.greatest()) continue;
    findings.add_at(fmt::format("cluster.per broker[{}].broker", i),
                    fmt::format("there is no broker {}", cluster.per_broker[i].broker));
  }
  const std::string problem = check_configs(ConfigKind::kServer, cluster.config);
  if (!problem.empty()) findings.add_at("cluster.config", problem);
}

void check_topics(const Model& model, const Names& names, Findings& findings) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < model.topics.size(); ++i) {
    const std::string path = fmt::format("topics[{}]", i);
    if (!seen.insert(model.topics[i].name).second) {
      findings.add_at(path + ".name",
                      fmt::format("topic \"{}\" is already there", model.topics[i].name));
    }
    check_topic(model.topics[i], path, names, findings);
  }
}

void check_client(const Client& client, const std::string& path, const Names& names,
                  Findings& findings) {
  const bool produces = client.kind == ClientKind::kProducer;
  const std::string at = path + (produces ? ".producer" : ".consumer");
  const std::string problem =
      check_configs(produces ? ConfigKind::kProducer : ConfigKind::kConsumer, client.config);
  if (!problem.empty()) findings.add_at(at + ".config", problem);
  if (produces) {
    names.topic(client.topic, at + ".topic", findings);
    const bool fits = !client.keys || client.keys->shape == Number::Shape::kZipf ||
                      (client.keys->shape == Number::Shape::kUniform && client.keys->low == 0);
    if (!fits) {
      findings.add_at(at + ".keys", "keys are {\"zipf\": n} or {\"uniform\": [0, n]}");
    }
    return;
  }
  if (!client.group.empty()) {
    findings.add_at(at + ".group", "consumer groups are not supported yet; use \"assign\"");
  } else if (!client.topics.empty()) {
    findings.add_at(at + ".topics",
                    "\"topics\" goes with a group, which is not supported yet; "
                    "use \"assign\"");
  } else if (client.assign.empty()) {
    findings.add_at(at, "the key \"assign\" is missing");
  }
  for (std::size_t i = 0; i < client.assign.size(); ++i) {
    const std::string here = fmt::format("{}.assign[{}]", at, i);
    if (!names.has_topic(client.assign[i])) names.partition(client.assign[i], here, findings);
  }
}

void check_clients(const Model& model, const Names& names, Findings& findings) {
  std::map<std::string, std::string> taken;
  for (std::size_t i = 0; i < model.clients.size(); ++i) {
    const Client& client = model.clients[i];
    const std::string path = fmt::format("clients[{}]", i);
    check_client(client, path, names, findings);
    if (client.name == "broker" || client.name == "controller" || client.name == "admin") {
      findings.add_at(path, fmt::format("the name \"{}\" belongs to servers", client.name));
    }
    if (!client.name.empty() && !taken.emplace(client.name, path).second) {
      findings.add_at(
          path, fmt::format("the name \"{}\" is taken by {}", client.name, taken.at(client.name)));
    }
  }
}

void check_links(const Model& model, const Names& names, Findings& findings) {
  for (std::size_t i = 0; i < model.network.links.size(); ++i) {
    const Link& link = model.network.links[i];
    const std::string path = fmt::format("network.links[{}]", i);
    names.targets(link.from, path + ".from", WhenKnown::kBeforeStart, findings);
    names.targets(link.to, path + ".to", WhenKnown::kBeforeStart, findings);
  }
}

void check_phases(const Model& model, Findings& findings) {
  int last = -1;
  for (std::size_t i = 0; i < model.phases.size(); ++i) {
    const int kind = static_cast<int>(model.phases[i].kind);
    if (kind <= last) {
      findings.add_at(fmt::format("phases[{}]", i),
                      "phases come once each, in the order chaos, heal, quiesce");
    }
    last = kind;
  }
  const Course course = course_of(model);
  const std::int64_t sum = course.chaos.greatest() + course.quiesce_within.greatest();
  if (sum > model.duration.least()) {
    findings.add_at(
        model.phases.empty() ? "duration" : "phases",
        fmt::format("the phases take {}, but duration is {}", unit_text(Unit::kDuration, sum),
                    unit_text(Unit::kDuration, model.duration.least())));
  }
}

// "R3", "L11"
bool is_property_id(std::string_view id) {
  return id.size() >= 2 && id.size() <= 3 &&
         std::string_view("RQCLKF").find(id[0]) != std::string_view::npos &&
         id.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

// A proof is a failure that goes away when the rules are on again.
void check_proof(const Model& model, Findings& findings) {
  if (model.proves.empty()) return;
  if (!is_property_id(model.proves)) {
    findings.add_at("proves",
                    fmt::format("\"{}\" is no property's id such as \"R3\"", model.proves));
  } else if (model.expect.verdict != "fail: " + model.proves) {
    findings.add_at(
        "proves",
        fmt::format("what proves {0} has \"verdict\": \"fail: {0}\" in \"expect\"", model.proves));
  } else if (rules_switched_off(model).empty()) {
    findings.add_at("proves", "what proves a property switches off a rule in \"rules\"");
  }
}

void check_read_back(const Model& model, Findings& findings) {
  if (model.expect.read_back == ReadBack::kAny) return;
  const std::int64_t end = course_of(model).chaos.greatest();
  const bool any = std::any_of(model.clients.begin(), model.clients.end(), [&](const Client& c) {
    return c.kind == ClientKind::kConsumer && c.start.least() >= end;
  });
  if (any) return;
  findings.add_at("expect.read back",
                  fmt::format("no consumer starts when chaos has ended (\"start\": \"{}\")",
                              unit_text(Unit::kDuration, end)));
}

void check_expect(const Model& model, const Names& names, Findings& findings) {
  const std::string& verdict = model.expect.verdict;
  const bool fails = verdict.starts_with("fail: ");
  const bool known_word =
      verdict == "pass" || verdict == "explained loss" || verdict == "pass or explained loss";
  if (!known_word && !fails) {
    findings.add_at("expect.verdict",
                    fmt::format("\"{}\" is none of \"pass\", \"explained loss\", \"pass or "
                                "explained loss\", \"fail: R3\"",
                                verdict));
  }
  check_read_back(model, findings);
  if (fails) {
    const std::string_view id = std::string_view(verdict).substr(6);
    if (!is_property_id(id)) {
      findings.add_at("expect.verdict",
                      fmt::format("\"{}\" is no property's id such as \"R3\"", id));
    }
  }
  for (std::size_t i = 0; i < model.expect.happened.size(); ++i) {
    const std::string& what = model.expect.happened[i];
    if (names.has_label(what)) continue;
    std::vector<std::string> known = names.labels();
    bool found = false;
    for (std::size_t n = 0; n < std::variant_size_v<Note>; ++n) {
      found = found || note_name(n) == what;
      known.emplace_back(note_name(n));
    }
    if (found) continue;
    const std::string near = nearest_name(what, known);
    findings.add_at(fmt::format("expect.happened[{}]", i),
                    fmt::format("\"{}\" is neither a note nor the label of a fault{}", what,
                                near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
  }
}

}  // namespace

Course course_of(const Model& model) {
  Course course;
  const std::int64_t all = model.duration.least();
  const std::int64_t rest = std::min(seconds(20).ns, all / 3);
  course.chaos = Number::constant(all - rest);
  course.quiesce_within = Number::constant(rest);
  bool chaos_given = false;
  for (const Phase& phase : model.phases) {
    if (phase.kind == PhaseKind::kChaos) {
      course.chaos = phase.lasts;
      chaos_given = true;
    } else if (phase.kind == PhaseKind::kHeal) {
      course.heal = phase.heal;
    } else {
      course.quiesce_within = phase.within;
      if (!chaos_given) {
        course.chaos = Number::constant(std::max<std::int64_t>(0, all - phase.within.greatest()));
      }
    }
  }
  return course;
}

void check(const Model& model, Findings& findings) {
  const Names names(model);
  check_cluster(model, findings);
  check_topics(model, names, findings);
  check_clients(model, names, findings);
  check_links(model, names, findings);
  check_faults(model, names, findings);
  check_phases(model, findings);
  check_expect(model, names, findings);
  check_proof(model, findings);
}

}  // namespace logarium::scenario

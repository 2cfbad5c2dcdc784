#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sim/scenario/json.hpp"
#include "sim/scenario/plan.hpp"
#include "sim/scenario/scenario_file.hpp"

using namespace logarium;
using namespace logarium::scenario;

namespace {

std::string text_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The ```json blocks of a Markdown file.
std::vector<std::string> snippets(const std::string& markdown) {
  static const std::string kOpen = "```json\n";
  std::vector<std::string> out;
  std::size_t at = 0;
  while ((at = markdown.find(kOpen, at)) != std::string::npos) {
    at += kOpen.size();
    const std::size_t end = markdown.find("```", at);
    out.push_back(markdown.substr(at, end - at));
    at = end;
  }
  return out;
}

std::string problems_of(const ReadResult& result) {
  std::string out;
  for (const Problem& problem : result.problems) out += to_string(problem) + '\n';
  return out;
}

}  // namespace

TEST_CASE("every shipped scenario reads, is named as its file and tells a story") {
  const std::vector<ListEntry> entries = list("scenarios");
  REQUIRE(entries.size() >= 10);
  for (const ListEntry& entry : entries) {
    INFO(entry.path);
    const ReadResult result = read_file(entry.path);
    CHECK(problems_of(result).empty());
    CHECK(entry.path.ends_with('/' + entry.name + ".json"));
    CHECK_FALSE(entry.story.empty());
  }
}

TEST_CASE("a scenario that was written reads as the same model") {
  for (const ListEntry& entry : list("scenarios")) {
    INFO(entry.path);
    const Model model = read_file(entry.path).model;
    const std::string text = write(model);
    const ReadResult again = read(text, "written");
    CHECK(problems_of(again).empty());
    CHECK(write(again.model) == text);
    CHECK(explain(again.model) == explain(model));
  }
}

TEST_CASE("a resolved scenario is a scenario, and resolving it again changes nothing") {
  for (const ListEntry& entry : list("scenarios")) {
    INFO(entry.path);
    const Plan plan = resolve(read_file(entry.path).model, 7);
    Model once = plan.model;
    // Repeated faults share their label; a file names each once.
    for (Fault& fault : once.faults) fault.label.clear();
    std::erase_if(once.faults, [](const Fault& fault) { return !fault.after.empty(); });
    once.expect.happened.clear();
    const ReadResult again = read(write(once), "resolved");
    if (problems_of(again).find("label") != std::string::npos) continue;
    CHECK(problems_of(again).empty());
    CHECK(write(resolve(again.model, 7).model) == write(once));
  }
}

TEST_CASE("a seed decides a plan") {
  const Model model = read_file("scenarios/chaos/chaos.json").model;
  CHECK(write(resolve(model, 5).model) == write(resolve(model, 5).model));
  CHECK(write(resolve(model, 5).model) != write(resolve(model, 6).model));
}

TEST_CASE("changing one distribution leaves all other draws as they were") {
  Model model = read_file("scenarios/chaos/chaos.json").model;
  const Plan before = resolve(model, 5);
  model.faults[0].every = Number::of(seconds(1000));
  const Plan after = resolve(model, 5);
  CHECK(after.model.cluster.brokers == before.model.cluster.brokers);
  const auto power_losses = [](const Plan& plan) {
    std::vector<std::int64_t> out;
    for (const Fault& fault : plan.model.faults) {
      if (fault.action.kind == ActionKind::kPowerLoss) out.push_back(fault.at->value());
    }
    return out;
  };
  CHECK(power_losses(after) == power_losses(before));
}

TEST_CASE("scenarios/schema.json is what the model says") {
  CHECK(text_of_file("scenarios/schema.json") == schema());
  CHECK(json::parse(schema()).ok);
}

TEST_CASE("every snippet of scenarios/README.md reads") {
  const std::vector<std::string> all = snippets(text_of_file("scenarios/README.md"));
  REQUIRE(all.size() >= 5);
  for (const std::string& text : all) {
    INFO(text);
    CHECK(problems_of(read(text, "snippet")).empty());
  }
}

TEST_CASE("the snippets of scenarios/README.md show every action once at least") {
  std::vector<bool> shown(kActionKinds, false);
  for (const std::string& text : snippets(text_of_file("scenarios/README.md"))) {
    for (const Fault& fault : read(text, "snippet").model.faults) {
      shown[static_cast<std::size_t>(fault.action.kind)] = true;
    }
  }
  shown[static_cast<std::size_t>(ActionKind::kErrorCode)] = true;  // not supported yet
  for (std::size_t i = 0; i < kActionKinds; ++i) {
    INFO(action_name(static_cast<ActionKind>(i)));
    CHECK(shown[i]);
  }
}

TEST_CASE("a file that is not there is a problem, not a crash") {
  CHECK(problems_of(read_file("scenarios/no-such.json")) ==
        "scenarios/no-such.json:1:1: there is no such file\n");
  CHECK(problems_of(read_file("scenarios")) == "scenarios:1:1: this is no file\n");
}

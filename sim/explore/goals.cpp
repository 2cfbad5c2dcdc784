#include "sim/explore/goals.hpp"

#include <algorithm>

#include "engine/base/digest.hpp"
#include "sim/explore/measure.hpp"

namespace logarium::explore {
namespace {

using Sense = GoalLine::Sense;

double ratio(std::int64_t a, std::int64_t b) {
  return b == 0 ? 0.0 : static_cast<double>(a) / static_cast<double>(b);
}

double cost_per_event(const Measurement& m) {
  return ratio(m.loaded_cpu_ns, static_cast<std::int64_t>(m.loaded_events));
}

// S0 with another size; each reader takes its share of the partitions.
scenario::Model grown(scenario::Model model, std::int64_t brokers, std::int64_t partitions) {
  model.cluster.brokers = scenario::Number::constant(brokers);
  model.topics.front().partitions = scenario::Number::constant(partitions);
  std::vector<scenario::Client*> readers;
  for (scenario::Client& client : model.clients) {
    if (client.kind != scenario::ClientKind::kConsumer) continue;
    client.assign.clear();
    readers.push_back(&client);
  }
  for (std::int64_t p = 0; p < partitions && !readers.empty(); ++p) {
    const auto reader = static_cast<std::size_t>(p) % readers.size();
    readers[reader]->assign.push_back(model.topics.front().name + "-" + std::to_string(p));
  }
  for (scenario::Phase& phase : model.phases) {
    if (phase.kind == scenario::PhaseKind::kChaos) {
      phase.lasts = scenario::Number::of(seconds(10));
    }
  }
  return model;
}

class Goals {
 public:
  Goals(const scenario::Model& s0, const GoalOptions& options) : s0_(s0), options_(options) {}

  std::optional<GoalReport> all() {
    plain_ = median(s0_, {});
    if (!plain_) return std::nullopt;
    report_.digest = to_hex(plain_->digest);
    report_.events = plain_->events;
    const bool good = speed() && recording() && growth() && memory();
    if (!good) return std::nullopt;
    return std::move(report_);
  }

 private:
  [[nodiscard]] bool wanted(const std::string& goal) const {
    return options_.goals.empty() ||
           std::find(options_.goals.begin(), options_.goals.end(), goal) != options_.goals.end();
  }
  [[nodiscard]] std::optional<Measurement> median(const scenario::Model& model,
                                                  MeasureOptions options) const {
    options.seed = static_cast<std::uint64_t>(model.seed);
    return measure_median(model, options, options_.runs);
  }
  void add(GoalLine line) {
    if (options_.found) options_.found(line);
    report_.lines.push_back(std::move(line));
  }

  bool speed() {
    if (wanted("G1")) {
      add({"G1", "simulated seconds per second on S0", "s/s",
           ratio(plain_->simulated_ns, plain_->cpu_ns), 1000, Sense::kAtLeast});
    }
    if (!wanted("G2")) return true;
    const auto events_per_second = [](const Measurement& m) {
      return ratio(static_cast<std::int64_t>(m.events), m.cpu_ns) * 1e3;
    };
    add({"G2", "events per second on S0", "M/s", events_per_second(*plain_), 5, Sense::kAtLeast});
    const std::optional<Measurement> wire = median(s0_, {.wire = true});
    if (!wire) return false;
    add({"G2", "the same, every message through bytes", "M/s", events_per_second(*wire), 2.5,
         Sense::kAtLeast});
    return true;
  }

  bool recording() {
    if (!wanted("G4") && !wanted("G1")) return true;
    const auto ring = median(s0_, {.record = MeasureOptions::Record::kMemory});
    const auto file = median(s0_, {.record = MeasureOptions::Record::kFile});
    if (!ring || !file || file->recorded_bytes < 0) return false;
    if (wanted("G1")) {
      add({"G1", "simulated seconds per second, recorded to disk", "s/s",
           ratio(file->simulated_ns, file->cpu_ns), 800, Sense::kAtLeast});
    }
    if (!wanted("G4")) return true;
    add({"G4", "cost of recording into memory", "x", ratio(ring->cpu_ns, plain_->cpu_ns), 1.05,
         Sense::kAtMost});
    add({"G4", "cost of recording to disk", "x", ratio(file->cpu_ns, plain_->cpu_ns), 1.25,
         Sense::kAtMost});
    add({"G4", "recorded bytes per event", "bytes",
         ratio(file->recorded_bytes, static_cast<std::int64_t>(file->events)), 32, Sense::kAtMost});
    return true;
  }

  bool growth() {
    if (!wanted("G5")) return true;
    const auto base = median(grown(s0_, 3, 10), {});
    const auto brokers = median(grown(s0_, 100, 10), {});
    const auto partitions = median(grown(s0_, 3, 10'000), {});
    const auto both = median(grown(s0_, 100, 10'000), {});
    if (!base || !brokers || !partitions || !both) return false;
    const double one = cost_per_event(*base);
    add({"G5", "cost of an event, 3 to 100 brokers", "x", cost_per_event(*brokers) / one, 1.25,
         Sense::kAtMost});
    add({"G5", "cost of an event, 10 to 10,000 partitions", "x", cost_per_event(*partitions) / one,
         1.4, Sense::kAtMost});
    add({"G5", "cost of an event, both", "x", cost_per_event(*both) / one, 1.6, Sense::kAtMost});
    return true;
  }

  bool memory() {
    if (!wanted("G6")) return true;
    add({"G6", "memory of S0 at the end", "MB", static_cast<double>(plain_->peak_bytes) / 1e6, 32,
         Sense::kAtMost});
    const auto few = explore::measure(grown(s0_, 3, 10), {});
    const auto many = explore::measure(grown(s0_, 3, 10'000), {});
    if (!few || !many) return false;
    constexpr std::int64_t kReplicas = (10'000 - 10) * 3;
    add({"G6", "memory per replica, with files and metadata", "bytes",
         ratio(many->ready_bytes - few->ready_bytes, kReplicas), 1536, Sense::kAtMost});
    return true;
  }

  const scenario::Model& s0_;
  const GoalOptions& options_;
  std::optional<Measurement> plain_;
  GoalReport report_;
};

}  // namespace

const std::vector<std::string>& goal_names() {
  static const std::vector<std::string> names = {"G1", "G2", "G4", "G5", "G6"};
  return names;
}

std::optional<GoalReport> measure_goals(const scenario::Model& s0, const GoalOptions& options) {
  return Goals(s0, options).all();
}

}  // namespace logarium::explore

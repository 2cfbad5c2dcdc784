#include "sim/explore/sweep.hpp"

#include <poll.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <list>

#include "sim/explore/worker.hpp"

namespace logarium::explore {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Hands out the seeds of a range to workers and gathers what they find.
class Sweep {
 public:
  Sweep(const scenario::Model& model, const SweepOptions& options)
      : model_(model), options_(options), next_(options.seeds.first) {}

  SweepResult run() {
    const std::uint64_t jobs = std::min<std::uint64_t>(options_.jobs, options_.seeds.size());
    for (std::uint64_t i = 0; i < jobs; ++i) add_worker();
    while (!workers_.empty()) wait();
    const auto by_seed = [](const SeedResult& a, const SeedResult& b) { return a.seed < b.seed; };
    result_.complete = result_.seeds == options_.seeds.size();
    std::sort(result_.failures.begin(), result_.failures.end(), by_seed);
    std::sort(result_.unclear.begin(), result_.unclear.end(), by_seed);
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool seeds_left() const { return given_ < options_.seeds.size(); }

  void add_worker() {
    std::vector<int> others;
    for (const Worker& worker : workers_) others.push_back(worker.socket());
    std::optional<Worker> worker = Worker::start(model_, others);
    if (!worker) return;
    workers_.push_back(std::move(*worker));
    give(workers_.back());
  }
  void give(Worker& worker) {
    worker.give(next_++);
    ++given_;
  }

  void wait() {
    std::vector<pollfd> waiting;
    for (const Worker& worker : workers_) waiting.push_back({worker.socket(), POLLIN, 0});
    if (::poll(waiting.data(), waiting.size(), -1) <= 0) return;
    std::size_t i = 0;
    for (auto worker = workers_.begin(); i < waiting.size(); ++i) {
      const auto next = std::next(worker);
      if (waiting[i].revents != 0) serve(worker);
      worker = next;
    }
  }

  void serve(std::list<Worker>::iterator worker) {
    const std::optional<SeedResult> one = worker->take();
    if (!one) return;
    result_.add(*one);
    if (options_.progress) options_.progress(result_);
    if (worker->alive() && seeds_left()) return give(*worker);
    const bool replace = !worker->alive() && seeds_left();
    workers_.erase(worker);
    if (replace) add_worker();
  }

  const scenario::Model& model_;
  const SweepOptions& options_;
  std::uint64_t next_;
  std::uint64_t given_ = 0;
  std::list<Worker> workers_;
  SweepResult result_;
};

}  // namespace

std::optional<SeedRange> parse_seeds(std::string_view text) {
  const std::size_t dots = text.find("..");
  const auto first = number(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : number(text.substr(dots + 2));
  if (!first || !last || *last < *first || *last - *first >= SeedRange::kSeedsMax) {
    return std::nullopt;
  }
  return SeedRange{*first, *last};
}

void SweepResult::add(const SeedResult& one) {
  ++seeds;
  events += one.events;
  simulated_ns += one.simulated_ns;
  switch (one.verdict) {
    case run::Verdict::kPass:
      ++pass;
      break;
    case run::Verdict::kFail:
      ++fail;
      break;
    case run::Verdict::kInconclusive:
      ++inconclusive;
      break;
  }
  for (const auto& [name, count] : one.counts) {
    totals[name] += count;
    const auto [at, added] = least.emplace(name, count);
    if (!added) at->second = std::min(at->second, count);
  }
  if (one.as_expected) {
    ++as_expected;
  } else if (one.verdict == run::Verdict::kInconclusive) {
    unclear.push_back(one);
  } else {
    failures.push_back(one);
  }
}

SweepResult sweep(const scenario::Model& model, const SweepOptions& options) {
  return Sweep(model, options).run();
}

std::string signature_of(const run::Outcome& outcome) {
  std::string text;
  if (!outcome.violations.empty()) {
    const checkers::Violation& first = outcome.violations.front();
    text = std::string(first.property.id) + ": " + first.explanation;
  } else if (!outcome.reasons.empty()) {
    text = outcome.reasons.front();
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto is_digit = [&text](std::size_t at) {
      return std::isdigit(static_cast<unsigned char>(text[at])) != 0;
    };
    // The number of a property stays.
    const bool of_property = i == 1;
    if (!is_digit(i) || of_property || (i == 2 && is_digit(1))) {
      out += text[i];
    } else if (out.empty() || out.back() != '#') {
      out += '#';
    }
  }
  return out;
}

}  // namespace logarium::explore

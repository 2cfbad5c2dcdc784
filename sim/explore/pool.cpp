#include "sim/explore/pool.hpp"

#include <poll.h>

#include <algorithm>
#include <iterator>
#include <list>
#include <memory>

#include "sim/explore/sweep.hpp"
#include "sim/explore/worker.hpp"
#include "sim/run/judge.hpp"
#include "sim/scenario/plan.hpp"

namespace logarium::explore {
namespace {

// Hands out the numbers of a range to workers and passes on what they find.
class Pool {
 public:
  Pool(const SeedRange& numbers, const Job& job, const std::function<void(const SeedResult&)>& each)
      : numbers_(numbers), job_(job), each_(each), next_(numbers.first) {}

  bool run(std::uint32_t processes) {
    const std::uint64_t count = std::min<std::uint64_t>(processes, numbers_.size());
    for (std::uint64_t i = 0; i < count; ++i) add_worker();
    while (!workers_.empty()) wait();
    return done_ == numbers_.size();
  }

 private:
  [[nodiscard]] bool numbers_left() const { return given_ < numbers_.size(); }

  void add_worker() {
    std::vector<int> others;
    for (const Worker& worker : workers_) others.push_back(worker.socket());
    std::optional<Worker> worker = Worker::start(job_, others);
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
    ++done_;
    each_(*one);
    if (worker->alive() && numbers_left()) return give(*worker);
    const bool replace = !worker->alive() && numbers_left();
    workers_.erase(worker);
    if (replace) add_worker();
  }

  SeedRange numbers_;
  const Job& job_;
  const std::function<void(const SeedResult&)>& each_;
  std::uint64_t next_;
  std::uint64_t given_ = 0;
  std::uint64_t done_ = 0;
  std::list<Worker> workers_;
};

std::vector<Violated> violated_in(const run::Outcome& outcome) {
  std::vector<Violated> out;
  for (const checkers::Violation& violation : outcome.violations) {
    const bool known = std::any_of(out.begin(), out.end(), [&violation](const Violated& one) {
      return one.id == violation.property.id;
    });
    if (!known) out.push_back({std::string(violation.property.id), violation.event});
  }
  return out;
}

}  // namespace

bool run_jobs(const SeedRange& numbers, std::uint32_t jobs, const Job& job,
              const std::function<void(const SeedResult&)>& each) {
  return Pool(numbers, job, each).run(jobs);
}

SeedResult run_seed(const scenario::Model& model, std::uint64_t seed) {
  const auto plan = std::make_shared<const scenario::Plan>(scenario::resolve(model, seed));
  run::Run run(plan);
  run.to_end();
  const run::Outcome outcome = run::judge(run);
  SeedResult result;
  result.seed = seed;
  result.verdict = outcome.verdict;
  result.as_expected = outcome.as_expected;
  result.digest = outcome.digest;
  result.events = outcome.events;
  result.simulated_ns = outcome.simulated.ns;
  result.violated = violated_in(outcome);
  if (!result.violated.empty()) result.property = result.violated.front().id;
  result.signature = signature_of(outcome);
  result.counts = outcome.counts;
  return result;
}

}  // namespace logarium::explore

#include "viz/app/live_session.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>
#include <utility>

#include "sim/run/growing_run.hpp"
#include "sim/run/judge.hpp"
#include "sim/scenario/scenario_file.hpp"

namespace logarium::viz {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPublishEvery = std::chrono::milliseconds(40);
constexpr int kStepsBetweenLooks = 64;  // at the clock and at what is wanted

// What the simulator's thread has published; never changed afterwards.
struct Published {
  run::GrowingRun::Published run;
  bool over = false;
};

// What both threads touch, under one mutex.
struct Shared {
  std::mutex mutex;
  std::condition_variable wanted_more;
  std::condition_variable published_more;
  std::uint64_t wanted_event = 0;
  Instant wanted_time;
  bool stop = false;
  std::shared_ptr<const Published> published;
};

// The simulator's thread: its run belongs to it alone.
class Simulator {
 public:
  Simulator(Shared& shared, const scenario::PlanRef& plan, std::string text)
      : shared_(shared), run_(plan), gatherer_(std::move(text)) {
    gatherer_.watch(run_);
  }

  void operator()() {
    publish();
    Clock::time_point last = Clock::now();
    while (wait_for_work()) {
      bool more = true;
      for (int i = 0; i < kStepsBetweenLooks && more && short_of_wanted(); ++i) more = run_.step();
      const Clock::time_point now = Clock::now();
      if (more && short_of_wanted() && now - last < kPublishEvery) continue;
      last = now;
      publish();
      if (run_.over()) return;
    }
  }

 private:
  bool short_of_wanted() const {
    return run_.world().events() < wanted_event_ || run_.world().now() < wanted_time_;
  }
  // Takes over what is wanted; sleeps while that is there. False: stop.
  bool wait_for_work() {
    std::unique_lock lock(shared_.mutex);
    const auto take = [this] {
      wanted_event_ = shared_.wanted_event;
      wanted_time_ = shared_.wanted_time;
      return shared_.stop || short_of_wanted();
    };
    shared_.wanted_more.wait(lock, take);
    return !shared_.stop;
  }
  void publish() {
    auto out = std::make_shared<Published>();
    out->over = run_.over();
    out->run = out->over ? gatherer_.publish(run::judge(run_)) : gatherer_.publish();
    const std::lock_guard lock(shared_.mutex);
    shared_.published = std::move(out);
    shared_.published_more.notify_all();
  }

  Shared& shared_;
  run::Run run_;
  run::GrowingRun gatherer_;
  std::uint64_t wanted_event_ = 0;
  Instant wanted_time_;
};

class LiveSession final : public Session {
 public:
  LiveSession(scenario::PlanRef plan, std::string text, std::string path) : path_(std::move(path)) {
    thread_ = std::thread([this, plan = std::move(plan), text = std::move(text)] {
      Simulator simulator(shared_, plan, text);
      simulator();
    });
  }
  LiveSession(const LiveSession&) = delete;
  LiveSession& operator=(const LiveSession&) = delete;
  ~LiveSession() override {
    {
      const std::lock_guard lock(shared_.mutex);
      shared_.stop = true;
    }
    shared_.wanted_more.notify_all();
    thread_.join();
  }

  // Waits for the first index, or for the whole run.
  void begin(bool to_end) {
    if (to_end) want_event(~std::uint64_t{0});
    {
      std::unique_lock lock(shared_.mutex);
      shared_.published_more.wait(lock, [&] {
        return shared_.published != nullptr && (!to_end || shared_.published->over);
      });
    }
    refresh();
  }

  [[nodiscard]] std::shared_ptr<const RunIndex> index() const override { return index_; }
  bool refresh() override {
    std::shared_ptr<const Published> now;
    {
      const std::lock_guard lock(shared_.mutex);
      now = shared_.published;
    }
    if (now == nullptr || now == shown_) return false;
    Result<std::unique_ptr<RunIndex>> made = RunIndex::make(now->run.source, now->run.summary);
    shown_ = std::move(now);
    if (!made) {
      trouble_ = made.error().message;
      return false;
    }
    index_ = std::move(made.value());
    return true;
  }
  void want_event(std::uint64_t event) override {
    const std::lock_guard lock(shared_.mutex);
    shared_.wanted_event = std::max(shared_.wanted_event, event);
    shared_.wanted_more.notify_all();
  }
  void want_time(Instant time) override {
    const std::lock_guard lock(shared_.mutex);
    shared_.wanted_time = std::max(shared_.wanted_time, time);
    shared_.wanted_more.notify_all();
  }
  void want_no_more() override {
    const std::lock_guard lock(shared_.mutex);
    shared_.wanted_event = 0;
    shared_.wanted_time = {};
  }
  void wait_event(std::uint64_t event, Duration at_most) override {
    std::unique_lock lock(shared_.mutex);
    shared_.published_more.wait_for(lock, std::chrono::nanoseconds(at_most.ns), [&] {
      return shared_.published->over || shared_.published->run.source->info().events >= event;
    });
  }
  [[nodiscard]] bool over() const override { return shown_ != nullptr && shown_->over; }
  [[nodiscard]] bool live() const override { return true; }
  [[nodiscard]] std::string trouble() const override { return trouble_; }
  [[nodiscard]] const std::string& scenario_path() const override { return path_; }
  [[nodiscard]] const std::string& run_path() const override { return no_path_; }

 private:
  Shared shared_;
  std::string path_;
  std::string no_path_;
  std::string trouble_;
  std::shared_ptr<const Published> shown_;
  std::shared_ptr<const RunIndex> index_;
  std::thread thread_;
};

std::string text_of(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(out).str();
}

}  // namespace

Result<std::unique_ptr<Session>> open_live(const std::string& scenario_path,
                                           const LiveOptions& options) {
  const scenario::ReadResult read = scenario::read_file(scenario_path);
  if (!read.ok()) {
    std::string problems;
    for (const scenario::Problem& problem : read.problems) {
      problems += (problems.empty() ? "" : "\n") + to_string(problem);
    }
    return Error{problems};
  }
  const std::uint64_t seed = options.seed.value_or(static_cast<std::uint64_t>(read.model.seed));
  auto plan = std::make_shared<const scenario::Plan>(scenario::resolve(read.model, seed));
  auto session =
      std::make_unique<LiveSession>(std::move(plan), text_of(scenario_path), scenario_path);
  session->begin(options.to_end);
  return std::unique_ptr<Session>(std::move(session));
}

}  // namespace logarium::viz

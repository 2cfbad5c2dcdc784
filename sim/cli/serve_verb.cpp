#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>

#include "engine/base/json_string.hpp"
#include "engine/live/cluster.hpp"
#include "engine/live/server_properties.hpp"
#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"
#include "sim/trace/run_file.hpp"

namespace logarium::cli {
namespace {

constexpr std::chrono::seconds kPatience{5};

// Every connection and every segment is a descriptor.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<Properties> properties_of(const std::vector<std::string>& settings) {
  Properties properties;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{"--set " + setting + ": expected NAME=VALUE"};
    }
    properties[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return properties;
}

// What goes wrong before the cluster runs.
struct Refused {
  ExitCode code = ExitCode::kBadInput;
  std::string text;
};

class Serving {
 public:
  explicit Serving(const ServeVerb& verb) : verb_(verb) {}

  ExitCode run() {
    // First of all, so that a signal at any time leaves no temporary directory.
    loop_.on_signals({SIGINT, SIGTERM, SIGHUP}, [this](int number) { on_signal(number); });
    if (const auto refused = prepare()) {
      complain("serve: " + refused->text);
      return refused->code;
    }
    cluster_->start();
    say_later(
        "not ready yet: waiting for a quorum leader, or for the controller to unfence a broker");
    loop_.run();
    cluster_.reset();
    if (temporary_) temporary_->remove();
    if (fatal_signal_ != 0) {
      std::signal(fatal_signal_, SIG_DFL);
      ::raise(fatal_signal_);
    }
    return code_;
  }

 private:
  std::optional<Refused> prepare() {
    auto plan = make_plan();
    if (!plan) return Refused{ExitCode::kBadInput, plan.error().message};
    plan.value().record = verb_.record;
    plan.value().fingerprint = trace::source_fingerprint();
    cluster_ = std::make_unique<live::Cluster>(
        loop_, log_, std::move(plan).value(),
        live::Cluster::Callbacks{[this] { on_ready(); }, [this](bool clean) { on_end(clean); }});
    const Result<> opened = cluster_->open();
    if (!opened) return Refused{ExitCode::kOwnFailure, opened.error().message};
    return std::nullopt;
  }

  Result<live::ClusterPlan> make_plan() {
    const auto settings = properties_of(verb_.settings);
    if (!settings) return settings.error();
    if (!verb_.config.empty()) {
      live::ServerFile file{.path = verb_.config, .overrides = settings.value()};
      if (verb_.node) file.node = NodeId(*verb_.node);
      if (!verb_.data.empty()) file.log_dir = verb_.data;
      auto plan = live::plan_from_file(file);
      if (plan) data_ = plan.value().nodes.front().directory;
      return plan;
    }
    if (verb_.node) return Error{"--node goes with --config FILE"};
    live::QuickCluster quick;
    quick.brokers = verb_.brokers;
    quick.port = verb_.port;
    quick.config = settings.value();
    live::Durability durability = live::Durability::kDevice;
    if (verb_.data.empty()) {
      auto made = live::TemporaryDirectory::make();
      if (!made) return made.error();
      temporary_.emplace(std::move(made).value());
      durability = live::Durability::kPageCache;
    }
    data_ = std::filesystem::absolute(temporary_ ? temporary_->path() : verb_.data).string();
    quick.data = data_;
    auto plan = live::plan_quick_cluster(quick);
    if (plan) plan.value().durability = durability;
    return plan;
  }

  // A line for whoever wonders why nothing happens.
  void say_later(const char* text) {
    patience_.arm(std::chrono::steady_clock::now() + kPatience,
                  [this, text] { log_.line(live::Level::kInfo, "-", text); });
  }

  void on_ready() {
    patience_.cancel();
    std::string bootstrap;
    std::string brokers;
    for (const live::Cluster::Address& broker : cluster_->brokers()) {
      const bool first = bootstrap.empty();
      bootstrap += (first ? "" : ",") + live::to_string(broker.endpoint);
      brokers +=
          fmt::format("{}{{\"id\":{},\"host\":{},\"port\":{}}}", first ? "" : ",",
                      broker.id.value(), json_quoted(broker.endpoint.host), broker.endpoint.port);
    }
    const auto pid = ::getpid();
    if (verb_.format == Format::kJson) {
      print(
          fmt::format("{{\"ready\":true,\"bootstrap\":{},\"brokers\":[{}],\"cluster\":{},"
                      "\"data\":{},\"pid\":{}}}\n",
                      json_quoted(bootstrap), brokers, json_quoted(cluster_->cluster_id()),
                      json_quoted(data_), pid));
    } else if (bootstrap.empty()) {
      print(fmt::format("ready: a controller, data {}, pid {}\n", data_, pid));
    } else {
      print(fmt::format("ready: bootstrap {}, data {}, pid {}\n", bootstrap, data_, pid));
    }
  }

  void on_signal(int number) {
    if (cluster_->stopping()) {
      fatal_signal_ = number;
      loop_.stop();
      return;
    }
    log_.line(live::Level::kInfo, "-", "stopping; a second signal ends at once");
    say_later("still stopping: the controller has not let every broker go");
    cluster_->stop();
  }

  void on_end(bool clean) {
    if (!clean) code_ = ExitCode::kOwnFailure;
    loop_.stop();
  }

  const ServeVerb& verb_;
  std::optional<live::TemporaryDirectory> temporary_;
  std::string data_;
  live::Loop loop_;
  live::LogLines log_;
  live::LoopTimer patience_{loop_};
  std::unique_ptr<live::Cluster> cluster_;
  ExitCode code_ = ExitCode::kAsExpected;
  int fatal_signal_ = 0;
};

}  // namespace

ExitCode serve(const ServeVerb& verb) {
  raise_descriptor_limit();
  // A reader of stdout that went away is found by the write, a peer by its connection.
  std::signal(SIGPIPE, SIG_IGN);
  // A file that may not grow further is an error of the write.
  std::signal(SIGXFSZ, SIG_IGN);
  return Serving(verb).run();
}

}  // namespace logarium::cli

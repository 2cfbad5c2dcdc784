// The program `logarium-viewer`: reads the command line and shows one run.

#include <CLI/CLI.hpp>
#include <exception>
#include <string>

#include "viz/app/options.hpp"

namespace {

using namespace logarium::viz;

constexpr const char* kFooter =
    "Without --shot, --dump, --script or --bench a window opens; these four need no display.\n"
    "In the window ? prints all keys and Ctrl+P finds every command.";

int parse_and_view(int argc, char** argv) {
  ViewerOptions options;
  std::string size = "1600x900";
  CLI::App app("Shows one run of Logarium at any instant", "logarium-viewer");
  app.footer(kFooter);
  app.set_version_flag("--version", "logarium-viewer " LOGARIUM_VERSION);
  app.add_option("RUN", options.run, "Run file, or a scenario that runs now")->required();
  app.add_option("--at", options.at,
                 "Event (8412) or time (12.48s); by itself: the first violation, else the end");
  app.add_option("--size", size, "Of the window or picture")->capture_default_str();
  app.add_option("--scale", options.scale, "Of everything that is drawn")
      ->check(CLI::Range(0.5, 4.0))
      ->capture_default_str();
  app.add_option("--preset", options.preset, "overview or replication")->capture_default_str();
  app.add_option("--partition", options.partition, "Whose replicas are shown: orders-0");
  app.add_option("--filter", options.filter, "Which events are listed: kind=ELECT broker=2");
  app.add_option("--shot", options.shot, "Write a picture (PNG) and end");
  app.add_option("--dump", options.dump,
                 "Print a panel as text and end: cluster, replicas, topics, timeline, events, "
                 "violations, metrics");
  app.add_option("--script", options.script, "Carry out a file of actions and end; - is stdin");
  app.add_flag("--bench", options.bench, "Measure opening, frames and scrubbing, and end");
  app.add_option("--events", options.events,
                 "With --bench and a scenario as RUN: of a run of so many events, made first")
      ->check(CLI::Range(std::uint64_t{10'000}, std::uint64_t{1'000'000'000}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ViewerExit::kBadInput);
  }
  const auto parsed = parse_size(size);
  if (!parsed) {
    std::fprintf(stderr, "logarium-viewer: %s\n", parsed.error().message.c_str());
    return static_cast<int>(ViewerExit::kBadInput);
  }
  options.width = parsed.value().first;
  options.height = parsed.value().second;
  return static_cast<int>(view(options));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return parse_and_view(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "logarium-viewer: internal error: %s\n", error.what());
    return static_cast<int>(ViewerExit::kOwnFailure);
  }
}

// The program `logarium`: reads the command line, carries out one verb.

#include <CLI/CLI.hpp>
#include <exception>
#include <functional>
#include <string>

#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"

namespace {

using namespace logarium::cli;

constexpr const char* kVersion = "logarium " LOGARIUM_VERSION;

struct Verbs {
  RunVerb run;
  SweepVerb sweep;
  ServeVerb serve;
  ScenarioVerb scenario;
  RulesVerb rules;
  PropertiesVerb properties;
  ProtocolVerb protocol;
  TraceVerb trace;
  ReplayVerb replay;
  BenchVerb bench;
  std::function<ExitCode()> chosen;
};

void add_json(CLI::App& app, Format& format) {
  app.add_flag_callback(
      "--json", [&format] { format = Format::kJson; }, "Print one JSON value instead of text");
}

void add_run(CLI::App& app, Verbs& verbs) {
  CLI::App& run = *app.add_subcommand("run", "Run a scenario and give its verdict");
  run.add_option("SCENARIO", verbs.run.scenario, "Scenario file")->required();
  run.add_option("--seed", verbs.run.seed, "Seed instead of the scenario's own");
  run.add_option("--record", verbs.run.record, "Write a run file for the viewer");
  run.add_flag("--verify", verbs.run.verify, "Run twice and compare the digests");
  run.add_flag("--wire", verbs.run.wire, "Encode and decode every message");
  run.add_flag("--rules-on", verbs.run.rules_on,
               "With the rules that the scenario switches off; it must pass then");
  add_json(run, verbs.run.format);
  run.callback([&verbs] { verbs.chosen = [&verbs] { return logarium::cli::run(verbs.run); }; });

  CLI::App& sweep = *app.add_subcommand("sweep", "Run a scenario with many seeds");
  sweep.add_option("SCENARIO", verbs.sweep.scenario, "Scenario file")->required();
  sweep.add_option("--seeds", verbs.sweep.seeds, "Range of seeds: 1..200")->required();
  sweep.add_option("--jobs", verbs.sweep.jobs, "Worker processes; 0: one per processor")
      ->check(CLI::Range(0, 1024));
  add_json(sweep, verbs.sweep.format);
  sweep.callback(
      [&verbs] { verbs.chosen = [&verbs] { return logarium::cli::sweep(verbs.sweep); }; });
}

void add_serve(CLI::App& app, Verbs& verbs) {
  CLI::App& serve = *app.add_subcommand("serve", "Run a live cluster on real sockets");
  CLI::Option& brokers = *serve
                              .add_option("--brokers", verbs.serve.brokers,
                                          "Brokers in this process, each a controller too")
                              ->check(CLI::Range(1, 100))
                              ->capture_default_str();
  CLI::Option& port =
      *serve.add_option("--port", verbs.serve.port, "Of the first broker; 0: any free ports")
           ->capture_default_str();
  serve.add_option("--data", verbs.serve.data,
                   "Data directory; by itself a temporary one, removed at the end");
  CLI::Option& config =
      *serve.add_option("--config", verbs.serve.config, "Run one node as a server.properties says");
  serve.add_option("--node", verbs.serve.node, "Its node.id, where the file names none");
  serve.add_option("--set", verbs.serve.settings, "NAME=VALUE of a server config; may be repeated")
      ->allow_extra_args(false);
  serve.add_option("--record", verbs.serve.record,
                   "Write what every node is told below this directory, for `replay`");
  config.excludes(&brokers)->excludes(&port);
  add_json(serve, verbs.serve.format);
  serve.callback(
      [&verbs] { verbs.chosen = [&verbs] { return logarium::cli::serve(verbs.serve); }; });
}

void add_scenario(CLI::App& app, Verbs& verbs) {
  CLI::App& scenario = *app.add_subcommand("scenario", "Look at scenario files");
  scenario.require_subcommand(1);
  const auto add = [&](const char* name, const char* help, ScenarioVerb::What what) -> CLI::App& {
    CLI::App& verb = *scenario.add_subcommand(name, help);
    verb.callback([&verbs, what] {
      verbs.scenario.what = what;
      verbs.chosen = [&verbs] { return logarium::cli::scenario(verbs.scenario); };
    });
    return verb;
  };
  CLI::App& list = add("list", "List the scenarios below a folder", ScenarioVerb::What::kList);
  list.add_option("FOLDER", verbs.scenario.paths, "Folders; by itself: scenarios");
  add_json(list, verbs.scenario.format);
  add("validate", "Check scenario files", ScenarioVerb::What::kValidate)
      .add_option("FILE", verbs.scenario.paths, "Scenario files")
      ->required();
  add("explain", "Say what a scenario does, in sentences", ScenarioVerb::What::kExplain)
      .add_option("FILE", verbs.scenario.paths, "Scenario files")
      ->required();
  add("schema", "Print the JSON Schema of scenario files", ScenarioVerb::What::kSchema);
  CLI::App& exported =
      add("export", "Print a scenario with all random choices made", ScenarioVerb::What::kExport);
  exported.add_option("FILE", verbs.scenario.paths, "Scenario files")->required();
  exported.add_option("--seed", verbs.scenario.seed, "Seed instead of the scenario's own");
}

void add_documents(CLI::App& app, Verbs& verbs) {
  CLI::App& rules = *app.add_subcommand("rules", "List the protocol's rules");
  add_json(rules, verbs.rules.format);
  rules.callback(
      [&verbs] { verbs.chosen = [&verbs] { return logarium::cli::rules(verbs.rules); }; });

  CLI::App& properties = *app.add_subcommand("properties", "List what runs are judged by");
  CLI::Option& prove = *properties.add_flag(
      "--prove", verbs.properties.prove,
      "Run each property's scenario with its rules off and on: it is violated, and it holds");
  properties.add_option("ID", verbs.properties.ids, "Prove these only")->needs(&prove);
  properties.add_option("--scenarios", verbs.properties.folder, "Folder of the scenarios")
      ->needs(&prove)
      ->capture_default_str();
  properties.add_option("--jobs", verbs.properties.jobs, "Worker processes; 0: one per processor")
      ->check(CLI::Range(0, 1024))
      ->needs(&prove);
  add_json(properties, verbs.properties.format);
  properties.callback([&verbs] {
    verbs.chosen = [&verbs] { return logarium::cli::properties(verbs.properties); };
  });

  CLI::App& protocol = *app.add_subcommand("protocol", "Describe the wire messages");
  protocol.add_option("API", verbs.protocol.api, "Name or key; by itself: all");
  add_json(protocol, verbs.protocol.format);
  protocol.callback(
      [&verbs] { verbs.chosen = [&verbs] { return logarium::cli::protocol(verbs.protocol); }; });
}

void add_trace(CLI::App& app, Verbs& verbs) {
  CLI::App& trace = *app.add_subcommand("trace", "Look into run files");
  trace.require_subcommand(1);
  const auto add = [&](const char* name, const char* help, TraceVerb::What what) -> CLI::App& {
    CLI::App& verb = *trace.add_subcommand(name, help);
    verb.add_option("FILE", verbs.trace.file, "Run file")->required();
    verb.callback([&verbs, what] {
      verbs.trace.what = what;
      verbs.chosen = [&verbs] { return logarium::cli::trace(verbs.trace); };
    });
    return verb;
  };
  add_json(add("info", "What a run file holds", TraceVerb::What::kInfo), verbs.trace.format);
  CLI::App& show = add("show", "The cluster at one instant", TraceVerb::What::kShow);
  show.add_option("--at", verbs.trace.at, "Event (8412) or time (12.48s); by itself: the end");
  show.add_flag("--exact", verbs.trace.exact,
                "Also what that event did in full, by running the scenario again");
  add_json(show, verbs.trace.format);
  add("export", "Write a run file's events as rows of a SQLite database", TraceVerb::What::kExport)
      .add_option("--out", verbs.trace.out, "Database to write")
      ->required();
}

void add_replay(CLI::App& app, Verbs& verbs) {
  CLI::App& replay = *app.add_subcommand("replay", "Run a recording of live nodes again");
  replay.add_option("RECORDING", verbs.replay.directory, "Directory that serve --record wrote")
      ->required();
  replay.add_option("--rules-off", verbs.replay.rules_off, "Rules that the replay leaves out")
      ->delimiter(',');
  add_json(replay, verbs.replay.format);
  replay.callback(
      [&verbs] { verbs.chosen = [&verbs] { return logarium::cli::replay(verbs.replay); }; });
}

void add_bench(CLI::App& app, Verbs& verbs) {
  CLI::App& bench = *app.add_subcommand("bench", "Measure the simulator against its goals");
  bench.add_option("GOAL", verbs.bench.goals, "G1, G2, G4, G5, G6; by itself: all");
  add_json(bench, verbs.bench.format);
  bench.callback(
      [&verbs] { verbs.chosen = [&verbs] { return logarium::cli::bench(verbs.bench); }; });
}

int parse_and_run(int argc, char** argv) {
  CLI::App app(
      "Logarium: a deterministic simulation and test harness for Kafka-compatible clusters",
      "logarium");
  app.set_version_flag("--version", kVersion);
  app.require_subcommand(1);
  Verbs verbs;
  add_run(app, verbs);
  add_serve(app, verbs);
  add_scenario(app, verbs);
  add_documents(app, verbs);
  add_trace(app, verbs);
  add_replay(app, verbs);
  add_bench(app, verbs);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::kBadInput);
  }
  return static_cast<int>(verbs.chosen());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    complain(std::string("logarium: internal error: ") + error.what());
    return static_cast<int>(ExitCode::kOwnFailure);
  }
}

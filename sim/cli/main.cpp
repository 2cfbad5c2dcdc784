// The program `logarium`: reads the command line, carries out one verb.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <string>

#include "sim/cli/client_verbs.hpp"
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
  ViewVerb view;
  ReplayVerb replay;
  BenchVerb bench;
  BenchLiveVerb bench_live;
  TopicsVerb topics;
  ProduceVerb produce;
  ConsumeVerb consume;
  std::function<ExitCode()> chosen;
};

void add_json(CLI::App& app, Format& format) {
  app.add_flag_callback(
      "--json", [&format] { format = Format::kJson; }, "Print one JSON value instead of text");
}

CLI::Range any_seed() {
  return CLI::Range(std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max());
}

void add_run(CLI::App& app, Verbs& verbs) {
  CLI::App& run = *app.add_subcommand("run", "Run a scenario and give its verdict");
  run.add_option("SCENARIO", verbs.run.scenario, "Scenario file")->required();
  run.add_option("--seed", verbs.run.seed, "Seed instead of the scenario's own")->check(any_seed());
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
           ->check(CLI::Range(0, 65'535))
           ->capture_default_str();
  serve.add_option("--data", verbs.serve.data,
                   "Data directory; by itself a temporary one, removed at the end");
  CLI::Option& config =
      *serve.add_option("--config", verbs.serve.config, "Run one node as a server.properties says");
  serve.add_option("--node", verbs.serve.node, "Its node.id, where the file names none")
      ->check(CLI::Range(0, 2'147'483'647));
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
  exported.add_option("--seed", verbs.scenario.seed, "Seed instead of the scenario's own")
      ->check(any_seed());
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

// The viewer has options of its own, --help among them.
void add_view(CLI::App& app, Verbs& verbs) {
  CLI::App& view = *app.add_subcommand("view", "Show a run file, or a scenario that runs now");
  view.set_help_flag();
  view.prefix_command();
  view.callback([&view, &verbs] {
    verbs.view.arguments = view.remaining();
    verbs.chosen = [&verbs] { return logarium::cli::view(verbs.view); };
  });
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
  CLI::App& bench = *app.add_subcommand("bench", "Measure the program against its goals");
  bench.add_option("GOAL", verbs.bench.goals, "G1, G2, G4, G5, G6; by itself: all");
  add_json(bench, verbs.bench.format);
  CLI::App& live = *bench.add_subcommand(
      "live", "Measure a live cluster beside others (librdkafka's mock cluster, kfake, Kafka)");
  live.add_option("--rounds", verbs.bench_live.rounds, "Alternating runs; medians are shown")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  live.add_option("--scale", verbs.bench_live.scale, "Per cent of the usual amount of records")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  live.add_option("--peers", verbs.bench_live.peers, "mock, kfake, kafka; by itself: all")
      ->delimiter(',');
  add_json(live, verbs.bench_live.format);
  bench.callback([&verbs, &live] {
    verbs.chosen = [&verbs, &live] {
      return live.parsed() ? logarium::cli::bench_live(verbs.bench_live)
                           : logarium::cli::bench(verbs.bench);
    };
  });
}

// ---- clients of a running cluster ---------------------------------------------------------------

void add_cluster(CLI::App& app, ClusterOptions& cluster) {
  app.add_option("--bootstrap-server", cluster.bootstrap, "Brokers: HOST:PORT[,HOST:PORT]")
      ->capture_default_str();
  app.add_option("--timeout-ms", cluster.timeout_ms, "How long an answer may take")
      ->check(CLI::Range(1, 86'400'000))
      ->capture_default_str();
}

void add_topics(CLI::App& app, Verbs& verbs) {
  CLI::App& topics = *app.add_subcommand("topics", "Create, list, describe and delete topics");
  topics.require_subcommand(1);
  const auto add = [&](const char* name, const char* help, TopicsVerb::What what) -> CLI::App& {
    CLI::App& verb = *topics.add_subcommand(name, help);
    add_cluster(verb, verbs.topics.cluster);
    verb.callback([&verbs, what] {
      verbs.topics.what = what;
      verbs.chosen = [&verbs] { return logarium::cli::topics(verbs.topics); };
    });
    return verb;
  };
  CLI::App& create = add("create", "Create a topic", TopicsVerb::What::kCreate);
  create.add_option("NAME", verbs.topics.topic, "Topic")->required();
  create.add_option("--partitions", verbs.topics.partitions, "By itself: the cluster's default")
      ->check(CLI::Range(1, 1'000'000));
  create
      .add_option("--replication-factor", verbs.topics.replication_factor,
                  "By itself: the cluster's default")
      ->check(CLI::Range(1, 32'767));
  create
      .add_option("--config", verbs.topics.configs, "NAME=VALUE of a topic config; may be repeated")
      ->allow_extra_args(false);
  create.add_flag("--if-not-exists", verbs.topics.if_not_exists, "It may exist already");
  add("list", "Print the names of all topics", TopicsVerb::What::kList);
  CLI::App& describe = add("describe", "Print leaders, replicas and ISR of a topic's partitions",
                           TopicsVerb::What::kDescribe);
  describe.add_option("NAME", verbs.topics.topic, "Topic; by itself: all");
  describe.add_flag("--if-exists", verbs.topics.if_exists, "It may be missing");
  CLI::App& remove = add("delete", "Delete a topic", TopicsVerb::What::kDelete);
  remove.add_option("NAME", verbs.topics.topic, "Topic")->required();
  remove.add_flag("--if-exists", verbs.topics.if_exists, "It may be missing");
}

void add_produce(CLI::App& app, Verbs& verbs) {
  ProduceVerb& verb = verbs.produce;
  CLI::App& produce = *app.add_subcommand("produce", "Write lines of stdin to a topic as records");
  add_cluster(produce, verb.cluster);
  produce.add_option("TOPIC", verb.topic, "Topic")->required();
  produce.add_option("--partition", verb.partition, "By itself: by the key, or sticky")
      ->check(CLI::Range(0, 2'147'483'647));
  produce.add_option("--key-separator", verb.key_separator,
                     "What stands between key and value; by itself there are no keys");
  produce.add_option("--acks", verb.acks, "all, 1 or 0")
      ->check(CLI::IsMember({"all", "-1", "1", "0"}))
      ->capture_default_str();
  produce.add_option("--compression", verb.compression, "none, gzip, snappy, lz4 or zstd")
      ->check(CLI::IsMember({"none", "gzip", "snappy", "lz4", "zstd"}))
      ->capture_default_str();
  produce.add_flag_function(
      "--idempotence,!--no-idempotence",
      [&verb](std::int64_t count) { verb.idempotence = count > 0; },
      "Whether retries are told apart; by itself: with --acks all");
  produce.add_option("--set", verb.settings, "NAME=VALUE of a producer config; may be repeated")
      ->allow_extra_args(false);
  produce.add_flag_callback(
      "--json", [&verb] { verb.format = Format::kJson; }, "Print a summary as JSON at the end");
  produce.callback(
      [&verbs] { verbs.chosen = [&verbs] { return logarium::cli::produce(verbs.produce); }; });
}

void add_consume(CLI::App& app, Verbs& verbs) {
  ConsumeVerb& verb = verbs.consume;
  CLI::App& consume = *app.add_subcommand("consume", "Print the records of a topic");
  add_cluster(consume, verb.cluster);
  consume.add_option("TOPIC", verb.topic, "Topic")->required();
  consume.add_option("--partition", verb.partition, "By itself: all")
      ->check(CLI::Range(0, 2'147'483'647));
  CLI::Option& offset =
      *consume
           .add_option("--offset", verb.offset, "earliest, latest, or with --partition a number")
           ->capture_default_str();
  consume.add_flag("--from-beginning", verb.from_beginning, "The same as --offset earliest")
      ->excludes(&offset);
  consume.add_option("--max-messages", verb.max_messages, "End after so many records")
      ->check(CLI::PositiveNumber);
  consume.add_flag("--exit-at-end", verb.exit_at_end, "End at what is the end now");
  consume
      .add_option("--idle-timeout-ms", verb.idle_timeout_ms,
                  "Fail when no record came for so long; by itself: --timeout-ms with "
                  "--exit-at-end, else never")
      ->check(CLI::PositiveNumber);
  consume.add_flag("--print-timestamp", verb.print_timestamp, "Before the value");
  consume.add_flag("--print-partition", verb.print_partition, "Before the value");
  consume.add_flag("--print-offset", verb.print_offset, "Before the value");
  consume.add_flag("--print-key", verb.print_key, "Before the value");
  consume.add_option("--set", verb.settings, "NAME=VALUE of a consumer config; may be repeated")
      ->allow_extra_args(false);
  consume.add_flag_callback(
      "--json", [&verb] { verb.format = Format::kJson; }, "Print each record as a JSON object");
  consume.callback(
      [&verbs] { verbs.chosen = [&verbs] { return logarium::cli::consume(verbs.consume); }; });
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
  add_topics(app, verbs);
  add_produce(app, verbs);
  add_consume(app, verbs);
  add_scenario(app, verbs);
  add_documents(app, verbs);
  add_trace(app, verbs);
  add_view(app, verbs);
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

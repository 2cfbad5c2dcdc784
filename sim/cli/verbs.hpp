#pragma once
// The verbs of the program `logarium`, each with its options as plain data; main.cpp fills them
// from the command line, one file per verb carries it out. All results go to stdout, all else to
// stderr. Exit codes: exit_code.hpp.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/exit_code.hpp"

namespace logarium::trace {
class RunFileReader;
}

namespace logarium::cli {

// How a verb prints its result.
enum class Format : std::uint8_t { kText, kJson };

struct RunVerb {
  std::string scenario;
  std::optional<std::uint64_t> seed;  // empty: the scenario's own
  std::string record;                 // run file to write; empty: none
  bool verify = false;                // run twice and compare digests
  bool wire = false;                  // every message through bytes
  bool rules_on = false;              // whatever the scenario switches off
  Format format = Format::kText;
};
[[nodiscard]] ExitCode run(const RunVerb& verb);

struct SweepVerb {
  std::string scenario;
  std::string seeds;       // "1..200", or one seed
  std::uint32_t jobs = 0;  // worker processes; 0: one per processor
  Format format = Format::kText;
};
[[nodiscard]] ExitCode sweep(const SweepVerb& verb);

// A live cluster on real sockets, until a signal stops it.
struct ServeVerb {
  std::int32_t brokers = 3;           // combined nodes in this process
  std::uint16_t port = 9092;          // of the first; 0: any free ports
  std::string data;                   // empty: a temporary directory, removed at the end
  std::optional<std::int32_t> node;   // with `config`: this node alone
  std::string config;                 // a server.properties file; empty: none
  std::vector<std::string> settings;  // NAME=VALUE, over the file and the defaults
  std::string record;                 // directory for what the nodes are told; empty: none
  Format format = Format::kText;      // of the line that says it is ready
};
[[nodiscard]] ExitCode serve(const ServeVerb& verb);

struct ScenarioVerb {
  enum class What : std::uint8_t { kList, kValidate, kExplain, kSchema, kExport };
  What what = What::kList;
  std::vector<std::string> paths;
  std::optional<std::uint64_t> seed;
  Format format = Format::kText;
};
[[nodiscard]] ExitCode scenario(const ScenarioVerb& verb);

struct RulesVerb {
  Format format = Format::kText;
};
[[nodiscard]] ExitCode rules(const RulesVerb& verb);

struct PropertiesVerb {
  bool prove = false;  // run each property's scenario with its rules off and on
  std::string folder = "scenarios/properties";  // where the scenarios are
  std::vector<std::string> ids;                 // to prove these only; empty: all
  std::uint32_t jobs = 0;                       // worker processes; 0: one per processor
  Format format = Format::kText;
};
[[nodiscard]] ExitCode properties(const PropertiesVerb& verb);

struct ProtocolVerb {
  std::string api;  // name or key; empty: all
  Format format = Format::kText;
};
[[nodiscard]] ExitCode protocol(const ProtocolVerb& verb);

struct TraceVerb {
  enum class What : std::uint8_t { kInfo, kShow, kExport };
  What what = What::kInfo;
  std::string file;
  std::string out;
  std::string at;      // show: an event or a time; empty: the end
  bool exact = false;  // show: run the scenario again for what the file does not hold
  Format format = Format::kText;
};
[[nodiscard]] ExitCode trace(const TraceVerb& verb);
// The part of it that shows one instant.
[[nodiscard]] ExitCode show(const trace::RunFileReader& run, const TraceVerb& verb);

struct ViewVerb {
  std::vector<std::string> arguments;  // for logarium-viewer: RUN and options
};
// Becomes logarium-viewer; returns only when that cannot be started.
[[nodiscard]] ExitCode view(const ViewVerb& verb);

struct ReplayVerb {
  std::string directory;
  std::vector<std::string> rules_off;  // names of rules that the replay leaves out
  Format format = Format::kText;
};
[[nodiscard]] ExitCode replay(const ReplayVerb& verb);

struct BenchVerb {
  std::vector<std::string> goals;  // "G1", ...; empty: all
  Format format = Format::kText;
};
[[nodiscard]] ExitCode bench(const BenchVerb& verb);

// A live cluster beside other clusters, by a program of its own that takes this one's place.
struct BenchLiveVerb {
  int rounds = 3;                  // alternating runs of each cluster
  int scale = 100;                 // per cent of the usual amount of records
  std::vector<std::string> peers;  // clusters to compare with; empty: all that are there
  Format format = Format::kText;
};
[[nodiscard]] ExitCode bench_live(const BenchLiveVerb& verb);

}  // namespace logarium::cli

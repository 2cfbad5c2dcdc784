#include <fmt/format.h>

#include <algorithm>

#include "engine/base/digest.hpp"
#include "engine/base/json_string.hpp"
#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"
#include "sim/trace/run_file.hpp"

namespace logarium::cli {
namespace {

std::string info_text(const trace::RunFileReader& run) {
  const trace::RunInfo& info = run.info();
  std::string out = fmt::format(
      "{}: {}\n  seed {}, digest {}, {} events in {} chunks, {} bytes ({:.1f} per event)\n"
      "  recorded by sources {}{}\n",
      info.scenario_name, info.verdict, info.seed, to_hex(info.digest), info.events, run.chunks(),
      run.chunk_bytes() + run.keyframe_bytes(),
      static_cast<double>(run.chunk_bytes() + run.keyframe_bytes()) /
          static_cast<double>(std::max<std::uint64_t>(info.events, 1)),
      info.fingerprint,
      info.fingerprint == trace::source_fingerprint() ? "" : ", not those of this program");
  if (const std::string lacks = trace::lacks_of(run.format()); !lacks.empty()) {
    out += "  " + lacks + "\n";
  }
  for (const trace::NodeInfo& node : info.nodes) {
    out += fmt::format("  {:<16} {}\n", node.name, node.kind);
  }
  return out;
}

std::string info_json(const trace::RunFileReader& run) {
  const trace::RunInfo& info = run.info();
  std::string out = fmt::format(
      "{{\n  \"scenario\": {},\n  \"seed\": {},\n  \"verdict\": {},\n  \"digest\": {},\n"
      "  \"format\": {},\n"
      "  \"events\": {},\n  \"chunks\": {},\n  \"bytes\": {},\n  \"fingerprint\": {},\n"
      "  \"same_sources\": {},\n  \"nodes\": [",
      json_quoted(info.scenario_name), info.seed, json_quoted(info.verdict),
      json_quoted(to_hex(info.digest)), run.format(), info.events, run.chunks(),
      run.chunk_bytes() + run.keyframe_bytes(), json_quoted(info.fingerprint),
      info.fingerprint == trace::source_fingerprint());
  for (std::size_t i = 0; i < info.nodes.size(); ++i) {
    out += fmt::format("{}\n    {{ \"name\": {}, \"kind\": {} }}", i == 0 ? "" : ",",
                       json_quoted(info.nodes[i].name), json_quoted(info.nodes[i].kind));
  }
  return out + "\n  ]\n}\n";
}

}  // namespace

ExitCode trace(const TraceVerb& verb) {
  const Result<trace::RunFileReader> run = trace::RunFileReader::open(verb.file);
  if (!run) {
    complain(run.error().message);
    return ExitCode::kBadInput;
  }
  const std::string lacks = trace::lacks_of(run.value().format());
  if (verb.what != TraceVerb::What::kInfo && !lacks.empty()) complain(verb.file + ": " + lacks);
  if (verb.what == TraceVerb::What::kShow) return show(run.value(), verb);
  if (verb.what == TraceVerb::What::kExport) {
    const Result<> written = trace::export_rows(run.value(), verb.out);
    if (written) return ExitCode::kAsExpected;
    complain(written.error().message);
    return ExitCode::kOwnFailure;
  }
  const std::string text =
      verb.format == Format::kJson ? info_json(run.value()) : info_text(run.value());
  return print(text) ? ExitCode::kAsExpected : ExitCode::kOwnFailure;
}

}  // namespace logarium::cli

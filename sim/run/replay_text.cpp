// Replay: what came of it, for people and for scripts.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/run/replay.hpp"

namespace logarium::run {
namespace {

std::string_view end_name(ReplayEnd end) {
  switch (end) {
    case ReplayEnd::kStopped:
      return "stopped";
    case ReplayEnd::kKilled:
      return "killed";
    case ReplayEnd::kEnded:
      return "recording ended";
    case ReplayEnd::kFailed:
      return "failed";
    case ReplayEnd::kDiffers:
      return "differs";
    case ReplayEnd::kNotReplayed:
      return "not replayed";
    case ReplayEnd::kUnreadable:
      return "unreadable";
  }
  return "?";
}

std::string heading(const IncarnationReplay& one) {
  return fmt::format("{} incarnation {}", one.node, one.incarnation.value());
}

std::string where(const ReplayDifference& difference) {
  if (difference.input == 0) return fmt::format("at its start, {}", difference.field);
  return fmt::format("input {}, {}", difference.input, difference.field);
}

std::string line_of(const IncarnationReplay& one) {
  std::string out = fmt::format("{:<26}", heading(one));
  if (one.end == ReplayEnd::kNotReplayed) return out + "not replayed: the one before differs\n";
  if (one.end == ReplayEnd::kUnreadable) return out + "unreadable: " + one.unreadable + '\n';
  out += fmt::format(
      "{} inputs, {} effects, {} state digests {}; {}", one.inputs, one.effects, one.state_digests,
      one.end == ReplayEnd::kDiffers ? "equal until then" : "equal", end_name(one.end));
  if (one.cut_bytes > 0) {
    out += fmt::format(", {} bytes of an entry that is not whole", one.cut_bytes);
  }
  out += '\n';
  if (one.difference) {
    out += fmt::format("  first difference: {}\n    {}\n", where(*one.difference),
                       one.difference->text);
  }
  return out;
}

nlohmann::ordered_json json_of(const IncarnationReplay& one) {
  nlohmann::ordered_json out;
  out["log"] = one.path;
  out["node"] = one.node;
  out["incarnation"] = one.incarnation.value();
  out["end"] = end_name(one.end);
  out["inputs"] = one.inputs;
  out["effects"] = one.effects;
  out["state_digests"] = one.state_digests;
  out["cut_bytes"] = one.cut_bytes;
  out["same_sources"] = one.same_sources;
  if (one.difference) {
    out["difference"] = {{"input", one.difference->input},
                         {"field", one.difference->field},
                         {"text", one.difference->text}};
  } else {
    out["difference"] = nullptr;
  }
  if (!one.unreadable.empty()) out["unreadable"] = one.unreadable;
  return out;
}

// The logs may hold any bytes as names.
std::string dumped(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace

std::string to_text(const ReplayReport& report) {
  std::string out;
  std::uint64_t inputs = 0;
  std::size_t foreign = 0;
  for (const IncarnationReplay& one : report.incarnations) {
    out += line_of(one);
    inputs += one.inputs;
    if (!one.same_sources) ++foreign;
  }
  if (foreign > 0) {
    out += fmt::format("{} of {} logs were recorded by other sources than this program's.\n",
                       foreign, report.incarnations.size());
  }
  out += fmt::format("{} incarnations, {} inputs: {}\n", report.incarnations.size(), inputs,
                     !report.readable() ? "not all could be read"
                     : report.equal()   ? "equal"
                                        : "different");
  return out;
}

std::string to_json(const ReplayReport& report) {
  nlohmann::ordered_json out;
  out["equal"] = report.equal();
  out["incarnations"] = nlohmann::ordered_json::array();
  for (const IncarnationReplay& one : report.incarnations) {
    out["incarnations"].push_back(json_of(one));
  }
  return dumped(out);
}

}  // namespace logarium::run

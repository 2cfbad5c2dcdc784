// `logarium trace show RUN --at EVENT|TIME`: the cluster at one instant, folded from the run file's
// notes; with --exact also what that event did, by running the scenario again.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/base/json_string.hpp"
#include "engine/base/state_json.hpp"
#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"
#include "sim/run/inspect.hpp"
#include "sim/run/outcome.hpp"
#include "sim/scenario/scenario_file.hpp"
#include "sim/trace/cursor.hpp"
#include "sim/trace/run_file.hpp"
#include "sim/world/types.hpp"

namespace logarium::cli {
namespace {

using trace::LogView;
using trace::NodeView;
using trace::PartitionView;
using trace::RunInfo;
using trace::View;

std::string seconds_text(Instant time) {
  return fmt::format("{}.{:06}", time.ns / 1'000'000'000, time.ns / 1000 % 1'000'000);
}

std::string partition_text(const RunInfo& info, PartitionRef ref) {
  const auto topic = info.topics.find(ref.topic);
  return fmt::format("{}-{}", topic == info.topics.end() ? to_string(ref.topic) : topic->second,
                     ref.partition.value());
}

std::string replicas_text(const PartitionView& partition, ReplicaSet set) {
  std::string out;
  for (const NodeId id : partition.replicas) {
    if (!partition.in(set, id)) continue;
    out += fmt::format("{}{}", out.empty() ? "" : ",", id.value());
  }
  return "{" + out + "}";
}

// The word that a note uses for the value of one of its enums.
template <class N>
std::string word_of(const N& note, std::string_view field) {
  const std::string text = to_string(Note(note));
  const auto at = text.find(fmt::format(" {}=", field));
  if (at == std::string::npos) return "?";
  const std::size_t from = at + field.size() + 2;
  return text.substr(from, text.find(' ', from) - from);
}

std::string node_text(const RunInfo& info, const View& view, std::uint32_t node) {
  const NodeView& one = view.nodes()[node];
  std::string out = fmt::format("  {:<16} {}, incarnation {}", info.nodes[node].name,
                                one.up ? "up" : "down", one.incarnation.value());
  if (info.nodes[node].kind == "client") {
    out += fmt::format(", {} acked, {} delivered, {} given up, {} batches in flight", one.acked,
                       one.delivered, one.failed, one.in_flight.size());
    for (const trace::PositionView& position : one.positions) {
      out += fmt::format("\n    reads {} from {}", partition_text(info, position.partition),
                         position.next.value());
    }
    return out + "\n";
  }
  if (one.quorum) {
    out += fmt::format(", quorum {} of epoch {}",
                       word_of(note::QuorumRoleChanged{one.quorum->role, {}, {}}, "role"),
                       one.quorum->epoch.value());
  }
  if (one.controls) out += ", active controller";
  if (one.up) out += fmt::format(", metadata below {}", one.metadata_next.value());
  if (info.nodes[node].kind != "controller") {
    if (one.up) out += ", " + word_of(note::BrokerStateChanged{one.broker_state}, "state");
    out += one.fenced ? ", fenced" : one.in_controlled_shutdown ? ", stopping" : ", unfenced";
  }
  return out + "\n";
}

std::string log_text(const RunInfo& info, const PartitionView& partition, const LogView& log) {
  std::string out = fmt::format("    {:<16} {:<9} start {}, high watermark {}, synced {}, end {}",
                                info.nodes[log.node].name,
                                !log.open     ? "closed"
                                : log.leading ? "leader"
                                              : "follower",
                                log.log_start.value(), log.high_watermark.value(),
                                log.synced_end.value(), log.log_end.value());
  if (log.leader_epoch >= LeaderEpoch(0)) {
    out += fmt::format(", acts in epoch {}", log.leader_epoch.value());
  }
  if (!log.epochs.empty()) out += ", epochs";
  for (const trace::EpochRange& range : log.epochs) {
    out += fmt::format(" {}@{}", range.epoch.value(), range.start.value());
  }
  if (const auto apart = divergence(partition, log)) {
    out += fmt::format(", diverges from {}", apart->from.value());
  }
  return out + "\n";
}

std::string partition_block(const RunInfo& info, const PartitionView& partition) {
  std::string out = "  " + partition_text(info, partition.ref);
  if (partition.ref != kMetadataPartition) {
    out += fmt::format(
        ": leader {}, leader epoch {}, ISR {}, ELR {}{}",
        partition.leader ? std::to_string(partition.leader->value()) : std::string("none"),
        partition.leader_epoch.value(), replicas_text(partition, partition.isr),
        replicas_text(partition, partition.elr), partition.deleted ? ", deleted" : "");
  }
  out += "\n";
  for (const LogView& log : partition.logs) out += log_text(info, partition, log);
  return out;
}

std::string fault_text(const RunInfo& info, const trace::FaultView& fault) {
  const auto names = [&info](const std::vector<std::uint32_t>& nodes) {
    std::string out;
    for (const std::uint32_t node : nodes) out += " " + info.nodes[node].name;
    return out.empty() ? std::string(" all") : out;
  };
  const std::string_view kind =
      fault.kind >= 0 && static_cast<std::size_t>(fault.kind) < world::kFaultKinds
          ? world::fault_name(static_cast<world::FaultKind>(fault.kind))
          : "?";
  return fmt::format("  {} of{}, since event {}\n", kind, names(fault.nodes), fault.since);
}

std::string view_text(const RunInfo& info, const View& view, const trace::Event* event) {
  std::string out = fmt::format("{}: seed {}, event {} of {}, {} s\n", info.scenario_name,
                                info.seed, view.event(), info.events, seconds_text(view.time()));
  if (event != nullptr) {
    out += fmt::format("event     {} {}\n", info.nodes[event->node].name,
                       trace::input_name(event->input.kind));
    for (const Note& note : event->notes) {
      out += "  " + run::with_topic_names(to_string(note), info.topics) + "\n";
    }
  }
  out += "nodes\n";
  for (std::uint32_t i = 0; i < view.nodes().size(); ++i) out += node_text(info, view, i);
  out += "partitions\n";
  for (const PartitionView& partition : view.partitions()) {
    out += partition_block(info, partition);
  }
  if (!view.faults().empty()) out += "faults\n";
  for (const trace::FaultView& fault : view.faults()) out += fault_text(info, fault);
  return out;
}

std::string inspection_text(const run::Inspection& found) {
  constexpr std::size_t kChangesMost = 60;
  std::string out = "by running it again\n";
  if (!found.message.empty()) out += "  received " + found.message + "\n";
  for (const std::string& message : found.messages) out += "  sent " + message + "\n";
  out += fmt::format("  {} file operations, {} fields of the node changed\n", found.file_operations,
                     found.changes.size());
  for (std::size_t i = 0; i < std::min(kChangesMost, found.changes.size()); ++i) {
    const run::FieldChange& change = found.changes[i];
    out += fmt::format("    {}: {} -> {}\n", change.path,
                       change.before.empty() ? "(none)" : change.before,
                       change.after.empty() ? "(none)" : change.after);
  }
  return out;
}

std::string inspection_json(const run::Inspection& found) {
  std::string out = fmt::format("{{ \"received\": {}, \"sent\": [",
                                found.message.empty() ? "null" : found.message);
  for (std::size_t i = 0; i < found.messages.size(); ++i) {
    out += (i == 0 ? "" : ", ") + found.messages[i];
  }
  out += fmt::format("], \"file_operations\": {}, \"changes\": [", found.file_operations);
  for (std::size_t i = 0; i < found.changes.size(); ++i) {
    const run::FieldChange& change = found.changes[i];
    out += fmt::format("{}{{ \"path\": {}, \"before\": {}, \"after\": {} }}", i == 0 ? "" : ", ",
                       json_quoted(change.path), json_quoted(change.before),
                       json_quoted(change.after));
  }
  return out + "] }";
}

std::string view_json(const RunInfo& info, const View& view, const trace::Event* event) {
  std::string out = fmt::format("{{\n  \"scenario\": {},\n  \"seed\": {},\n  \"node_names\": [",
                                json_quoted(info.scenario_name), info.seed);
  for (std::size_t i = 0; i < info.nodes.size(); ++i) {
    out += (i == 0 ? "" : ", ") + json_quoted(info.nodes[i].name);
  }
  out += "],\n  \"topics\": {";
  bool first = true;
  for (const auto& [id, name] : info.topics) {
    out +=
        fmt::format("{}{}: {}", first ? "" : ", ", json_quoted(to_string(id)), json_quoted(name));
    first = false;
  }
  out += "},\n  \"notes\": [";
  for (std::size_t i = 0; event != nullptr && i < event->notes.size(); ++i) {
    out += (i == 0 ? "" : ", ") +
           json_quoted(run::with_topic_names(to_string(event->notes[i]), info.topics));
  }
  return out + "],\n  \"view\": " + state_json(view);
}

// "8412", "12.48s" or "480ms".
struct Instance {
  std::optional<std::uint64_t> event;
  Instant time;
};
std::optional<Instance> parse_instant(const std::string& text) {
  Instance out;
  std::uint64_t whole = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, whole);
  if (error != std::errc()) return std::nullopt;
  if (stop == end) {
    out.event = whole;
    return out;
  }
  std::int64_t unit = 0;
  std::string_view rest(stop, static_cast<std::size_t>(end - stop));
  if (rest.ends_with("ms")) {
    unit = 1'000'000;
    rest.remove_suffix(2);
  } else if (rest.ends_with("s")) {
    unit = 1'000'000'000;
    rest.remove_suffix(1);
  }
  constexpr std::uint64_t kWholeMax = 1'000'000'000;
  if (unit == 0 || whole > kWholeMax) return std::nullopt;
  out.time = Instant{static_cast<std::int64_t>(whole) * unit};
  if (rest.empty()) return out;
  if (rest.front() != '.' || rest.size() < 2) return std::nullopt;
  for (const char digit : rest.substr(1)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    unit /= 10;
    out.time.ns += (digit - '0') * unit;
  }
  return out;
}

// The event again, by re-execution; the record and the run must be the same.
Result<run::Inspection> again(const RunInfo& info, const trace::Event& event) {
  if (info.fingerprint != trace::source_fingerprint()) {
    return Error{"--exact: it was recorded by sources " + info.fingerprint + ", this program is " +
                 trace::source_fingerprint()};
  }
  const scenario::ReadResult read = scenario::read(info.scenario, info.scenario_name);
  if (!read.ok()) return Error{"--exact: the scenario in the run file cannot be read"};
  run::Timeline timeline(
      std::make_shared<const scenario::Plan>(scenario::resolve(read.model, info.seed)));
  Result<run::Inspection> found = run::inspect(timeline, event.number);
  if (!found) return Error{"--exact: " + found.error().message};
  const trace::Event& other = found.value().event;
  const auto hash = [](const Note& note) { return note_hash(note); };
  const bool same =
      other.time == event.time && other.node == event.node &&
      std::equal(other.notes.begin(), other.notes.end(), event.notes.begin(), event.notes.end(),
                 [&hash](const Note& a, const Note& b) { return hash(a) == hash(b); });
  if (!same) return Error{"--exact: running the scenario again gives another event"};
  return found;
}

}  // namespace

ExitCode show(const trace::RunFileReader& run, const TraceVerb& verb) {
  const RunInfo& info = run.info();
  const std::optional<Instance> at =
      verb.at.empty() ? Instance{info.events, {}} : parse_instant(verb.at);
  if (!at) {
    complain(fmt::format("trace show: --at {}: an event such as 8412, or a time such as 12.48s",
                         verb.at));
    return ExitCode::kBadInput;
  }
  if (at->event.value_or(0) > info.events) {
    complain(fmt::format("trace show: --at {}: the run has {} events", verb.at, info.events));
    return ExitCode::kBadInput;
  }
  trace::Cursor cursor(run);
  const Result<> there = at->event ? cursor.seek(*at->event) : cursor.seek(at->time);
  if (!there) {
    complain(there.error().message);
    return ExitCode::kBadInput;
  }
  const bool json = verb.format == Format::kJson;
  std::string out = json ? view_json(info, cursor.view(), cursor.event())
                         : view_text(info, cursor.view(), cursor.event());
  if (verb.exact && cursor.event() != nullptr) {
    const Result<run::Inspection> found = again(info, *cursor.event());
    if (!found) {
      complain(verb.file + ": " + found.error().message);
      return ExitCode::kBadInput;
    }
    out +=
        json ? ",\n  \"exact\": " + inspection_json(found.value()) : inspection_text(found.value());
  }
  if (json) out += "\n}\n";
  return print(out) ? ExitCode::kAsExpected : ExitCode::kOwnFailure;
}

}  // namespace logarium::cli

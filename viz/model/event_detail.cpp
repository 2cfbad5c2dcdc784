// One event folded out: what came, what was told, what changed.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/base/state_visitor.hpp"
#include "viz/model/events.hpp"
#include "viz/model/flights.hpp"
#include "viz/model/partitions_of.hpp"

namespace logarium::viz {
namespace {

using Fields = std::map<std::string, std::string>;

template <class T>
Fields fields_of(const T& value) {
  StateLines lines;
  visit(lines, "", value);
  Fields out;
  for (const StateLines::Line& line : lines.lines()) out[line.path] = line.value;
  return out;
}

constexpr std::string_view kFlags[] = {"up",   "fenced",  "in controlled shutdown",
                                       "open", "leading", "deleted"};
constexpr std::string_view kNodes[] = {"leader", "quorum.leader", "vote.candidate"};
constexpr std::string_view kBrokerStates[] = {
    "not running", "starting", "recovery", "running", "controlled shutdown", "shutting down"};
constexpr std::string_view kRoles[] = {"unattached", "prospective", "candidate", "leader",
                                       "follower",   "resigned",    "observer"};
constexpr std::string_view kEnds[] = {"clean", "crash", "power loss", "own fault", "bug"};

// Instants that follow every message, and say nothing of their own.
bool is_noise(const std::string& field) {
  return field.starts_with("heard") || field == "caught up" || field == "since";
}

template <std::size_t n>
std::string picked(const std::string_view (&words)[n], const std::string& value) {
  const bool digit = value.size() == 1 && value[0] >= '0' && value[0] <= '9';
  const auto index = digit ? static_cast<std::size_t>(value[0] - '0') : n;
  return index < n ? std::string(words[index]) : value;
}

// A described value as a person says it.
std::string worded(const std::string& field, const std::string& value, const Labels& labels) {
  const auto among = [&field](const auto& list) {
    return std::find(std::begin(list), std::end(list), field) != std::end(list);
  };
  if (value.empty()) return value;
  if (field == "broker state") return picked(kBrokerStates, value);
  if (field == "quorum.role") return picked(kRoles, value);
  if (field == "ended") return picked(kEnds, value);
  if (among(kFlags)) return value == "0" ? "no" : "yes";
  if (!among(kNodes)) return value;
  std::int32_t id = 0;
  const auto [stop, failed] = std::from_chars(value.data(), value.data() + value.size(), id);
  return failed == std::errc() && *stop == '\0' ? labels.brief_of(NodeId(id)) : value;
}

class Differ {
 public:
  Differ(const trace::View& before, const trace::View& after, const Labels& labels)
      : before_(before), after_(after), labels_(labels) {}

  void node(std::uint32_t index) {
    compare(labels_.brief(index), fields_of(before_.nodes()[index]),
            fields_of(after_.nodes()[index]), nullptr);
  }
  void partition(PartitionRef ref) {
    const trace::PartitionView* was = before_.find(ref);
    const trace::PartitionView* now = after_.find(ref);
    if (now == nullptr && was == nullptr) return;
    const trace::PartitionView& any = now == nullptr ? *was : *now;
    const std::string name = labels_.partition(ref);
    compare(name, committed(was), committed(now), &any);
    for (std::uint32_t i = 0; i < labels_.nodes().size(); ++i) {
      compare(name + " on " + labels_.brief(i), log(was, i), log(now, i), &any);
    }
  }
  [[nodiscard]] std::vector<EventChange> take() { return std::move(out_); }

 private:
  static Fields committed(const trace::PartitionView* one) {
    if (one == nullptr) return {};
    trace::PartitionView bare = *one;
    bare.logs.clear();
    return fields_of(bare);
  }
  static Fields log(const trace::PartitionView* one, std::uint32_t node) {
    const trace::LogView* log = one == nullptr ? nullptr : one->log(node);
    return log == nullptr ? Fields() : fields_of(*log);
  }
  // A set of replicas by name.
  [[nodiscard]] std::string named(const std::string& field, const std::string& value,
                                  const trace::PartitionView* partition) const {
    const bool set = field == "isr" || field == "elr" || field == "maximal isr";
    if (!set || partition == nullptr || value.empty()) return worded(field, value, labels_);
    std::uint64_t bits = 0;
    for (const char c : value) {
      if (c < '0' || c > '9') return value;
      bits = bits * 10 + static_cast<std::uint64_t>(c - '0');
    }
    std::string out;
    for (std::size_t i = 0; i < partition->replicas.size(); ++i) {
      if ((bits >> i & 1) == 0) continue;
      out += (out.empty() ? "" : ",") + labels_.brief_of(partition->replicas[i]);
    }
    return "{" + out + "}";
  }
  void add(const std::string& whose, const std::string& field, const std::string& was,
           const std::string& now, const trace::PartitionView* partition) {
    if (was == now || is_noise(field)) return;
    out_.push_back(
        {whose + ": " + field, named(field, was, partition), named(field, now, partition)});
  }
  void compare(const std::string& whose, const Fields& was, const Fields& now,
               const trace::PartitionView* partition) {
    for (const auto& [field, value] : was) {
      const auto found = now.find(field);
      add(whose, field, value, found == now.end() ? "" : found->second, partition);
    }
    for (const auto& [field, value] : now) {
      if (!was.contains(field)) add(whose, field, "", value, partition);
    }
  }

  const trace::View& before_;
  const trace::View& after_;
  const Labels& labels_;
  std::vector<EventChange> out_;
};

std::vector<EventChange> changes_of(const trace::Event& event, const trace::View& before,
                                    const trace::View& after, const Labels& labels) {
  Differ differ(before, after, labels);
  std::vector<std::uint32_t> nodes{event.node};
  std::vector<PartitionRef> refs = partitions_of(event);
  for (std::uint32_t i = 0; i < labels.nodes().size(); ++i) {
    // The controller tells of other nodes.
    const bool fence = before.nodes()[i].fenced != after.nodes()[i].fenced ||
                       before.nodes()[i].broker_epoch != after.nodes()[i].broker_epoch;
    if (fence && i != event.node) nodes.push_back(i);
  }
  for (const std::uint32_t node : nodes) differ.node(node);
  for (const PartitionRef& ref : refs) {
    if (ref.partition.value() >= 0) differ.partition(ref);
  }
  return differ.take();
}

}  // namespace

Result<EventDetail> make_event_detail(const RunIndex& index, std::uint64_t event) {
  const Result<SnapshotRef> before = index.at(event - 1);
  if (!before) return before.error();
  const Result<SnapshotRef> after = index.at(event);
  if (!after) return after.error();
  const trace::Event& one = *after.value()->at;
  const Labels& labels = index.labels();
  EventDetail out;
  out.row = make_row(index, one);
  out.input = input_of(one, labels);
  if (one.input.sent != 0) {
    const Result<Instant> sent = index.time_of(one.input.sent);
    if (!sent) return sent.error();
    out.sent_at = one.input.sent;
    out.input += fmt::format(", sent at event {}, {} ago", one.input.sent,
                             how_long(one.time - sent.value()));
  }
  for (const Note& note : one.notes) out.notes.push_back(words_of(note, labels));
  out.changes = changes_of(one, before.value()->view, after.value()->view, labels);
  for (const trace::Lost& lost : one.lost) {
    Flight flight;
    flight.from = lost.from;
    flight.to = lost.to;
    flight.api_key = lost.api_key;
    flight.direction = lost.direction;
    flight.lost = true;
    out.lost.push_back(words_of(flight, labels) + fmt::format(", sent at event {}", lost.sent));
  }
  const Result<std::uint64_t> arrives = index.receiving_of(event);
  if (!arrives) return arrives.error();
  out.arrives_at = arrives.value();
  return out;
}

std::string dump(const EventDetail& detail) {
  const EventRow& row = detail.row;
  std::string out = fmt::format("event {}  {} s  {}  {}\n", row.event, row.time_text, row.kind_text,
                                row.node_name);
  if (!detail.input.empty()) out += "input    " + detail.input + "\n";
  for (const std::string& note : detail.notes) out += "note     " + note + "\n";
  for (const EventChange& change : detail.changes) {
    out += fmt::format("change   {}: {} -> {}\n", change.what,
                       change.before.empty() ? "none" : change.before,
                       change.after.empty() ? "none" : change.after);
  }
  for (const std::string& lost : detail.lost) out += "lost     " + lost + "\n";
  if (detail.arrives_at != 0) {
    out += fmt::format("sends    a message that arrives at event {}\n", detail.arrives_at);
  }
  return out;
}

}  // namespace logarium::viz

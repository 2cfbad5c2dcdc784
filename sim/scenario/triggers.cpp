#include "sim/scenario/triggers.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "engine/base/state_visitor.hpp"

namespace logarium::scenario {
namespace {

template <class T, std::size_t i = 0>
constexpr std::size_t index_of() {
  if constexpr (std::is_same_v<T, std::variant_alternative_t<i, Note>>) {
    return i;
  } else {
    return index_of<T, i + 1>();
  }
}

// Which notes a `when` looks at.
std::size_t note_of(const When& when) {
  if (when.what == when_isr()) return index_of<note::PartitionCommitted>();
  if (when.what == when_high_watermark()) return index_of<note::HighWatermarkMoved>();
  return static_cast<std::size_t>(when.what);
}

struct PartitionFinder {
  std::optional<PartitionRef> found;
  template <class T>
  void operator()(std::string_view, const T& value) {
    if constexpr (std::is_same_v<T, PartitionRef>) found = value;
  }
};

// "any", or what the note says is about the partition.
bool is_about(const std::string& of, const Watch& watch, const Note& note) {
  if (of == "any") return true;
  const auto named = parse_partition(of);
  if (!named) return false;
  const auto topic = watch.topic_id(named->topic);
  if (!topic) return false;
  PartitionFinder finder;
  std::visit([&finder](const auto& one) { one.fields(finder); }, note);
  return finder.found == PartitionRef{*topic, PartitionIndex(named->partition)};
}

bool isr_has_size(const When& when, const Watch& watch) {
  const auto named = parse_partition(when.of);
  const Watch::Partition* partition = named ? watch.find(named->topic, named->partition) : nullptr;
  return partition != nullptr &&
         static_cast<std::int64_t>(partition->isr.size()) == when.size.value();
}

}  // namespace

void Triggers::arm(const Plan& plan, const Watch& watch) {
  disarm_all();
  for (std::size_t i = 0; i < plan.model.faults.size(); ++i) {
    const auto& when = plan.model.faults[i].when;
    if (!when) continue;
    Waiting waiting{i, 0, false};
    if (when->what == when_isr() && isr_has_size(*when, watch)) {
      waiting.was_true = true;
      if (++waiting.seen == static_cast<std::uint64_t>(when->nth.value())) {
        at_once_.push_back(i);
        continue;
      }
    }
    waiting_[note_of(*when)].push_back(waiting);
  }
}

void Triggers::disarm_all() {
  for (auto& list : waiting_) list.clear();
  at_once_.clear();
}

std::vector<std::size_t> Triggers::take_true_at_once() { return std::exchange(at_once_, {}); }

bool Triggers::matches(const When& when, const Situation& situation, world::NodeIndex node,
                       const Note& note, bool& was_true) {
  if (when.what == when_isr()) {
    const bool is_true = isr_has_size(when, situation.watch);
    return !std::exchange(was_true, is_true) && is_true;
  }
  if (!is_about(when.of, situation.watch, note)) return false;
  if (when.what == when_high_watermark()) {
    const auto& moved = std::get<note::HighWatermarkMoved>(note);
    const bool is_true =
        moved.role == note::Role::kLeader && moved.high_watermark.value() >= when.at_least.value();
    return is_true && !std::exchange(was_true, is_true);
  }
  if (when.on.empty()) return true;
  Random none;
  const auto nodes = nodes_of(when.on, situation, none);
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

void Triggers::on_note(const Plan& plan, const Situation& situation, world::NodeIndex node,
                       const Note& note, std::vector<std::size_t>& fired) {
  std::vector<Waiting>& list = waiting_[note.index()];
  for (std::size_t i = 0; i < list.size();) {
    Waiting& waiting = list[i];
    const When& when = *plan.model.faults[waiting.fault].when;
    const bool counts = matches(when, situation, node, note, waiting.was_true);
    if (counts && ++waiting.seen >= static_cast<std::uint64_t>(when.nth.value())) {
      fired.push_back(waiting.fault);
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

void Triggers::describe(StateVisitor& v) const {
  for (const auto& list : waiting_) {
    for (const Waiting& waiting : list) {
      visit(v, "fault", waiting.fault);
      visit(v, "seen", waiting.seen);
    }
  }
}

}  // namespace logarium::scenario

#include "viz/model/run_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <list>

#include "engine/base/ensure.hpp"
#include "sim/trace/cursor.hpp"
#include "sim/trace/run_file.hpp"
#include "viz/model/flights.hpp"
#include "viz/model/scanned_source.hpp"
#include "viz/model/violations.hpp"

namespace logarium::viz {
namespace {

constexpr std::size_t kBlocksKept = 64;
constexpr std::size_t kSnapshotsKept = 8;

// The last few values by key.
template <class Key, class Value>
class Lately {
 public:
  explicit Lately(std::size_t most) : most_(most) {}
  [[nodiscard]] const Value* find(const Key& key) {
    for (auto at = list_.begin(); at != list_.end(); ++at) {
      if (at->first != key) continue;
      list_.splice(list_.begin(), list_, at);
      return &list_.front().second;
    }
    return nullptr;
  }
  void put(const Key& key, Value value) {
    list_.emplace_front(key, std::move(value));
    if (list_.size() > most_) list_.pop_back();
  }

 private:
  std::size_t most_;
  std::list<std::pair<Key, Value>> list_;
};

}  // namespace

struct RunIndex::State {
  State(std::shared_ptr<const trace::RunSource> run, std::shared_ptr<const trace::Summary> of_run)
      : source(std::move(run)), summary(std::move(of_run)), cursor(*source) {}

  std::shared_ptr<const trace::RunSource> source;
  std::shared_ptr<const trace::Summary> summary;
  std::string remark;
  Story story;
  Labels labels;
  std::map<Uuid, int> min_isr;
  std::optional<Instant> ready;
  History history;
  std::vector<Notable> notables;
  std::array<std::vector<std::uint64_t>, kNotableKinds> by_kind;  // events, ascending
  trace::Cursor cursor;
  Lately<std::size_t, Block> blocks{kBlocksKept};
  Lately<std::uint64_t, SnapshotRef> snapshots{kSnapshotsKept};

  void read_story();
  void find_ready();
  void find_notables();
  [[nodiscard]] Result<Block> block(std::size_t chunk);
};

RunIndex::RunIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
RunIndex::~RunIndex() = default;

// ---- opening ------------------------------------------------------------------------------------

Result<std::unique_ptr<RunIndex>> RunIndex::open(const std::string& path) {
  Result<trace::RunFileReader> file = trace::RunFileReader::open(path);
  if (!file) return file.error();
  auto source = std::make_shared<trace::RunFileReader>(std::move(file).value());
  std::string remark;
  Result<std::shared_ptr<const trace::Summary>> summary = source->summary();
  if (!summary) {
    remark = summary.error().message + "; the file was read from beginning to end instead";
  } else if (summary.value() == nullptr) {
    remark = source->format() < trace::kFormatVersion
                 ? trace::lacks_of(source->format()) + "; it was read from beginning to end"
                 : "the file has no index and was read from beginning to end";
  }
  Result<std::unique_ptr<RunIndex>> out = make(source, summary ? summary.value() : nullptr);
  if (out) out.value()->state_->remark = remark;
  return out;
}

Result<std::unique_ptr<RunIndex>> RunIndex::make(std::shared_ptr<const trace::RunSource> source,
                                                 std::shared_ptr<const trace::Summary> summary) {
  if (summary == nullptr) {
    Result<std::shared_ptr<ScannedSource>> scanned = ScannedSource::scan(source);
    if (!scanned) return scanned.error();
    source = scanned.value();
    summary = scanned.value()->summary();
  }
  auto state = std::make_unique<State>(std::move(source), std::move(summary));
  state->read_story();
  state->find_ready();
  state->find_notables();
  state->history = make_history(*state->summary, state->labels, state->story, state->ready);
  return std::unique_ptr<RunIndex>(new RunIndex(std::move(state)));
}

void RunIndex::State::read_story() {
  const trace::RunInfo& info = source->info();
  story = viz::read_story(info);
  std::vector<std::string> faults;
  for (const FaultWords& fault : story.faults) faults.push_back(fault.label);
  labels = Labels(info.nodes, info.topics, std::move(faults));
  for (const auto& [id, name] : info.topics) {
    const auto found = story.min_isr.find(name);
    min_isr[id] = found == story.min_isr.end() ? story.default_min_isr : found->second;
  }
}

// A fault that was planned for an instant and took effect tells when time began; else the end does.
void RunIndex::State::find_ready() {
  for (const trace::Event& event : summary->highlights) {
    for (const Note& note : event.notes) {
      const auto* began = std::get_if<note::FaultBegan>(&note);
      if (began == nullptr || began->fault < 0) continue;
      const auto number = static_cast<std::size_t>(began->fault);
      if (number >= story.faults.size() || !story.faults[number].at) continue;
      ready = event.time - *story.faults[number].at;
      return;
    }
  }
  if (story.simulated) ready = summary->end - *story.simulated;
}

void RunIndex::State::find_notables() {
  notables = make_notables(*summary, labels);
  const Result<ViolationsModel> verdict = make_violations(source->info(), "", "");
  if (verdict) {
    for (const ViolationCard& card : verdict.value().cards) {
      if (card.event == 0 || card.event > source->info().events) continue;
      notables.push_back({NotableKind::kViolation, card.event, card.time, card.node, std::nullopt,
                          fmt::format("{} {}", card.id, card.name)});
    }
  }
  std::stable_sort(notables.begin(), notables.end(),
                   [](const Notable& a, const Notable& b) { return a.event < b.event; });
  for (const Notable& one : notables) {
    by_kind[static_cast<std::size_t>(one.kind)].push_back(one.event);
  }
}

// ---- what it is ---------------------------------------------------------------------------------

const trace::RunInfo& RunIndex::info() const { return state_->source->info(); }
const Labels& RunIndex::labels() const { return state_->labels; }
const trace::Summary& RunIndex::summary() const { return *state_->summary; }
const std::string& RunIndex::remark() const { return state_->remark; }
const Story& RunIndex::story() const { return state_->story; }
std::optional<Instant> RunIndex::ready() const { return state_->ready; }
Instant RunIndex::end() const { return state_->summary->end; }
const std::map<Uuid, int>& RunIndex::min_isr() const { return state_->min_isr; }
const std::vector<Notable>& RunIndex::notables() const { return state_->notables; }
const History& RunIndex::history() const { return state_->history; }
const trace::RunSource& RunIndex::source() const { return *state_->source; }

std::optional<std::uint64_t> RunIndex::next(std::uint64_t event, NotableSet kinds) const {
  std::optional<std::uint64_t> best;
  for (std::size_t i = 0; i < kNotableKinds; ++i) {
    if ((kinds >> i & 1) == 0) continue;
    const std::vector<std::uint64_t>& events = state_->by_kind[i];
    const auto at = std::upper_bound(events.begin(), events.end(), event);
    if (at != events.end() && (!best || *at < *best)) best = *at;
  }
  return best;
}

std::optional<std::uint64_t> RunIndex::previous(std::uint64_t event, NotableSet kinds) const {
  std::optional<std::uint64_t> best;
  for (std::size_t i = 0; i < kNotableKinds; ++i) {
    if ((kinds >> i & 1) == 0) continue;
    const std::vector<std::uint64_t>& events = state_->by_kind[i];
    const auto at = std::lower_bound(events.begin(), events.end(), event);
    if (at != events.begin() && (!best || *std::prev(at) > *best)) best = *std::prev(at);
  }
  return best;
}

std::uint64_t RunIndex::first_look() const {
  return next(0, set_of(NotableKind::kViolation)).value_or(events());
}

// ---- events -------------------------------------------------------------------------------------

Result<RunIndex::Block> RunIndex::State::block(std::size_t chunk) {
  if (const Block* kept = blocks.find(chunk)) return *kept;
  Result<std::vector<trace::Event>> events = source->events(chunk);
  if (!events) return events.error();
  Block out = std::make_shared<const std::vector<trace::Event>>(std::move(events).value());
  blocks.put(chunk, out);
  return out;
}

Result<RunIndex::Block> RunIndex::block_of(std::uint64_t event) const {
  ENSURE(event >= 1 && event <= events());
  return state_->block(state_->source->chunk_of(event));
}

Result<trace::Event> RunIndex::event(std::uint64_t event) const {
  const Result<Block> block = block_of(event);
  if (!block) return block.error();
  const std::vector<trace::Event>& list = *block.value();
  return list[static_cast<std::size_t>(event - list.front().number)];
}

Result<Instant> RunIndex::time_of(std::uint64_t event) const {
  const Result<Block> block = block_of(event);
  if (!block) return block.error();
  const std::vector<trace::Event>& list = *block.value();
  return list[static_cast<std::size_t>(event - list.front().number)].time;
}

Result<std::uint64_t> RunIndex::event_at(Instant time) const {
  const trace::RunSource& source = *state_->source;
  if (source.chunks() == 0 || source.first_time(0) > time) return std::uint64_t{0};
  std::size_t low = 0;
  std::size_t high = source.chunks();  // the chunk wanted is in [low, high)
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (source.first_time(middle) <= time ? low : high) = middle;
  }
  const Result<Block> block = state_->block(low);
  if (!block) return block.error();
  const auto after =
      std::upper_bound(block.value()->begin(), block.value()->end(), time,
                       [](Instant wanted, const trace::Event& one) { return wanted < one.time; });
  return std::prev(after)->number;
}

Result<SnapshotRef> RunIndex::at(std::uint64_t event) const {
  ENSURE(event <= events());
  if (const SnapshotRef* kept = state_->snapshots.find(event)) return *kept;
  if (const Result<> there = state_->cursor.seek(event); !there) return there.error();
  auto out = std::make_shared<Snapshot>();
  out->event = event;
  out->time = state_->cursor.view().time();
  out->view = state_->cursor.view();
  if (const trace::Event* one = state_->cursor.event()) out->at = *one;
  Result<std::vector<Flight>> flights = flights_at(*this, event, out->time);
  if (!flights) return flights.error();
  out->under_way = std::move(flights).value();
  SnapshotRef shared = std::move(out);
  state_->snapshots.put(event, shared);
  return shared;
}

// ---- ways through the run -----------------------------------------------------------------------

Result<std::uint64_t> RunIndex::step_at_node(std::uint64_t event, std::uint32_t node,
                                             bool forward) const {
  static constexpr std::uint64_t kLookMax = 200'000;
  for (std::uint64_t i = 1; i <= kLookMax; ++i) {
    if (forward ? event + i > events() : event <= i) break;
    const std::uint64_t other = forward ? event + i : event - i;
    const Result<Block> block = block_of(other);
    if (!block) return block.error();
    const std::vector<trace::Event>& list = *block.value();
    if (list[static_cast<std::size_t>(other - list.front().number)].node == node) return other;
  }
  return std::uint64_t{0};
}

Result<std::uint64_t> RunIndex::sending_of(std::uint64_t event) const {
  const Result<trace::Event> one = this->event(event);
  if (!one) return one.error();
  return one.value().input.sent;
}

Result<std::uint64_t> RunIndex::receiving_of(std::uint64_t event) const {
  static constexpr std::uint64_t kLookMax = 50'000;
  for (std::uint64_t other = event + 1; other <= std::min(events(), event + kLookMax);) {
    const Result<Block> block = block_of(other);
    if (!block) return block.error();
    for (const trace::Event& one : *block.value()) {
      if (one.number > event && one.input.sent == event) return one.number;
    }
    other = block.value()->back().number + 1;
  }
  return std::uint64_t{0};
}

}  // namespace logarium::viz

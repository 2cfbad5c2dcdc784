#include "sim/trace/summary.hpp"

#include <algorithm>
#include <bit>
#include <variant>

#include "engine/base/ensure.hpp"

namespace logarium::trace {
namespace {

template <class... T>
constexpr std::uint64_t note_mask() {
  std::uint64_t mask = 0;
  ((mask |= std::uint64_t{1} << Note(T{}).index()), ...);
  return mask;
}

std::uint64_t telling_notes() {
  using namespace note;
  return note_mask<
      ReplicaDeleted, Truncated, IsrState, OutOfRange, DirectoryOffline, BrokerStateChanged,
      QuorumRoleChanged, VotePersisted, VoteRefused, SnapshotLoaded, ControllerActive, TopicCreated,
      TopicDeleted, ReplicaPlaced, PartitionCommitted, BrokerRegistered, BrokerFenced,
      BrokerUnfenced, BrokerInControlledShutdown, ShutdownGranted, ReassignmentCompleted,
      BatchFailed, PositionReset, TruncationDetected, ProcessStarted, ProcessEnded, BytesLost,
      DiskWiped, FaultBegan, FaultEnded, ClockChanged, FaultSide, RequestRefused, SessionExpired>();
}
static_assert(std::variant_size_v<Note> <= 64);

std::int64_t whole(std::uint64_t value) { return static_cast<std::int64_t>(value); }

// Damaged files may hold offsets whose difference is none.
std::int64_t ahead(Offset of, Offset what) {
  return of > what ? whole(static_cast<std::uint64_t>(of.value()) -
                           static_cast<std::uint64_t>(what.value()))
                   : 0;
}

struct ReadingsTaker {
  const View& view;
  Readings out{};

  std::int64_t& of(Reading reading) { return out[static_cast<std::size_t>(reading)]; }
  // Modulo 2^64, as a damaged file may have it.
  void add(Reading reading, std::int64_t value) {
    of(reading) =
        whole(static_cast<std::uint64_t>(of(reading)) + static_cast<std::uint64_t>(value));
  }
  void most(Reading reading, std::int64_t value) { of(reading) = std::max(of(reading), value); }

  void partition(const PartitionView& one) {
    if (one.ref == kMetadataPartition || one.deleted || one.replicas.empty()) return;
    if (!one.leader) {
      ++of(Reading::kOffline);
    } else if (static_cast<std::size_t>(std::popcount(one.isr.value())) < one.replicas.size()) {
      ++of(Reading::kUnderReplicated);
    }
    const LogView* leader = leading(one);
    if (leader == nullptr) return;
    add(Reading::kUncommitted, ahead(leader->log_end, leader->high_watermark));
    for (const LogView& log : one.logs) {
      if (log.open) most(Reading::kReplicaLag, ahead(leader->log_end, log.log_end));
    }
  }
  static const LogView* leading(const PartitionView& one) {
    for (const LogView& log : one.logs) {
      if (log.leading && log.open) return &log;
    }
    return nullptr;
  }
  void node(std::uint32_t index) {
    const NodeView& one = view.nodes()[index];
    if (one.controls) ++of(Reading::kActiveControllers);
    if (one.broker_epoch && one.fenced) ++of(Reading::kFencedBrokers);
    add(Reading::kBatchesInFlight, whole(one.in_flight.size()));
    add(Reading::kRecordsRead, whole(one.delivered));
    for (const PositionView& position : one.positions) {
      const PartitionView* of_position = view.find(position.partition);
      const LogView* leader = of_position == nullptr ? nullptr : leading(*of_position);
      if (leader == nullptr) continue;
      most(Reading::kConsumerLag, ahead(leader->high_watermark, position.next));
    }
  }
  void counts() {
    const CountsView& counts = view.counts();
    of(Reading::kRecordsIn) = whole(counts.records_in);
    of(Reading::kRequests) = whole(counts.requests);
    of(Reading::kFailedProduces) = whole(counts.failed_produces);
    of(Reading::kIsrShrinks) = whole(counts.isr_shrinks);
    of(Reading::kIsrExpands) = whole(counts.isr_expands);
    of(Reading::kElections) = whole(counts.elections);
    of(Reading::kUncleanElections) = whole(counts.unclean_elections);
    of(Reading::kBatchesAcked) = whole(counts.batches_acked);
    of(Reading::kAckNs) = whole(counts.ack_ns);
    of(Reading::kMessagesLost) = whole(counts.messages_lost);
  }
};

// Puts neighbours together.
void halve(std::vector<std::uint32_t>& bins) {
  const std::size_t half = (bins.size() + 1) / 2;
  for (std::size_t i = 0; i < half; ++i) {
    const std::uint32_t second = 2 * i + 1 < bins.size() ? bins[2 * i + 1] : 0;
    bins[i] = bins[2 * i] + second;
  }
  bins.resize(half);
}

void widen(ReadingsBin& bin, const Readings& low, const Readings& high) {
  for (std::size_t i = 0; i < kReadings; ++i) {
    bin.low[i] = std::min(bin.low[i], low[i]);
    bin.high[i] = std::max(bin.high[i], high[i]);
  }
}

void add_one(std::vector<std::uint32_t>& bins, std::size_t bin) {
  if (bins.size() <= bin) bins.resize(bin + 1);
  ++bins[bin];
}

}  // namespace

bool is_telling(const Note& note) {
  static const std::uint64_t kTelling = telling_notes();
  return (kTelling >> note.index() & 1) != 0;
}

Readings readings_of(const View& view) {
  ReadingsTaker reader{view};
  for (const PartitionView& one : view.partitions()) reader.partition(one);
  for (std::uint32_t i = 0; i < view.nodes().size(); ++i) reader.node(i);
  reader.counts();
  return reader.out;
}

SummaryBuilder::SummaryBuilder(std::size_t nodes) {
  summary_.events_by_time.resize(nodes);
  summary_.events_by_order.resize(nodes);
}

void SummaryBuilder::halve_time() {
  summary_.bin_ns *= 2;
  for (std::vector<std::uint32_t>& bins : summary_.events_by_time) halve(bins);
  std::vector<ReadingsBin>& readings = summary_.readings;
  const std::size_t half = (readings.size() + 1) / 2;
  for (std::size_t i = 0; i < half; ++i) {
    readings[i] = readings[2 * i];
    if (2 * i + 1 < readings.size()) {
      widen(readings[i], readings[2 * i + 1].low, readings[2 * i + 1].high);
    }
  }
  readings.resize(half);
  time_bin_ /= 2;
}

void SummaryBuilder::halve_order() {
  summary_.bin_events *= 2;
  for (std::vector<std::uint32_t>& bins : summary_.events_by_order) halve(bins);
}

// Bins without events have the numbers of the last one before.
void SummaryBuilder::enter_time_bin(std::size_t bin) {
  std::vector<ReadingsBin>& readings = summary_.readings;
  ReadingsBin last;
  if (!readings.empty()) last.low = last.high = latest_;
  readings.resize(bin + 1, last);
  time_bin_ = bin;
  due_ = true;
}

void SummaryBuilder::read(const View& view) {
  latest_ = readings_of(view);
  widen(summary_.readings[time_bin_], latest_, latest_);
  due_ = false;
  credit_ = 0;
}

void SummaryBuilder::add(std::uint64_t number, Instant time, std::uint32_t node,
                         const InputRecord& input, const std::vector<Note>& notes,
                         const View& after) {
  ENSURE(node < summary_.events_by_time.size());
  summary_.events = number;
  summary_.end = time;
  const auto time_bin = [&] { return static_cast<std::size_t>(time.ns / summary_.bin_ns); };
  while (time_bin() >= Summary::kBinsMax) halve_time();
  if (summary_.readings.size() <= time_bin()) enter_time_bin(time_bin());
  add_one(summary_.events_by_time[node], time_bin());
  const auto order_bin = [&] {
    return static_cast<std::size_t>((number - 1) / summary_.bin_events);
  };
  while (order_bin() >= Summary::kBinsMax) halve_order();
  add_one(summary_.events_by_order[node], order_bin());
  tell(number, time, node, input, notes, after);
  // A reading costs as much as so many events, so that it is paid for by them.
  ++credit_;
  if (due_ && kEventsPerPart * credit_ >= after.partitions().size() + after.nodes().size()) {
    read(after);
  }
}

void SummaryBuilder::tell(std::uint64_t number, Instant time, std::uint32_t node,
                          const InputRecord& input, const std::vector<Note>& notes,
                          const View& after) {
  const bool fell = after.counts().falls != falls_;
  falls_ = after.counts().falls;
  Event* told = nullptr;
  for (const Note& note : notes) {
    const bool of_fall = fell && std::holds_alternative<note::HighWatermarkMoved>(note);
    if (!of_fall && !is_telling(note)) continue;
    if (told == nullptr) {
      told = &summary_.highlights.emplace_back();
      told->number = number;
      told->time = time;
      told->node = node;
      told->input.kind = input.kind == InputKind::kHost ? InputKind::kHost : InputKind::kWake;
    }
    told->notes.push_back(note);
  }
  due_ = due_ || told != nullptr;
}

}  // namespace logarium::trace

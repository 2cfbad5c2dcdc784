#include "engine/log/readers.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/log/io.hpp"
#include "engine/protocol/records.hpp"

namespace logarium::log {
namespace {

constexpr std::int64_t kChunkMin = 4096;
constexpr std::int64_t kChunkMax = 1024 * 1024;

}  // namespace

std::optional<TimestampFound> find_record(const protocol::Batch& batch, std::int64_t timestamp_ms,
                                          Offset from) {
  std::optional<LeaderEpoch> epoch;
  if (batch.partition_leader_epoch >= LeaderEpoch(0)) epoch = batch.partition_leader_epoch;
  protocol::RecordReader reader(batch);
  protocol::RecordView record;
  while (reader.next(record)) {
    if (record.offset >= from && record.timestamp >= timestamp_ms) {
      return TimestampFound{record.timestamp, record.offset, epoch};
    }
  }
  return std::nullopt;
}

Ticket Readers::add(Waiting waiting) {
  waiting.ticket = Ticket(next_ticket_++);
  waiting_.push_back(std::move(waiting));
  return waiting_.back().ticket;
}

std::optional<Ticket> Readers::read(StepContext& ctx, const ReadScope& scope,
                                    const ReadRequest& request) {
  const Segment& segment = scope.segments[scope.segments.find(request.from)];
  Waiting waiting;
  waiting.generation = scope.generation;
  waiting.request = request;
  const std::int64_t chunk = std::clamp(request.max_bytes, kChunkMin, kChunkMax);
  waiting.scanner =
      Scanner(segment, segment.position_before(request.from), chunk, Scanner::Crc::kTrust);
  if (waiting.scanner.finished() && !next_segment(waiting, scope)) return std::nullopt;
  const Ticket ticket = add(std::move(waiting));
  issue(ctx, scope, waiting_.back());
  return ticket;
}

Ticket Readers::lookup(StepContext& ctx, const ReadScope& scope, const TimestampRequest& request,
                       std::size_t first) {
  const Segment& segment = scope.segments[first];
  const Offset from = std::max(segment.offset_before_time(request.timestamp_ms), scope.log_start);
  Waiting waiting;
  waiting.kind = Kind::kLookup;
  waiting.generation = scope.generation;
  waiting.timestamp = request;
  waiting.scanner =
      Scanner(segment, segment.position_before(from), kChunkMax, Scanner::Crc::kTrust);
  const Ticket ticket = add(std::move(waiting));
  issue(ctx, scope, waiting_.back());
  return ticket;
}

void Readers::issue(StepContext& ctx, const ReadScope& scope, Waiting& waiting) {
  ENSURE(!waiting.scanner.finished());
  const std::uint64_t value = tagged_value(scope.generation, waiting.ticket.value());
  ctx.issue(waiting.scanner.next_read(cookie_of(scope.identity.slot, What::kRead, value)));
}

bool Readers::take(Waiting& waiting, const ReadScope& scope,
                   const std::vector<Scanner::Found>& batches) {
  for (const auto& [batch, position] : batches) {
    if (waiting.kind == Kind::kLookup) {
      const TimestampRequest& asked = waiting.timestamp;
      if (batch.base_offset >= asked.limit) return true;
      if (batch.max_timestamp < asked.timestamp_ms) continue;
      waiting.found = find_record(batch, asked.timestamp_ms, scope.log_start);
      if (waiting.found && waiting.found->offset >= asked.limit) waiting.found.reset();
      if (waiting.found) return true;
      continue;
    }
    if (batch.next_offset() <= waiting.request.from) continue;
    if (batch.next_offset() > waiting.request.limit) {
      waiting.damaged = batch.next_offset() > scope.log_end;
      return true;
    }
    waiting.bytes += static_cast<std::int64_t>(batch.size_bytes());
    const bool forced =
        waiting.batches.empty() && waiting.request.minimum == ReadRequest::Minimum::kOneBatch;
    if (waiting.bytes > waiting.request.max_bytes && !forced) return true;
    waiting.batches.push_back(batch);
    if (waiting.bytes >= waiting.request.max_bytes) return true;
  }
  return false;
}

bool Readers::next_segment(Waiting& waiting, const ReadScope& scope) {
  // A fetch's answer holds batches of one segment, as Kafka's does.
  if (!waiting.batches.empty()) return false;
  const std::size_t next = scope.segments.find(waiting.scanner.segment_base()) + 1;
  if (next >= scope.segments.size() || scope.segments[next].size == 0) return false;
  waiting.scanner = Scanner(scope.segments[next], 0, kChunkMax, Scanner::Crc::kTrust);
  return true;
}

void Readers::on_io(StepContext& ctx, const ReadScope& scope, const IoDone& done,
                    Ring<Event>& events) {
  const Ticket ticket(low_half(done.cookie.value));
  const auto it = std::find_if(waiting_.begin(), waiting_.end(),
                               [ticket](const Waiting& w) { return w.ticket == ticket; });
  if (it == waiting_.end()) return;
  const auto index = static_cast<std::size_t>(it - waiting_.begin());
  if (it->generation != scope.generation) return finish(index, ReadStatus::kStale, events);
  const std::vector<Scanner::Found> found = it->scanner.feed(done.data);
  const bool satisfied = take(*it, scope, found);
  const bool ended =
      !satisfied && !it->scanner.damaged() && it->scanner.finished() && !next_segment(*it, scope);
  if (!satisfied && !ended && !it->scanner.damaged()) return issue(ctx, scope, *it);
  // What came before damage is good; the next read will begin at it. Where the segments end before
  // what was asked for, a batch lies about its offsets.
  const bool short_of = ended && it->kind == Kind::kRead && it->request.from < it->request.limit;
  const bool damaged = it->damaged || (!satisfied && it->scanner.damaged()) || short_of;
  finish(index, damaged && it->batches.empty() ? ReadStatus::kCorrupt : ReadStatus::kOk, events);
}

void Readers::finish(std::size_t index, ReadStatus status, Ring<Event>& events) {
  Waiting waiting = std::move(waiting_[index]);
  waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(index));
  if (waiting.kind == Kind::kRead) {
    events.push_back(ReadDone{waiting.ticket, status, std::move(waiting.batches)});
  } else {
    events.push_back(LookupDone{waiting.ticket, status, waiting.found});
  }
}

void Readers::cancel(Ticket ticket) {
  std::erase_if(waiting_, [ticket](const Waiting& w) { return w.ticket == ticket; });
}

void Readers::end_all(Ring<Event>& events) {
  while (!waiting_.empty()) finish(0, ReadStatus::kStale, events);
}

void Readers::Waiting::describe(StateVisitor& v) const {
  visit(v, "ticket", ticket);
  visit(v, "kind", kind);
  visit(v, "generation", generation);
  visit(v, "from", request.from);
  visit(v, "limit", request.limit);
  visit(v, "max bytes", request.max_bytes);
  visit(v, "timestamp", timestamp.timestamp_ms);
  visit(v, "timestamp limit", timestamp.limit);
  visit(v, "scanner", scanner);
  visit(v, "bytes", bytes);
  visit(v, "damaged", damaged);
}

void Readers::describe(StateVisitor& v) const {
  visit(v, "waiting", waiting_);
  visit(v, "next ticket", next_ticket_);
}

}  // namespace logarium::log

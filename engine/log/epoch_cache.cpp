#include "engine/log/epoch_cache.hpp"

#include <algorithm>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/log/checkpoint.hpp"

namespace logarium::log {
namespace {

// First entry with an epoch above the one asked.
auto above(const std::vector<EpochEntry>& entries, LeaderEpoch epoch) {
  return std::upper_bound(entries.begin(), entries.end(), epoch,
                          [](LeaderEpoch asked, const EpochEntry& e) { return asked < e.epoch; });
}

}  // namespace

void EpochEntry::describe(StateVisitor& v) const {
  visit(v, "epoch", epoch);
  visit(v, "start", start);
}

bool EpochCache::assign(LeaderEpoch epoch, Offset start) {
  if (!entries_.empty() && epoch == entries_.back().epoch && start >= entries_.back().start) {
    return false;
  }
  const auto goes = [&](const EpochEntry& e) { return e.epoch >= epoch || e.start >= start; };
  while (!entries_.empty() && goes(entries_.back())) entries_.pop_back();
  entries_.push_back({epoch, start});
  return true;
}

bool EpochCache::truncate_from_end(Offset end) {
  const std::size_t before = entries_.size();
  while (!entries_.empty() && entries_.back().start >= end) entries_.pop_back();
  return entries_.size() != before;
}

bool EpochCache::truncate_from_start(Offset start) {
  // The last entry that starts at or before `start` spans it; those before it go.
  std::size_t spanning = 0;
  while (spanning + 1 < entries_.size() && entries_[spanning + 1].start <= start) ++spanning;
  if (entries_.empty() || entries_[spanning].start >= start) {
    if (spanning == 0) return false;
  }
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(spanning));
  if (!entries_.empty() && entries_.front().start < start) entries_.front().start = start;
  return true;
}

std::optional<EpochEnd> EpochCache::end_offset_for(LeaderEpoch epoch, Offset log_end) const {
  if (entries_.empty() || epoch > entries_.back().epoch) return std::nullopt;
  if (epoch == entries_.back().epoch) return EpochEnd{epoch, log_end};
  const auto next = above(entries_, epoch);
  ENSURE(next != entries_.end());
  // Below everything known: the epoch asked ends where the first known one starts (KIP-101).
  if (next == entries_.begin()) return EpochEnd{epoch, next->start};
  return EpochEnd{std::prev(next)->epoch, next->start};
}

std::optional<LeaderEpoch> EpochCache::epoch_at(Offset offset) const {
  const auto next =
      std::upper_bound(entries_.begin(), entries_.end(), offset,
                       [](Offset asked, const EpochEntry& e) { return asked < e.start; });
  if (next == entries_.begin()) return std::nullopt;
  return std::prev(next)->epoch;
}

std::optional<EpochEntry> EpochCache::latest() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.back();
}

std::optional<LeaderEpoch> EpochCache::previous(LeaderEpoch epoch) const {
  const auto next =
      std::lower_bound(entries_.begin(), entries_.end(), epoch,
                       [](const EpochEntry& e, LeaderEpoch asked) { return e.epoch < asked; });
  if (next == entries_.begin()) return std::nullopt;
  return std::prev(next)->epoch;
}

std::string EpochCache::encode() const {
  std::string text = "0\n" + std::to_string(entries_.size()) + "\n";
  for (const EpochEntry& e : entries_) {
    text += std::to_string(e.epoch.value()) + " " + std::to_string(e.start.value()) + "\n";
  }
  return text;
}

Result<EpochCache> EpochCache::decode(std::string_view text) {
  const auto version = parse_integer(take_until(text, '\n'));
  const auto count = parse_integer(take_until(text, '\n'));
  if (!version || version.value() != 0 || !count) {
    return Error{"expected version 0 and a count in the first two lines"};
  }
  EpochCache cache;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    if (line.empty()) continue;
    const auto epoch = parse_integer(take_until(line, ' '));
    const auto start = parse_integer(line);
    if (!epoch || !start || epoch.value() < 0 || epoch.value() > INT32_MAX || start.value() < 0) {
      return Error{"expected \"epoch offset\" in entry " + std::to_string(cache.entries_.size())};
    }
    const EpochEntry entry{LeaderEpoch(static_cast<std::int32_t>(epoch.value())),
                           Offset(start.value())};
    const bool increasing = cache.entries_.empty() || (entry.epoch > cache.entries_.back().epoch &&
                                                       entry.start > cache.entries_.back().start);
    if (!increasing) return Error{"epochs and offsets must increase"};
    cache.entries_.push_back(entry);
  }
  if (static_cast<std::int64_t>(cache.entries_.size()) != count.value()) {
    return Error{"expected " + std::to_string(count.value()) + " entries"};
  }
  return cache;
}

void EpochCache::describe(StateVisitor& v) const { visit(v, "entries", entries_); }

}  // namespace logarium::log

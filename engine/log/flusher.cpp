#include "engine/log/flusher.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/state_visitor.hpp"

namespace logarium::log {

void Flusher::reset(Offset synced_end) {
  synced_end_ = synced_end;
  cut_.reset();
  in_flight_.clear();
}

bool Flusher::covers(Offset end) const {
  // A roll after a truncation must sync the segment that was cut before the next one begins.
  if (cut_) return false;
  if (synced_end_ >= end) return true;
  return std::any_of(in_flight_.begin(), in_flight_.end(),
                     [end](const InFlight& f) { return f.end >= end; });
}

std::uint64_t Flusher::begin(Offset end) {
  cut_.reset();
  in_flight_.push_back({next_, end});
  return next_++;
}

bool Flusher::done(std::uint64_t number) {
  const auto it = std::find_if(in_flight_.begin(), in_flight_.end(),
                               [number](const InFlight& f) { return f.number == number; });
  if (it == in_flight_.end()) return false;
  const Offset end = it->end;
  in_flight_.erase(it);
  if (end <= synced_end_) return false;
  synced_end_ = end;
  return true;
}

void Flusher::truncate(Offset end) {
  synced_end_ = std::min(synced_end_, end);
  cut_ = std::min(cut_.value_or(end - 1), end - 1);
  for (InFlight& f : in_flight_) f.end = std::min(f.end, end);
}

bool Flusher::take_directory_dirty() { return std::exchange(directory_dirty_, false); }

void Flusher::InFlight::describe(StateVisitor& v) const {
  visit(v, "number", number);
  visit(v, "end", end);
}

void Flusher::describe(StateVisitor& v) const {
  visit(v, "synced end", synced_end_);
  visit(v, "cut", cut_);
  visit(v, "in flight", in_flight_);
  visit(v, "directory dirty", directory_dirty_);
}

}  // namespace logarium::log

#include "sim/trace/cursor.hpp"

#include <algorithm>

#include "engine/base/ensure.hpp"

namespace logarium::trace {

Cursor::Cursor(const RunSource& run)
    : run_(run), view_(run.info().nodes), before_(run.info().nodes) {}

const Event* Cursor::event() const {
  if (view_.event() == 0 || !chunk_) return nullptr;
  return &events_[static_cast<std::size_t>(view_.event() - first_of_chunk())];
}

Result<> Cursor::load(std::size_t chunk) {
  if (chunk_ == chunk) return Ok{};
  Result<std::vector<Event>> events = run_.events(chunk);
  if (!events) return events.error();
  events_ = std::move(events).value();
  chunk_ = chunk;
  return Ok{};
}

void Cursor::fold_to(std::uint64_t event) {
  while (view_.event() < event) {
    view_.apply(events_[static_cast<std::size_t>(view_.event() + 1 - first_of_chunk())]);
    ++folded_;
  }
}

// To the beginning of a chunk: from the view at hand when it lies between the last keyframe and
// there, else from that keyframe.
Result<> Cursor::enter(std::size_t chunk) {
  std::size_t from = chunk;
  while (!run_.has_keyframe(from)) --from;
  const bool here = chunk_ && *chunk_ >= from && *chunk_ < chunk;
  if (here) {
    from = *chunk_;
  } else {
    Result<View> keyframe = run_.keyframe(from);
    if (!keyframe) return keyframe.error();
    view_ = std::move(keyframe).value();
  }
  for (; from < chunk; ++from) {
    if (const Result<> loaded = load(from); !loaded) return loaded;
    fold_to(events_.back().number);
  }
  if (const Result<> loaded = load(chunk); !loaded) return loaded;
  before_ = view_;
  return Ok{};
}

Result<> Cursor::seek(std::uint64_t event) {
  ENSURE(event <= run_.info().events);
  if (event == 0) {
    rewind();
    return Ok{};
  }
  const std::size_t chunk = run_.chunk_of(event);
  if (chunk_ != chunk) {
    if (const Result<> entered = enter(chunk); !entered) {
      rewind();
      return entered;
    }
  } else if (event < view_.event()) {
    view_ = before_;
  }
  fold_to(event);
  return Ok{};
}

void Cursor::rewind() {
  view_ = View(run_.info().nodes);
  before_ = view_;
  chunk_.reset();
}

Result<> Cursor::seek(Instant time) {
  std::size_t chunk = 0;
  if (run_.chunks() == 0 || run_.first_time(0) > time) return seek(std::uint64_t{0});
  while (chunk + 1 < run_.chunks() && run_.first_time(chunk + 1) <= time) ++chunk;
  const Result<> there = seek(run_.first_event(chunk));
  if (!there) return there;
  const auto after =
      std::upper_bound(events_.begin(), events_.end(), time,
                       [](Instant wanted, const Event& event) { return wanted < event.time; });
  return seek(std::prev(after)->number);
}

}  // namespace logarium::trace

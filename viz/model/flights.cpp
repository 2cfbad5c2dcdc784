#include "viz/model/flights.hpp"

#include <algorithm>

namespace logarium::viz {
namespace {

constexpr Duration kHorizon = seconds(2);
constexpr std::uint64_t kHorizonEvents = 8192;

Flight received(const trace::Event& event) {
  Flight out;
  out.from = event.input.sender;
  out.to = event.node;
  out.sent = event.input.sent;
  out.received = event.number;
  out.received_at = event.time;
  out.api_key = event.input.api_key;
  out.direction = event.input.direction;
  out.correlation = event.input.correlation;
  return out;
}

Flight lost(const trace::Lost& one) {
  Flight out;
  out.from = one.from;
  out.to = one.to;
  out.sent = one.sent;
  out.received_at = one.time;
  out.lost = true;
  out.api_key = one.api_key;
  out.direction = one.direction;
  out.correlation = one.correlation;
  return out;
}

// When they were sent, and which are copies of earlier ones.
Result<> complete(const RunIndex& index, std::vector<Flight>& flights) {
  std::stable_sort(flights.begin(), flights.end(),
                   [](const Flight& a, const Flight& b) { return a.sent < b.sent; });
  for (std::size_t i = 0; i < flights.size(); ++i) {
    Flight& one = flights[i];
    const Result<Instant> sent_at = index.time_of(one.sent);
    if (!sent_at) return sent_at.error();
    one.sent_at = sent_at.value();
    for (std::size_t j = i; j-- > 0 && flights[j].sent == one.sent && !one.again;) {
      const Flight& other = flights[j];
      one.again = other.to == one.to && other.correlation == one.correlation &&
                  other.direction == one.direction && other.api_key == one.api_key;
    }
  }
  return Ok{};
}

// Calls `take` with every event of [first, last]; stops when it returns false.
template <class F>
Result<> for_events(const RunIndex& index, std::uint64_t first, std::uint64_t last, F&& take) {
  for (std::uint64_t at = std::max<std::uint64_t>(first, 1); at <= last;) {
    const Result<RunIndex::Block> block = index.block_of(at);
    if (!block) return block.error();
    const std::vector<trace::Event>& list = *block.value();
    for (auto i = static_cast<std::size_t>(at - list.front().number); i < list.size(); ++i, ++at) {
      if (at > last || !take(list[i])) return Ok{};
    }
  }
  return Ok{};
}

}  // namespace

Result<std::vector<Flight>> flights_at(const RunIndex& index, std::uint64_t event, Instant now) {
  std::vector<Flight> out;
  const std::uint64_t last = std::min(index.events(), event + kHorizonEvents);
  const auto take = [&](const trace::Event& one) {
    if (one.time > now + kHorizon) return false;
    for (const trace::Lost& gone : one.lost) {
      if (gone.sent != 0 && gone.sent <= event && gone.time >= now) out.push_back(lost(gone));
    }
    if (one.input.sent != 0 && one.input.sent <= event) out.push_back(received(one));
    return true;
  };
  if (const Result<> read = for_events(index, event + 1, last, take); !read) return read.error();
  if (const Result<> done = complete(index, out); !done) return done.error();
  return out;
}

Result<std::vector<Flight>> flights_between(const RunIndex& index, std::uint64_t first,
                                            std::uint64_t last) {
  std::vector<Flight> out;
  const auto take = [&](const trace::Event& one) {
    for (const trace::Lost& gone : one.lost) {
      if (gone.sent != 0) out.push_back(lost(gone));
    }
    if (one.input.sent != 0) out.push_back(received(one));
    return true;
  };
  if (const Result<> read = for_events(index, first, last, take); !read) return read.error();
  if (const Result<> done = complete(index, out); !done) return done.error();
  return out;
}

}  // namespace logarium::viz

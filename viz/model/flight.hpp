#pragma once
// Flight: one message on its way.

#include <cstdint>
#include <string>

#include "engine/base/message.hpp"
#include "engine/base/time.hpp"
#include "viz/model/labels.hpp"

namespace logarium::viz {

// A message from its sending to its end. A lost one has no receiver's event.
struct Flight {
  std::uint32_t from = 0, to = 0;  // nodes
  std::uint64_t sent = 0;          // event
  Instant sent_at;
  std::uint64_t received = 0;  // event; 0: lost, or the run ends before
  Instant received_at;         // when it was lost, for a lost one
  bool lost = false;
  bool again = false;  // a copy of it had come before
  std::int16_t api_key = 0;
  Message::Direction direction = Message::Direction::kRequest;
  std::int32_t correlation = 0;
};

// "Fetch request b4 -> b2, 0.5 ms"; "lost" for one that is.
[[nodiscard]] std::string words_of(const Flight& flight, const Labels& labels);
// "12 ms ago": when `follower` last asked `server` for records; "never" in this process's life.
[[nodiscard]] std::string last_fetch(const trace::View& view, std::uint32_t server,
                                     std::uint32_t follower);

}  // namespace logarium::viz

#include "viz/model/flight.hpp"

#include <fmt/format.h>

#include "engine/protocol/api_key.hpp"

namespace logarium::viz {

std::string words_of(const Flight& flight, const Labels& labels) {
  const bool request = flight.direction == Message::Direction::kRequest;
  std::string out = fmt::format(
      "{} {} {} -> {}", protocol::name_of(static_cast<protocol::ApiKey>(flight.api_key)),
      request ? "request" : "response", labels.brief(flight.from), labels.brief(flight.to));
  if (flight.lost) return out + ", lost";
  if (flight.again) out += ", a second time";
  return out + ", " + how_long(flight.received_at - flight.sent_at);
}

std::string last_fetch(const trace::View& view, std::uint32_t server, std::uint32_t follower) {
  for (const trace::HeardView& one : view.nodes()[server].heard) {
    if (one.from == follower) return how_long(view.time() - one.at) + " ago";
  }
  return "never";
}

}  // namespace logarium::viz

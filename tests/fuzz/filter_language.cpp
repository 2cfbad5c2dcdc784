// The filter language of the viewer from anywhere: whatever is typed gives a filter or an error
// whose place lies within the text. A filter's own text is a filter that lets the same events
// through, and no event passes without one of the kinds that the filter says it needs.

#include <cstdint>
#include <string_view>
#include <vector>

#include "viz/model/events.hpp"
#include "viz/model/filter.hpp"

namespace {

using namespace logarium;
using namespace logarium::viz;

// Longer ones only repeat what shorter ones show.
constexpr std::size_t kInputMax = 4096;

void require(bool holds) {
  if (!holds) __builtin_trap();
}

const Uuid kOrders{1, 7};

const Labels& labels() {
  static const Labels names({{"broker-1", "broker", NodeId(1)},
                             {"broker-2", "combined", NodeId(2)},
                             {"controller-1001", "controller", NodeId(1001)},
                             {"producer-1", "client", NodeId(0)}},
                            {{kOrders, "orders"}, {Uuid{1, 8}, "clicks \"2\""}});
  return names;
}

trace::Event event_of(std::uint64_t number, std::uint32_t node, std::vector<Note> notes) {
  trace::Event out;
  out.number = number;
  out.time = Instant{static_cast<std::int64_t>(number) * 1'500'000};
  out.node = node;
  out.notes = std::move(notes);
  return out;
}

const std::vector<trace::Event>& events() {
  static const std::vector<trace::Event> all = [] {
    const PartitionRef three{kOrders, PartitionIndex(3)};
    std::vector<trace::Event> out{
        event_of(1, 0, {note::ProcessStarted{}}),
        event_of(8264, 0, {note::ProcessEnded{Incarnation(1), note::EndCause::kCrash}}),
        event_of(
            8280, 2,
            {note::PartitionCommitted{three, NodeId(2), LeaderEpoch(7), PartitionEpoch(9),
                                      ReplicaSet(6), ReplicaSet(0), note::ElectionKind::kClean}}),
        event_of(8412, 1, {}),
        event_of(8413, 3, {}),
    };
    out[3].input.kind = trace::InputKind::kReceived;
    out[3].input.api_key = 1;
    out[3].input.sent = 8000;
    out[4].lost.push_back({0, 1, 8400, Instant{1}, 0, {}, 3});
    return out;
  }();
  return all;
}

void check_error(const FilterError& error, std::string_view text) {
  require(error.at <= text.size());
  require(error.length >= 1);
  require(!error.message.empty());
  require(!dump(error, text).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kInputMax) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Filter::Parsed parsed = Filter::parse(text, labels());
  if (parsed.error) {
    check_error(*parsed.error, text);
    require(parsed.filter.everything());
    return 0;
  }
  const std::string own = parsed.filter.text();
  const Filter::Parsed again = Filter::parse(own, labels());
  require(!again.error);
  require(again.filter.text() == own);
  for (const trace::Event& event : events()) {
    const bool passes = parsed.filter.passes(event, labels());
    require(passes == again.filter.passes(event, labels()));
    require(!passes || (kinds_of(event) & parsed.filter.kinds()) != 0);
  }
  return 0;
}

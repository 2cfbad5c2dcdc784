#pragma once
// What tools and tests do with any message through the one virtual FieldVisitor: JSON, comparison,
// random messages. Not for hot paths.

#include <cstdint>
#include <string>

#include "engine/base/message.hpp"
#include "engine/base/random.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

// The message as a WireMessage. REQUIRES: it is one, as all of engine/protocol are.
[[nodiscard]] const WireMessage& wire_message(const Message& message);

// One JSON object: Kafka's field names, the fields of this version, null for null, uuids in
// Kafka's text form, bytes as hexadecimal, of each record batch its header and payload size.
[[nodiscard]] std::string to_json(const Message& message, std::int16_t version);

// "Topics[0].Partitions[2].FetchOffset: 7 against 8", or empty when all fields that the version
// carries are equal. REQUIRES: both are messages of the same API and direction.
[[nodiscard]] std::string first_difference(const Message& a, const Message& b,
                                           std::int16_t version);

// Fills every field that the version carries with random values: limits and neighbours of limits
// more often than chance would, up to three elements per list, null where it is allowed.
void randomise(WireMessage& message, std::int16_t version, Random& random);

}  // namespace logarium::protocol

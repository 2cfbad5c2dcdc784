#pragma once
// The answer that says nothing but an error, in the shape of its API: what Kafka's request classes
// give in AbstractRequest.getErrorResponse. Where the code goes is a fact of the API: at the top of
// the response, in every topic, partition or other entry that the request names, or both.
//
// A server refuses whole requests with it (NOT_CONTROLLER from a controller that is not active),
// and a host that injects errors has it sent instead of the handler's answer.

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/message.hpp"
#include "engine/protocol/api_key.hpp"
#include "engine/protocol/error_code.hpp"

namespace logarium::protocol {

// Whether requests of this API can be answered with an error at all. Not: APIs that none of our
// servers answers (Envelope), and those without message structs here.
[[nodiscard]] bool has_error_response(ApiKey key);

// The response to `request`, which came in `version`; throttle_time_ms is 0. `message` goes where
// Kafka puts the text of the failure; several APIs have no place for one.
// Null when there is no answer: to a Produce with acks=0, and when !has_error_response(). Kafka
// then closes the connection. REQUIRES: it is a request, and code is not kNone.
[[nodiscard]] MessageRef error_response(const Message& request, std::int16_t version,
                                        ErrorCode code,
                                        std::optional<std::string> message = std::nullopt);

}  // namespace logarium::protocol

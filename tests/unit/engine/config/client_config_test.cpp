#include "engine/config/client_config.hpp"

#include <catch2/catch_test_macros.hpp>

namespace logarium {
namespace {

TEST_CASE("a producer's defaults are Kafka 4's") {
  const auto parsed = parse_producer_config({});
  REQUIRE(parsed.ok());
  const ProducerConfig& config = parsed.value();
  CHECK(config.acks_number() == -1);
  CHECK(config.enable_idempotence);
  CHECK(config.linger_ms == 5);
  CHECK(config.batch_size == 16'384);
  CHECK(config.delivery_timeout_ms == 120'000);
  CHECK(config.max_in_flight_requests_per_connection == 5);
}

TEST_CASE("delivery.timeout.ms covers linger.ms and request.timeout.ms") {
  const auto refused = parse_producer_config({{"delivery.timeout.ms", "1000"}});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("delivery.timeout.ms (1000)") != std::string::npos);
  // Not given, it grows with the others.
  const auto grown = parse_producer_config({{"request.timeout.ms", "200000"}});
  REQUIRE(grown.ok());
  CHECK(grown.value().delivery_timeout_ms == 200'005);
}

TEST_CASE("idempotence asked for excludes weak acks; by default it gives way to them") {
  CHECK_FALSE(parse_producer_config({{"acks", "1"}, {"enable.idempotence", "true"}}).ok());
  const auto weak = parse_producer_config({{"acks", "1"}});
  REQUIRE(weak.ok());
  CHECK_FALSE(weak.value().enable_idempotence);
  CHECK_FALSE(parse_producer_config({{"max.in.flight.requests.per.connection", "6"}}).ok());
  CHECK(parse_producer_config(
            {{"max.in.flight.requests.per.connection", "6"}, {"enable.idempotence", "false"}})
            .ok());
}

TEST_CASE("a misspelt name is refused with the nearest one, a wrong word with the right ones") {
  const auto name = parse_consumer_config({{"auto.offset.rest", "latest"}});
  REQUIRE_FALSE(name.ok());
  CHECK(name.error().message.find("auto.offset.reset") != std::string::npos);
  const auto word = parse_consumer_config({{"auto.offset.reset", "newest"}});
  REQUIRE_FALSE(word.ok());
  CHECK(word.error().message.find("earliest") != std::string::npos);
  CHECK_FALSE(parse_admin_config({{"retry.backoff.max.ms", "1"}}).ok());
}

}  // namespace
}  // namespace logarium

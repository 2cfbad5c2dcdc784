#include <catch2/catch_test_macros.hpp>
#include <set>

#include "engine/base/state_visitor.hpp"
#include "engine/config/broker_config.hpp"
#include "engine/config/rules.hpp"

namespace logarium {
namespace {

TEST_CASE("every config keeps its value through text") {
  TopicConfig config;
  config.retention_ms = 77;
  config.cleanup_policy = "compact";
  config.unclean_leader_election_enable = true;
  const Properties overrides = config_overrides(config);
  CHECK(overrides.size() == 3);
  const Result<TopicConfig> parsed = parse_config<TopicConfig>(overrides);
  REQUIRE(parsed.ok());
  CHECK(state_hash(parsed.value()) == state_hash(config));
}

TEST_CASE("config names are unique and every row has a meaning") {
  std::set<std::string> names;
  for (const ConfigEntry& entry : config_entries(BrokerConfig())) {
    CHECK(names.insert(entry.name).second);
    CHECK_FALSE(entry.meaning.empty());
    CHECK(entry.is_default());
  }
  CHECK(names.contains("replica.lag.time.max.ms"));
  CHECK(names.size() > 40);
}

struct Bad {
  Properties given;
  std::string message;
};

TEST_CASE("a wrong config says what is wrong, what is allowed and the nearest name") {
  const std::vector<Bad> table = {
      {{{"replica.lag.time.max.ms", "0"}},
       "config replica.lag.time.max.ms is \"0\"; allowed is a whole number, 1 or more"},
      {{{"num.partitions", "two"}},
       "config num.partitions is \"two\"; allowed is a whole number, 1 or more"},
      {{{"auto.create.topics.enable", "yes"}},
       "config auto.create.topics.enable is \"yes\"; allowed is true or false"},
      {{{"log.message.timestamp.type", "createtime"}},
       "config log.message.timestamp.type is \"createtime\"; allowed is CreateTime or "
       "LogAppendTime"},
      {{{"replica.lag.time.max", "1"}},
       "there is no config replica.lag.time.max; the nearest is replica.lag.time.max.ms"},
      {{{"broker.session.timeout.ms", "1000"}},
       "config broker.session.timeout.ms (1000) must be greater than "
       "broker.heartbeat.interval.ms (2000)"},
      {{{"log.retention.hours", "1x"}},
       "config log.retention.ms is \"log.retention.hours=1x\"; allowed is a whole number, -1 or "
       "more"},
  };
  for (const Bad& bad : table) {
    const Result<ServerConfig> parsed = parse_server_config(bad.given);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().message == bad.message);
  }
}

TEST_CASE("a server sets the defaults of topic configs under its own names") {
  const Result<ServerConfig> server = parse_server_config(
      {{"log.retention.hours", "2"}, {"min.insync.replicas", "2"}, {"log.segment.bytes", "4096"}});
  REQUIRE(server.ok());
  CHECK(server.value().topic_defaults.retention_ms == 2 * 60 * 60 * 1000);
  const TopicConfig topic = effective_topic_config(
      server.value().topic_defaults, {{"log.segment.bytes", "8192"}, {"num.partitions", "3"}},
      {{"retention.ms", "5"}});
  CHECK(topic.retention_ms == 5);
  CHECK(topic.segment_bytes == 8192);
  CHECK(topic.min_insync_replicas == 2);
}

TEST_CASE("an empty word is allowed where the table says so") {
  CHECK(parse_server_config({{"replica.selector.class", ""}}).ok());
  CHECK_FALSE(parse_server_config({{"replica.selector.class", "nearest"}}).ok());
}

TEST_CASE("each rule has a name of its own and can be switched off") {
  std::set<std::string_view> names;
  for (const RuleInfo& info : rule_table()) {
    CHECK(names.insert(info.name).second);
    CHECK(find_rule(info.name) == info.rule);
    Rules rules;
    CHECK(rules.on(info.rule));
    rules.switch_off(info.rule);
    CHECK_FALSE(rules.on(info.rule));
  }
  CHECK(names.size() == kRuleCount);
  CHECK_FALSE(find_rule("no-such-rule"));
}

}  // namespace
}  // namespace logarium

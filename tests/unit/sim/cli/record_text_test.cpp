#include "sim/cli/record_text.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "sim/cli/cluster_session.hpp"

namespace logarium::cli {
namespace {

const RecordText kOrders{.topic = "orders", .partition = PartitionIndex(2)};

protocol::RecordView record_of(std::optional<std::string_view> key,
                               std::optional<std::string_view> value) {
  protocol::RecordView record;
  record.offset = Offset(7);
  record.timestamp = 1'700'000'000'000;
  if (key) record.key = view_of(*key);
  if (value) record.value = view_of(*value);
  return record;
}

std::string text(const protocol::RecordView& record, const RecordColumns& columns) {
  std::string out;
  append_text(kOrders, record, columns, out);
  return out;
}

// The value of a record in JSON.
std::string json_value(std::string_view value) {
  std::string out;
  append_json(kOrders, record_of(std::nullopt, value), out);
  const std::string before = R"("key":null,"value":)";
  const std::size_t from = out.find(before) + before.size();
  return out.substr(from, out.find(R"(,"headers")") - from);
}

TEST_CASE("a record is printed with the columns asked for, in Kafka's order") {
  CHECK(text(record_of("k", "v"), {}) == "v\n");
  CHECK(text(record_of("k", "v"), {.key = true}) == "k\tv\n");
  CHECK(text(record_of("k", "v"),
             {.timestamp = true, .partition = true, .offset = true, .key = true}) ==
        "CreateTime:1700000000000\tPartition:2\tOffset:7\tk\tv\n");
  CHECK(text(record_of(std::nullopt, std::nullopt), {.key = true}) == "null\tnull\n");
  CHECK(text(record_of("", ""), {.key = true}) == "\t\n");
  protocol::RecordView untimed = record_of("k", "v");
  untimed.timestamp = protocol::kNoTimestamp;
  CHECK(text(untimed, {.timestamp = true}) == "NO_TIMESTAMP\tv\n");
}

TEST_CASE("a record is a JSON object with its headers") {
  protocol::RecordView record = record_of("k", std::nullopt);
  record.headers = {{"origin", view_of("here")}, {"empty", std::nullopt}};
  std::string out;
  append_json(kOrders, record, out);
  CHECK(out == R"({"topic":"orders","partition":2,"offset":7,"timestamp":1700000000000,)"
               R"("key":"k","value":null,"headers":[{"key":"origin","value":"here"},)"
               R"({"key":"empty","value":null}]})"
               "\n");
}

TEST_CASE("in JSON UTF-8 is a string and all else base64") {
  CHECK(json_value("") == R"("")");
  CHECK(json_value("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80") ==
        "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80\"");
  CHECK(json_value("\xff") == R"({"base64":"/w=="})");
  CHECK(json_value("\xff\xfe") == R"({"base64":"//4="})");
  CHECK(json_value("\xff\xfe\xfd") == R"({"base64":"//79"})");
  // Cut, overlong, a surrogate, beyond the last character.
  for (const char* wrong : {"\xe2\x82", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                            "\xf4\x90\x80\x80", "\x80", "a\xc3"}) {
    CHECK(json_value(wrong).starts_with(R"({"base64":)"));
  }
}

TEST_CASE("bootstrap servers are hosts with ports") {
  const auto some = parse_bootstrap("localhost:9092,10.0.0.1:1,[::1]:65535");
  REQUIRE(some);
  CHECK(some.value() ==
        std::vector<Endpoint>{{"localhost", 9092}, {"10.0.0.1", 1}, {"::1", 65535}});
  for (const char* wrong : {"", "localhost", ":9092", "a:", "a:0", "a:65536", "a:x", "a:1,",
                            "a:1,,b:2", "::1:9092", "[]:1", "a:1 "}) {
    const auto refused = parse_bootstrap(wrong);
    INFO(wrong);
    REQUIRE(!refused);
    CHECK(refused.error().message.find("HOST:PORT") != std::string::npos);
  }
}

}  // namespace
}  // namespace logarium::cli

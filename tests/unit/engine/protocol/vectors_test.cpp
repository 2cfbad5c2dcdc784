#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/protocol/api_table.hpp"
#include "engine/protocol/json_text.hpp"
#include "engine/protocol/message_tools.hpp"
#include "tests/support/batches/json_batch.hpp"

namespace logarium::protocol {
TEST_CASE("messages encoded by kafka-python decode to their fields and encode to their bytes") {
  std::ifstream file("tests/spec/vectors/messages.json");
  std::size_t seen = 0;
  for (std::string line; std::getline(file, line); ++seen) {
    const auto vector = nlohmann::json::parse(line);
    const auto version = vector["version"].get<std::int16_t>();
    const ApiEntry* entry = find_api(vector["api"].get<std::string>());
    CAPTURE(vector["api"].get<std::string>(), vector["way"].get<std::string>(), version);
    REQUIRE(entry != nullptr);
    const auto decode = vector["way"] == "request" ? entry->decode_request : entry->decode_response;
    const Bytes bytes = test::unhex(vector["hex"].get<std::string>());
    const auto message = decode(bytes, version);
    REQUIRE((message.ok() ? "" : message.error().message) == "");
    CHECK(nlohmann::json::parse(to_json(*message.value(), version)) == vector["fields"]);
    std::vector<std::byte> again;
    message.value()->encode(again, version);
    CHECK(hex_text(again) == hex_text(bytes.view()));
  }
  CHECK(seen > 250);
}

}  // namespace logarium::protocol

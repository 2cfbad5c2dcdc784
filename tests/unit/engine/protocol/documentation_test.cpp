#include "engine/protocol/documentation.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

namespace logarium::protocol {

TEST_CASE("the documentation of an API names fields, types, versions, tags and defaults") {
  const std::string text = to_text(document(*find_api("Vote")));
  CHECK(text.find("Vote (key 52): A candidate of the metadata quorum asks for votes or "
                  "pre-votes.\nversions 0-2, served 0-2, flexible 0+\n\nVoteRequest\n") == 0);
  CHECK(text.find("  ClusterId                                 string     0+     nullable 0+ "
                  "default null\n") != std::string::npos);
  CHECK(
      text.find("      PreVote                               bool       2      default false\n") !=
      std::string::npos);
  CHECK(text.find("  NodeEndpoints                             []struct   1+     tag 0\n") !=
        std::string::npos);
}

TEST_CASE("the list of APIs has one line each") {
  const std::string text = api_list_text();
  CHECK(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) ==
        api_table().size() + 1);
  CHECK(text.find("  1  Fetch                         4-18      12+") != std::string::npos);
  CHECK(api_list_json().find(R"({"key": 1, "name": "Fetch", )") != std::string::npos);
}

TEST_CASE("the JSON documentation nests the fields of structs") {
  const std::string json = to_json(document(*find_api("DeleteRecords")));
  CHECK(json.find(R"({"name": "Topics", "type": "[]struct", "versions": [0, 2], "fields": [)") !=
        std::string::npos);
}

}  // namespace logarium::protocol

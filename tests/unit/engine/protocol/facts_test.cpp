#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/protocol/documentation.hpp"

namespace logarium::protocol {
namespace {

// A line of tests/spec/kafka_fields.txt, whose format make_kafka_fields.py explains.
struct Fact {
  std::string place;  // "..Name"
  std::string type;
  std::string versions;
  std::string nullable;
  std::string tag;
  std::string default_value;
};

Fact parse(const std::string& line) {
  std::istringstream words(line);
  Fact fact;
  words >> fact.place >> fact.type >> fact.versions;
  std::string word;
  while (words >> word) {
    if (word == "nullable") words >> fact.nullable;
    if (word == "tag") words >> fact.tag;
    if (word == "default") words >> fact.default_value;
  }
  return fact;
}

std::string range_text(VersionRange range) {
  return std::to_string(range.min) + "-" + std::to_string(range.max);
}

// Our description as facts, within the versions that the table speaks of.
void collect(const std::vector<FieldDoc>& fields, VersionRange bounds, const std::string& dots,
             std::vector<Fact>& out) {
  for (const FieldDoc& field : fields) {
    const VersionRange inside = field.versions.overlap(bounds);
    if (inside.empty()) continue;
    Fact fact{dots + field.name, field.type, range_text(inside), "", "", field.default_value};
    if (field.nullable && !field.nullable->overlap(bounds).empty()) {
      fact.nullable = range_text(field.nullable->overlap(bounds));
    }
    if (field.tag) fact.tag = std::to_string(*field.tag);
    out.push_back(fact);
    collect(field.fields, bounds, dots + ".", out);
  }
}

struct MessageFacts {
  std::string name;
  int key = 0;
  VersionRange versions;
  std::int16_t flexible_from = 0;
  std::vector<Fact> fields;
};

std::vector<MessageFacts> load_facts() {
  std::ifstream file("tests/spec/kafka_fields.txt");
  std::vector<MessageFacts> messages;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("message ", 0) != 0) {
      messages.back().fields.push_back(parse(line));
      continue;
    }
    std::istringstream words(line.substr(8));
    MessageFacts message;
    char dash = 0;
    words >> message.name >> message.key >> message.versions.min >> dash >> message.versions.max >>
        message.flexible_from;
    messages.push_back(message);
  }
  return messages;
}

}  // namespace

TEST_CASE("fields, types, versions, tags and defaults are those of Kafka's definitions") {
  const auto facts = load_facts();
  REQUIRE(facts.size() > 2 * api_table().size());
  for (const MessageFacts& fact : facts) {
    CAPTURE(fact.name, fact.versions.min, fact.versions.max);
    const ApiEntry* entry = find_api(static_cast<ApiKey>(fact.key));
    REQUIRE(entry != nullptr);
    const ApiDoc api = document(*entry);
    const MessageDoc& ours = fact.name == api.request.name ? api.request : api.response;
    REQUIRE(ours.name == fact.name);
    CHECK(ours.versions.overlap(fact.versions) == fact.versions);
    CHECK(ours.flexible_from == fact.flexible_from);
    std::vector<Fact> fields;
    collect(ours.fields, fact.versions, ".", fields);
    REQUIRE(fields.size() == fact.fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      CAPTURE(fact.fields[i].place);
      CHECK(fields[i].place == fact.fields[i].place);
      // Parts of a snapshot file are cut anywhere: they are bytes to us, not batches.
      const bool snapshot_part = fields[i].place ==
                                 "..."
                                 "UnalignedRecords";
      CHECK((snapshot_part ? "records" : fields[i].type) == fact.fields[i].type);
      CHECK(fields[i].versions == fact.fields[i].versions);
      CHECK(fields[i].nullable == fact.fields[i].nullable);
      CHECK(fields[i].tag == fact.fields[i].tag);
      if (!fact.fields[i].default_value.empty()) {
        CHECK(fields[i].default_value == fact.fields[i].default_value);
      }
    }
  }
}

TEST_CASE("tagged fields are described in the order of their tags") {
  for (const ApiEntry& entry : api_table()) {
    const ApiDoc api = document(entry);
    for (const MessageDoc* message : {&api.request, &api.response}) {
      std::vector<const std::vector<FieldDoc>*> levels{&message->fields};
      while (!levels.empty()) {
        const auto& fields = *levels.back();
        levels.pop_back();
        int last = -1;
        for (const FieldDoc& field : fields) {
          CAPTURE(message->name, field.name);
          if (field.tag) {
            CHECK(*field.tag > last);
            last = *field.tag;
          }
          levels.push_back(&field.fields);
        }
      }
    }
  }
}

}  // namespace logarium::protocol

// The descriptions of the records against tests/spec/kafka_records.txt, whose format
// tests/spec/make_kafka_fields.py explains.

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>

#include "engine/metadata/records.hpp"
#include "engine/protocol/field_visitor.hpp"

namespace logarium::metadata {
namespace {

using protocol::FieldInfo;

// Lists a record as the lines of that file.
class Lister final : public protocol::FieldVisitor {
 public:
  explicit Lister(std::int16_t newest) : newest_(newest) {}
  std::vector<std::string> lines;

  void number(const FieldInfo& field, std::int64_t& value) override {
    if (field.name.empty()) return;
    const bool flag = field.type == protocol::FieldType::kBool;
    add(field, flag ? (value != 0 ? "true" : "false") : std::to_string(value));
  }
  void text(const FieldInfo& field, std::string&) override { add(field, ""); }
  void uuid(const FieldInfo& field, Uuid&) override { add(field, ""); }
  void bytes(const FieldInfo& field, Bytes&) override { add(field, ""); }
  void records(const FieldInfo& field, protocol::Records&) override { add(field, ""); }
  bool presence(const FieldInfo&, bool present) override {
    null_ = !present;
    return true;
  }
  std::size_t open_list(const FieldInfo& field, std::size_t) override {
    add(field, "");
    ++depth_;
    return 1;
  }
  void close_list(const FieldInfo&) override { --depth_; }
  void open_struct(const FieldInfo&) override {}
  void close_struct(const FieldInfo&) override {}

 private:
  // The default is written only where the file has one; see same().
  void add(const FieldInfo& field, const std::string& value) {
    if (field.name.empty()) return;
    const auto newest = std::to_string(newest_);
    std::string line = std::string(depth_, '.') + std::string(field.name) + " " +
                       (field.list ? "[]" : "") + std::string(protocol::name_of(field.type)) + " " +
                       std::to_string(field.spec.versions.min) + "-" + newest;
    if (field.spec.may_be_null(newest_)) {
      line += " nullable " + std::to_string(field.spec.nullable_from) + "-" + newest;
    }
    if (field.spec.is_tagged()) line += " tag " + std::to_string(field.spec.tag);
    const bool null = null_ && field.spec.may_be_null(newest_);
    line += " default " + (null ? "null" : value);
    null_ = false;
    lines.push_back(line);
  }

  std::int16_t newest_;
  std::size_t depth_ = 1;
  bool null_ = false;
};

std::string without_default(const std::string& line) {
  return line.substr(0, line.find(" default"));
}
bool same(const std::string& fact, const std::string& ours) {
  if (fact.find(" default") != std::string::npos) return fact == ours;
  return fact == without_default(ours);
}

template <std::size_t... I>
std::vector<Record> one_of_each(std::index_sequence<I...>) {
  return {Record(std::in_place_index<I>)...};
}

struct Facts {
  std::string name;
  int key = 0;
  int newest = 0;
  std::vector<std::string> fields;
};

std::vector<Facts> load_facts() {
  std::ifstream file("tests/spec/kafka_records.txt");
  std::vector<Facts> out;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("message ", 0) != 0) {
      out.back().fields.push_back(line);
      continue;
    }
    std::istringstream words(line.substr(8));
    Facts facts;
    int first = 0;
    char dash = 0;
    words >> facts.name >> facts.key >> first >> dash >> facts.newest;
    out.push_back(facts);
  }
  return out;
}

TEST_CASE("keys, versions, fields, tags and defaults of the records are those of Kafka") {
  std::vector<Record> records =
      one_of_each(std::make_index_sequence<std::variant_size_v<Record>>{});
  const std::vector<Facts> facts = load_facts();
  REQUIRE(facts.size() == records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    INFO(facts[i].name);
    CHECK(record_name(records[i]) == facts[i].name);
    CHECK(api_key(records[i]) == facts[i].key);
    Lister lister(static_cast<std::int16_t>(facts[i].newest));
    fill(records[i], lister, protocol::kAllVersions);
    // Tagged fields stand last with us, in the order of their tags.
    std::vector<std::string> ours = lister.lines;
    REQUIRE(ours.size() == facts[i].fields.size());
    for (const std::string& fact : facts[i].fields) {
      INFO(fact);
      const auto place = fact.substr(0, fact.find(' ') + 1);
      std::string found;
      for (const std::string& line : ours) {
        if (line.rfind(place, 0) == 0) found = line;
      }
      INFO(found);
      CHECK(same(fact, found));
    }
  }
}

}  // namespace
}  // namespace logarium::metadata

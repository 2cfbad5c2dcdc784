#pragma once
// How a config is defined once: `fields(visitor)` of a config struct names each config by its
// Kafka name, with its member, its range or allowed words and one line of meaning; the default is
// the member's initialiser. Parsing, validation, defaults, to text, DescribeConfigs and
// documentation are visitors. A config struct looks like this:
//
//   struct MyConfig {
//     std::int64_t linger_ms = 5;
//     std::string acks = "all";
//     void fields(FieldVisitor& v);        // the table, in the .cpp
//   };
//   void MyConfig::fields(FieldVisitor& v) {
//     field(v, "linger.ms", linger_ms, kNonNegative, "How long a batch waits for more records.");
//     field(v, "acks", acks, Words{"all|-1|0|1"}, "Which replicas must have a record.");
//   }
//
// and then: parse_config<MyConfig>(properties), config_entries(config), describe_config(config, v).

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace logarium {

class StateVisitor;

struct Range {
  std::int64_t low = std::numeric_limits<std::int64_t>::min();
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
};
inline constexpr Range kAny{};
inline constexpr Range kPositive{1, std::numeric_limits<std::int64_t>::max()};
inline constexpr Range kNonNegative{0, std::numeric_limits<std::int64_t>::max()};
inline constexpr Range kMinusOneOrMore{-1, std::numeric_limits<std::int64_t>::max()};

// Name to text, as in a properties file.
using Properties = std::map<std::string, std::string>;

// The nearest of the candidates to a misspelt name; empty when none is near (at most a third of
// the name's letters differ).
[[nodiscard]] std::string nearest_name(std::string_view name,
                                       const std::vector<std::string>& candidates);

// A text with an allowed set of words, e.g. auto.offset.reset.
struct Words {
  std::string_view allowed;  // "latest|earliest|none"; empty: any text
};
inline constexpr Words kAnyText{""};

// One row of a config table.
struct FieldInfo {
  std::string_view name;
  // Of a topic config: the name under which a server's config sets its default. Otherwise `name`.
  std::string_view server_name;
  std::string_view meaning;
  Range range;             // of a number
  std::string_view words;  // of a text: "latest|earliest|none", empty for any text
};

class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  virtual void number(const FieldInfo& info, std::int64_t& member) = 0;
  virtual void flag(const FieldInfo& info, bool& member) = 0;
  virtual void text(const FieldInfo& info, std::string& member) = 0;
};

// What a table's rows are written with. The order of rows is the order of every listing.
void field(FieldVisitor& v, std::string_view name, std::int64_t& member, Range range,
           std::string_view meaning);
void field(FieldVisitor& v, std::string_view name, bool& member, std::string_view meaning);
void field(FieldVisitor& v, std::string_view name, std::string& member, Words words,
           std::string_view meaning);

template <class C>
concept Config = std::copyable<C> && requires(C& c, FieldVisitor& v) {
  c.fields(v);
};

// A row with its value, as text.
struct ConfigEntry {
  std::string name;
  std::string value;
  std::string default_value;
  std::string type;     // "long", "boolean", "string": Kafka's words
  std::string allowed;  // "1 or more", "latest, earliest or none"; empty: anything
  std::string meaning;
  [[nodiscard]] bool is_default() const { return value == default_value; }
};

// Under which name a row is read.
enum class NameKind : std::uint8_t { kOwn, kServer };

// Reads members from properties. One reader may visit several configs; finish() then says what
// was wrong first: a value out of range with what is allowed, or a name that no row has with the
// nearest valid one.
class PropertyReader final : public FieldVisitor {
 public:
  PropertyReader(const Properties& properties, NameKind kind)
      : properties_(properties), kind_(kind) {}
  void number(const FieldInfo& info, std::int64_t& member) override;
  void flag(const FieldInfo& info, bool& member) override;
  void text(const FieldInfo& info, std::string& member) override;
  [[nodiscard]] Result<> finish() const;
  // Like finish(), but names that no row has are passed over.
  [[nodiscard]] Result<> finish_known() const;

 private:
  const std::string* find(const FieldInfo& info);
  void wrong(std::string_view name, std::string_view value, const std::string& allowed);

  const Properties& properties_;
  NameKind kind_;
  std::set<std::string, std::less<>> names_;
  std::optional<Error> error_;
};

// Lists rows with their present values; a default is filled in by config_entries.
class EntryLister final : public FieldVisitor {
 public:
  void number(const FieldInfo& info, std::int64_t& member) override;
  void flag(const FieldInfo& info, bool& member) override;
  void text(const FieldInfo& info, std::string& member) override;
  [[nodiscard]] std::vector<ConfigEntry>& entries() { return entries_; }

 private:
  std::vector<ConfigEntry> entries_;
};

// Shows each row to a StateVisitor under its Kafka name.
class StateLister final : public FieldVisitor {
 public:
  explicit StateLister(StateVisitor& out) : out_(out) {}
  void number(const FieldInfo& info, std::int64_t& member) override;
  void flag(const FieldInfo& info, bool& member) override;
  void text(const FieldInfo& info, std::string& member) override;

 private:
  StateVisitor& out_;
};

// `start` with the given properties set. Error: see PropertyReader.
template <Config C>
[[nodiscard]] Result<C> parse_config(const Properties& properties, C start = {}) {
  PropertyReader reader(properties, NameKind::kOwn);
  start.fields(reader);
  const Result<> end = reader.finish();
  if (!end) return end.error();
  return start;
}

// Every row in table order.
template <Config C>
[[nodiscard]] std::vector<ConfigEntry> config_entries(C config) {
  EntryLister values;
  config.fields(values);
  EntryLister defaults;
  C fresh;
  fresh.fields(defaults);
  for (std::size_t i = 0; i < values.entries().size(); ++i) {
    values.entries()[i].default_value = defaults.entries()[i].value;
  }
  return std::move(values.entries());
}

// The rows that differ from their defaults, as properties: parse_config of them gives `config`.
template <Config C>
[[nodiscard]] Properties config_overrides(const C& config) {
  Properties out;
  for (const ConfigEntry& entry : config_entries(config)) {
    if (!entry.is_default()) out.emplace(entry.name, entry.value);
  }
  return out;
}

template <Config C>
void describe_config(C config, StateVisitor& v) {
  StateLister lister(v);
  config.fields(lister);
}

}  // namespace logarium

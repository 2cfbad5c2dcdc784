#pragma once
// Reader: the visitor that fills a model from a JSON tree, strictly: every key must be known, every
// value of the right type, unit and range. What needs the whole model to judge is in check.hpp.

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "engine/config/definition.hpp"
#include "sim/scenario/binding.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/scenario_file.hpp"

namespace logarium::scenario {

// Where each key stands, and what was found wrong.
class Findings {
 public:
  explicit Findings(std::string file) : file_(std::move(file)) {}
  void remember(const std::string& path, json::Place place) { places_.emplace(path, place); }
  void add(json::Place place, const std::string& path, std::string message);
  // At the place of the path, or of the nearest object around it.
  void add_at(const std::string& path, std::string message);
  [[nodiscard]] bool known(const std::string& path) const { return places_.contains(path); }
  [[nodiscard]] std::vector<Problem>& problems() { return problems_; }

 private:
  std::string file_;
  std::map<std::string, json::Place> places_;
  std::vector<Problem> problems_;
};

class Reader final : public Visitor {
 public:
  explicit Reader(Findings& findings) : findings_(findings) {}
  // Fills the struct from the object, which stands at `path`.
  void read(const json::Value& object, const Bound& into, const std::string& path);

  void number(const Field& f, Number& member, const NumberRule& rule) override;
  void number(const Field& f, std::optional<Number>& member, const NumberRule& rule) override;
  void integer(const Field& f, std::int64_t& member, const NumberRule& rule) override;
  void text(const Field& f, std::string& member, TextKind kind) override;
  void texts(const Field& f, std::vector<std::string>& member, TextKind kind) override;
  void flag(const Field& f, bool& member) override;
  void word(const Field& f, const WordBound& member) override;
  void config(const Field& f, ConfigMap& member, ConfigKind kind) override;
  void counts(const Field& f, std::map<std::string, std::int64_t>& member) override;
  void integers(const Field& f, std::vector<std::int64_t>& member) override;
  void integer_lists(const Field& f, std::vector<std::vector<std::int64_t>>& member) override;
  void object(const Field& f, const Bound& member) override;
  void object(const Field& f, const OptionalBound& member) override;
  void list(const Field& f, const ListBound& member) override;
  void choice(const ChoiceBound& member) override;

 private:
  struct Frame {
    const json::Value* object = nullptr;
    std::string path;
    json::Place place;
    std::vector<std::string> keys;  // that the struct has
  };
  // A value with where to complain about it.
  struct Here {
    const json::Value* value = nullptr;
    std::string path;
    json::Place place;
  };

  // The value of the field's key; remembers the key as known. Null value when it is not given.
  Here find(const Field& f);
  [[nodiscard]] static Here item(const Here& list, std::size_t i);
  void wrong(const Here& here, std::string message);
  bool expect(const Here& here, json::Value::Kind kind, std::string_view what);
  bool read_number(const Here& here, Number& member, const NumberRule& rule);
  bool read_amount(const Here& here, std::int64_t& member, const NumberRule& rule);
  bool read_distribution(const Here& here, Number& member, const NumberRule& rule);
  bool read_exponential(const Here& here, Number& member, const NumberRule& rule);
  bool read_list_of_amounts(const Here& here, std::vector<std::int64_t>& out,
                            const NumberRule& rule);
  bool read_text(const Here& here, std::string& member, TextKind kind);
  bool read_word(const Here& here, const WordBound& member, int& chosen);
  bool read_integers(const Here& here, std::vector<std::int64_t>& member);
  void read_config_value(const Here& here, std::string_view name, ConfigValue& member,
                         ConfigKind kind);
  void object_at(const Here& here, const Bound& member);
  void enter(const json::Value& object, const std::string& path, json::Place place);
  // Complains about keys that nothing asked for.
  void leave();

  Findings& findings_;
  std::vector<Frame> frames_;
  std::deque<json::Value> made_;  // objects that stand for short forms
};

// What is wrong with one config; empty when it is fine.
[[nodiscard]] std::string config_problem(ConfigKind kind, std::string_view name,
                                         const std::string& value);
// What is wrong with the configs together, e.g. values that exclude each other.
[[nodiscard]] std::string config_problem(ConfigKind kind, const Properties& properties);

}  // namespace logarium::scenario

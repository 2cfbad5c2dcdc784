#pragma once
// Writer: the visitor that turns a model into a JSON tree. Keys at their defaults are left out
// unless they are required.

#include <string>
#include <vector>

#include "sim/scenario/binding.hpp"
#include "sim/scenario/json.hpp"

namespace logarium::scenario {

enum class Defaults : std::uint8_t { kLeftOut, kShown };

class Writer final : public Visitor {
 public:
  explicit Writer(Defaults defaults) : defaults_(defaults) {}
  [[nodiscard]] json::Value write(const Bound& object);

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
  // Puts the value in, unless it is the default's.
  void put(const Field& f, json::Value value);
  [[nodiscard]] json::Value inner(const Bound& object, const json::Value* fresh);
  // The default's value under the key; null when it has none.
  [[nodiscard]] const json::Value* fresh_of(std::string_view key) const;

  Defaults defaults_;
  json::Value* into_ = nullptr;
  const json::Value* fresh_ = nullptr;  // what a default-constructed struct writes
};

[[nodiscard]] json::Value to_json(const Number& number, Unit unit);
[[nodiscard]] json::Value to_json(const ConfigValue& value);

}  // namespace logarium::scenario

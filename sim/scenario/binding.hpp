#pragma once
// How a struct of the model is bound to its place in a scenario file, once: `fields(visitor)`
// names each key with its member, its unit or allowed words and one line of meaning; the default
// is the member's initialiser. Reader, schema, explanation and writer are visitors.
//
// An object may hold a *choice*: exactly one key out of several, whose value has fields of its own
// ({"crash": {"target": "broker(1)"}}). Where a choice has a short field, a value that is no
// object stands for that field ({"crash": "broker(1)"}).

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/model.hpp"

namespace logarium::scenario {

enum class Need : std::uint8_t { kOptional, kRequired };

struct Field {
  std::string_view name;
  std::string_view meaning;
  Need need = Need::kOptional;
};

enum class Draws : std::uint8_t {
  kOnce,        // when the scenario is resolved
  kPerMessage,  // a delay: constant, uniform or exponential
  kPerRecord,
  kPerNode,
};
struct NumberRule {
  Unit unit = Unit::kCount;
  std::int64_t least = 0;
  std::int64_t greatest = std::int64_t{1} << 60;
  Draws draws = Draws::kOnce;
};

enum class TextKind : std::uint8_t {
  kFree,
  kName,       // letters, digits, '.', '_', '-'
  kTarget,     // nodes
  kPartition,  // "orders-0"
  kRule,       // a name of the table of rules
  kApi,        // Kafka's name of an API
  kError,      // Kafka's name of an error
  kLabel,      // of a fault of this scenario
  kTopic,      // of this scenario
};
[[nodiscard]] std::string_view text_kind_example(TextKind kind);

enum class ConfigKind : std::uint8_t { kServer, kTopic, kProducer, kConsumer };

// An enum as words. With `picks`, one of several words may be drawn when the scenario is resolved.
struct WordBound {
  std::span<const std::string_view> words;
  void* member = nullptr;
  int (*get)(const void*) = nullptr;
  void (*set)(void*, int) = nullptr;
  std::vector<int>* picks = nullptr;
};
template <class E>
[[nodiscard]] WordBound words(E& member, std::span<const std::string_view> names,
                              std::vector<int>* picks = nullptr) {
  return {names, &member, [](const void* m) { return static_cast<int>(*static_cast<const E*>(m)); },
          [](void* m, int i) { *static_cast<E*>(m) = static_cast<E>(i); }, picks};
}

class Visitor;

// A struct of any type, and how to make a fresh one (for defaults).
struct Bound {
  void* self = nullptr;
  void (*fields)(void*, Visitor&) = nullptr;
  std::shared_ptr<void> (*fresh)() = nullptr;
};
template <class T>
[[nodiscard]] Bound bound(T& object) {
  return {&object, [](void* self, Visitor& v) { static_cast<T*>(self)->fields(v); },
          []() -> std::shared_ptr<void> { return std::make_shared<T>(); }};
}
struct OptionalBound {
  void* self = nullptr;
  bool (*has)(const void*) = nullptr;
  Bound (*get)(void*) = nullptr;      // REQUIRES: has
  Bound (*emplace)(void*) = nullptr;  // makes a fresh one
};
template <class T>
[[nodiscard]] OptionalBound bound(std::optional<T>& object) {
  using O = std::optional<T>;
  return {&object, [](const void* o) { return static_cast<const O*>(o)->has_value(); },
          [](void* o) { return bound(**static_cast<O*>(o)); },
          [](void* o) { return bound(static_cast<O*>(o)->emplace()); }};
}
struct ListBound {
  void* self = nullptr;
  std::size_t (*size)(const void*) = nullptr;
  Bound (*at)(void*, std::size_t) = nullptr;
  Bound (*add)(void*) = nullptr;
};
template <class T>
[[nodiscard]] ListBound bound(std::vector<T>& list) {
  using L = std::vector<T>;
  return {&list, [](const void* l) { return static_cast<const L*>(l)->size(); },
          [](void* l, std::size_t i) { return bound((*static_cast<L*>(l))[i]); },
          [](void* l) { return bound(static_cast<L*>(l)->emplace_back()); }};
}

struct ChoiceInfo {
  std::string_view name;
  std::string_view meaning;
  std::string_view short_field = {};
};
struct ChoiceBound {
  std::span<const ChoiceInfo> infos;
  void* self = nullptr;
  int (*get)(const void*) = nullptr;  // -1: none yet
  void (*set)(void*, int) = nullptr;
  void (*fields)(void*, int, Visitor&) = nullptr;
  std::shared_ptr<void> (*fresh)() = nullptr;
};

class Visitor {
 public:
  virtual ~Visitor() = default;
  virtual void number(const Field& f, Number& member, const NumberRule& rule) = 0;
  virtual void number(const Field& f, std::optional<Number>& member, const NumberRule& rule) = 0;
  // Without a distribution.
  virtual void integer(const Field& f, std::int64_t& member, const NumberRule& rule) = 0;
  virtual void text(const Field& f, std::string& member, TextKind kind) = 0;
  // A list of texts; a single text stands for a list of one.
  virtual void texts(const Field& f, std::vector<std::string>& member, TextKind kind) = 0;
  virtual void flag(const Field& f, bool& member) = 0;
  virtual void word(const Field& f, const WordBound& member) = 0;
  virtual void config(const Field& f, ConfigMap& member, ConfigKind kind) = 0;
  virtual void counts(const Field& f, std::map<std::string, std::int64_t>& member) = 0;
  virtual void integers(const Field& f, std::vector<std::int64_t>& member) = 0;
  virtual void integer_lists(const Field& f, std::vector<std::vector<std::int64_t>>& member) = 0;
  virtual void object(const Field& f, const Bound& member) = 0;
  virtual void object(const Field& f, const OptionalBound& member) = 0;
  virtual void list(const Field& f, const ListBound& member) = 0;
  virtual void choice(const ChoiceBound& member) = 0;
};

}  // namespace logarium::scenario

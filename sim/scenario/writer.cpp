#include "sim/scenario/writer.hpp"

#include <algorithm>
#include <utility>

#include "sim/scenario/scenario_file.hpp"

namespace logarium::scenario {
namespace {

using json::Value;

Value amount(Unit unit, std::int64_t value) {
  return unit == Unit::kCount ? Value::of(value) : Value::of(unit_text(unit, value));
}

// Numbers and flags of configs as JSON has them, so that a file stays as it was written.
Value config_text(const std::string& text) {
  if (text == "true" || text == "false") return Value::of_flag(text == "true");
  const bool digits =
      !text.empty() && text.size() < 18 &&
      text.find_first_not_of("0123456789", text[0] == '-' ? 1 : 0) == std::string::npos &&
      text != "-";
  const bool plain = digits && (text == "0" || (text[0] != '0' && text.substr(0, 2) != "-0"));
  if (plain) return Value::of(static_cast<std::int64_t>(std::stoll(text)));
  return Value::of(text);
}

}  // namespace

Value to_json(const Number& number, Unit unit) {
  Value out = Value::object();
  switch (number.shape) {
    case Number::Shape::kConstant:
      return amount(unit, number.low);
    case Number::Shape::kUniform: {
      Value& list = out.put("uniform", Value::list());
      list.items = {amount(unit, number.low), amount(unit, number.high)};
      return out;
    }
    case Number::Shape::kExponential: {
      Value& inner = out.put("exponential", Value::object());
      inner.put("mean", amount(unit, number.mean));
      if (number.low != 0) inner.put("min", amount(unit, number.low));
      inner.put("max", amount(unit, number.high));
      return out;
    }
    case Number::Shape::kPick: {
      Value& list = out.put("pick", Value::list());
      for (const std::int64_t choice : number.choices) list.items.push_back(amount(unit, choice));
      return out;
    }
    case Number::Shape::kZipf:
      out.put("zipf", Value::of(number.high));
      return out;
  }
  return out;
}

Value to_json(const ConfigValue& value) {
  if (value.number) return to_json(*value.number, Unit::kCount);
  if (value.pick.empty()) return config_text(value.text);
  Value out = Value::object();
  Value& list = out.put("pick", Value::list());
  for (const std::string& choice : value.pick) list.items.push_back(config_text(choice));
  return out;
}

const Value* Writer::fresh_of(std::string_view key) const {
  if (fresh_ == nullptr) return nullptr;
  const json::Member* member = fresh_->find(key);
  return member == nullptr ? nullptr : &member->value;
}

void Writer::put(const Field& f, Value value) {
  const Value* fresh = fresh_of(f.name);
  const bool is_default = fresh != nullptr && json::equal(*fresh, value);
  if (defaults_ == Defaults::kLeftOut && is_default && f.need == Need::kOptional) return;
  into_->put(f.name, std::move(value));
}

Value Writer::write(const Bound& object) { return inner(object, nullptr); }

Value Writer::inner(const Bound& object, const Value* fresh) {
  Value made;
  if (defaults_ == Defaults::kLeftOut && fresh == nullptr) {
    const std::shared_ptr<void> defaults = object.fresh();
    made = Writer(Defaults::kShown).write({defaults.get(), object.fields, object.fresh});
    fresh = &made;
  }
  Value out = Value::object();
  Value* const outer = std::exchange(into_, &out);
  const Value* const outer_fresh = std::exchange(fresh_, fresh);
  object.fields(object.self, *this);
  into_ = outer;
  fresh_ = outer_fresh;
  return out;
}

void Writer::number(const Field& f, Number& member, const NumberRule& rule) {
  put(f, to_json(member, rule.unit));
}
void Writer::number(const Field& f, std::optional<Number>& member, const NumberRule& rule) {
  if (member) put(f, to_json(*member, rule.unit));
}
void Writer::integer(const Field& f, std::int64_t& member, const NumberRule& rule) {
  put(f, amount(rule.unit, member));
}
void Writer::text(const Field& f, std::string& member, TextKind) {
  if (!member.empty() || f.need == Need::kRequired) put(f, Value::of(member));
}
void Writer::texts(const Field& f, std::vector<std::string>& member, TextKind) {
  if (member.empty()) return;
  if (member.size() == 1) return put(f, Value::of(member[0]));
  Value list = Value::list();
  for (const std::string& text : member) list.items.push_back(Value::of(text));
  put(f, std::move(list));
}
void Writer::flag(const Field& f, bool& member) { put(f, Value::of_flag(member)); }
void Writer::word(const Field& f, const WordBound& member) {
  if (member.picks != nullptr && !member.picks->empty()) {
    Value picks = Value::object();
    Value& list = picks.put("pick", Value::list());
    for (const int i : *member.picks) {
      list.items.push_back(Value::of(member.words[static_cast<std::size_t>(i)]));
    }
    return put(f, std::move(picks));
  }
  put(f, Value::of(member.words[static_cast<std::size_t>(member.get(member.member))]));
}
void Writer::config(const Field& f, ConfigMap& member, ConfigKind) {
  if (member.empty()) return;
  Value out = Value::object();
  for (const auto& [name, value] : member) out.put(name, to_json(value));
  put(f, std::move(out));
}
void Writer::counts(const Field& f, std::map<std::string, std::int64_t>& member) {
  if (member.empty()) return;
  Value out = Value::object();
  for (const auto& [name, value] : member) out.put(name, Value::of(value));
  put(f, std::move(out));
}
void Writer::integers(const Field& f, std::vector<std::int64_t>& member) {
  if (member.empty()) return;
  Value list = Value::list();
  for (const std::int64_t value : member) list.items.push_back(Value::of(value));
  put(f, std::move(list));
}
void Writer::integer_lists(const Field& f, std::vector<std::vector<std::int64_t>>& member) {
  if (member.empty()) return;
  Value lists = Value::list();
  for (const auto& values : member) {
    Value& list = lists.items.emplace_back(Value::list());
    for (const std::int64_t value : values) list.items.push_back(Value::of(value));
  }
  put(f, std::move(lists));
}

void Writer::object(const Field& f, const Bound& member) {
  Value value = inner(member, fresh_of(f.name));
  if (!value.members.empty() || f.need == Need::kRequired) put(f, std::move(value));
}
void Writer::object(const Field& f, const OptionalBound& member) {
  if (member.has(member.self)) put(f, inner(member.get(member.self), nullptr));
}
void Writer::list(const Field& f, const ListBound& member) {
  const std::size_t size = member.size(member.self);
  if (size == 0) return;
  Value list = Value::list();
  for (std::size_t i = 0; i < size; ++i) {
    list.items.push_back(inner(member.at(member.self, i), nullptr));
  }
  put(f, std::move(list));
}

void Writer::choice(const ChoiceBound& member) {
  const int which = member.get(member.self);
  if (which < 0) return;
  const ChoiceInfo& info = member.infos[static_cast<std::size_t>(which)];
  const std::shared_ptr<void> defaults = member.fresh();
  Value fresh = Value::object();
  if (defaults_ == Defaults::kLeftOut) {
    Writer shown(Defaults::kShown);
    shown.into_ = &fresh;
    member.fields(defaults.get(), which, shown);
  }
  Value out = Value::object();
  Value* const outer = std::exchange(into_, &out);
  const Value* const outer_fresh = std::exchange(fresh_, &fresh);
  member.fields(member.self, which, *this);
  into_ = outer;
  fresh_ = outer_fresh;
  const bool is_short = out.members.size() == 1 && out.members[0].key == info.short_field &&
                        out.members[0].value.kind != Value::Kind::kObject;
  if (is_short) out = Value(out.members[0].value);
  into_->put(info.name, std::move(out));
}

std::string write(const Model& model) {
  Model copy = model;
  return json::to_text(Writer(Defaults::kLeftOut).write(bound(copy)));
}

}  // namespace logarium::scenario

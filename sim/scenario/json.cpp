#include "sim/scenario/json.hpp"

#include <fmt/format.h>

#include <utility>

#include "engine/base/json_string.hpp"

namespace logarium::scenario::json {
namespace {

constexpr std::size_t kLineMax = 96;

std::string flat(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kNull:
      return "null";
    case Value::Kind::kFlag:
      return value.flag ? "true" : "false";
    case Value::Kind::kNumber:
      return std::to_string(value.number);
    case Value::Kind::kText:
      return json_quoted(value.text);
    case Value::Kind::kList: {
      std::string out = "[";
      for (const Value& item : value.items) out += (out.size() > 1 ? ", " : "") + flat(item);
      return out + "]";
    }
    case Value::Kind::kObject: {
      if (value.members.empty()) return "{}";
      std::string out = "{ ";
      for (const Member& member : value.members) {
        out += (out.size() > 2 ? ", " : "") + json_quoted(member.key) + ": " + flat(member.value);
      }
      return out + " }";
    }
  }
  return {};
}

void print(const Value& value, std::size_t indent, std::size_t used, std::string& out) {
  const bool nests = value.kind == Value::Kind::kList || value.kind == Value::Kind::kObject;
  std::string line = flat(value);
  if (!nests || (indent > 0 && used + line.size() <= kLineMax)) {
    out += line;
    return;
  }
  const std::string inner(indent + 2, ' ');
  const bool is_list = value.kind == Value::Kind::kList;
  out += is_list ? '[' : '{';
  const char* separator = "\n";
  for (const Value& item : value.items) {
    out += separator + inner;
    print(item, indent + 2, indent + 2, out);
    separator = ",\n";
  }
  for (const Member& member : value.members) {
    const std::string key = json_quoted(member.key) + ": ";
    out += separator + inner + key;
    print(member.value, indent + 2, indent + 2 + key.size(), out);
    separator = ",\n";
  }
  out += '\n' + std::string(indent, ' ') + (is_list ? ']' : '}');
}

}  // namespace

Value Value::of(std::string_view text) {
  Value value;
  value.kind = Kind::kText;
  value.text = text;
  return value;
}
Value Value::of(std::int64_t number) {
  Value value;
  value.kind = Kind::kNumber;
  value.number = number;
  return value;
}
Value Value::of_flag(bool flag) {
  Value value;
  value.kind = Kind::kFlag;
  value.flag = flag;
  return value;
}
Value Value::object() {
  Value value;
  value.kind = Kind::kObject;
  return value;
}
Value Value::list() {
  Value value;
  value.kind = Kind::kList;
  return value;
}
Value& Value::put(std::string_view key, Value value) {
  members.push_back({std::string(key), {}, std::move(value)});
  return members.back().value;
}
const Member* Value::find(std::string_view key) const {
  for (const Member& member : members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

bool equal(const Value& a, const Value& b) { return flat(a) == flat(b); }

std::string_view kind_text(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::kNull:
      return "null";
    case Value::Kind::kFlag:
      return "true or false";
    case Value::Kind::kNumber:
      return "a number";
    case Value::Kind::kText:
      return "a text";
    case Value::Kind::kList:
      return "a list";
    case Value::Kind::kObject:
      return "an object";
  }
  return {};
}

std::string to_text(const Value& value) {
  std::string out;
  print(value, 0, 0, out);
  return out + '\n';
}

}  // namespace logarium::scenario::json

// Every key of every shipped scenario is deleted, renamed, duplicated, retyped and negated. The
// result is a valid scenario or a problem that names the place; never a crash, never a key that is
// passed over.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>
#include <vector>

#include "sim/scenario/json.hpp"
#include "sim/scenario/scenario_file.hpp"

using namespace logarium::scenario;
using json::Member;
using json::Value;

namespace {

// Calls `visit` for every object member of the tree, with the object and the member's index; a
// member before what it holds, so that its number stays when what it holds changes.
void each_member(Value& value, const std::function<void(Value&, std::size_t)>& visit) {
  for (Value& item : value.items) each_member(item, visit);
  for (std::size_t i = 0; i < value.members.size(); ++i) {
    visit(value, i);
    if (i < value.members.size()) each_member(value.members[i].value, visit);
  }
}

std::size_t count_members(Value& value) {
  std::size_t count = 0;
  each_member(value, [&count](Value&, std::size_t) { ++count; });
  return count;
}

// Changes the n-th member of a copy; the text, and where the n-th member stands in it.
struct Mutant {
  std::string text;
  json::Place place;
};
Mutant mutate(const Value& root, std::size_t n,
              const std::function<void(Value&, std::size_t)>& change) {
  Value copy = root;
  std::size_t at = 0;
  each_member(copy, [&](Value& object, std::size_t i) {
    if (at++ == n) change(object, i);
  });
  Mutant out{json::to_text(copy), {}};
  json::Parsed parsed = json::parse(out.text);
  if (!parsed.ok) return out;
  at = 0;
  each_member(parsed.value, [&](Value& object, std::size_t i) {
    if (at++ == n) out.place = object.members[i].place;
  });
  return out;
}

void retype(Value& object, std::size_t i) {
  Value& value = object.members[i].value;
  switch (value.kind) {
    case Value::Kind::kText:
      value = Value::of(std::int64_t{7});
      break;
    case Value::Kind::kNumber:
      value = Value::of("seven");
      break;
    case Value::Kind::kFlag:
      value = Value::of(std::int64_t{1});
      break;
    default:
      value = Value{};
  }
}

void negate(Value& object, std::size_t i) {
  Value& value = object.members[i].value;
  if (value.kind == Value::Kind::kNumber) value.number = -value.number - 1;
  if (value.kind == Value::Kind::kFlag) value.flag = !value.flag;
  if (value.kind == Value::Kind::kText) value.text.insert(0, 1, '-');
}

bool names(const ReadResult& result, json::Place place) {
  return std::any_of(result.problems.begin(), result.problems.end(), [place](const Problem& p) {
    return p.line == place.line && p.column == place.column;
  });
}

// Whether each problem stands at a key or an object of the text.
bool all_placed(const ReadResult& result) {
  return std::all_of(result.problems.begin(), result.problems.end(), [](const Problem& p) {
    return p.line >= 1 && p.column >= 1 && !p.message.empty();
  });
}

std::string text_of(const ReadResult& result) {
  std::string out;
  for (const Problem& problem : result.problems) out += to_string(problem) + '\n';
  return out;
}

void check_file(const std::string& path) {
  Value root;
  Model model = read_file(path).model;
  root = json::parse(write(model)).value;
  const std::size_t count = count_members(root);
  REQUIRE(count > 5);
  for (std::size_t n = 0; n < count; ++n) {
    const Mutant deleted = mutate(root, n, [](Value& object, std::size_t i) {
      object.members.erase(object.members.begin() + static_cast<std::ptrdiff_t>(i));
    });
    CHECK(all_placed(read(deleted.text, "deleted")));

    const Mutant renamed =
        mutate(root, n, [](Value& object, std::size_t i) { object.members[i].key += "x"; });
    const ReadResult unknown = read(renamed.text, "renamed");
    INFO(path << " renamed:\n" << text_of(unknown));
    CHECK(names(unknown, renamed.place));

    const Mutant doubled = mutate(root, n, [](Value& object, std::size_t i) {
      Member copy = object.members[i];
      object.members.push_back(std::move(copy));
    });
    const ReadResult twice = read(doubled.text, "doubled");
    REQUIRE(twice.problems.size() == 1);
    CHECK(twice.problems[0].message.find("comes twice") != std::string::npos);

    const Mutant retyped = mutate(root, n, retype);
    const ReadResult other = read(retyped.text, "retyped");
    INFO(path << " retyped:\n" << text_of(other));
    CHECK((other.ok() || names(other, retyped.place)));

    const Mutant negated = mutate(root, n, negate);
    const ReadResult minus = read(negated.text, "negated");
    INFO(path << " negated:\n" << negated.text << text_of(minus));
    CHECK(all_placed(minus));
  }
}

}  // namespace

TEST_CASE("no mutation of a shipped scenario crashes or is passed over") {
  for (const ListEntry& entry : list("scenarios")) check_file(entry.path);
}

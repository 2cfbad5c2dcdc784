#include "sim/scenario/reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/config/definition.hpp"

namespace logarium::scenario {
namespace {

using json::Value;

std::string joined(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + '.' + std::string(key);
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string near = nearest_name(name, candidates);
  if (!near.empty()) return fmt::format("; did you mean \"{}\"?", near);
  if (candidates.empty() || candidates.size() > 12) return "";
  return fmt::format("; keys here are {}", fmt::join(candidates, ", "));
}

}  // namespace

void Findings::add(json::Place place, const std::string& path, std::string message) {
  if (problems_.size() >= kProblemsMax) return;
  problems_.push_back({file_, place.line, place.column, path, std::move(message)});
}
void Findings::add_at(const std::string& path, std::string message) {
  std::string around = path;
  while (!around.empty() && !places_.contains(around)) {
    const std::size_t cut = around.find_last_of(".[");
    around = cut == std::string::npos ? "" : around.substr(0, cut);
  }
  const auto found = places_.find(around);
  add(found == places_.end() ? json::Place{} : found->second, path, std::move(message));
}

void Reader::read(const Value& object, const Bound& into, const std::string& path) {
  object_at({&object, path, object.place}, into);
}

void Reader::enter(const Value& object, const std::string& path, json::Place place) {
  frames_.push_back({&object, path, place, {}});
}

void Reader::leave() {
  const Frame frame = std::move(frames_.back());
  frames_.pop_back();
  for (const json::Member& member : frame.object->members) {
    if (std::find(frame.keys.begin(), frame.keys.end(), member.key) != frame.keys.end()) continue;
    findings_.add(
        member.place, frame.path,
        fmt::format("unknown key \"{}\"{}", member.key, did_you_mean(member.key, frame.keys)));
  }
}

Reader::Here Reader::find(const Field& f) {
  Frame& frame = frames_.back();
  frame.keys.emplace_back(f.name);
  const json::Member* member = frame.object->find(f.name);
  const std::string path = joined(frame.path, f.name);
  if (member == nullptr) {
    if (f.need == Need::kRequired) {
      findings_.add(frame.place, frame.path, fmt::format("the key \"{}\" is missing", f.name));
    }
    return {};
  }
  findings_.remember(path, member->place);
  return {&member->value, path, member->place};
}

Reader::Here Reader::item(const Here& list, std::size_t i) {
  const Value& value = list.value->items[i];
  return {&value, fmt::format("{}[{}]", list.path, i), value.place};
}

void Reader::wrong(const Here& here, std::string message) {
  findings_.add(here.place, here.path, std::move(message));
}

bool Reader::expect(const Here& here, Value::Kind kind, std::string_view what) {
  if (here.value->kind == kind) return true;
  wrong(here, fmt::format("this must be {}, not {}", what, kind_text(here.value->kind)));
  return false;
}

void Reader::text(const Field& f, std::string& member, TextKind kind) {
  const Here here = find(f);
  if (here.value != nullptr) read_text(here, member, kind);
}

void Reader::texts(const Field& f, std::vector<std::string>& member, TextKind kind) {
  const Here here = find(f);
  if (here.value == nullptr) return;
  member.clear();
  if (here.value->kind == Value::Kind::kText) {
    read_text(here, member.emplace_back(), kind);
    return;
  }
  if (!expect(here, Value::Kind::kList, "a text or a list of texts")) return;
  if (here.value->items.empty()) wrong(here, "this list is empty");
  for (std::size_t i = 0; i < here.value->items.size(); ++i) {
    read_text(item(here, i), member.emplace_back(), kind);
  }
}

void Reader::flag(const Field& f, bool& member) {
  const Here here = find(f);
  if (here.value == nullptr || !expect(here, Value::Kind::kFlag, "true or false")) return;
  member = here.value->flag;
}

bool Reader::read_word(const Here& here, const WordBound& member, int& chosen) {
  const std::vector<std::string> names(member.words.begin(), member.words.end());
  const std::string allowed = fmt::format("\"{}\"", fmt::join(names, "\", \""));
  if (!expect(here, Value::Kind::kText, "one of " + allowed)) return false;
  const auto found = std::find(names.begin(), names.end(), here.value->text);
  if (found == names.end()) {
    wrong(here, fmt::format("\"{}\" is none of {}", here.value->text, allowed));
    return false;
  }
  chosen = static_cast<int>(found - names.begin());
  return true;
}

void Reader::word(const Field& f, const WordBound& member) {
  const Here here = find(f);
  if (here.value == nullptr) return;
  int chosen = 0;
  if (member.picks == nullptr || here.value->kind != Value::Kind::kObject) {
    if (read_word(here, member, chosen)) member.set(member.member, chosen);
    return;
  }
  member.picks->clear();
  const auto& keys = here.value->members;
  if (keys.size() != 1 || keys[0].key != "pick" || keys[0].value.items.empty()) {
    wrong(here, "a choice of words is {\"pick\": [...]}");
    if (!keys.empty()) findings_.add(keys[0].place, here.path, "\"pick\" takes a list of words");
    return;
  }
  const Here list{&keys[0].value, here.path + ".pick", keys[0].place};
  for (std::size_t i = 0; i < list.value->items.size(); ++i) {
    if (read_word(item(list, i), member, chosen)) member.picks->push_back(chosen);
  }
}

void Reader::object_at(const Here& here, const Bound& member) {
  if (!expect(here, Value::Kind::kObject, "an object")) return;
  findings_.remember(here.path, here.place);
  enter(*here.value, here.path, here.place);
  member.fields(member.self, *this);
  leave();
}
void Reader::object(const Field& f, const Bound& member) {
  const Here here = find(f);
  if (here.value != nullptr) object_at(here, member);
}
void Reader::object(const Field& f, const OptionalBound& member) {
  const Here here = find(f);
  if (here.value != nullptr) object_at(here, member.emplace(member.self));
}

void Reader::list(const Field& f, const ListBound& member) {
  const Here here = find(f);
  if (here.value == nullptr || !expect(here, Value::Kind::kList, "a list")) return;
  for (std::size_t i = 0; i < here.value->items.size(); ++i) {
    object_at(item(here, i), member.add(member.self));
  }
}

void Reader::choice(const ChoiceBound& member) {
  const Frame frame = frames_.back();
  std::vector<std::string> names;
  const json::Member* chosen = nullptr;
  for (std::size_t i = 0; i < member.infos.size(); ++i) {
    const ChoiceInfo& info = member.infos[i];
    names.emplace_back(info.name);
    frames_.back().keys.emplace_back(info.name);
    const json::Member* here = frame.object->find(info.name);
    if (here == nullptr) continue;
    if (chosen != nullptr) {
      findings_.add(here->place, frame.path,
                    fmt::format("\"{}\" and \"{}\" exclude each other", chosen->key, here->key));
      return;
    }
    chosen = here;
    member.set(member.self, static_cast<int>(i));
  }
  if (chosen == nullptr) {
    findings_.add(frame.place, frame.path,
                  fmt::format("one of these keys is missing: {}", fmt::join(names, ", ")));
    return;
  }
  const int which = member.get(member.self);
  const std::string path = joined(frame.path, chosen->key);
  findings_.remember(path, chosen->place);
  const Value* value = &chosen->value;
  const std::string_view short_field = member.infos[static_cast<std::size_t>(which)].short_field;
  if (value->kind != Value::Kind::kObject && !short_field.empty()) {
    Value& made = made_.emplace_back(Value::object());
    made.put(short_field, *value);
    made.members.back().place = chosen->place;
    value = &made;
  }
  if (!expect({value, path, chosen->place}, Value::Kind::kObject, "an object")) return;
  enter(*value, path, chosen->place);
  member.fields(member.self, which, *this);
  leave();
}

}  // namespace logarium::scenario

#include "engine/config/definition.hpp"

#include <algorithm>
#include <charconv>

#include "engine/base/state_visitor.hpp"

namespace logarium {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || stopped != end || text.empty()) return std::nullopt;
  return value;
}

// Kafka compares true and false without regard to case.
std::optional<bool> parse_flag(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (lower == "true") return true;
  if (lower == "false") return false;
  return std::nullopt;
}

std::string allowed_range(Range range) {
  const bool bounded_below = range.low != kAny.low;
  const bool bounded_above = range.high != kAny.high;
  if (bounded_below && bounded_above) {
    return std::to_string(range.low) + " to " + std::to_string(range.high);
  }
  if (bounded_below) return std::to_string(range.low) + " or more";
  if (bounded_above) return std::to_string(range.high) + " or less";
  return "";
}

std::vector<std::string> split_words(std::string_view words) {
  std::vector<std::string> out;
  while (!words.empty()) {
    const std::size_t bar = std::min(words.find('|'), words.size());
    out.emplace_back(words.substr(0, bar));
    words.remove_prefix(std::min(bar + 1, words.size()));
  }
  return out;
}

std::string allowed_words(std::string_view words) {
  const std::vector<std::string> list = split_words(words);
  std::string out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += i + 1 == list.size() ? " or " : ", ";
    out += list[i].empty() ? "nothing" : list[i];
  }
  return out;
}

// Letters put in, left out, replaced, or two neighbours swapped ("crahs"), by three rows.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before.swap(above);
    above.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  std::size_t best = name.size() / 3 + 1;
  std::string nearest;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

void field(FieldVisitor& v, std::string_view name, std::int64_t& member, Range range,
           std::string_view meaning) {
  v.number({name, name, meaning, range, {}}, member);
}
void field(FieldVisitor& v, std::string_view name, bool& member, std::string_view meaning) {
  v.flag({name, name, meaning, kAny, {}}, member);
}
void field(FieldVisitor& v, std::string_view name, std::string& member, Words words,
           std::string_view meaning) {
  v.text({name, name, meaning, kAny, words.allowed}, member);
}

const std::string* PropertyReader::find(const FieldInfo& info) {
  const std::string_view name = kind_ == NameKind::kOwn ? info.name : info.server_name;
  names_.emplace(name);
  const auto found = properties_.find(std::string(name));
  return found == properties_.end() ? nullptr : &found->second;
}

void PropertyReader::wrong(std::string_view name, std::string_view value,
                           const std::string& allowed) {
  if (error_) return;
  error_ = Error{"config " + std::string(name) + " is \"" + std::string(value) + "\"; allowed is " +
                 allowed};
}

void PropertyReader::number(const FieldInfo& info, std::int64_t& member) {
  const std::string* text = find(info);
  if (text == nullptr) return;
  const std::optional<std::int64_t> value = parse_number(trimmed(*text));
  if (!value || *value < info.range.low || *value > info.range.high) {
    const std::string range = allowed_range(info.range);
    wrong(kind_ == NameKind::kOwn ? info.name : info.server_name, *text,
          range.empty() ? "a whole number" : "a whole number, " + range);
    return;
  }
  member = *value;
}

void PropertyReader::flag(const FieldInfo& info, bool& member) {
  const std::string* text = find(info);
  if (text == nullptr) return;
  const std::optional<bool> value = parse_flag(trimmed(*text));
  if (!value) {
    wrong(kind_ == NameKind::kOwn ? info.name : info.server_name, *text, "true or false");
    return;
  }
  member = *value;
}

void PropertyReader::text(const FieldInfo& info, std::string& member) {
  const std::string* text = find(info);
  if (text == nullptr) return;
  const std::string value(trimmed(*text));
  const std::vector<std::string> words = split_words(info.words);
  if (!words.empty() && std::find(words.begin(), words.end(), value) == words.end()) {
    wrong(kind_ == NameKind::kOwn ? info.name : info.server_name, *text, allowed_words(info.words));
    return;
  }
  member = value;
}

Result<> PropertyReader::finish_known() const {
  if (error_) return *error_;
  return Ok{};
}

Result<> PropertyReader::finish() const {
  if (error_) return *error_;
  for (const auto& [name, value] : properties_) {
    if (names_.contains(name)) continue;
    const std::string nearest =
        nearest_name(name, std::vector<std::string>(names_.begin(), names_.end()));
    std::string message = "there is no config " + name;
    if (!nearest.empty()) message += "; the nearest is " + nearest;
    return Error{message};
  }
  return Ok{};
}

void EntryLister::number(const FieldInfo& info, std::int64_t& member) {
  entries_.push_back({std::string(info.name), std::to_string(member), "", "long",
                      allowed_range(info.range), std::string(info.meaning)});
}
void EntryLister::flag(const FieldInfo& info, bool& member) {
  entries_.push_back({std::string(info.name), member ? "true" : "false", "", "boolean",
                      "true or false", std::string(info.meaning)});
}
void EntryLister::text(const FieldInfo& info, std::string& member) {
  entries_.push_back({std::string(info.name), member, "", "string", allowed_words(info.words),
                      std::string(info.meaning)});
}

void StateLister::number(const FieldInfo& info, std::int64_t& member) {
  out_.number(info.name, member);
}
void StateLister::flag(const FieldInfo& info, bool& member) {
  out_.number(info.name, member ? 1 : 0);
}
void StateLister::text(const FieldInfo& info, std::string& member) { out_.text(info.name, member); }

}  // namespace logarium

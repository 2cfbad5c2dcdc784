#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "sim/scenario/json.hpp"

namespace logarium::scenario::json {
namespace {

// Where the lexer stands, and where the token began that it read last.
struct Cursor {
  Place next;           // of the next byte
  Place token_begin;    // of the first byte after blanks and punctuation
  Place before;         // the token begin before this one
  bool closes = false;  // the last byte was } or ]
  bool in_token = false;
  bool in_text = false;
  bool escaped = false;

  void pass(char c) {
    const bool separates = c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ':';
    const bool brackets = c == '{' || c == '[' || c == '}' || c == ']';
    closes = !in_text && (c == '}' || c == ']');
    if (in_text) {
      if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == '"') {
        in_text = false;
        in_token = false;
      }
    } else if (separates) {
      in_token = false;
    } else if (!in_token || brackets || c == '"') {
      before = token_begin;
      token_begin = next;
      in_token = !brackets;
      in_text = c == '"';
    }
    if (c == '\n') {
      ++next.line;
      next.column = 1;
    } else {
      ++next.column;
    }
  }
};

class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  CountingIterator(const char* at, Cursor* cursor) : at_(at), cursor_(cursor) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (cursor_ != nullptr) cursor_->pass(*at_);
    ++at_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  Cursor* cursor_;
};

class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(const Cursor& cursor, Parsed& out) : cursor_(cursor), out_(out) {}

  bool null() override { return put(Value{}, cursor_.token_begin); }
  bool boolean(bool flag) override { return put(Value::of_flag(flag), cursor_.token_begin); }
  bool number_integer(number_integer_t n) override {
    return put(Value::of(std::int64_t{n}), number_place());
  }
  bool number_unsigned(number_unsigned_t n) override {
    if (n > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return refuse(number_place(), "the number is too large");
    }
    return put(Value::of(static_cast<std::int64_t>(n)), number_place());
  }
  bool number_float(number_float_t, const string_t& text) override {
    return refuse(number_place(), fmt::format("{} is not a whole number", text));
  }
  bool string(string_t& text) override { return put(Value::of(text), cursor_.token_begin); }
  bool binary(binary_t&) override { return refuse(cursor_.token_begin, "binary data"); }
  bool start_object(std::size_t) override { return open(Value::object()); }
  bool start_array(std::size_t) override { return open(Value::list()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    const Place place = cursor_.token_begin;
    if (!levels_.back().keys.insert(name).second) {
      return refuse(place, fmt::format("the key \"{}\" comes twice in this object", name));
    }
    levels_.back().key = name;
    levels_.back().key_place = place;
    return true;
  }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    if (!out_.error.empty()) return false;
    std::string what = error.what();
    const std::size_t colon = what.find("; last read");
    const std::size_t from = what.find(": syntax error ");
    if (from != std::string::npos) what = what.substr(from + 2, colon - from - 2);
    return refuse(cursor_.next, "this is no JSON: " + what);
  }

 private:
  struct Level {
    Value value;
    std::string key;  // under which the next value comes
    Place key_place;
    std::set<std::string> keys;
  };

  bool refuse(Place place, std::string text) {
    if (out_.error.empty()) {
      out_.place = place;
      out_.error = std::move(text);
    }
    return false;
  }
  // The lexer has read one byte past the number; when that closed an object or a list, a new
  // token began there.
  [[nodiscard]] Place number_place() const {
    return cursor_.closes ? cursor_.before : cursor_.token_begin;
  }
  bool open(Value value) {
    if (levels_.size() >= kDepthMax) {
      return refuse(cursor_.token_begin, fmt::format("nested deeper than {} levels", kDepthMax));
    }
    value.place = cursor_.token_begin;
    levels_.push_back({std::move(value), {}, {}, {}});
    return true;
  }
  bool close() {
    Value value = std::move(levels_.back().value);
    levels_.pop_back();
    const Place place = value.place;
    return put(std::move(value), place);
  }
  bool put(Value value, Place place) {
    value.place = place;
    if (levels_.empty()) {
      out_.value = std::move(value);
      return true;
    }
    Level& level = levels_.back();
    if (level.value.kind == Value::Kind::kList) {
      level.value.items.push_back(std::move(value));
    } else {
      level.value.members.push_back({level.key, level.key_place, std::move(value)});
    }
    return true;
  }

  const Cursor& cursor_;
  Parsed& out_;
  std::vector<Level> levels_;
};

}  // namespace

Parsed parse(std::string_view text) {
  Parsed out;
  Cursor cursor;
  Builder builder(cursor, out);
  const char* begin = text.data();
  const CountingIterator first(begin, &cursor);
  const CountingIterator last(begin + text.size(), nullptr);
  out.ok = nlohmann::json::sax_parse(first, last, &builder);
  return out;
}

}  // namespace logarium::scenario::json

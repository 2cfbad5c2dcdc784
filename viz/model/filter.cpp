// Filter: reading the language. The text becomes a tree; names are looked up once.

#include "viz/model/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "engine/protocol/api_key.hpp"
#include "viz/model/filter_tree.hpp"

namespace logarium::viz {
namespace {

constexpr int kDepthMax = 60;
constexpr std::size_t kTextMax = 4000;

struct FieldWord {
  std::string_view word;
  FilterField field;
};
constexpr FieldWord kFields[] = {
    {"kind", FilterField::kKind},
    {"node", FilterField::kNode},
    {"broker", FilterField::kNode},
    {"controller", FilterField::kNode},
    {"client", FilterField::kNode},
    {"part", FilterField::kPartition},
    {"partition", FilterField::kPartition},
    {"topic", FilterField::kTopic},
    {"api", FilterField::kApi},
    {"from", FilterField::kFrom},
    {"t", FilterField::kTime},
    {"event", FilterField::kEvent},
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

// How many letters to change, add, leave out or swap.
std::size_t distance_of(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) before[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({change, before[j] + 1, row[j - 1] + 1});
    }
    before.swap(row);
  }
  return before[b.size()];
}

// The nearest of the words; empty when none is near.
std::string nearest(std::string_view wanted, const std::vector<std::string>& words) {
  std::string best;
  std::size_t best_distance = wanted.size() / 2 + 1;
  for (const std::string& one : words) {
    const std::size_t distance = distance_of(lower(wanted), lower(one));
    if (distance < best_distance) {
      best = one;
      best_distance = distance;
    }
  }
  return best;
}

enum class TokenKind : std::uint8_t { kWord, kQuoted, kAnd, kOr, kNot, kOpen, kClose, kEnd };
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::size_t at = 0, length = 0;
  std::string text;
};

class Parser {
 public:
  Parser(std::string_view text, const Labels& labels) : text_(text), labels_(labels) {}

  FilterTree parse() {
    if (text_.size() > kTextMax) fail(kTextMax, 1, "the filter is too long", "");
    advance();
    if (token_.kind == TokenKind::kEnd) return nullptr;
    FilterTree out = any_of(0);
    if (token_.kind == TokenKind::kClose) fail_here("there is no ( for this )", "");
    return out;
  }
  // The first mistake; the tree means nothing then.
  [[nodiscard]] const std::optional<FilterError>& error() const { return error_; }

 private:
  // The first mistake counts; there is nothing more to read after it.
  void fail(std::size_t at, std::size_t length, std::string message, std::string suggestion) {
    if (!error_) {
      error_ = FilterError{at, std::max<std::size_t>(length, 1), std::move(message),
                           std::move(suggestion)};
    }
    next_ = text_.size();
    token_ = {TokenKind::kEnd, next_, 1, ""};
  }
  void fail_here(std::string message, std::string suggestion) {
    fail(token_.at, token_.length, std::move(message), std::move(suggestion));
  }

  // ---- tokens
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  static bool ends_word(char c) {
    return is_space(c) || c == '(' || c == ')' || c == '&' || c == '|' || c == '"';
  }
  void advance() {
    while (next_ < text_.size() && is_space(text_[next_])) ++next_;
    token_ = {TokenKind::kEnd, next_, 1, ""};
    if (next_ == text_.size()) return;
    const char c = text_[next_];
    const auto single = [&](TokenKind kind) {
      token_ = {kind, next_, 1, std::string(1, c)};
      ++next_;
    };
    if (c == '(') return single(TokenKind::kOpen);
    if (c == ')') return single(TokenKind::kClose);
    if (c == '&') return single(TokenKind::kAnd);
    if (c == '|') return single(TokenKind::kOr);
    if (c == '!') return single(TokenKind::kNot);
    if (c == '"') return quoted();
    const std::size_t from = next_;
    while (next_ < text_.size() && !ends_word(text_[next_])) ++next_;
    token_ = {TokenKind::kWord, from, next_ - from, std::string(text_.substr(from, next_ - from))};
  }
  void quoted() {
    const std::size_t from = next_++;
    const std::size_t end = text_.find('"', next_);
    if (end == std::string_view::npos) {
      return fail(from, text_.size() - from, "this text has no end", "\"" + rest(next_) + "\"");
    }
    token_ = {TokenKind::kQuoted, from, end + 1 - from,
              std::string(text_.substr(next_, end - next_))};
    next_ = end + 1;
  }
  [[nodiscard]] std::string rest(std::size_t from) const { return std::string(text_.substr(from)); }

  // ---- grammar
  FilterTree any_of(int depth) {
    if (depth > kDepthMax) fail_here("too many ( within one another", "");
    FilterTree left = all_of(depth);
    while (token_.kind == TokenKind::kOr) {
      advance();
      left = join(FilterOp::kOr, left, all_of(depth));
    }
    return left;
  }
  FilterTree all_of(int depth) {
    FilterTree left = one(depth);
    while (true) {
      if (token_.kind == TokenKind::kAnd) {
        advance();
      } else if (token_.kind == TokenKind::kOr || token_.kind == TokenKind::kClose ||
                 token_.kind == TokenKind::kEnd) {
        return left;
      }
      left = join(FilterOp::kAnd, left, one(depth));
    }
  }
  FilterTree one(int depth) {
    switch (token_.kind) {
      case TokenKind::kNot: {
        advance();
        if (depth > kDepthMax) fail_here("too many ! one after the other", "");
        auto out = std::make_shared<FilterNode>();
        out->op = FilterOp::kNot;
        out->left = one(depth + 1);
        return out;
      }
      case TokenKind::kOpen: {
        const Token open = token_;
        advance();
        FilterTree out = any_of(depth + 1);
        if (token_.kind != TokenKind::kClose) fail(open.at, 1, "this ( has no )", "");
        advance();
        return out;
      }
      case TokenKind::kWord:
      case TokenKind::kQuoted: {
        FilterTree out = token_.kind == TokenKind::kWord ? word_term() : text_term(token_.text);
        advance();
        return out;
      }
      case TokenKind::kEnd:
        fail_here("something is missing at the end", "");
        return text_term("");
      default:
        fail_here("something is missing before this", "");
        return text_term("");
    }
  }
  static FilterTree join(FilterOp op, FilterTree left, FilterTree right) {
    auto out = std::make_shared<FilterNode>();
    out->op = op;
    out->left = std::move(left);
    out->right = std::move(right);
    return out;
  }
  static FilterTree text_term(const std::string& text) {
    auto out = std::make_shared<FilterNode>();
    out->op = FilterOp::kTerm;
    out->field = FilterField::kText;
    out->text = lower(text);
    out->written = "\"" + text + "\"";
    return out;
  }

  // ---- one word: field, comparison, values
  FilterTree word_term() {
    const std::string word = token_.text;
    const std::size_t op_at = word.find_first_of("=<>!");
    if (op_at == std::string::npos) return text_term(word);
    const std::string name = word.substr(0, op_at);
    std::size_t values_at = op_at + 1;
    auto out = std::make_shared<FilterNode>();
    out->op = FilterOp::kTerm;
    out->compare = comparison(word, op_at, values_at);
    out->field = field_of(name);
    const bool ordered = out->field == FilterField::kTime || out->field == FilterField::kEvent;
    if (!ordered && out->compare != Compare::kIs && out->compare != Compare::kIsNot) {
      fail(token_.at + op_at, values_at - op_at,
           fmt::format("{} is no number: it is compared by = or !=", name), name + "=");
    }
    out->written = word;
    read_values(*out, name, word, values_at);
    return out;
  }
  Compare comparison(const std::string& word, std::size_t at, std::size_t& values_at) {
    const bool equal = at + 1 < word.size() && word[at + 1] == '=';
    if (word[at] != '=' && equal) ++values_at;
    switch (word[at]) {
      case '=':
        return Compare::kIs;
      case '<':
        return equal ? Compare::kAtMost : Compare::kLess;
      case '>':
        return equal ? Compare::kAtLeast : Compare::kMore;
      default:
        if (!equal) fail(token_.at + at, 1, "! stands before a term, or as !=", "!=");
        return Compare::kIsNot;
    }
  }
  FilterField field_of(const std::string& name) {
    std::vector<std::string> names;
    for (const FieldWord& one : kFields) {
      if (lower(name) == one.word) return one.field;
      names.emplace_back(one.word);
    }
    fail(token_.at, name.size(), fmt::format("there is no field \"{}\"", name),
         nearest(name, names));
    return FilterField::kText;
  }
  void read_values(FilterNode& out, const std::string& field, const std::string& word,
                   std::size_t from) {
    if (error_) return;
    const bool one_only = out.compare != Compare::kIs && out.compare != Compare::kIsNot;
    while (true) {
      const std::size_t comma = std::min(word.find(',', from), word.size());
      const std::string value = word.substr(from, comma - from);
      const std::size_t at = token_.at + from;
      if (value.empty()) {
        return fail(at, 1, fmt::format("{} has no value", field), example(out.field));
      }
      read_value(out, lower(field), value, at);
      if (error_ || comma == word.size()) return;
      if (one_only) return fail(token_.at + comma, 1, "only = and != take a list", "");
      from = comma + 1;
    }
  }
  [[nodiscard]] std::string example(FilterField field) const {
    switch (field) {
      case FilterField::kKind:
        return "kind=ELECT";
      case FilterField::kNode:
      case FilterField::kFrom:
        return labels_.nodes().empty() ? "" : "node=" + labels_.brief(0);
      case FilterField::kApi:
        return "api=Fetch";
      case FilterField::kTime:
        return "t>12.4";
      case FilterField::kEvent:
        return "event=8412";
      default:
        return "";
    }
  }
  void read_value(FilterNode& out, const std::string& field, const std::string& value,
                  std::size_t at) {
    switch (out.field) {
      case FilterField::kKind:
        out.kinds |= set_of(kind_named(value, at));
        return;
      case FilterField::kNode:
      case FilterField::kFrom:
        out.numbers.push_back(node_named(field, value, at));
        return;
      case FilterField::kApi:
        out.numbers.push_back(api_named(value, at));
        return;
      case FilterField::kTime:
        out.numbers.push_back(time_named(value, at));
        return;
      case FilterField::kEvent:
        out.numbers.push_back(event_named(value, at));
        return;
      case FilterField::kPartition:
        out.partitions.push_back(partition_named(value, at));
        return;
      case FilterField::kTopic:
        out.partitions.push_back({topic_named(value, at), PartitionIndex(0)});
        return;
      case FilterField::kText:
        return;
    }
  }
  EventKind kind_named(const std::string& value, std::size_t at) {
    if (const std::optional<EventKind> kind = event_kind(value)) return *kind;
    std::vector<std::string> words;
    for (std::size_t i = 0; i < kEventKinds; ++i) {
      words.emplace_back(word(static_cast<EventKind>(i)));
    }
    fail(at, value.size(), fmt::format("there is no kind \"{}\"", value), nearest(value, words));
    return EventKind::kTimer;
  }
  std::int64_t node_named(const std::string& field, const std::string& value, std::size_t at) {
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < labels_.nodes().size(); ++i) {
      const trace::NodeInfo& node = labels_.nodes()[i];
      const bool by_kind = field == "broker" ? labels_.is_broker(i)
                           : field == "controller"
                               ? node.kind == "controller" || node.kind == "combined"
                           : field == "client" ? !labels_.is_server(i)
                                               : true;
      if (!by_kind) continue;
      const bool by_id = labels_.is_server(i) && std::to_string(node.id.value()) == value;
      if (by_id || lower(node.name) == lower(value) || lower(labels_.brief(i)) == lower(value)) {
        return i;
      }
      names.push_back(labels_.brief(i));
    }
    const std::string what = field == "from" ? "node" : field;
    fail(at, value.size(), fmt::format("there is no {} \"{}\"", what, value),
         nearest(value, names).empty() && !names.empty() ? names.front() : nearest(value, names));
    return 0;
  }
  std::int64_t api_named(const std::string& value, std::size_t at) {
    std::vector<std::string> names;
    for (std::int16_t key = 0; key < 128; ++key) {
      const std::string_view name = protocol::name_of(static_cast<protocol::ApiKey>(key));
      if (name == "unknown") continue;
      if (lower(name) == lower(value)) return key;
      names.emplace_back(name);
    }
    fail(at, value.size(), fmt::format("there is no API \"{}\"", value), nearest(value, names));
    return 0;
  }
  // Seconds with at most nine decimals, or with a unit; in ns.
  std::int64_t time_named(const std::string& value, std::size_t at) {
    const auto bad = [&]() {
      fail(at, value.size(), fmt::format("\"{}\" is no time", value), "12.4, 12.4s or 80ms");
      return std::int64_t{0};
    };
    const std::size_t unit_at = value.find_first_not_of("0123456789.");
    const std::string unit = unit_at == std::string::npos ? "s" : lower(value.substr(unit_at));
    const std::int64_t scale = unit == "s"    ? 1'000'000'000
                               : unit == "ms" ? 1'000'000
                               : unit == "us" ? 1'000
                               : unit == "ns" ? 1
                                              : 0;
    const std::string digits = value.substr(0, unit_at);
    const std::size_t dot = std::min(digits.find('.'), digits.size());
    std::int64_t whole = 0;
    const char* end = digits.data() + dot;
    const auto [stop, failed] = std::from_chars(digits.data(), end, whole);
    if (scale == 0 || dot == 0 || failed != std::errc() || stop != end ||
        whole > std::numeric_limits<std::int64_t>::max() / scale - 1) {
      return bad();
    }
    std::int64_t out = whole * scale;
    std::int64_t part = scale;
    for (std::size_t i = dot + 1; i < digits.size(); ++i) {
      if (digits[i] == '.') return bad();
      part /= 10;
      out += (digits[i] - '0') * part;
    }
    return out;
  }
  std::int64_t event_named(const std::string& value, std::size_t at) {
    const std::string digits = value.front() == '#' ? value.substr(1) : value;
    std::int64_t out = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, failed] = std::from_chars(digits.data(), end, out);
    if (digits.empty() || failed != std::errc() || stop != end || out < 0) {
      fail(at, value.size(), fmt::format("\"{}\" is no number of an event", value), "8412");
    }
    return out;
  }
  Uuid topic_named(const std::string& value, std::size_t at) {
    std::vector<std::string> names;
    if (value == "metadata") return kMetadataPartition.topic;
    for (const auto& [id, name] : labels_.topics()) {
      if (name == value) return id;
      names.push_back(name);
    }
    fail(at, value.size(), fmt::format("there is no topic \"{}\"", value), nearest(value, names));
    return {};
  }
  PartitionRef partition_named(const std::string& value, std::size_t at) {
    if (value == "metadata") return kMetadataPartition;
    const std::size_t dash = value.rfind('-');
    const auto example_of = [&]() {
      return labels_.topics().empty() ? std::string("orders-0")
                                      : labels_.topics().begin()->second + "-0";
    };
    std::int32_t number = 0;
    const char* end = value.data() + value.size();
    const char* begin = dash == std::string::npos ? end : value.data() + dash + 1;
    const auto [stop, failed] = std::from_chars(begin, end, number);
    if (begin == end || failed != std::errc() || stop != end || number < 0) {
      fail(at, value.size(), fmt::format("\"{}\" is no partition", value), example_of());
      return {};
    }
    return {topic_named(value.substr(0, dash), at), PartitionIndex(number)};
  }

  std::string_view text_;
  const Labels& labels_;
  std::size_t next_ = 0;
  Token token_;
  std::optional<FilterError> error_;
};

}  // namespace

Filter::Filter() = default;
Filter::Filter(const Filter&) = default;
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(const Filter&) = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

Filter::Parsed Filter::parse(std::string_view text, const Labels& labels) {
  Parsed out;
  Parser parser(text, labels);
  FilterTree tree = parser.parse();
  out.error = parser.error();
  if (!out.error) out.filter.root_ = std::move(tree);
  return out;
}

bool Filter::everything() const { return root_ == nullptr; }

std::string dump(const FilterError& error, std::string_view text) {
  std::string out = fmt::format("{}\n{}{}\n{}", text, std::string(error.at, ' '),
                                std::string(error.length, '^'), error.message);
  if (!error.suggestion.empty()) out += "; did you mean " + error.suggestion + "?";
  return out + "\n";
}

}  // namespace logarium::viz

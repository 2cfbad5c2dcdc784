#include "sim/scenario/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "engine/base/ensure.hpp"

namespace logarium::scenario {
namespace {

struct Suffix {
  std::string_view text;
  std::int64_t factor;
};
// The largest first, so that printing finds the shortest exact text.
constexpr std::array<Suffix, 6> kDurations = {{{"h", 3'600'000'000'000},
                                               {"m", 60'000'000'000},
                                               {"s", 1'000'000'000},
                                               {"ms", 1'000'000},
                                               {"us", 1'000},
                                               {"ns", 1}}};
constexpr std::array<Suffix, 5> kBytes = {{{"TiB", std::int64_t{1} << 40},
                                           {"GiB", std::int64_t{1} << 30},
                                           {"MiB", std::int64_t{1} << 20},
                                           {"KiB", std::int64_t{1} << 10},
                                           {"B", 1}}};
constexpr std::array<Suffix, 4> kByteRates = {{{"GiB/s", std::int64_t{1} << 30},
                                               {"MiB/s", std::int64_t{1} << 20},
                                               {"KiB/s", std::int64_t{1} << 10},
                                               {"B/s", 1}}};
constexpr std::array<Suffix, 3> kRates = {{{"/s", 3600}, {"/m", 60}, {"/h", 1}}};
constexpr std::array<Suffix, 1> kShares = {{{"%", 10'000}}};
constexpr std::array<Suffix, 1> kDrifts = {{{"ppm", 1}}};

std::span<const Suffix> suffixes(Unit unit) {
  switch (unit) {
    case Unit::kDuration:
      return kDurations;
    case Unit::kBytes:
      return kBytes;
    case Unit::kRate:
      return kRates;
    case Unit::kByteRate:
      return kByteRates;
    case Unit::kShare:
      return kShares;
    case Unit::kDrift:
      return kDrifts;
    case Unit::kCount:
      break;
  }
  return {};
}

// A decimal with at most nine places, as its value times 10^9; empty when it is none.
struct Decimal {
  std::int64_t digits = 0;
  std::int64_t scale = 1;  // 10^places
};
std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal out;
  bool negative = false;
  if (!text.empty() && text.front() == '-') {
    negative = true;
    text.remove_prefix(1);
  }
  bool point = false;
  bool any = false;
  for (const char c : text) {
    if (c == '.' && !point && any) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || out.digits > 100'000'000'000'000'000) return std::nullopt;
    out.digits = out.digits * 10 + (c - '0');
    any = true;
    if (point) out.scale *= 10;
  }
  if (!any || text.back() == '.') return std::nullopt;
  if (negative) out.digits = -out.digits;
  return out;
}

// digits / scale * factor when that is whole and fits.
std::optional<std::int64_t> scaled(Decimal decimal, std::int64_t factor) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 62;
  const std::int64_t whole = decimal.digits / decimal.scale;
  std::int64_t rest = decimal.digits % decimal.scale;
  std::int64_t scale = decimal.scale;
  const std::int64_t magnitude = whole < 0 ? -whole : whole;
  if (magnitude > kLimit / factor) return std::nullopt;
  while (rest != 0 && rest % 10 == 0 && scale > 1) {
    rest /= 10;
    scale /= 10;
  }
  if (rest != 0 && scale > kLimit / factor) return std::nullopt;
  if ((rest * (factor % scale)) % scale != 0) return std::nullopt;
  return whole * factor + rest * (factor / scale) + rest * (factor % scale) / scale;
}

}  // namespace

std::int64_t Number::value() const {
  ENSURE(is_constant());
  return low;
}

std::int64_t Number::draw(Random& random) const {
  switch (shape) {
    case Shape::kConstant:
      return low;
    case Shape::kUniform:
      return random.between(low, high);
    case Shape::kExponential:
      return std::min(high, low + random.exponential(Duration{mean}).ns);
    case Shape::kPick:
      return choices[static_cast<std::size_t>(random.below(choices.size()))];
    case Shape::kZipf:
      return Zipf(static_cast<std::uint32_t>(high)).draw(random);
  }
  return low;
}

std::int64_t Number::least() const {
  if (shape == Shape::kPick) return *std::min_element(choices.begin(), choices.end());
  return shape == Shape::kZipf ? 0 : low;
}
std::int64_t Number::greatest() const {
  if (shape == Shape::kPick) return *std::max_element(choices.begin(), choices.end());
  return shape == Shape::kZipf ? high - 1 : high;
}

world::Delay to_delay(const Number& number) {
  switch (number.shape) {
    case Number::Shape::kConstant:
      return world::Delay::constant({number.low});
    case Number::Shape::kUniform:
      return world::Delay::uniform({number.low}, {number.high});
    case Number::Shape::kExponential:
      return world::Delay::exponential({number.mean}, {number.low}, {number.high});
    case Number::Shape::kPick:
    case Number::Shape::kZipf:
      break;
  }
  ENSURE(false);
  return {};
}

UnitValue parse_unit(Unit unit, std::string_view text) {
  std::size_t digits = text.find_first_not_of("-0123456789.");
  if (digits == std::string_view::npos) digits = text.size();
  const std::string_view suffix = text.substr(digits);
  for (const Suffix& known : suffixes(unit)) {
    if (known.text != suffix) continue;
    const auto decimal = parse_decimal(text.substr(0, digits));
    if (!decimal) break;
    const auto value = scaled(*decimal, known.factor);
    if (!value) break;
    return {true, *value, {}};
  }
  return {false, 0, std::string(unit_example(unit))};
}

std::string unit_text(Unit unit, std::int64_t value) {
  if (unit == Unit::kCount) return std::to_string(value);
  if (unit == Unit::kShare) {
    const std::int64_t whole = value / 10'000;
    std::string rest = fmt::format("{:04}", (value < 0 ? -value : value) % 10'000);
    while (!rest.empty() && rest.back() == '0') rest.pop_back();
    return std::to_string(whole) + (rest.empty() ? "" : "." + rest) + "%";
  }
  const auto list = suffixes(unit);
  if (value == 0) {
    const std::string_view base = unit == Unit::kDuration ? "s" : list.back().text;
    return "0" + std::string(unit == Unit::kRate ? "/s" : base);
  }
  for (const Suffix& suffix : list) {
    if (value % suffix.factor == 0) {
      return std::to_string(value / suffix.factor) + std::string(suffix.text);
    }
  }
  return {};
}

std::string_view unit_example(Unit unit) {
  switch (unit) {
    case Unit::kCount:
      return "a whole number such as 3";
    case Unit::kDuration:
      return "a time such as \"250ms\" or \"5s\" (h, m, s, ms, us, ns)";
    case Unit::kBytes:
      return "a size such as \"100B\" or \"1MiB\" (B, KiB, MiB, GiB, TiB)";
    case Unit::kRate:
      return "a rate such as \"500/s\" (/s, /m, /h)";
    case Unit::kByteRate:
      return "a bandwidth such as \"10MiB/s\" (B/s, KiB/s, MiB/s, GiB/s)";
    case Unit::kShare:
      return "a share such as \"5%\"";
    case Unit::kDrift:
      return "a drift such as \"200ppm\"";
  }
  return {};
}

std::string_view unit_pattern(Unit unit) {
  switch (unit) {
    case Unit::kCount:
      return "";
    case Unit::kDuration:
      return "^-?[0-9]+(\\.[0-9]+)?(h|m|s|ms|us|ns)$";
    case Unit::kBytes:
      return "^[0-9]+(\\.[0-9]+)?(B|KiB|MiB|GiB|TiB)$";
    case Unit::kRate:
      return "^[0-9]+(\\.[0-9]+)?/(s|m|h)$";
    case Unit::kByteRate:
      return "^[0-9]+(\\.[0-9]+)?(B|KiB|MiB|GiB)/s$";
    case Unit::kShare:
      return "^[0-9]+(\\.[0-9]+)?%$";
    case Unit::kDrift:
      return "^-?[0-9]+ppm$";
  }
  return {};
}

}  // namespace logarium::scenario

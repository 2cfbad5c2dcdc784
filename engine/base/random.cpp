#include "engine/base/random.hpp"

#include <algorithm>
#include <array>

#include "engine/base/ensure.hpp"
#include "engine/base/hash.hpp"

namespace logarium {
namespace {

constexpr std::uint64_t kGamma = 0x9e3779b97f4a7c15ULL;

struct Wide {
  std::uint64_t high;
  std::uint64_t low;
};

// The 128-bit product, from 32-bit halves.
constexpr Wide multiply(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t a0 = a & 0xffffffff;
  const std::uint64_t a1 = a >> 32;
  const std::uint64_t b0 = b & 0xffffffff;
  const std::uint64_t b1 = b >> 32;
  const std::uint64_t low = a0 * b0;
  const std::uint64_t mid = a1 * b0 + (low >> 32);
  const std::uint64_t mid2 = a0 * b1 + (mid & 0xffffffff);
  return {a1 * b1 + (mid >> 32) + (mid2 >> 32), (mid2 << 32) | (low & 0xffffffff)};
}

// log2(1 + i/256) in units of 2^-32, by repeated squaring of a 1.31 fixed-point number.
constexpr std::uint64_t log2_fraction(std::uint64_t i) {
  std::uint64_t x = (256 + i) << 23;  // 1.31
  std::uint64_t result = 0;
  for (int bit = 31; bit >= 0; --bit) {
    x = (x * x) >> 31;
    if (x >= (1ULL << 32)) {
      result |= 1ULL << bit;
      x >>= 1;
    }
  }
  return result;
}

constexpr std::array<std::uint64_t, 257> make_log2_table() {
  std::array<std::uint64_t, 257> table{};
  for (std::size_t i = 0; i < 256; ++i) table[i] = log2_fraction(i);
  table[256] = 1ULL << 32;
  return table;
}

constexpr auto kLog2 = make_log2_table();
// ln(2) in units of 2^-32.
constexpr std::uint64_t kLn2 = 2977044472ULL;

// -ln(u / 2^32) in units of 2^-32 for u in [1, 2^32].
std::uint64_t negative_ln(std::uint64_t u) {
  int top = 32;
  while ((u >> top) == 0) --top;
  const std::uint64_t mantissa = (u << (32 - top)) & 0xffffffff;  // fraction after the leading one
  const std::size_t index = static_cast<std::size_t>(mantissa >> 24);
  const std::uint64_t rest = mantissa & 0xffffff;
  const std::uint64_t step = kLog2[index + 1] - kLog2[index];
  const std::uint64_t fraction = kLog2[index] + ((step * rest) >> 24);
  const std::uint64_t log2u = (static_cast<std::uint64_t>(top) << 32) + fraction;
  const std::uint64_t negative = (32ULL << 32) - log2u;
  return multiply(negative, kLn2 << 32).high;
}

}  // namespace

Random Random::derive(std::string_view name, std::uint64_t number) const {
  return Random(fold(fold(state_ ^ 0x64657269766564ULL, hash_text(name)), number));
}

std::uint64_t Random::next() {
  state_ += kGamma;
  return mix64(state_);
}

std::uint64_t Random::below(std::uint64_t bound) {
  ENSURE(bound > 0);
  Wide wide = multiply(next(), bound);
  if (wide.low < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (wide.low < threshold) wide = multiply(next(), bound);
  }
  return wide.high;
}

std::int64_t Random::between(std::int64_t low, std::int64_t high) {
  ENSURE(low <= high);
  const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  if (span == ~0ULL) return static_cast<std::int64_t>(next());
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + below(span + 1));
}

bool Random::chance_ppm(std::int64_t parts_per_million) {
  if (parts_per_million <= 0) return false;
  return below(1'000'000) < static_cast<std::uint64_t>(parts_per_million);
}

Duration Random::exponential(Duration mean) {
  ENSURE(mean.ns >= 0);
  const std::uint64_t u = (next() >> 32) + 1;
  const Wide wide = multiply(static_cast<std::uint64_t>(mean.ns), negative_ln(u));
  return {static_cast<std::int64_t>((wide.high << 32) | (wide.low >> 32))};
}

Uuid Random::uuid() {
  const std::uint64_t high = next();
  return {high, next()};
}

Zipf::Zipf(std::uint32_t n) {
  ENSURE(n > 0);
  cumulative_.reserve(n);
  std::uint64_t sum = 0;
  for (std::uint64_t rank = 1; rank <= n; ++rank) {
    sum += (1ULL << 32) / rank;
    cumulative_.push_back(sum);
  }
}

std::uint32_t Zipf::draw(Random& random) const {
  const std::uint64_t point = random.below(cumulative_.back());
  const auto at = std::upper_bound(cumulative_.begin(), cumulative_.end(), point);
  return static_cast<std::uint32_t>(at - cumulative_.begin());
}

}  // namespace logarium

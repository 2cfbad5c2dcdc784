#include "sim/explore/sweep.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "sim/explore/pool.hpp"

namespace logarium::explore {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<SeedRange> parse_seeds(std::string_view text) {
  const std::size_t dots = text.find("..");
  const auto first = number(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : number(text.substr(dots + 2));
  if (!first || !last || *last < *first || *last - *first >= SeedRange::kSeedsMax) {
    return std::nullopt;
  }
  return SeedRange{*first, *last};
}

void SweepResult::add(const SeedResult& one) {
  ++seeds;
  events += one.events;
  simulated_ns += one.simulated_ns;
  switch (one.verdict) {
    case run::Verdict::kPass:
      ++pass;
      break;
    case run::Verdict::kFail:
      ++fail;
      break;
    case run::Verdict::kInconclusive:
      ++inconclusive;
      break;
  }
  for (const auto& [name, count] : one.counts) {
    totals[name] += count;
    const auto [at, added] = least.emplace(name, count);
    if (!added) at->second = std::min(at->second, count);
  }
  if (one.as_expected) {
    ++as_expected;
  } else if (one.verdict == run::Verdict::kInconclusive) {
    unclear.push_back(one);
  } else {
    failures.push_back(one);
  }
}

SweepResult sweep(const scenario::Model& model, const SweepOptions& options) {
  SweepResult result;
  const auto job = [&model](std::uint64_t seed) { return run_seed(model, seed); };
  result.complete = run_jobs(options.seeds, options.jobs, job, [&](const SeedResult& one) {
    result.add(one);
    if (options.progress) options.progress(result);
  });
  const auto by_seed = [](const SeedResult& a, const SeedResult& b) { return a.seed < b.seed; };
  std::sort(result.failures.begin(), result.failures.end(), by_seed);
  std::sort(result.unclear.begin(), result.unclear.end(), by_seed);
  return result;
}

std::string signature_of(const run::Outcome& outcome) {
  std::string text;
  if (!outcome.violations.empty()) {
    const checkers::Violation& first = outcome.violations.front();
    text = std::string(first.property.id) + ": " + first.explanation;
  } else if (!outcome.reasons.empty()) {
    text = outcome.reasons.front();
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto is_digit = [&text](std::size_t at) {
      return std::isdigit(static_cast<unsigned char>(text[at])) != 0;
    };
    // The number of a property stays.
    const bool of_property = i == 1;
    if (!is_digit(i) || of_property || (i == 2 && is_digit(1))) {
      out += text[i];
    } else if (out.empty() || out.back() != '#') {
      out += '#';
    }
  }
  return out;
}

}  // namespace logarium::explore

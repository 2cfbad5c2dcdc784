#include <fmt/format.h>

#include "engine/base/digest.hpp"
#include "engine/base/ensure.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"

namespace logarium {

void ensure_failed(const char* condition, const char* file, int line) {
  throw EnsureFailure(fmt::format("ENSURE({}) failed at {}:{}", condition, file, line));
}

std::string to_string(const TopicPartition& partition) {
  return fmt::format("{}-{}", partition.topic, partition.partition.value());
}

std::string to_hex(std::uint64_t value) { return fmt::format("{:016x}", value); }

std::string to_string(Duration d) {
  struct Unit {
    std::int64_t ns;
    const char* name;
  };
  static constexpr Unit kUnits[] = {{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}};
  if (d.ns == 0) return "0";
  const bool negative = d.ns < 0;
  const std::uint64_t size =
      negative ? ~static_cast<std::uint64_t>(d.ns) + 1 : static_cast<std::uint64_t>(d.ns);
  for (const Unit& unit : kUnits) {
    const auto scale = static_cast<std::uint64_t>(unit.ns);
    if (size < scale) continue;
    std::string text = fmt::format("{}", size / scale);
    const std::uint64_t thousandths = size % scale / (scale / 1000);
    if (thousandths != 0) {
      std::string decimals = fmt::format(".{:03}", thousandths);
      while (decimals.back() == '0') decimals.pop_back();
      text += decimals;
    }
    return (negative ? "-" : "") + text + unit.name;
  }
  return fmt::format("{}{}ns", negative ? "-" : "", size);
}

}  // namespace logarium

#include "engine/live/system.hpp"

#include <sys/random.h>

#include <system_error>

#include "engine/base/ensure.hpp"

namespace logarium::live {

std::uint64_t draw_seed() {
  std::uint64_t seed = 0;
  // So few bytes come at once and whole (getrandom(2)).
  ENSURE(::getrandom(&seed, sizeof seed, 0) == sizeof seed);
  return seed;
}

std::string words(int error) { return std::error_code(error, std::generic_category()).message(); }

}  // namespace logarium::live

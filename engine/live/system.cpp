#include "engine/live/system.hpp"

#include <random>
#include <system_error>

namespace logarium::live {

std::uint64_t draw_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

std::string words(int error) { return std::error_code(error, std::generic_category()).message(); }

}  // namespace logarium::live

#include "sim/checkers/catalogue.hpp"

#include "sim/checkers/suite.hpp"

namespace logarium::checkers {

std::vector<std::unique_ptr<Checker>> all_checkers() {
  std::vector<std::unique_ptr<Checker>> checkers;
  return checkers;
}

std::span<const Property> all_properties() { return {}; }

}  // namespace logarium::checkers

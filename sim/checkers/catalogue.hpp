#pragma once
// The list of all checkers; each property's file has a function here that makes its checker.

#include <memory>
#include <vector>

#include "sim/checkers/checker.hpp"

namespace logarium::checkers {

[[nodiscard]] std::vector<std::unique_ptr<Checker>> all_checkers();

}  // namespace logarium::checkers

#pragma once

#include <cstdint>

namespace logarium::cli {

// What the program's end means; scripts depend on the numbers.
enum class ExitCode : std::uint8_t {
  kAsExpected = 0,
  kNotAsExpected = 1,  // the verdict is not what the scenario expects
  kInconclusive = 2,   // too little happened to judge
  kBadInput = 3,       // arguments, scenario file, run file
  kOwnFailure = 4,     // digests differ, internal error, cannot write
};

}  // namespace logarium::cli

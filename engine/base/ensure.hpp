#pragma once
// ENSURE states what must hold if our own code is right; it is on in every build. A failed one
// throws EnsureFailure: the simulator turns it into a verdict, the live host stops the process.
// Bytes from a network, a disk or a file never reach an ENSURE; they give a Result.

#include <stdexcept>
#include <string>

namespace logarium {

class EnsureFailure : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void ensure_failed(const char* condition, const char* file, int line);

}  // namespace logarium

#define ENSURE(condition) \
  ((condition) ? static_cast<void>(0) : ::logarium::ensure_failed(#condition, __FILE__, __LINE__))

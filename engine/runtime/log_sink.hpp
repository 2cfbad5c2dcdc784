#pragma once
// LogSink: where the bytes of an input log go. The live host writes them to a file.

#include <span>

#include "engine/base/bytes.hpp"
#include "engine/base/result.hpp"

namespace logarium::runtime {

class LogSink {
 public:
  virtual ~LogSink() = default;
  // Appends the parts one after the other, as one write. When it returns they are in the page
  // cache: they outlive a kill -9 of the process. After an error nothing more is written.
  [[nodiscard]] virtual Result<> write(std::span<const ByteView> parts) = 0;
};

}  // namespace logarium::runtime

#pragma once
// InputLogReader: reads an input log (input_log.hpp) entry by entry. Whatever the bytes are, it
// says what it found: an entry, the end, an entry that was cut by the end of the writing process,
// or damage, with the entry's number and the field whose byte is not the one that was written.

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/runtime/input_log.hpp"

namespace logarium::runtime {

// Where the bytes come from.
class LogSource {
 public:
  virtual ~LogSource() = default;
  // The next bytes; fewer than asked for only at the end.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<std::byte> into) = 0;
};

// A piece of a file that was there before the recording began.
struct FilePiece {
  std::size_t file = 0;  // index into InputLogStart::files
  std::int64_t position = 0;
  Bytes content;
};
// The log is over; `cut_bytes` of an entry that is not whole stand behind the last whole one.
struct LogEnd {
  std::uint64_t cut_bytes = 0;
};
// An entry is not what was written. Nothing behind it is read.
struct LogDamage {
  std::uint64_t input = 0;  // number of the input from 1; 0: the start, or a file's content
  std::string field;        // "clock", "frame", "length", ...
  std::string text;         // what is wrong, for a person
};
// This is no input log, or one of another format version, or it cannot be read.
struct NotALog {
  std::string text;
};

class InputLogReader {
 public:
  // Not owned. REQUIRES: the source outlives the reader.
  explicit InputLogReader(LogSource& source) : source_(source) {}

  using Start = std::variant<InputLogStart, LogEnd, LogDamage, NotALog>;
  // First of all. LogEnd: the log was cut within its start.
  [[nodiscard]] Start start();
  // REQUIRES: start() gave an InputLogStart; the last step was an entry or a piece.
  using Step = std::variant<InputEntry, FilePiece, LogEnd, LogDamage, NotALog>;
  [[nodiscard]] Step next();

  // Whole entries of inputs so far.
  [[nodiscard]] std::uint64_t inputs() const { return inputs_; }

 private:
  using Found = std::variant<Bytes, LogEnd, LogDamage, NotALog>;
  // The next entry's payload.
  Found read_entry();
  // Makes at least `size` bytes stand in the buffer; fewer at the end of the source.
  Result<> fill(std::size_t size);
  [[nodiscard]] std::size_t buffered() const { return buffer_.size() - at_; }
  Result<std::size_t> read_payload(std::vector<std::byte>& payload, std::size_t length);
  [[nodiscard]] LogDamage damage(std::string field, std::string text) const;
  // Which byte of the payload is not the one that was written.
  [[nodiscard]] LogDamage locate(std::vector<std::byte> payload, std::uint32_t stored) const;
  [[nodiscard]] Step decode(const Bytes& payload);

  LogSource& source_;
  std::vector<std::byte> buffer_;
  std::size_t at_ = 0;
  std::uint64_t entries_ = 0;
  std::uint64_t inputs_ = 0;
  Now last_{};
  IoId last_io_;
  std::uint64_t last_random_ = 0;
};

}  // namespace logarium::runtime

#pragma once
// InputLogWriter: writes one incarnation's input log (input_log.hpp) entry by entry. It does not
// copy frames: an entry goes to the sink as its head and the received bytes.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/node.hpp"
#include "engine/base/result.hpp"
#include "engine/runtime/input_log.hpp"
#include "engine/runtime/log_sink.hpp"

namespace logarium::runtime {

struct InputLogOptions {
  // A digest of the node's state goes with every so many inputs, with the 16th, 32nd, 64th and so
  // on, and with the last of a process that ends itself. It costs a walk over the whole state.
  std::uint64_t state_digest_every = 4096;
};

class InputLogWriter {
 public:
  // Not owned. REQUIRES: the sink outlives the writer.
  explicit InputLogWriter(LogSink& sink, const InputLogOptions& options = {});

  // Magic and start; first of all.
  [[nodiscard]] Result<> start(const InputLogStart& start);
  // A piece of a file's content, in order of positions; only with FileContents::kStored, before the
  // first input. `file` is an index into InputLogStart::files. REQUIRES: the piece is at most
  // kPieceBytesMax long.
  static constexpr std::size_t kPieceBytesMax = std::size_t{1024} * 1024;
  [[nodiscard]] Result<> file_content(std::size_t file, std::int64_t position, ByteView piece);

  // One step after it was made and before its effects are performed: the input, what came of it.
  // REQUIRES: not Received, not a CommandInput.
  [[nodiscard]] Result<> append(const Now& now, const Input& input, const Effects& effects,
                                const Node& node);
  // A received frame: its bytes as they came, without the length.
  [[nodiscard]] Result<> append_frame(const Now& now, ConnectionId connection, ByteView frame,
                                      const Effects& effects, const Node& node,
                                      std::optional<std::int16_t> injected_error = std::nullopt);
  // The same two for a step that failed an ENSURE; nothing comes after such an entry.
  [[nodiscard]] Result<> append_failure(const Now& now, const Input& input, std::string_view text);
  [[nodiscard]] Result<> append_frame_failure(
      const Now& now, ConnectionId connection, ByteView frame, std::string_view text,
      std::optional<std::int16_t> injected_error = std::nullopt);

  // Inputs and bytes so far.
  [[nodiscard]] std::uint64_t inputs() const { return inputs_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  struct Outcome;
  [[nodiscard]] Outcome outcome_of(const Effects& effects, const Node& node) const;
  void begin_input(EntryKind kind, const Now& now, const Outcome& outcome);
  void put_input(const Input& input);
  void put_frame(const Now& now, ConnectionId connection,
                 std::optional<std::int16_t> injected_error, Outcome outcome);
  void put_outcome(const Outcome& outcome);
  // Writes the entry whose payload is payload_ and then `tail`.
  [[nodiscard]] Result<> finish_entry(ByteView tail);

  LogSink& sink_;
  InputLogOptions options_;
  std::vector<std::byte> payload_;
  std::vector<std::byte> prefix_;
  std::uint64_t entries_ = 0;  // all kinds: numbers for the CRC
  std::uint64_t inputs_ = 0;
  std::uint64_t bytes_ = 0;
  Now last_{};
  IoId last_io_;
  std::uint64_t last_random_ = 0;
};

}  // namespace logarium::runtime

#pragma once
// The run file: one run as it was seen, in a SQLite database that serves as a container: the
// scenario, the seed, which sources ran it, the verdict and the counts, and the events in chunks.
// Never a serialised world: states come from running the scenario again, which gives the same run
// where fingerprint and digest match.
//
// Tables: meta(key, value) with the texts below; node(number, name, kind, id); topic(id, name);
// chunk(first, events, from_ns, to_ns, hash, bytes, keyframe); index(hash, bytes), one row, the
// summary. `logarium trace export` makes tables of rows out of the chunks.
//
// Format 2 had no senders of messages, no lost ones, no sides of link faults and no summary, and
// its keyframes are not used: its views are folded from the beginning.
//
// A writer writes beside the final name and renames at the end, so that there is never half a run
// file. A reader believes nothing: foreign, damaged or newer files give an Error.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "sim/trace/chunk.hpp"
#include "sim/trace/run_info.hpp"
#include "sim/trace/run_source.hpp"
#include "sim/trace/summary.hpp"
#include "sim/trace/view.hpp"

namespace logarium::trace {

inline constexpr std::int32_t kApplicationId = 0x4c4f4752;  // "LOGR" in the database's header
inline constexpr std::int32_t kFormatVersion = 3;
inline constexpr std::int32_t kOldestFormat = 2;  // that is still read

// What a file of that format does not tell and the newest does; empty for the newest.
[[nodiscard]] std::string lacks_of(std::int32_t format);

// Hash of the sources that this program was built from.
[[nodiscard]] std::string source_fingerprint();

class RunFileWriter {
 public:
  // Begins `path` anew; what stands there is replaced only if it is a run file or empty.
  [[nodiscard]] static Result<RunFileWriter> create(const std::string& path);
  RunFileWriter(RunFileWriter&&) noexcept;
  RunFileWriter& operator=(RunFileWriter&&) noexcept;
  // Without finish() nothing remains.
  ~RunFileWriter();

  [[nodiscard]] Result<> add(const Chunk& chunk);
  // Of all chunks. REQUIRES: once, after the last of them.
  [[nodiscard]] Result<> add(const Summary& summary);
  // The file is complete and at its place afterwards.
  [[nodiscard]] Result<> finish(const RunInfo& info);
  // Of all chunks so far.
  [[nodiscard]] std::uint64_t chunk_bytes() const;

 private:
  struct State;
  explicit RunFileWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class RunFileReader final : public RunSource {
 public:
  [[nodiscard]] static Result<RunFileReader> open(const std::string& path);
  RunFileReader(RunFileReader&&) noexcept;
  RunFileReader& operator=(RunFileReader&&) noexcept;
  ~RunFileReader() override;

  [[nodiscard]] const RunInfo& info() const override;
  [[nodiscard]] std::size_t chunks() const override;
  [[nodiscard]] std::size_t chunk_of(std::uint64_t event) const override;
  [[nodiscard]] Result<std::vector<Event>> events(std::size_t chunk) const override;
  [[nodiscard]] std::uint64_t first_event(std::size_t chunk) const override;
  [[nodiscard]] Instant first_time(std::size_t chunk) const override;
  [[nodiscard]] bool has_keyframe(std::size_t chunk) const override;
  [[nodiscard]] Result<View> keyframe(std::size_t chunk) const override;
  [[nodiscard]] std::uint64_t chunk_bytes() const;
  [[nodiscard]] std::uint64_t keyframe_bytes() const;
  // What the file brings along; null when it has none. Fails when that is damaged, or of other
  // events; the events can be read all the same.
  [[nodiscard]] Result<std::shared_ptr<const Summary>> summary() const;
  // Which format the file has.
  [[nodiscard]] std::int32_t format() const;

 private:
  [[nodiscard]] Result<Chunk> chunk(std::size_t chunk) const;
  struct State;
  explicit RunFileReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Writes a run's events as rows into a new SQLite database, whose tables README.md lists.
[[nodiscard]] Result<> export_rows(const RunFileReader& run, const std::string& path);

}  // namespace logarium::trace

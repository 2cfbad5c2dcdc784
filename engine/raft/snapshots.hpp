#pragma once
// Snapshots: the snapshot files beside the metadata log, "<end>-<epoch>.checkpoint" as Kafka names
// them. It lists, writes, reads and removes them; what they say and which may go is decided by the
// Store. A file appears under its name only when it is complete and synced.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "engine/base/node.hpp"
#include "engine/raft/identity.hpp"

namespace logarium::raft {

class Snapshots {
 public:
  explicit Snapshots(std::string directory) : directory_(std::move(directory)) {}

  // The existing snapshots are known.
  struct Listed {};
  // The file of write() is complete and durable.
  struct Stored {
    LogPosition id;
    Bytes content;
  };
  // The answer to load().
  struct Loaded {
    LogPosition id;
    Bytes content;
  };
  // The answer to read().
  struct Piece {
    std::uint64_t number = 0;
    Bytes content;
  };
  struct Failed {
    std::string reason;
  };
  using Event = std::variant<Listed, Stored, Loaded, Piece, Failed>;
  [[nodiscard]] std::optional<Event> next_event();

  // Removes unfinished files and learns which snapshots there are; Listed follows. REQUIRES: the
  // directory exists.
  void open(StepContext& ctx);
  // Stored follows. REQUIRES: !writing().
  void write(StepContext& ctx, const LogPosition& id, Bytes content);
  [[nodiscard]] bool writing() const { return writing_.has_value(); }
  // Reads a whole snapshot; Loaded follows. REQUIRES: find(id).
  void load(StepContext& ctx, const LogPosition& id);
  // Reads a part; Piece with the returned number follows. REQUIRES: find(id).
  std::uint64_t read(StepContext& ctx, const LogPosition& id, std::int64_t position,
                     std::int64_t length);
  // Removes every snapshot that ends before `end`.
  void remove_before(StepContext& ctx, Offset end);
  void on_io(StepContext& ctx, const IoDone& done);

  struct Entry {
    LogPosition id;
    FileId file;
    std::int64_t bytes = 0;
    WallTime since;  // when it was written, or found at start
    void describe(StateVisitor& v) const;
  };
  [[nodiscard]] const Entry* find(const LogPosition& id) const;
  [[nodiscard]] const std::map<Offset, Entry>& entries() const { return entries_; }
  [[nodiscard]] std::optional<LogPosition> earliest() const;
  [[nodiscard]] std::optional<LogPosition> latest() const;
  void describe(StateVisitor& v) const;

  // "00000000000000000042-0000000003.checkpoint"
  [[nodiscard]] static std::string name_of(const LogPosition& id);
  // Empty for any other name.
  [[nodiscard]] static std::optional<LogPosition> parse_name(const std::string& name);

 private:
  enum class Op : std::uint32_t { kList, kOpen, kWrite, kPublish, kLoad, kPiece, kOther };
  struct Writing {
    LogPosition id;
    Bytes content;
    std::uint32_t outstanding = 0;
    bool publishing = false;  // synced; being renamed
    void describe(StateVisitor& v) const;
  };

  void issue(StepContext& ctx, FileOp op, Op what, std::uint64_t value = 0);
  void listed(StepContext& ctx, const IoDone& done);
  void open_entry(StepContext& ctx, const LogPosition& id);
  void write_progress(StepContext& ctx);
  void finish_listing();
  [[nodiscard]] std::string path_of(const LogPosition& id) const {
    return directory_ + "/" + name_of(id);
  }

  std::string directory_;
  std::map<Offset, Entry> entries_;
  std::size_t opening_ = 0;  // entries whose length is not known yet, at start
  bool listing_ = false;
  std::optional<Writing> writing_;
  std::uint64_t next_piece_ = 1;
  std::deque<Event> events_;
};

}  // namespace logarium::raft

#pragma once
// StateFile: keeps the ElectionState in `quorum-state` so that it survives a power loss: a
// temporary file is written and synced, renamed over the old one, and the directory is synced.
// One state is written at a time; of those asked for meanwhile only the newest follows.

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/node.hpp"
#include "engine/raft/election_state.hpp"

namespace logarium::raft {

class StateFile {
 public:
  explicit StateFile(std::string directory) : directory_(std::move(directory)) {}

  enum class Progress : std::uint8_t {
    kNothing,  // an operation of several is done
    kLoaded,   // loaded() is set
    kStored,   // the newest state asked for is on stable storage
    kFailed,   // error() says why; nothing works from now on
  };

  // REQUIRES: the directory exists. kLoaded or kFailed follows.
  void load(StepContext& ctx);
  // kStored or kFailed follows. REQUIRES: loaded.
  void store(StepContext& ctx, const ElectionState& state);
  // An operation with What::kStateIo ended.
  Progress on_io(StepContext& ctx, const IoDone& done);

  [[nodiscard]] const ElectionState& loaded() const { return loaded_; }
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] bool busy() const { return phase_ != Phase::kIdle; }
  void describe(StateVisitor& v) const;

 private:
  // kIdle -> kOpen -> kRead -> kIdle        load
  // kIdle -> kWrite -> kRename -> kIdle     store; again kWrite when another state waits
  enum class Phase : std::uint8_t { kIdle, kOpen, kRead, kWrite, kRename };

  void issue(StepContext& ctx, FileOp op);
  void write(StepContext& ctx, const ElectionState& state);
  void rename(StepContext& ctx);
  Progress read_done(const IoDone& done);
  Progress fail(std::string why);
  [[nodiscard]] std::string path() const { return directory_ + "/quorum-state"; }

  std::string directory_;
  Phase phase_ = Phase::kIdle;
  std::uint32_t outstanding_ = 0;  // operations of this phase
  FileId file_;
  ElectionState loaded_;
  std::optional<ElectionState> next_;
  std::string error_;
};

}  // namespace logarium::raft

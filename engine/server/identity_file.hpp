#pragma once
// IdentityFile: the file meta.properties of a process's data directory (Kafka's version=1 format):
// which node and cluster the directory belongs to, and the directory's own id. It is made with a
// fresh id when it is missing, as after a wiped disk, and made durable before the process goes on.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "engine/base/ids.hpp"
#include "engine/base/node.hpp"

namespace logarium::server {

class IdentityFile {
 public:
  // The directory's identity is known.
  struct Known {
    Uuid directory;
  };
  // The directory cannot be used: an I/O error, unreadable text, or another node's directory.
  struct Refused {
    std::string reason;
  };
  using Outcome = std::variant<Known, Refused>;

  IdentityFile(NodeId node, std::string cluster_id);

  void start(StepContext& ctx);
  // File operations with Machine::kProcess.
  void on_io(StepContext& ctx, const IoDone& done);
  // Set once, when start() has come to its end.
  [[nodiscard]] std::optional<Outcome> take_outcome() {
    return outcome_ ? std::exchange(outcome_, std::nullopt) : std::nullopt;
  }
  void describe(StateVisitor& v) const;

 private:
  enum class Phase : std::uint8_t {
    kIdle,
    kListing,
    kOpening,
    kReading,
    kCreating,
    kWriting,
    kSyncing,
    kRenaming,
    kSyncingDir,
    kDone,
  };
  void issue(StepContext& ctx, FileOp op, Phase next);
  void advance(StepContext& ctx, const IoDone& done);
  void create(StepContext& ctx);
  void finish(Outcome outcome);
  [[nodiscard]] Outcome parse(std::string_view text) const;

  NodeId node_;
  std::string cluster_id_;
  Phase phase_ = Phase::kIdle;
  FileId file_;
  Uuid directory_;
  std::optional<Outcome> outcome_;
};

}  // namespace logarium::server

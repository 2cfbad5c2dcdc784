#pragma once
// ReplayHost: the host of a replayed node. It performs nothing: each effect is compared with the
// recorded one, file operations go to the simulated disk. It keeps the first difference of a step.

#include <optional>
#include <string>

#include "engine/runtime/host.hpp"
#include "engine/runtime/input_log.hpp"
#include "sim/run/replay_disk.hpp"

namespace logarium::run {

// The first thing in which a replay is not what was recorded.
struct ReplayDifference {
  std::uint64_t input = 0;  // number of the input from 1; 0: the start
  std::string field;        // "effect 2 of 3 (Send)", "state", "io content", "clock", "frame", ...
  std::string text;         // recorded and replayed, for a person
};

class ReplayHost final : public runtime::Host {
 public:
  // Not owned; outlives the host.
  explicit ReplayHost(ReplayDisk& disk) : disk_(disk) {}

  // The effects of the next step should be those of `entry`, which stays until end_step().
  void begin_step(const runtime::InputEntry& entry);
  // What was not as recorded, if anything: an effect, their number, the notes.
  [[nodiscard]] std::optional<ReplayDifference> end_step();
  // Effects so far.
  [[nodiscard]] std::uint64_t effects() const { return effects_; }
  // The node ended its process.
  [[nodiscard]] bool exited() const { return exited_; }

  void connect(Connect& effect) override { compare(effect); }
  void disconnect(Disconnect& effect) override { compare(effect); }
  void send(Send& effect) override { compare(effect); }
  void answer(Answer& effect) override { compare(effect); }
  void file(FileOp& effect) override;
  void exit(Exit& effect) override;
  void notes(std::span<const Note> notes) override;
  void bad_frame(ConnectionId, const Error&) override {}
  void recording_failed(const Error&) override {}

 private:
  void compare(const Action& effect);

  ReplayDisk& disk_;
  const runtime::InputEntry* entry_ = nullptr;
  std::size_t seen_ = 0;  // effects of this step
  std::uint32_t notes_ = 0;
  std::string notes_text_;
  std::optional<ReplayDifference> difference_;
  std::uint64_t effects_ = 0;
  bool exited_ = false;
};

}  // namespace logarium::run

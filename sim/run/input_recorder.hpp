#pragma once
// InputRecorder: records the server nodes of a simulated world as a live host records them: every
// input with the bytes that its message would have on a wire. So what replays a live recording is
// tested on runs that break in every way the simulator knows.
//
// An Observer; it changes nothing about the run. Worlds with the transport `tcp` only.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/runtime/input_log_writer.hpp"
#include "sim/run/replay.hpp"
#include "sim/world/world.hpp"

namespace logarium::run {

class InputRecorder final : public world::Observer {
 public:
  // REQUIRES: the world outlives the recorder, and has not stepped yet.
  InputRecorder(const world::World& world, const runtime::InputLogOptions& options);

  void on_event(const world::EventView& event) override;

  // What was recorded so far, by path. The bytes may be changed to see what a replay makes of it.
  using Logs = std::map<std::string, std::vector<std::byte>>;
  [[nodiscard]] Logs logs() const;

 private:
  // One incarnation's log in memory.
  struct Log final : runtime::LogSink {
    explicit Log(const runtime::InputLogOptions& options) : writer(*this, options) {}
    Result<> write(std::span<const ByteView> parts) override;
    std::vector<std::byte> bytes;
    runtime::InputLogWriter writer;
  };
  void begin(const world::EventView& event);
  void record(Log& log, const world::EventView& event);

  const world::World& world_;
  runtime::InputLogOptions options_;
  std::map<world::NodeIndex, Log*> current_;
  std::map<std::string, std::unique_ptr<Log>> logs_;
};

// Logs in memory as a replay takes them. The bytes are shared, not copied. REQUIRES: `logs`
// outlives the result.
[[nodiscard]] std::vector<RecordedLog> recorded_logs(const InputRecorder::Logs& logs);

}  // namespace logarium::run

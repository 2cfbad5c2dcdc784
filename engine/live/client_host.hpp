#pragma once
// ClientHost: one client of the engine (producer, consumer or admin) on real sockets, for programs
// that wait for their answers. Commands go in, answers come out (engine/client/command.hpp); the
// loop runs inside of call(), run() and pause() only.
//
// What it does not do: several clients at once on one loop, threads.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/client/client_node.hpp"
#include "engine/client/command.hpp"
#include "engine/live/node_host.hpp"

namespace logarium::live {

struct ClientPlan {
  std::string name;                    // in log lines
  client::ClientConfigVariant config;  // decides what the client is
  std::vector<Endpoint> bootstrap;     // at least one
  Duration close_timeout = seconds(30);
};

// How far a client got with the cluster, for error messages.
struct Reach {
  std::vector<Endpoint> refused;  // could not be connected to, each once, in order
  bool connected = false;         // some broker was
  bool answered = false;          // some broker sent a whole response
  bool controller = false;        // the newest Metadata response named a broker that is it
};

class ClientHost final : public NodeWatcher {
 public:
  struct Callbacks {
    // An answer to a command that give() took. May give more commands.
    std::function<void(CommandId, const CommandResultRef&)> on_answer;
    // An endpoint could not be connected to; once for each.
    std::function<void(const Endpoint&)> on_refused;
    // After close(): everything has ended.
    std::function<void()> on_end;
  };

  // REQUIRES: loop and log outlive it.
  ClientHost(Loop& loop, LogLines& log, ClientPlan plan, Callbacks callbacks);

  // Its answers go to on_answer.
  CommandId give(CommandRef command);
  // Gives the command and runs the loop until its first answer; null when the loop was stopped.
  [[nodiscard]] CommandResultRef call(CommandRef command);
  // Runs the loop until it is stopped.
  void run();
  // Runs the loop for that long.
  void pause(Duration time);
  // Lets the client end in an orderly way: a producer delivers what is outstanding, for
  // close_timeout at most. on_end follows.
  void close() { host_->request_shutdown(); }

  [[nodiscard]] const Reach& reach() const { return *reach_; }
  // Where a consumer reads next, by partition, as far as it knows.
  [[nodiscard]] std::vector<std::pair<PartitionRef, Offset>> positions() const;

 private:
  void on_notes(NodeHost&, std::span<const Note>) override {}
  void on_answer(NodeHost& node, const Answer& answer) override;
  void on_exit(NodeHost& node, const Exit& exit) override;

  Loop& loop_;
  Callbacks callbacks_;
  std::shared_ptr<Reach> reach_;
  LoopTimer pause_;
  std::uint64_t next_command_ = 1;
  std::optional<CommandId> awaited_;
  CommandResultRef result_;
  std::unique_ptr<NodeHost> host_;
};

}  // namespace logarium::live

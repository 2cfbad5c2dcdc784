#pragma once
// NodeHost: runs one node on real sockets, files and clocks. Inputs reach the node one at a time
// through runtime::Runner; what the node asks for is performed in the order of its effects; answers
// of files that are there at once are given back in the same turn of the loop. At the end of a turn
// every connection that was sent to is flushed, and the one timer is set to the node's next
// deadline.
//
// Back-pressure: a connection is read no further while kWaitingMax of its requests, or
// kWaitingBytesMax of them, wait in the node, or while more than kUnsentPause bytes of answers have
// not left. Beyond kUnsentMax the connection is closed.
//
// An accepted connection on which nothing came or left for connections.max.idle.ms is closed.
//
// A failed ENSURE ends the process (abort) with a message.

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/base/node.hpp"
#include "engine/live/connection.hpp"
#include "engine/live/dialer.hpp"
#include "engine/live/disk.hpp"
#include "engine/live/idle_list.hpp"
#include "engine/live/listener.hpp"
#include "engine/live/log_lines.hpp"
#include "engine/live/loop.hpp"
#include "engine/protocol/framing.hpp"
#include "engine/runtime/host.hpp"
#include "engine/runtime/runner.hpp"

namespace logarium::live {

class NodeHost;

// Told what a node says; called between steps.
class NodeWatcher {
 public:
  virtual ~NodeWatcher() = default;
  virtual void on_notes(NodeHost& node, std::span<const Note> notes) = 0;
  virtual void on_answer(NodeHost& node, const Answer& answer) = 0;
  // The node has ended; its connections are closed.
  virtual void on_exit(NodeHost& node, const Exit& exit) = 0;
};

struct NodeOptions {
  std::string name;  // in log lines
  std::unique_ptr<Node> node;
  NodeSetupRef setup;
  std::uint64_t seed = 0;
  Incarnation incarnation{1};
  std::string directory;  // of its files; empty: it uses none
  Durability durability = Durability::kDevice;
  // socket.request.max.bytes.
  std::size_t request_bytes_max = protocol::kFrameBytesMax;
  // connections.max.idle.ms; none: accepted connections may be silent for ever.
  std::optional<std::chrono::milliseconds> idle_max;
  // Where its inputs are recorded; null: nowhere. Not owned, outlives the host.
  runtime::InputLogWriter* recording = nullptr;
};

class NodeHost final : public runtime::Host, public Connection::Owner {
 public:
  static constexpr std::size_t kWaitingMax = 100;
  static constexpr std::size_t kWaitingBytesMax = std::size_t{4} * 1024 * 1024;
  static constexpr std::size_t kUnsentPause = std::size_t{8} * 1024 * 1024;
  static constexpr std::size_t kUnsentMax = std::size_t{512} * 1024 * 1024;

  // REQUIRES: loop, log and watcher outlive it.
  NodeHost(Loop& loop, LogLines& log, NodeWatcher& watcher, NodeOptions options);
  ~NodeHost() override;

  // Gives the node Started. First of all.
  void start();
  // Connections to this listener, the node's number `number`, are the node's from now on. After
  // start().
  void serve(Listener& listener, std::uint16_t number);
  // Controlled shutdown; on_exit() follows.
  void request_shutdown();
  void command(CommandId id, CommandRef command);
  // Ends the node as it stands, as a kill would; on_exit() is not called.
  void drop();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] const Node& node() const { return runner_->node(); }
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

 private:
  struct ArrivedFrame {
    ConnectionId connection;
    Bytes frame;
  };
  using Pending = std::variant<Input, ArrivedFrame>;
  struct Open {
    std::unique_ptr<Connection> connection;
    std::deque<std::size_t> waiting;  // sizes of requests in the node, and some already answered
    std::size_t waiting_bytes = 0;
    bool dirty = false;   // sent to in this turn
    bool paused = false;  // in paused_
  };

  // runtime::Host
  void connect(Connect& effect) override;
  void disconnect(Disconnect& effect) override;
  void send(Send& effect) override;
  void file(FileOp& effect) override;
  void answer(Answer& effect) override;
  void exit(Exit& effect) override;
  void notes(std::span<const Note> notes) override;
  void bad_frame(ConnectionId connection, const Error& error) override;
  void recording_failed(const Error& error) override;
  // Connection::Owner
  void on_frame(Connection& connection, const Bytes& frame) override;
  bool wants_frames(const Connection& connection) override;
  void on_read(Connection& connection) override;
  void on_broken(Connection& connection, const std::string& reason) override;

  [[nodiscard]] Now now() const;
  void give(Input input);
  void accepted(OwnedFd socket, std::uint16_t listener);
  void dialled(ConnectionId id, OwnedFd socket);
  Connection& add_connection(ConnectionId id, OwnedFd socket);
  void close(ConnectionId id);
  // Closes accepted connections that are silent for too long, and comes again for the next.
  void close_idle();
  // Lets the node take what waits for it, then finishes the turn.
  void pump();
  void drain();
  // What was sent leaves, the timer is set, held connections are read again, an exit is carried
  // out.
  void finish_turn();
  void step(const Pending& pending);
  void take_io();
  void flush();
  void update_waiting(Open& open);
  [[nodiscard]] bool saturated(Open& open, std::size_t share);
  void resume_reading();
  void arm_timer();
  void on_timer();
  void end();

  Loop& loop_;
  LogLines& log_;
  NodeWatcher& watcher_;
  std::string name_;
  NodeSetupRef setup_;
  std::uint64_t seed_;
  Incarnation incarnation_;
  std::size_t request_bytes_max_;
  std::chrono::steady_clock::time_point origin_;
  std::unique_ptr<runtime::Runner> runner_;
  std::unique_ptr<Disk> disk_;
  LoopTimer timer_;
  Instant armed_for_ = kNever;

  std::deque<Pending> inbox_;
  bool pumping_ = false;
  bool pump_posted_ = false;
  bool ended_ = false;
  std::optional<Exit> exit_;
  std::uint64_t next_accepted_ = 1;
  std::unordered_map<std::uint64_t, Open> connections_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Dialer>> dialers_;
  IdleList idle_;
  LoopTimer idle_timer_;
  bool idle_armed_ = false;
  std::optional<ConnectionId> disconnecting_;
  std::vector<ConnectionId> dirty_;
  std::vector<ConnectionId> paused_;
  // Let go of, but perhaps in the middle of a call: destroyed in the next turn.
  std::vector<std::unique_ptr<Connection>> closed_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace logarium::live

#pragma once
// Two nodes to try the simulated host with. Probe performs the actions that a command carries and
// writes down every input; Toy is a small busy program: it pings its peer by a jittered timer,
// writes and syncs a file, draws random numbers and emits notes.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/hash.hpp"
#include "engine/base/node.hpp"
#include "engine/base/state_visitor.hpp"
#include "sim/world/world.hpp"

namespace logarium::world::test {

class Text : public Message {
 public:
  explicit Text(std::string value, std::int16_t key = 0, Direction way = Direction::kRequest)
      : value_(std::move(value)), key_(key), way_(way) {}
  [[nodiscard]] const std::string& value() const { return value_; }
  [[nodiscard]] std::int16_t api_key() const override { return key_; }
  [[nodiscard]] Direction direction() const override { return way_; }
  [[nodiscard]] std::uint64_t hash(std::int16_t version) const override {
    return fold(hash_text(value_), static_cast<std::uint64_t>(version));
  }
  [[nodiscard]] std::size_t encoded_size(std::int16_t) const override { return value_.size(); }
  void encode(std::vector<std::byte>& out, std::int16_t) const override {
    const ByteView bytes = view_of(value_);
    out.insert(out.end(), bytes.begin(), bytes.end());
  }

 private:
  std::string value_;
  std::int16_t key_;
  Direction way_;
};

inline Frame text_frame(std::string value, std::int16_t key = 0) {
  Frame frame;
  frame.body = std::make_shared<Text>(std::move(value), key);
  return frame;
}

// ---- Probe --------------------------------------------------------------------------------------

struct Do : Command {
  std::vector<Action> actions;
  Duration timer{-1};  // armed this long from now, when not negative
  bool fail = false;   // a failed ENSURE
  [[nodiscard]] std::uint64_t hash() const override { return actions.size(); }
};

struct Seen {
  Instant at;  // monotonic
  WallTime wall;
  std::string what;
};

class Probe : public Node {
 public:
  void step(const Now& now, const Input& input, Effects& out) override {
    StepContext context(now, core_, out);
    seen.push_back({now.monotonic, now.wall, name(input)});
    if (const auto* done = std::get_if<IoDone>(&input)) {
      done_.push_back(*done);
    } else if (const auto* command = std::get_if<CommandInput>(&input)) {
      const auto& what = dynamic_cast<const Do&>(*command->command);
      ENSURE(!what.fail);
      for (const Action& action : what.actions) {
        if (const auto* op = std::get_if<FileOp>(&action)) {
          context.issue(*op);
        } else {
          out.add(action);
        }
      }
      if (what.timer.ns >= 0) context.arm(what.timer, {});
    } else if (std::holds_alternative<Wake>(input)) {
      core_.timers.fire();
    } else if (std::holds_alternative<ShutdownRequested>(input)) {
      out.add(Exit{true, "asked"});
    }
  }
  [[nodiscard]] Instant next_deadline() const override { return core_.timers.next_deadline(); }
  [[nodiscard]] std::unique_ptr<Node> clone() const override {
    return std::make_unique<Probe>(*this);
  }
  void describe(StateVisitor& v) const override { core_.describe(v); }
  [[nodiscard]] std::uint64_t random_fingerprint() const override {
    return core_.random.fingerprint();
  }
  [[nodiscard]] const std::vector<IoDone>& done() const { return done_; }
  // "received hello", "disconnected 2", ... in order, without Started and commands.
  [[nodiscard]] std::vector<std::string> story() const {
    std::vector<std::string> out;
    for (const Seen& one : seen) {
      if (one.what != "started" && one.what != "command" && one.what != "io") {
        out.push_back(one.what);
      }
    }
    return out;
  }

  std::vector<Seen> seen;

 private:
  static std::string name(const Input& input) {
    static const char* const kNames[] = {"started",    "shutdown", "command", "accepted ",
                                         "connected ", "refused ", "closed ", "received ",
                                         "wake",       "io"};
    std::string out = kNames[input.index()];
    const auto id = [](ConnectionId connection) { return std::to_string(connection.value()); };
    if (const auto* in = std::get_if<Accepted>(&input)) out += id(in->connection);
    if (const auto* in = std::get_if<Connected>(&input)) out += id(in->connection);
    if (const auto* in = std::get_if<ConnectFailed>(&input)) out += id(in->connection);
    if (const auto* in = std::get_if<Disconnected>(&input)) out += id(in->connection);
    if (const auto* in = std::get_if<Received>(&input)) {
      out += dynamic_cast<const Text&>(*in->frame.body).value();
      if (in->injected_error) out += " with error " + std::to_string(*in->injected_error);
    }
    return out;
  }
  NodeCore core_;
  std::vector<IoDone> done_;
};

// A world of probes.
struct Bench {
  explicit Bench(WorldOptions options = {}) : world(options) {}
  NodeIndex add(const std::string& name, DiskOptions disk = {}, ClockOptions clock = {}) {
    NodeOptions node;
    node.name = name;
    node.id = NodeId(static_cast<std::int32_t>(world.size()) + 1);
    node.prototype = std::make_shared<Probe>();
    node.disk = disk;
    node.clock = clock;
    const NodeIndex index = world.add_node(node);
    world.start(index);
    world.run_until(world.now());
    return index;
  }
  void act(NodeIndex node, std::vector<Action> actions) {
    auto command = std::make_shared<Do>();
    command->actions = std::move(actions);
    world.command(node, CommandId(next_command++), command);
    world.run_until(world.now());
  }
  void arm(NodeIndex node, Duration timer) {
    auto command = std::make_shared<Do>();
    command->timer = timer;
    world.command(node, CommandId(next_command++), command);
    world.run_until(world.now());
  }
  void run(Duration time) { world.run_until(world.now() + time); }
  void connect(NodeIndex from, const std::string& to, std::uint64_t id = 2) {
    act(from, {Connect{ConnectionId(id), Endpoint{to, 9092}}});
    run(milliseconds(100));
  }
  void send(NodeIndex from, std::uint64_t id, const std::string& text, std::int16_t key = 0) {
    act(from, {Send{ConnectionId(id), text_frame(text, key)}});
  }
  [[nodiscard]] const Probe& probe(NodeIndex node) const {
    return dynamic_cast<const Probe&>(*world.node(node));
  }
  [[nodiscard]] std::vector<std::string> story(NodeIndex node) const { return probe(node).story(); }

  World world;
  std::uint64_t next_command = 1;
};

// ---- Toy ----------------------------------------------------------------------------------------

// What one run does differently from another, at its 21st tick.
enum class Twist : std::uint8_t { kNone, kPayloadByte, kTimer, kDraw, kFileOp, kNote };

struct ToySetup : NodeSetup {
  std::string peer;
  Duration period = milliseconds(5);
  Twist twist = Twist::kNone;
};

class Toy : public Node {
 public:
  void step(const Now& now, const Input& input, Effects& out) override {
    StepContext context(now, core_, out);
    if (const auto* started = std::get_if<Started>(&input)) {
      setup_ = std::dynamic_pointer_cast<const ToySetup>(started->setup);
      core_.random = Random(started->seed);
      file_ = context.new_file();
      FileOp open;
      open.kind = FileOpKind::kOpen;
      open.file = file_;
      open.path = "log";
      context.issue(open);
      FileOp dir;
      dir.kind = FileOpKind::kSyncDir;
      context.issue(dir);
      context.arm(setup_->period, {});
    } else if (std::holds_alternative<Wake>(input)) {
      core_.timers.fire();
      tick(context);
    } else if (const auto* in = std::get_if<Connected>(&input)) {
      connection_ = in->connection;
      open_ = true;
    } else if (std::holds_alternative<ConnectFailed>(input) ||
               std::holds_alternative<Disconnected>(input)) {
      open_ = connecting_ = false;
    } else if (const auto* got = std::get_if<Received>(&input)) {
      receive(context, *got);
    }
  }
  [[nodiscard]] Instant next_deadline() const override { return core_.timers.next_deadline(); }
  [[nodiscard]] std::unique_ptr<Node> clone() const override {
    return std::make_unique<Toy>(*this);
  }
  void describe(StateVisitor& v) const override {
    core_.describe(v);
    visit(v, "ticks", ticks_);
    visit(v, "answers", answers_);
  }
  [[nodiscard]] std::uint64_t random_fingerprint() const override {
    return core_.random.fingerprint();
  }
  [[nodiscard]] int answers() const { return answers_; }

 private:
  void write(StepContext& context, const std::string& text, FileOpKind kind) {
    FileOp op;
    op.kind = kind;
    op.file = file_;
    if (kind == FileOpKind::kWrite) {
      op.position = position_;
      op.bytes = FileBytes::of(Bytes::copy_of(text));
      position_ += op.bytes.size();
    }
    context.issue(op);
  }
  void tick(StepContext& context) {
    ++ticks_;
    const Twist twist = ticks_ == 21 ? setup_->twist : Twist::kNone;
    if (twist == Twist::kDraw) (void)context.random().next();
    Duration period = setup_->period + context.random().between({}, milliseconds(1));
    if (twist == Twist::kTimer) period = period + nanoseconds(1);
    context.arm(period, {});
    write(context, "tick " + std::to_string(ticks_) + ";", FileOpKind::kWrite);
    if (ticks_ % 5 == 0 || twist == Twist::kFileOp) write(context, "", FileOpKind::kSync);
    if (twist == Twist::kNote) context.note(note::SegmentRolled{kMetadataPartition, Offset(1)});
    if (setup_->peer.empty()) return;
    if (!open_) {
      if (!connecting_) {
        connecting_ = true;
        context.act(Connect{context.new_connection(), Endpoint{setup_->peer, 9092}});
      }
      return;
    }
    std::string payload = "ping " + std::to_string(ticks_);
    if (twist == Twist::kPayloadByte) payload.back() ^= 1;
    Frame frame = text_frame(payload);
    frame.correlation_id = ticks_;
    context.act(Send{connection_, frame});
  }
  void receive(StepContext& context, const Received& got) {
    const auto& text = dynamic_cast<const Text&>(*got.frame.body);
    if (text.direction() == Message::Direction::kResponse) {
      ++answers_;
      return;
    }
    context.note(note::OutOfRange{});
    Frame answer = got.frame;
    answer.body =
        std::make_shared<Text>(text.value() + "!", text.api_key(), Message::Direction::kResponse);
    context.act(Send{got.connection, answer});
  }

  NodeCore core_;
  std::shared_ptr<const ToySetup> setup_;
  FileId file_;
  std::int64_t position_ = 0;
  ConnectionId connection_;
  bool open_ = false;
  bool connecting_ = false;
  int ticks_ = 0;
  int answers_ = 0;
};

// Three toys: a and c ping b. Latencies are random.
inline World toy_world(std::uint64_t seed, Twist twist = Twist::kNone,
                       std::shared_ptr<const WireCodec> wire = nullptr) {
  WorldOptions options;
  options.seed = seed;
  options.wire = std::move(wire);
  options.network.link.latency =
      Delay::exponential(milliseconds(1), microseconds(100), milliseconds(40));
  World world(options);
  const std::pair<const char*, const char*> nodes[] = {{"a", "b"}, {"b", ""}, {"c", "b"}};
  for (const auto& [name, peer] : nodes) {
    auto setup = std::make_shared<ToySetup>();
    setup->peer = peer;
    if (std::string(name) == "a") setup->twist = twist;
    NodeOptions node;
    node.name = name;
    node.prototype = std::make_shared<Toy>();
    node.setup = setup;
    world.start(world.add_node(node));
  }
  return world;
}

}  // namespace logarium::world::test

// What the simulated host costs per event, with nodes that do next to nothing.

#include <chrono>
#include <cstdio>
#include <string>

#include "engine/base/hash.hpp"
#include "engine/base/state_visitor.hpp"
#include "sim/world/world.hpp"

namespace logarium::world {
namespace {

class Ball : public Message {
 public:
  [[nodiscard]] std::int16_t api_key() const override { return 0; }
  [[nodiscard]] Direction direction() const override { return Direction::kRequest; }
  [[nodiscard]] std::uint64_t hash(std::int16_t) const override { return 42; }
  [[nodiscard]] std::size_t encoded_size(std::int16_t) const override { return 0; }
  void encode(std::vector<std::byte>&, std::int16_t) const override {}
};

struct PlayerSetup : NodeSetup {
  std::string peer;
  bool timers = false;
  bool writes = false;
  bool notes = false;
};

// Sends every ball back; the one with a peer serves.
class Player : public Node {
 public:
  void step(const Now& now, const Input& input, Effects& out) override {
    StepContext context(now, core_, out);
    if (const auto* got = std::get_if<Received>(&input)) {
      Frame frame = got->frame;
      ++frame.correlation_id;
      if (setup_->timers) context.rearm(timer_, seconds(1), {});
      if (setup_->notes) context.note(note::Appended{});
      if (setup_->writes) write(context);
      context.act(Send{got->connection, std::move(frame)});
    } else if (const auto* connected = std::get_if<Connected>(&input)) {
      Frame frame;
      frame.body = std::make_shared<Ball>();
      context.act(Send{connected->connection, frame});
    } else if (const auto* started = std::get_if<Started>(&input)) {
      setup_ = std::dynamic_pointer_cast<const PlayerSetup>(started->setup);
      file_ = context.new_file();
      FileOp open;
      open.kind = FileOpKind::kOpen;
      open.file = file_;
      open.path = "x";
      context.issue(open);
      context.arm(milliseconds(1), {});
    } else if (std::holds_alternative<Wake>(input)) {
      core_.timers.fire();
      if (!setup_->peer.empty()) {
        context.act(Connect{context.new_connection(), Endpoint{setup_->peer, 1}});
      }
    }
  }
  [[nodiscard]] Instant next_deadline() const override { return core_.timers.next_deadline(); }
  [[nodiscard]] std::unique_ptr<Node> clone() const override {
    return std::make_unique<Player>(*this);
  }
  void describe(StateVisitor& v) const override { core_.describe(v); }
  [[nodiscard]] std::uint64_t random_fingerprint() const override {
    return core_.random.fingerprint();
  }

 private:
  void write(StepContext& context) {
    FileOp op;
    op.kind = FileOpKind::kWrite;
    op.file = file_;
    op.position = position_;
    op.bytes.head_size = 61;
    position_ += 61;
    context.issue(op);
  }
  NodeCore core_;
  std::shared_ptr<const PlayerSetup> setup_;
  TimerHandle timer_;
  FileId file_;
  std::int64_t position_ = 0;
};

World make(int pairs, const PlayerSetup& style) {
  WorldOptions options;
  options.network.link.latency =
      Delay::exponential(milliseconds(1), microseconds(100), milliseconds(40));
  World world(options);
  for (int i = 0; i < pairs; ++i) {
    for (const bool serves : {true, false}) {
      auto setup = std::make_shared<PlayerSetup>(style);
      if (serves) setup->peer = "b" + std::to_string(i);
      NodeOptions node;
      node.name = (serves ? "a" : "b") + std::to_string(i);
      node.prototype = std::make_shared<Player>();
      node.setup = setup;
      world.start(world.add_node(node));
    }
  }
  return world;
}

std::int64_t nanoseconds_since(std::chrono::steady_clock::time_point begin) {
  const auto took = std::chrono::steady_clock::now() - begin;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(took).count();
}

void measure(const char* name, int pairs, const PlayerSetup& style) {
  World world = make(pairs, style);
  world.run_until(Instant{seconds(1).ns});
  const std::uint64_t before = world.events();
  const auto begin = std::chrono::steady_clock::now();
  while (world.events() < before + 2'000'000) world.step();
  const std::int64_t took = nanoseconds_since(begin);
  const auto events = static_cast<std::int64_t>(world.events() - before);
  const auto copying = std::chrono::steady_clock::now();
  const World copy = world;
  const std::int64_t copied = nanoseconds_since(copying);
  std::printf("%-28s %4d nodes  %4lld ns/event  copy %7lld ns  digest %016llx\n", name, 2 * pairs,
              static_cast<long long>(took / events), static_cast<long long>(copied),
              static_cast<unsigned long long>(copy.digest()));
}

}  // namespace
}  // namespace logarium::world

int main() {
  using logarium::world::PlayerSetup;
  PlayerSetup plain;
  logarium::world::measure("ping pong", 1, plain);
  logarium::world::measure("ping pong", 5, plain);
  logarium::world::measure("ping pong", 100, plain);
  PlayerSetup timers;
  timers.timers = true;
  logarium::world::measure("with a timer moved", 5, timers);
  PlayerSetup notes;
  notes.notes = true;
  logarium::world::measure("with a note", 5, notes);
  PlayerSetup writes;
  writes.writes = true;
  logarium::world::measure("with a write", 5, writes);
  return 0;
}

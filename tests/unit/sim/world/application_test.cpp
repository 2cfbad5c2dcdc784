#include <catch2/catch_test_macros.hpp>

#include "sim/workload/application.hpp"
#include "tests/unit/sim/world/probe.hpp"

namespace logarium::world::test {
namespace {

struct Done : CommandResult {
  [[nodiscard]] std::uint64_t hash() const override { return 5; }
};

// Every 10 ms it asks its node to answer the command.
class Clicker : public workload::Application {
 public:
  void started(const Now& now, workload::Calls&) override {
    ++starts;
    next_ = now.monotonic + milliseconds(10);
  }
  void ended(const Now&) override { ++ends; }
  void on_answer(const Now&, CommandId id, const CommandResultRef& result,
                 workload::Calls&) override {
    ENSURE(result->hash() == 5);
    last_answer = id.value();
    ++answers;
  }
  void wake(const Now& now, workload::Calls& out) override {
    ++clicks;
    next_ = now.monotonic + milliseconds(10) + random_.between({}, milliseconds(1));
    auto command = std::make_shared<Do>();
    command->actions.emplace_back(Answer{CommandId(clicks), std::make_shared<Done>()});
    out.add(CommandId(clicks), command);
  }
  [[nodiscard]] Instant next_deadline() const override { return next_; }
  [[nodiscard]] std::unique_ptr<Application> clone() const override {
    return std::make_unique<Clicker>(*this);
  }
  void describe(StateVisitor&) const override {}
  [[nodiscard]] std::uint64_t random_fingerprint() const override { return random_.fingerprint(); }

  std::uint64_t starts = 0, ends = 0, clicks = 0, answers = 0, last_answer = 0;

 private:
  Instant next_ = kNever;
  Random random_{99};
};

struct OneClient {
  OneClient() : world(WorldOptions()) {
    NodeOptions node;
    node.name = "client";
    node.kind = NodeKind::kClient;
    node.prototype = std::make_shared<Probe>();
    client = world.add_node(node);
    world.attach(client, std::make_unique<Clicker>());
    world.start(client);
  }
  [[nodiscard]] const Clicker& clicker(const World& of) const {
    return dynamic_cast<const Clicker&>(*of.application(client));
  }
  World world;
  NodeIndex client;
};

TEST_CASE("an application drives its node by commands and hears the answers") {
  OneClient one;
  one.world.run_until(Instant{seconds(1).ns});
  CHECK(one.clicker(one.world).starts == 1);
  CHECK(one.clicker(one.world).clicks > 80);
  CHECK(one.clicker(one.world).answers == one.clicker(one.world).clicks);
  CHECK(!one.world.failure());
}

TEST_CASE("an application survives its process and hears of every start and end") {
  OneClient one;
  one.world.run_until(Instant{seconds(1).ns});
  one.world.crash(one.client);
  const std::uint64_t clicks = one.clicker(one.world).clicks;
  one.world.run_until(Instant{seconds(2).ns});
  CHECK(one.clicker(one.world).clicks == clicks);
  CHECK(one.clicker(one.world).ends == 1);
  one.world.start(one.client);
  one.world.run_until(Instant{seconds(3).ns});
  CHECK(one.clicker(one.world).starts == 2);
  CHECK(one.clicker(one.world).clicks > clicks);
}

TEST_CASE("applications are copied with the world, and a paused process pauses its own") {
  OneClient one;
  one.world.run_until(Instant{seconds(1).ns});
  World copy = one.world;
  one.world.run_until(Instant{seconds(2).ns});
  CHECK(one.clicker(copy).clicks < one.clicker(one.world).clicks);
  copy.run_until(Instant{seconds(2).ns});
  CHECK(copy.digest() == one.world.digest());
  copy.pause(one.client);
  const std::uint64_t clicks = one.clicker(copy).clicks;
  copy.run_until(Instant{seconds(3).ns});
  CHECK(one.clicker(copy).clicks == clicks);
  StateLines left;
  StateLines right;
  one.world.describe(left);
  copy.describe(right);
  CHECK(first_difference(left, right).starts_with("now"));
}

}  // namespace
}  // namespace logarium::world::test

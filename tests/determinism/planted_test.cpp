// The digest sees everything: in a run of the whole cluster one small change at one event (a byte
// of a record, a timer by a nanosecond, a random draw, a file operation, a note) changes the digest
// at that very event, and nothing before it. The changes are made by nodes that do what the real
// ones do, and once something else.

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/client/client_node.hpp"
#include "engine/protocol/messages/produce.hpp"
#include "engine/server/server_node.hpp"
#include "sim/run/run.hpp"
#include "sim/world/protocol_wire.hpp"
#include "tests/determinism/stormy.hpp"

using namespace logarium;

namespace {

constexpr std::uint64_t kEvents = 6000;

// What a node does once; shared by the copies of the node. It counts the steps in which it could
// strike and does so in one of them.
struct Plant {
  int wait = 50;        // chances that go by before
  bool changes = true;  // a plant that changes nothing shows that planting does not
  bool struck = false;
  std::optional<Instant> late;  // the deadline that is moved by a nanosecond

  bool strike() {
    if (struck || wait-- > 0) return false;
    struck = true;
    return changes;
  }
};

// A node that takes the step of its kind; `plant` then looks at it.
template <class Base>
class Planted final : public Base {
 public:
  using Change = std::function<void(Plant&, Planted&, Effects&)>;
  Planted(std::shared_ptr<Plant> plant, Change change)
      : plant_(std::move(plant)), change_(std::move(change)) {}

  void step(const Now& now, const Input& input, Effects& out) override {
    Base::step(now, input, out);
    change_(*plant_, *this, out);
  }
  [[nodiscard]] Instant next_deadline() const override {
    const Instant due = Base::next_deadline();
    return plant_->late == due ? due + Duration{1} : due;
  }
  [[nodiscard]] std::unique_ptr<Node> clone() const override {
    return std::make_unique<Planted>(*this);
  }
  void draw() { (void)this->core_.random.next(); }

 private:
  std::shared_ptr<Plant> plant_;
  Change change_;
};
using PlantedServer = Planted<server::ServerNode>;
using PlantedClient = Planted<client::ClientNode>;

// The digest after every event, the time of each, and the first event after which the plant had
// struck.
struct Digests final : world::Observer {
  const world::World* world = nullptr;
  const Plant* plant = nullptr;
  std::vector<std::uint64_t> after;
  std::vector<Instant> times;
  std::uint64_t struck_at = 0;

  void on_event(const world::EventView& event) override {
    after.push_back(world->digest());
    times.push_back(event.time);
    if (plant != nullptr && plant->struck && struck_at == 0) struck_at = event.number;
  }
};

Digests digests(run::Run& run, const Plant* plant) {
  Digests out;
  out.world = &run.world();
  out.plant = plant;
  run.add_observer(out);
  run.to_event(kEvents);
  INFO(run.world().failure().value_or(world::EnsureReport{}).text);
  INFO(run.broken().value_or(""));
  REQUIRE(run.world().events() >= kEvents);
  return out;
}

template <class Node>
Digests planted(std::string_view node, typename Node::Change change, bool changes = true) {
  auto plant = std::make_shared<Plant>();
  plant->changes = changes;
  run::Run run(test::stormy());
  const auto index = run.world().find(node);
  REQUIRE(index);
  run.world().set_prototype(*index, std::make_shared<Node>(plant, std::move(change)));
  Digests out = digests(run, plant.get());
  REQUIRE(plant->struck);
  return out;
}

Digests plain() {
  run::Run run(test::stormy());
  return digests(run, nullptr);
}

// Number of the first event after which the digests differ; 0 when there is none.
std::uint64_t first_difference(const Digests& a, const Digests& b) {
  for (std::size_t i = 0; i < std::min(a.after.size(), b.after.size()); ++i) {
    if (a.after[i] != b.after[i]) return i + 1;
  }
  return 0;
}

// Equal up to the event of the strike, other from there on and at every event after it.
void changes_the_digest_at_once(const Digests& run) {
  const Digests reference = plain();
  REQUIRE(run.struck_at > 1);
  CHECK(first_difference(reference, run) == run.struck_at);
  for (std::size_t i = run.struck_at; i < kEvents; ++i) {
    if (reference.after[i] == run.after[i]) FAIL("equal again after event " << i + 1);
  }
}

template <class Effect>
Effect* find(Effects& effects) {
  for (Action& action : effects.actions) {
    if (auto* found = std::get_if<Effect>(&action)) return found;
  }
  return nullptr;
}

void change_note(Plant& plant, PlantedServer& /*node*/, Effects& out) {
  for (Note& note : out.notes) {
    auto* appended = std::get_if<note::Appended>(&note);
    if (appended == nullptr) continue;
    if (plant.strike()) appended->content ^= 1;
    return;
  }
}

void change_file_operation(Plant& plant, PlantedServer& /*node*/, Effects& out) {
  for (Action& action : out.actions) {
    auto* op = std::get_if<FileOp>(&action);
    if (op == nullptr || op->kind != FileOpKind::kWrite) continue;
    if (plant.strike()) op->position += 1;
    return;
  }
}

void draw_once(Plant& plant, PlantedServer& node, Effects& /*out*/) {
  if (plant.strike()) node.draw();
}

void delay_timer(Plant& plant, PlantedServer& node, Effects& /*out*/) {
  const Instant due = node.server::ServerNode::next_deadline();
  if (due != kNever && plant.strike()) plant.late = due;
}

// Another byte in a record, with a right CRC: as if the application had sent it.
void change_payload(Plant& plant, PlantedClient& /*node*/, Effects& out) {
  Send* send = find<Send>(out);
  if (send == nullptr) return;
  const auto* request = dynamic_cast<const protocol::ProduceRequest*>(send->frame.body.get());
  if (request == nullptr || !plant.strike()) return;
  auto changed = std::make_shared<protocol::ProduceRequest>(*request);
  protocol::Batch& batch = changed->topic_data.at(0).partition_data.at(0).records.value().at(0);
  std::vector<std::byte> bytes(batch.payload().view().begin(), batch.payload().view().end());
  bytes.back() ^= std::byte{1};
  protocol::Batch other(batch.header(), Bytes(std::move(bytes)));
  other.crc = other.computed_crc();
  batch = other;
  send->frame.body = std::move(changed);
}

}  // namespace

TEST_CASE("a node that is looked at and not changed gives the same digest at every event") {
  const Digests reference = plain();
  const auto nothing = planted<PlantedServer>("broker-1", change_note, false);
  CHECK(reference.after == nothing.after);
  const auto client = planted<PlantedClient>("producer-1", change_payload, false);
  CHECK(reference.after == client.after);
}

TEST_CASE("one byte of one record changes the digest when it is sent") {
  changes_the_digest_at_once(planted<PlantedClient>("producer-1", change_payload));
}

TEST_CASE("one random draw changes the digest at its event") {
  changes_the_digest_at_once(planted<PlantedServer>("broker-2", draw_once));
}

TEST_CASE("one file operation changes the digest when it is issued") {
  changes_the_digest_at_once(planted<PlantedServer>("broker-2", change_file_operation));
}

TEST_CASE("one note changes the digest at its event") {
  changes_the_digest_at_once(planted<PlantedServer>("broker-3", change_note));
}

TEST_CASE("one timer that fires a nanosecond later changes the digest when it fires") {
  const Digests reference = plain();
  const Digests late = planted<PlantedServer>("controller-1001", delay_timer);
  const std::uint64_t at = first_difference(reference, late);
  REQUIRE(at > late.struck_at);
  CHECK(late.times[at - 1] - reference.times[at - 1] == Duration{1});
  for (std::size_t i = at; i < kEvents; ++i) {
    if (reference.after[i] == late.after[i]) FAIL("equal again after event " << i + 1);
  }
}

TEST_CASE("a codec that drops a field changes the run through bytes and not the typed one") {
  const auto with = [](std::optional<world::DroppedField> dropped) {
    run::RunOptions options;
    options.codec = dropped ? std::make_shared<const world::ProtocolWire>(*dropped)
                            : std::make_shared<const world::ProtocolWire>();
    run::Run run(test::stormy(), options);
    Digests out = digests(run, nullptr);
    CHECK(run.world().counters().message_bytes > 100'000);
    return out;
  };
  const Digests typed = plain();
  CHECK(with(std::nullopt).after == typed.after);
  using Direction = Message::Direction;
  const world::DroppedField fields[] = {
      {protocol::ApiKey::kFetch, Direction::kRequest, "FetchOffset"},
      {protocol::ApiKey::kFetch, Direction::kResponse, "HighWatermark"},
      {protocol::ApiKey::kProduce, Direction::kResponse, "BaseOffset"},
  };
  for (const world::DroppedField& field : fields) {
    INFO(field.name);
    const std::uint64_t at = first_difference(typed, with(field));
    CHECK(at > 0);
    CHECK(at < kEvents);
  }
}

// Whatever clients send: a server answers it or closes the connection, and serves the others.

#include <catch2/catch_test_macros.hpp>

#include "engine/base/random.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/field_visitor.hpp"
#include "engine/protocol/message_tools.hpp"
#include "tests/unit/engine/server/requests.hpp"

namespace logarium::test {
namespace {

using protocol::ApiEntry;
using protocol::ErrorCode;
using protocol::MetadataResponse;

// Makes a random request one that means something: about the topic that is there, about its first
// partition, about the brokers that are there. Half of all fields keep what chance gave them.
class Plausible final : public protocol::FieldVisitor {
 public:
  Plausible(Random& random, Uuid topic) : random_(random), topic_(topic) {}

  void number(const protocol::FieldInfo& field, std::int64_t& value) override {
    if (random_.below(2) == 0) return;
    if (field.type == protocol::FieldType::kBool) return;
    value = random_.between(0, 3) - (random_.below(4) == 0 ? 1 : 0);
    if (field.type == protocol::FieldType::kInt64) value = random_.between(-6, 5);
  }
  void text(const protocol::FieldInfo&, std::string& value) override {
    if (random_.below(4) != 0) value = random_.below(4) == 0 ? "fresh" : "orders";
  }
  void uuid(const protocol::FieldInfo&, Uuid& value) override {
    if (random_.below(4) != 0) value = topic_;
  }
  void bytes(const protocol::FieldInfo&, Bytes&) override {}
  void records(const protocol::FieldInfo&, protocol::Records& value) override {
    if (random_.below(3) == 0) return;
    protocol::BatchOptions options;
    options.codec = static_cast<protocol::Codec>(random_.below(5));
    if (random_.below(2) == 0) {
      options.producer_id = ProducerId(random_.between(0, 3));
      options.producer_epoch = ProducerEpoch(static_cast<std::int16_t>(random_.between(-1, 2)));
      options.base_sequence = Sequence(static_cast<std::int32_t>(random_.between(-1, 3)));
    }
    value = {batch_of({"a", "bb"}, options)};
  }
  bool presence(const protocol::FieldInfo&, bool) override { return random_.below(5) != 0; }
  std::size_t open_list(const protocol::FieldInfo&, std::size_t size) override {
    return size == 0 && random_.below(4) != 0 ? 1 : size;
  }
  void close_list(const protocol::FieldInfo&) override {}
  void open_struct(const protocol::FieldInfo&) override {}
  void close_struct(const protocol::FieldInfo&) override {}

 private:
  Random& random_;
  Uuid topic_;
};

MessageRef random_request(const ApiEntry& entry, std::int16_t version, Random& random, Uuid topic) {
  const auto message = entry.new_request();
  protocol::randomise(*message, version, random);
  if (random.below(3) != 0) {
    Plausible plausible(random, topic);
    message->fill(plausible, version);
  }
  return message;
}

bool serves(Servers& servers) {
  auto& client = servers.connect();
  const auto answer = client.call<MetadataResponse>(ask_metadata({"orders"}), 12);
  return answer != nullptr && answer->topics.at(0).error_code == ErrorCode::kNone;
}

}  // namespace

TEST_CASE("random requests of every API and version, at every listener") {
  for (const ListenerAt listener : {ListenerAt::kBroker, ListenerAt::kController}) {
    Servers servers({.nodes = 2});
    servers.ready();
    make_topic(servers, create_topic("orders", 2), 2);
    const Uuid topic = servers.node(1).image()->topic("orders")->id;
    Random random(7);
    for (int round = 0; round < 8; ++round) {
      for (const ApiEntry& entry : protocol::api_table()) {
        for (std::int16_t version = entry.kafka.min; version <= entry.kafka.max; ++version) {
          INFO(entry.name << " version " << version);
          auto& client = servers.connect(1 + round % 2, listener);
          client.send(random_request(entry, version, random, topic), version);
          servers.run_for(milliseconds(2));
        }
      }
    }
    servers.run_for(seconds(40));
    // Clients may delete topics and move replicas; a client of the controllers' listener may even
    // pretend to be one of the nodes. What remains is a process that answers.
    auto& client = servers.connect(1);
    CHECK(client.call<MetadataResponse>(ask_metadata({}), 12) != nullptr);
  }
}

TEST_CASE("garbage, half requests and closed connections leave no trace") {
  Servers servers({});
  servers.ready();
  make_topic(servers, create_topic("orders"));
  Random random(11);
  for (int i = 0; i < 2000; ++i) {
    std::vector<std::byte> frame(static_cast<std::size_t>(random.between(0, 60)));
    for (std::byte& byte : frame) byte = static_cast<std::byte>(random.between(0, 255));
    // Mostly with a header that is taken for a request.
    if (frame.size() >= 10 && random.between(0, 3) != 0) {
      frame[0] = frame[2] = std::byte{0};
      frame[1] = static_cast<std::byte>(random.between(0, 75));
      frame[3] = static_cast<std::byte>(random.between(0, 13));
      frame[8] = frame[9] = std::byte{0xff};
    }
    servers.connect().send(Bytes(std::move(frame)));
    servers.run_for(microseconds(200));
  }
  servers.run_for(seconds(1));
  CHECK(serves(servers));
}

TEST_CASE("a length of two thousand million elements makes nobody allocate") {
  Servers servers({});
  servers.ready();
  make_topic(servers, create_topic("orders"));
  for (const ApiEntry& entry : protocol::api_table()) {
    for (std::int16_t version = entry.versions.min; version <= entry.versions.max; ++version) {
      std::vector<std::byte> frame{std::byte{0}, static_cast<std::byte>(entry.key), std::byte{0},
                                   static_cast<std::byte>(version)};
      frame.resize(8);
      frame.insert(frame.end(), {std::byte{0xff}, std::byte{0xff}});
      if (entry.flexible(version)) frame.push_back(std::byte{0});
      for (const int fill : {0x7f, 0xff, 0x80}) {
        std::vector<std::byte> bomb = frame;
        bomb.resize(frame.size() + 24, static_cast<std::byte>(fill));
        servers.connect().send(Bytes(std::move(bomb)));
        servers.run_for(milliseconds(3));
      }
    }
  }
  CHECK(serves(servers));
}

}  // namespace logarium::test

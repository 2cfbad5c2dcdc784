// Bytes of a client on a connection of a whole server: one combined node with a topic, which was
// started, elected itself and created the topic before the first input. Each input gets a copy of
// it.
//
// The first byte chooses: bit 0 the listener (brokers', controllers'), bit 1 how the rest is read:
// as the stream that a socket gives (frames behind four length bytes, the last perhaps cut), or as
// frames behind two bytes of length, whose header is made from a byte for the API (its place in the
// table) and one for the version. Bit 2: time goes on only after the last frame, so that requests
// wait in line behind each other.
//
// Whatever came: nothing fails, every answer can be encoded, a client of the brokers' listener ends
// no process, and another client is served after it.

#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <variant>

#include "engine/config/broker_config.hpp"
#include "engine/metadata/image.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/framing.hpp"
#include "engine/protocol/message_tools.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "engine/server/lifecycle.hpp"
#include "engine/server/server_node.hpp"
#include "tests/support/disk/fake_disk.hpp"

namespace {

using namespace logarium;

// Bigger inputs only repeat what smaller ones show.
constexpr std::size_t kInputMax = 16 * 1024;
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kFramesMax = 64;
constexpr std::uint16_t kBrokerListener = 0;
constexpr std::uint16_t kControllerListener = 1;

void must(bool condition) {
  if (!condition) std::abort();
}

// The server, its disk, its connections to itself, and clients. A value: a copy is a snapshot.
class Alone {
 public:
  Alone() {
    auto setup = std::make_shared<server::ServerSetup>();
    setup->node_id = NodeId(1);
    setup->roles = {.broker = true, .controller = true};
    setup->cluster_id = "fuzz";
    setup->listeners = {{"PLAINTEXT", {"n1", 9092}, {.broker = true, .controller = false}},
                        {"CONTROLLER", {"n1", 9093}, {.broker = false, .controller = true}}};
    setup->voters[NodeId(1)] = {"n1", 9093};
    setup->empty_image = metadata::Image::empty();
    inbox_.push_back(Started{std::move(setup), 1, Incarnation(1)});
  }

  [[nodiscard]] bool up() const { return up_; }
  [[nodiscard]] bool serves() const {
    return node_.lifecycle() != nullptr &&
           node_.lifecycle()->state() == note::BrokerState::kRunning && node_.image() != nullptr;
  }
  [[nodiscard]] const metadata::Image& image() const { return *node_.image(); }

  ConnectionId connect(std::uint16_t listener) {
    const ConnectionId id = accept();
    clients_[id];
    inbox_.push_back(Accepted{id, listener});
    drain();
    return id;
  }
  // As a host does with a frame that cannot be decoded.
  void receive(ConnectionId client, const Bytes& bytes) {
    if (!connected(client)) return;
    Result<Frame> frame = protocol::decode_request(bytes);
    if (frame.ok()) {
      inbox_.push_back(Received{client, std::move(frame).value()});
    } else {
      hang_up(client);
    }
    drain();
  }
  void hang_up(ConnectionId client) {
    if (clients_.erase(client) > 0) inbox_.push_back(Disconnected{client});
    drain();
  }
  [[nodiscard]] bool connected(ConnectionId client) const { return clients_.contains(client); }
  [[nodiscard]] std::size_t answers(ConnectionId client) const { return clients_.at(client); }

  void run_for(Duration time) {
    const Instant end = now_ + time;
    drain();
    while (up_ && node_.next_deadline() <= end) {
      now_ = std::max(now_, node_.next_deadline());
      inbox_.push_back(Wake{});
      drain();
    }
    now_ = end;
  }

 private:
  ConnectionId accept() {
    const ConnectionId id(next_accepted_);
    next_accepted_ += 2;
    return id;
  }

  void drain() {
    while (up_ && !inbox_.empty()) {
      const Input input = std::move(inbox_.front());
      inbox_.pop_front();
      Effects out;
      constexpr std::int64_t kEpochNs = 1'700'000'000'000'000'000;
      node_.step({now_, WallTime{kEpochNs + now_.ns}}, input, out);
      for (const Action& action : out.actions) perform(action);
    }
  }

  void perform(const Action& action) {
    if (const auto* to = std::get_if<Connect>(&action)) {
      const ConnectionId theirs = accept();
      peers_[to->connection] = theirs;
      peers_[theirs] = to->connection;
      inbox_.push_back(
          Accepted{theirs, to->to.port == 9092 ? kBrokerListener : kControllerListener});
      inbox_.push_back(Connected{to->connection});
    } else if (const auto* sent = std::get_if<Send>(&action)) {
      send(*sent);
    } else if (const auto* op = std::get_if<FileOp>(&action)) {
      inbox_.push_back(disk_.perform(*op));
    } else if (const auto* gone = std::get_if<Disconnect>(&action)) {
      disconnect(gone->connection);
    } else if (std::holds_alternative<Exit>(action)) {
      up_ = false;
    }
  }

  void send(const Send& sent) {
    if (const auto peer = peers_.find(sent.connection); peer != peers_.end()) {
      inbox_.push_back(Received{peer->second, sent.frame});
      return;
    }
    const auto client = clients_.find(sent.connection);
    must(client != clients_.end());
    ++client->second;
    std::vector<std::byte> framed;
    protocol::encode_response(sent.frame, framed);
    must(framed.size() == protocol::response_frame_bytes(sent.frame));
  }

  void disconnect(ConnectionId id) {
    if (clients_.erase(id) > 0) return;
    const auto peer = peers_.find(id);
    if (peer == peers_.end()) return;
    inbox_.push_back(Disconnected{peer->second});
    peers_.erase(peer->second);
    peers_.erase(id);
  }

  server::ServerNode node_;
  test::FakeDisk disk_;
  std::deque<Input> inbox_;
  std::map<ConnectionId, ConnectionId> peers_;   // its own connections, both ways
  std::map<ConnectionId, std::size_t> clients_;  // with the number of their answers
  std::uint64_t next_accepted_ = 1;
  Instant now_{0};
  bool up_ = true;
};

Bytes frame_of(const MessageRef& request, std::int16_t version) {
  std::vector<std::byte> framed;
  protocol::encode_request({request, 1, version, nullptr}, framed);
  return Bytes::copy_of(ByteView(framed).subspan(kLengthBytes));
}

const Alone& prepared() {
  static const Alone server = [] {
    Alone made;
    for (int i = 0; i < 600 && !made.serves(); ++i) made.run_for(milliseconds(100));
    must(made.serves());
    auto request = std::make_shared<protocol::CreateTopicsRequest>();
    auto& topic = request->topics.emplace_back();
    topic.name = "orders";
    topic.num_partitions = 2;
    topic.replication_factor = 1;
    const ConnectionId client = made.connect(kBrokerListener);
    made.receive(client, frame_of(request, 7));
    made.run_for(seconds(1));
    must(made.answers(client) == 1 && made.image().topic("orders") != nullptr);
    made.hang_up(client);
    return made;
  }();
  return server;
}

std::size_t number(ByteView bytes) {
  std::size_t value = 0;
  for (const std::byte byte : bytes) value = value << 8U | static_cast<std::size_t>(byte);
  return value;
}

// The next frame, which is taken from `left`; none when no whole one is there.
std::optional<Bytes> from_stream(ByteView& left) {
  if (left.size() < kLengthBytes) return std::nullopt;
  const std::size_t length = number(left.first(kLengthBytes));
  if (length > left.size() - kLengthBytes) return std::nullopt;
  const Bytes frame = Bytes::copy_of(left.subspan(kLengthBytes, length));
  left = left.subspan(kLengthBytes + length);
  return frame;
}

std::optional<Bytes> behind_header(ByteView& left) {
  constexpr std::size_t kChoices = 4;
  if (left.size() < kChoices) return std::nullopt;
  const auto table = protocol::api_table();
  const protocol::ApiEntry& entry = table[static_cast<std::size_t>(left[2]) % table.size()];
  const auto span = static_cast<std::size_t>(entry.kafka.max - entry.kafka.min + 1);
  const auto version = static_cast<std::int16_t>(
      entry.kafka.min + static_cast<std::int16_t>(static_cast<std::size_t>(left[3]) % span));
  const std::size_t length = std::min(number(left.first(2)), left.size() - kChoices);
  std::vector<std::byte> bytes{std::byte{0}, static_cast<std::byte>(entry.key), std::byte{0},
                               static_cast<std::byte>(version)};
  bytes.resize(8);
  bytes.insert(bytes.end(), {std::byte{0xff}, std::byte{0xff}});
  if (entry.flexible(version)) bytes.push_back(std::byte{0});
  const ByteView body = left.subspan(kChoices, length);
  bytes.insert(bytes.end(), body.begin(), body.end());
  left = left.subspan(kChoices + length);
  return Bytes(std::move(bytes));
}

bool another_is_served(Alone& server) {
  auto request = std::make_shared<protocol::MetadataRequest>();
  request->topics.emplace();
  const ConnectionId client = server.connect(kBrokerListener);
  server.receive(client, frame_of(request, 12));
  server.run_for(seconds(1));
  return server.connected(client) && server.answers(client) == 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > kInputMax) return 0;
  const ByteView input(reinterpret_cast<const std::byte*>(data), size);
  const auto choice = static_cast<unsigned>(input[0]);
  const bool controllers = (choice & 1U) != 0;
  Alone server = prepared();
  const ConnectionId client = server.connect(controllers ? kControllerListener : kBrokerListener);
  ByteView left = input.subspan(1);
  for (std::size_t i = 0; i < kFramesMax && server.up() && server.connected(client); ++i) {
    const std::optional<Bytes> frame = (choice & 2U) != 0 ? behind_header(left) : from_stream(left);
    if (!frame) break;
    server.receive(client, *frame);
    if ((choice & 4U) == 0) server.run_for(milliseconds(1));
  }
  server.run_for(milliseconds(600));
  server.hang_up(client);
  server.run_for(seconds(3));
  // Whoever may speak to the controllers' listener may pretend to be one of them.
  if (controllers) return 0;
  must(server.up());
  must(another_is_served(server));
  return 0;
}

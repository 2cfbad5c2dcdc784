#pragma once
// Servers: whole server processes in one test, and clients that speak bytes to them. Every message,
// between servers as well, is encoded and decoded as on a socket. Messages take 1 ms, files no
// time.
//
// Node n listens as "n1", "n2", ...: listener 0, PLAINTEXT, port 9092, serves as a broker; listener
// 1, CONTROLLER, port 9093, as a controller. All nodes are both; node 1 is the only voter.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/effect.hpp"
#include "engine/protocol/framing.hpp"
#include "engine/protocol/message_base.hpp"
#include "engine/server/server_node.hpp"
#include "engine/server/setup.hpp"
#include "tests/support/disk/fake_disk.hpp"

namespace logarium::test {

enum class ListenerAt : std::uint16_t { kBroker = 0, kController = 1 };

class Servers {
 public:
  struct Options {
    int nodes = 1;
    Properties config{};
  };
  explicit Servers(const Options& options);

  // A client's connection. Requests leave in the order of the calls; answers come in any order that
  // the server chose, and are kept as they came.
  class Client {
   public:
    // A frame without its length bytes, whatever it is. As the live host does, one that cannot be
    // decoded closes the connection.
    void send(const Bytes& frame);
    // A request in this version; its correlation id is the result.
    std::int32_t send(const MessageRef& request, std::int16_t version);
    // The answer to the last request; null when the connection was closed or `limit` passed.
    template <class Response>
    std::shared_ptr<const Response> call(const MessageRef& request, std::int16_t version) {
      const MessageRef answer = await(send(request, version));
      if (answer == nullptr) return nullptr;
      return std::static_pointer_cast<const Response>(answer);
    }
    // Runs until the answer is there.
    MessageRef await(std::int32_t correlation_id);
    [[nodiscard]] bool closed() const { return closed_; }
    // Correlation ids of the answers so far, in the order in which they came.
    [[nodiscard]] const std::vector<std::int32_t>& answered() const { return answered_; }
    // The bytes of an answer, without the length.
    [[nodiscard]] const Bytes& raw(std::int32_t correlation_id) const {
      return raw_.at(correlation_id);
    }

   private:
    friend class Servers;
    struct Sent {
      protocol::ApiKey key{};
      std::int16_t version = 0;
    };
    Servers* servers_ = nullptr;
    int node_ = 0;
    ConnectionId server_end_;
    bool closed_ = false;
    std::int32_t next_correlation_ = 1;
    std::map<std::int32_t, Sent> sent_;
    std::map<std::int32_t, Bytes> raw_;
    std::map<std::int32_t, MessageRef> answers_;
    std::vector<std::int32_t> answered_;
  };
  Client& connect(int node = 1, ListenerAt listener = ListenerAt::kBroker);

  // Until every broker is unfenced and knows it.
  void ready();
  void run_for(Duration time);
  // From now on requests of this API reach servers with the wish for an error; 0 ends it.
  void inject(protocol::ApiKey key, protocol::ErrorCode error) {
    injected_[key] = static_cast<std::int16_t>(error);
  }
  // Whether it became true within the limit.
  bool run_until(const std::function<bool()>& holds, Duration limit = seconds(40));
  void stop(int node);

  [[nodiscard]] Instant now() const { return now_; }
  // Wall-clock time in ms since 1970.
  [[nodiscard]] std::int64_t wall_ms() const;
  [[nodiscard]] const server::ServerNode& node(int n) const { return members_.at(n)->node; }
  template <class N>
  [[nodiscard]] std::vector<N> noted(int n) const {
    std::vector<N> found;
    for (const Note& note : members_.at(n)->notes) {
      if (const auto* one = std::get_if<N>(&note)) found.push_back(*one);
    }
    return found;
  }

 private:
  // One end of a connection as its node knows it.
  struct End {
    int node = 0;  // 0: a client of the test
    ConnectionId connection;
    auto operator<=>(const End&) const = default;
  };
  struct Member {
    server::ServerNode node;
    NodeSetupRef setup;
    FakeDisk disk;
    std::vector<Note> notes;
    std::uint64_t next_accepted = 1;
    bool up = true;
    // What it asked and not yet got an answer to, to know how to decode it.
    std::map<std::pair<ConnectionId, std::int32_t>, Client::Sent> asked;
  };
  struct Event {
    int node = 0;
    Input input;
  };

  void at(Instant when, std::function<void()> what);
  void give(int node, Input input);
  void perform(int node, const Effects& effects);
  void perform(int node, const Connect& connect);
  void perform(int node, const Send& send);
  void perform(int node, const FileOp& op);
  void hang_up(const End& from);
  void deliver(const End& to, const Bytes& frame, bool request);
  void deliver_to_client(const End& to, const Bytes& frame);
  bool step_once(Instant limit);

  std::map<int, std::unique_ptr<Member>> members_;
  std::deque<Client> clients_;
  std::map<End, End> peers_;  // both ways
  std::map<protocol::ApiKey, std::int16_t> injected_;
  std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> events_;
  std::uint64_t next_event_ = 0;
  Instant now_{0};
};

}  // namespace logarium::test

#include "tests/live/bench/wire_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <thread>

#include "engine/protocol/framing.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/produce.hpp"
#include "engine/protocol/records.hpp"

namespace logarium::bench {
namespace {

using protocol::ErrorCode;
using SteadyClock = std::chrono::steady_clock;

// Versions that every peer knows.
constexpr std::int16_t kMetadataVersion = 1;
constexpr std::int16_t kCreateTopicsVersion = 4;
constexpr std::int16_t kProduceVersion = 7;

constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::microseconds kPause{200};
constexpr std::int32_t kRequestTimeoutMs = 30'000;

[[noreturn]] void give_up(const std::string& what) { throw std::runtime_error(what); }

// Calls `done` until it is true; a connection that fails is no reason to give up.
template <class F>
void eventually(const std::string& what, const F& done) {
  const auto deadline = SteadyClock::now() + kPatience;
  std::string last;
  const auto is_done = [&] {
    try {
      return done();
    } catch (const std::runtime_error& error) {
      last = std::string(": ") + error.what();
      return false;
    }
  };
  while (!is_done()) {
    if (SteadyClock::now() > deadline) give_up(what + " did not come about" + last);
    std::this_thread::sleep_for(kPause);
  }
}

std::optional<Address> broker_of(const protocol::MetadataResponse& metadata, std::int32_t id) {
  for (const auto& broker : metadata.brokers) {
    if (broker.node_id == id) return Address{broker.host, static_cast<std::uint16_t>(broker.port)};
  }
  return std::nullopt;
}

std::optional<Address> leader_of(const protocol::MetadataResponse& metadata,
                                 std::int32_t partition) {
  for (const auto& topic : metadata.topics) {
    if (topic.error_code != ErrorCode::kNone) return std::nullopt;
    for (const auto& entry : topic.partitions) {
      if (entry.partition_index == partition && entry.error_code == ErrorCode::kNone) {
        return broker_of(metadata, entry.leader_id);
      }
    }
  }
  return std::nullopt;
}

std::shared_ptr<protocol::ProduceRequest> one_record(const std::string& topic) {
  protocol::BatchBuilder builder;
  const std::string value(100, 'x');
  builder.append({.timestamp = 1, .value = view_of(value)});
  auto request = std::make_shared<protocol::ProduceRequest>();
  request->acks = -1;
  request->timeout_ms = kRequestTimeoutMs;
  auto& data = request->topic_data.emplace_back();
  data.name = topic;
  data.partition_data.emplace_back().records.emplace().push_back(builder.build());
  return request;
}

}  // namespace

std::vector<Address> addresses_of(const std::string& bootstrap) {
  std::vector<Address> addresses;
  std::size_t from = 0;
  while (from < bootstrap.size()) {
    const std::size_t end = std::min(bootstrap.find(',', from), bootstrap.size());
    const std::string one = bootstrap.substr(from, end - from);
    const std::size_t colon = one.rfind(':');
    if (colon == std::string::npos) give_up("\"" + one + "\" is not HOST:PORT");
    addresses.push_back(
        {one.substr(0, colon), static_cast<std::uint16_t>(std::stoi(one.substr(colon + 1)))});
    from = end + 1;
  }
  return addresses;
}

WireClient::WireClient(const Address& address) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(address.port);
  const std::string host = address.host == "localhost" ? "127.0.0.1" : address.host;
  if (::inet_pton(AF_INET, host.c_str(), &to.sin_addr) != 1) give_up(host + " is no IPv4 address");
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval patience{kPatience.count(), 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return;
  ::close(socket_);
  give_up("no connection to " + host + ":" + std::to_string(address.port));
}

WireClient::~WireClient() { ::close(socket_); }

void WireClient::send_all(const std::vector<std::byte>& bytes) const {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) give_up("the connection broke while sending");
    sent += static_cast<std::size_t>(n);
  }
}

void WireClient::read_all(std::byte* to, std::size_t size) const {
  std::size_t got = 0;
  while (got < size) {
    const ssize_t n = ::recv(socket_, to + got, size - got, 0);
    if (n <= 0) give_up("no answer");
    got += static_cast<std::size_t>(n);
  }
}

MessageRef WireClient::call(const MessageRef& request, std::int16_t version) {
  static const auto kClient = std::make_shared<const std::string>("bench");
  std::vector<std::byte> out;
  protocol::encode_request({request, ++correlation_, version, kClient}, out);
  send_all(out);
  std::uint32_t length = 0;
  read_all(reinterpret_cast<std::byte*>(&length), sizeof length);
  std::vector<std::byte> frame(ntohl(length));
  read_all(frame.data(), frame.size());
  const auto decoded = protocol::decode_response(
      Bytes(std::move(frame)), static_cast<protocol::ApiKey>(request->api_key()), version);
  if (!decoded) give_up(decoded.error().message);
  return decoded.value().body;
}

MetadataRef ask_metadata(WireClient& client, const std::string& topic) {
  auto request = std::make_shared<protocol::MetadataRequest>();
  if (!topic.empty()) request->topics->push_back({.topic_id = {}, .name = topic});
  return std::static_pointer_cast<const protocol::MetadataResponse>(
      client.call(request, kMetadataVersion));
}

void create_topic(const std::string& bootstrap, const NewTopic& topic) {
  const Address first = addresses_of(bootstrap).front();
  auto request = std::make_shared<protocol::CreateTopicsRequest>();
  auto& wanted = request->topics.emplace_back();
  wanted.name = topic.name;
  wanted.num_partitions = topic.partitions;
  wanted.replication_factor = 3;
  wanted.configs.push_back({.name = "min.insync.replicas", .value = "2"});
  request->timeout_ms = kRequestTimeoutMs;
  eventually("topic " + topic.name, [&] {
    WireClient client(first);
    const MetadataRef metadata = ask_metadata(client, "");
    const auto controller = broker_of(*metadata, metadata->controller_id);
    if (!controller) return false;
    WireClient to(*controller);
    const auto answer = std::static_pointer_cast<const protocol::CreateTopicsResponse>(
        to.call(request, kCreateTopicsVersion));
    const ErrorCode error = answer->topics.front().error_code;
    return error == ErrorCode::kNone || error == ErrorCode::kTopicAlreadyExists;
  });
  eventually("a leader of every partition of " + topic.name, [&] {
    WireClient client(first);
    const MetadataRef metadata = ask_metadata(client, topic.name);
    for (std::int32_t p = 0; p < topic.partitions; ++p) {
      if (!leader_of(*metadata, p)) return false;
    }
    return true;
  });
}

void produce_first(const std::string& bootstrap, const std::string& topic) {
  const Address first = addresses_of(bootstrap).front();
  const auto request = one_record(topic);
  eventually("an acknowledgement of " + topic, [&] {
    WireClient client(first);
    const auto leader = leader_of(*ask_metadata(client, topic), 0);
    if (!leader) return false;
    WireClient to(*leader);
    const auto answer = std::static_pointer_cast<const protocol::ProduceResponse>(
        to.call(request, kProduceVersion));
    return answer->responses.front().partition_responses.front().error_code == ErrorCode::kNone;
  });
}

}  // namespace logarium::bench

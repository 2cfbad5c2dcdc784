#pragma once
// WireClient: one blocking connection that sends a request and waits for its answer, for what has
// to be timed without a client library's own waiting: the first answers of a cluster.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/protocol/message_base.hpp"
#include "engine/protocol/messages/metadata.hpp"

namespace logarium::bench {

struct Address {
  std::string host;
  std::uint16_t port = 0;
};
// Of HOST:PORT,HOST:PORT,...
[[nodiscard]] std::vector<Address> addresses_of(const std::string& bootstrap);

class WireClient {
 public:
  // Throws std::runtime_error when there is no connection.
  explicit WireClient(const Address& address);
  ~WireClient();
  WireClient(const WireClient&) = delete;
  WireClient& operator=(const WireClient&) = delete;

  // Throws std::runtime_error when the connection breaks or the answer cannot be read.
  [[nodiscard]] MessageRef call(const MessageRef& request, std::int16_t version);

 private:
  void send_all(const std::vector<std::byte>& bytes) const;
  void read_all(std::byte* to, std::size_t size) const;

  int socket_ = -1;
  std::int32_t correlation_ = 0;
};

using MetadataRef = std::shared_ptr<const protocol::MetadataResponse>;
// Brokers and, unless the name is empty, one topic.
[[nodiscard]] MetadataRef ask_metadata(WireClient& client, const std::string& topic);

struct NewTopic {
  std::string name;
  std::int32_t partitions = 1;
};
// Asks the controller for a topic with three replicas, min.insync.replicas 2, and waits until each
// partition has a leader. Throws std::runtime_error when that does not come about in a minute.
void create_topic(const std::string& bootstrap, const NewTopic& topic);
// Sends one record with acks=all to partition 0 until it is acknowledged. Throws when that does
// not come about in a minute.
void produce_first(const std::string& bootstrap, const std::string& topic);

}  // namespace logarium::bench

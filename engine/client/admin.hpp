#pragma once
// Admin: sends administrative requests where they belong (the controller, any broker, a named one,
// or the leaders of the partitions they name) and repeats them with backoff until they succeed,
// fail for good, or default.api.timeout.ms is over. Any number of calls may be open.
//
// A repeated CreateTopics may answer TOPIC_ALREADY_EXISTS for a topic that its first attempt
// created, as with Kafka.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/client/backoff.hpp"
#include "engine/client/command.hpp"
#include "engine/client/context.hpp"
#include "engine/config/client_config.hpp"

namespace logarium::client {

// Whether requests of this API are sent to the node that Metadata names as the controller, and to
// nobody as long as it names none.
[[nodiscard]] bool goes_to_controller(protocol::ApiKey key);

class Admin {
 public:
  explicit Admin(const AdminConfig& config);

  void call(Context& c, CommandId id, std::shared_ptr<const AdminCall> call);
  void on_reply(Context& c, const rpc::Reply& reply);
  void on_timer(Context& c, Cookie cookie);
  // metadata.version() has grown.
  void on_metadata(Context& c);
  void describe(StateVisitor& v) const;

 private:
  static constexpr std::uint8_t kReply = Metadata::kFirstFree;
  static constexpr std::uint8_t kPartReply = Metadata::kFirstFree + 1;
  static constexpr std::uint8_t kWorkTimer = Metadata::kFirstFree + 2;

  // One partition of a call that goes to leaders.
  struct Part {
    std::string topic;
    PartitionIndex partition;
    std::int64_t argument = 0;  // DeleteRecords: offset; ListOffsets: timestamp
    std::optional<NodeId> asked;
    bool done = false;
    ErrorCode error = ErrorCode::kNone;
    std::int64_t offset = -1;  // DeleteRecords: low watermark
    std::int64_t timestamp = -1;
    std::int32_t leader_epoch = -1;
    void describe(StateVisitor& v) const;
  };
  struct Open {
    std::uint64_t number = 0;
    CommandId id;
    std::shared_ptr<const AdminCall> call;
    Instant deadline;
    Instant retry_at{0};
    std::int32_t failures = 0;
    bool in_flight = false;
    MessageRef last;          // the last response there was
    std::vector<Part> parts;  // empty unless the call goes to leaders
    void describe(StateVisitor& v) const;
  };

  void run(Context& c);
  // True when the call is over.
  bool advance(Context& c, Open& open);
  [[nodiscard]] std::optional<rpc::Peer> target(Context& c, const AdminCall& call) const;
  void finish(Context& c, const Open& open, ErrorCode error, MessageRef response);
  void retry_later(Context& c, Open& open);
  Open* find(std::uint64_t number);
  void arm_timer(Context& c);

  // admin_leaders.cpp
  static std::vector<Part> parts_of(const Message& request);
  bool advance_parts(Context& c, Open& open);
  void ask_leader(Context& c, Open& open, NodeId leader, const std::vector<std::size_t>& parts);
  void part_answered(Context& c, Open& open, const rpc::Reply& reply);
  [[nodiscard]] static MessageRef merged(const Open& open);

  AdminConfig config_;
  Backoff backoff_;
  std::vector<Open> open_;
  std::uint64_t next_number_ = 1;
  TimerHandle timer_;
};

}  // namespace logarium::client

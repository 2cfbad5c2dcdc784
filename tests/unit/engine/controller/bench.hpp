#pragma once
// Bench: a Controller with a quorum that commits when told. Requests go through a real Inbound.

#include <deque>
#include <map>

#include "engine/controller/controller.hpp"
#include "engine/metadata/apply.hpp"
#include "engine/protocol/message_base.hpp"
#include "tests/unit/engine/controller/lab.hpp"

namespace logarium::controller {

class Bench {
 public:
  explicit Bench(Options options = {});

  Controller controller;
  metadata::ImageRef committed = metadata::Image::empty();
  NodeCore core;
  Effects effects;
  rpc::Inbound inbound;
  rpc::Outbound outbound{rpc::OutboundOptions{}};
  Now now;
  QuorumEpoch epoch{1};
  std::int64_t log_end = 0;
  // Appended and not yet committed.
  std::deque<protocol::Batch> pending;
  // All records ever committed.
  std::vector<metadata::Record> history;

  void activate();
  void deactivate();
  // The node fails over: what was not committed is lost.
  void fail_over();
  rpc::RequestId send(const MessageRef& body, std::int16_t version);
  void commit_all();
  void advance(Duration by);
  // Null while there is no answer.
  [[nodiscard]] MessageRef answer_to(rpc::RequestId id);
  template <class T>
  [[nodiscard]] const T& answer(rpc::RequestId id) {
    const MessageRef found = answer_to(id);
    REQUIRE(found != nullptr);
    return protocol::as<T>(*found);
  }
  // Sends, commits and gives the answer.
  template <class T>
  [[nodiscard]] T call(const MessageRef& body, std::int16_t version) {
    const rpc::RequestId id = send(body, version);
    commit_all();
    return answer<T>(id);
  }
  // Registers and unfences a broker; gives its epoch.
  std::int64_t join(std::int32_t id, std::uint64_t incarnation = 1);
  [[nodiscard]] protocol::BrokerRegistrationResponse enrol(std::int32_t id,
                                                           std::uint64_t incarnation,
                                                           std::int64_t previous_epoch = -1);
  [[nodiscard]] protocol::BrokerHeartbeatResponse beat(
      const protocol::BrokerHeartbeatRequest& request);
  [[nodiscard]] std::size_t count_notes(std::string_view name) const;
  // The image of everything committed, replayed from the beginning, is the controller's.
  void check_replay() const;

 private:
  template <class F>
  void step(F&& body);
  void drain(rpc::Port& port);
  std::map<rpc::RequestId, MessageRef> answers_;
};

}  // namespace logarium::controller

#pragma once
// Controller: the active controller of a KRaft cluster (KIP-500, KIP-631). It runs in the process
// that leads the metadata quorum: registers brokers, watches their sessions, fences and unfences,
// places replicas, elects leaders, commits ISR changes (AlterPartition), reassigns replicas, keeps
// configs and hands out producer ids.
//
// It works by decide -> records -> append -> commit: a request is decided against an image that
// holds everything decided so far; the records go to the owner as an Append event; the answer
// waits until they are committed. When leadership is lost, waiting requests get NOT_CONTROLLER and
// what was not committed is forgotten.
//
// What it does not do: talk to the quorum (its owner appends and reports), publish metadata,
// answer Metadata or DescribeConfigs (describe_configs.hpp serves those from any image).
//
// The owner, in one step: raft BecameActive -> activate; raft LostLeadership -> deactivate; each
// Append event -> Quorum::append -> appended or append_refused, in order; each committed batch,
// after the image is made -> committed. Timers carry Machine::kController.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/controller/decision.hpp"
#include "engine/controller/index.hpp"
#include "engine/controller/sessions.hpp"
#include "engine/rpc/outbound.hpp"

namespace logarium::controller {

struct Options {
  NodeId self;
  // Empty: not checked.
  std::string cluster_id;
  ServerConfig config;
  Rules rules;
};

namespace event {
// To be appended to the metadata log as one atomic batch; each element is the value of a record.
struct Append {
  std::vector<Bytes> records;
};
}  // namespace event
using Event = std::variant<event::Append>;

class Controller {
 public:
  explicit Controller(Options options);

  // Leads from now on. `committed` is the image of everything below the start of the epoch (or
  // further), `next_offset` where the next append will land as far as known (Quorum::log_end()).
  // Every broker gets a fresh session. REQUIRES: !active().
  void activate(rpc::Port& port, QuorumEpoch epoch, const metadata::ImageRef& committed,
                Offset next_offset);
  // Answers all waiting requests with NOT_CONTROLLER. Events that were not drained are void.
  void deactivate(rpc::Port& port);
  [[nodiscard]] bool active() const { return active_.has_value(); }

  // Whether requests of this API come here.
  [[nodiscard]] static bool handles(std::int16_t api_key);
  // BrokerRegistration, BrokerHeartbeat, UnregisterBroker, ControllerRegistration, CreateTopics,
  // DeleteTopics, CreatePartitions, IncrementalAlterConfigs, ElectLeaders,
  // AlterPartitionReassignments, ListPartitionReassignments, AllocateProducerIds, AlterPartition.
  // Each is answered once, now or later; NOT_CONTROLLER when not active.
  void handle(rpc::Port& port, const rpc::Request& request);

  // The oldest Append that was not yet reported ends at this offset.
  void appended(Offset last);
  // The quorum did not take the oldest Append (it leads no more): deactivates.
  void append_refused(rpc::Port& port);
  // The committed image moved to `image` by `delta`: emits the notes of what is now true, answers
  // whoever waited for it. To be called for every committed batch while active, in order.
  void committed(rpc::Port& port, const metadata::ImageRef& image, const metadata::Delta& delta);

  void on_timer(rpc::Port& port, Cookie cookie);

  [[nodiscard]] std::optional<Event> next_event();

  // The image decisions are made from. REQUIRES: active().
  [[nodiscard]] const metadata::Image& image() const;
  void describe(StateVisitor& v) const;

 private:
  // A request whose answer waits for a commit.
  struct Answer {
    rpc::RequestId id;
    MessageRef request;
    MessageRef response;
    std::vector<Note> notes;
    void describe(StateVisitor& v) const;
  };
  // Records handed out as an Append.
  struct InFlight {
    std::optional<Offset> last;  // known from appended()
    std::vector<Answer> answers;
    void describe(StateVisitor& v) const;
  };
  enum class Timer : std::uint8_t { kSession, kIdle, kRebalance, kUnclean };
  struct Active {
    QuorumEpoch epoch;
    metadata::ImageRef committed;
    metadata::ImageRef image;  // with everything in flight
    Index index;               // over `image`
    Sessions sessions;
    Offset next_offset;  // where the next append is expected to land
    std::deque<InFlight> in_flight;
    TimerHandle session_timer, idle_timer, rebalance_timer, unclean_timer;
    void describe(StateVisitor& v) const;
  };

  [[nodiscard]] View view() const;
  [[nodiscard]] Decision decide(rpc::Port& port, const rpc::Request& request);
  [[nodiscard]] Decision heartbeat(Instant now, const Message& body);
  [[nodiscard]] Decision registration(Instant now, const Message& body);
  // Appends the decision's records and lets its answer wait for them.
  void take(rpc::Port& port, const rpc::Request* request, Decision decision);
  void answer(rpc::Port& port, const Answer& answer);
  void write_first_records(rpc::Port& port);
  void fence_one_stale_broker(rpc::Port& port);
  void rearm_session_timer(rpc::Port& port);
  void rearm_idle_timer(rpc::Port& port);
  [[nodiscard]] static Cookie cookie(Timer timer);

  Options options_;
  std::optional<Active> active_;
  std::deque<Event> events_;
};

}  // namespace logarium::controller

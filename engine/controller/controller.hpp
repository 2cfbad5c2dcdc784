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
#include <set>
#include <string>
#include <utility>
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

  // Who leads the quorum, as soon as it is known. Between its election and BecameActive this node
  // commits what its predecessor appended. Nobody else may be left to emit the notes of that, so
  // activate() emits what changed since the election. Some of it may have been noted before: a
  // note that repeats the present state says nothing new.
  void leader_changed(std::optional<NodeId> leader);

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
  // whoever waited for it. To be called for every committed batch, in order, also while not
  // active.
  void committed(rpc::Port& port, const metadata::ImageRef& image, const metadata::Delta& delta);

  void on_timer(rpc::Port& port, Cookie cookie);

  [[nodiscard]] std::optional<Event> next_event() {
    return events_.empty() ? std::nullopt : take_event();
  }

  // The image decisions are made from. REQUIRES: active().
  [[nodiscard]] const metadata::Image& image() const;
  // What is committed as far as this node has told it in notes; null unless active().
  [[nodiscard]] metadata::ImageRef committed_image() const {
    return active_ ? active_->committed : nullptr;
  }
  // The epoch of the quorum in which it leads; empty unless active().
  [[nodiscard]] std::optional<QuorumEpoch> epoch() const {
    return active_ ? std::optional(active_->epoch) : std::nullopt;
  }
  // More bytes of records than this are refused with POLICY_VIOLATION; a batch of the metadata log
  // holds 8 MiB.
  static constexpr std::size_t kAppendBytesMax = 7 * 1024 * 1024;
  void describe(StateVisitor& v) const;

 private:
  // REQUIRES: there is one.
  [[nodiscard]] std::optional<Event> take_event();
  // A request whose answer waits for a commit.
  struct Answer {
    rpc::RequestId id;
    MessageRef request;
    MessageRef response;
    std::vector<Note> notes;
  };
  // Records handed out as an Append.
  struct InFlight {
    Offset expected_last;
    std::optional<Offset> last;      // known from appended()
    std::optional<NodeId> stopping;  // whose shutdown offset this append fixes
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
    // Partitions whose assignment it has told. Once for each that changes in its epoch: what the
    // leader before committed while it fell, that may have told nobody.
    std::set<PartitionRef> placed;
    TimerHandle session_timer, idle_timer, rebalance_timer, unclean_timer;
    void describe(StateVisitor& v) const;
  };
  // What a decision goes with.
  struct Taken {
    const rpc::Request* request = nullptr;
    std::optional<NodeId> stopping;
  };

  // REQUIRES: active().
  void tell(rpc::Port& port, const metadata::Image& image, const metadata::Delta& delta);
  [[nodiscard]] View view() const;
  [[nodiscard]] Decision decide(rpc::Port& port, const rpc::Request& request) const;
  void handle_heartbeat(rpc::Port& port, const rpc::Request& request);
  void handle_registration(rpc::Port& port, const rpc::Request& request);
  // Appends the decision's records and lets its answer wait for them; without records the answer
  // waits for what was appended before, since it may have been decided on that.
  void take(rpc::Port& port, Decision decision, const Taken& taken);
  void stop_after(NodeId broker, std::int64_t offset);
  void append(rpc::Port& port, const std::vector<metadata::Record>& records, InFlight flight);
  static void give(rpc::Port& port, const Answer& answer);
  void write_first_records(rpc::Port& port);
  void fence_one_stale_broker(rpc::Port& port);
  void write_no_op(rpc::Port& port);
  void run_periodic(rpc::Port& port, Timer timer);
  void arm(rpc::Port& port, Timer timer, Duration delay);
  void arm_session_timer(rpc::Port& port);
  [[nodiscard]] TimerHandle& handle_of(Timer timer);

  Options options_;
  std::optional<Active> active_;
  std::deque<Event> events_;
  metadata::ImageRef last_committed_;  // null: nothing was committed in this incarnation
  metadata::ImageRef noted_;           // what was committed when this node was elected
};

}  // namespace logarium::controller

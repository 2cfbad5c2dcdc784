#include "engine/controller/controller.hpp"

#include "engine/base/state_visitor.hpp"
#include "engine/controller/leadership.hpp"
#include "engine/controller/lifecycle.hpp"
#include "engine/controller/notes.hpp"
#include "engine/controller/refusal.hpp"
#include "engine/metadata/apply.hpp"
#include "engine/metadata/features.hpp"

namespace logarium::controller {

using metadata::Record;
using protocol::ErrorCode;

namespace {

// A pass that found as much as it may do goes on after this.
constexpr Duration kNextPass = milliseconds(10);

}  // namespace

Controller::Controller(Options options) : options_(std::move(options)) {}

std::optional<Event> Controller::take_event() {
  std::optional<Event> event = std::move(events_.front());
  events_.pop_front();
  return event;
}

bool Controller::handles(std::int16_t api_key) { return is_controller_api(api_key); }

View Controller::view() const {
  return {*active_->image, active_->index, options_.config, options_.rules};
}

const metadata::Image& Controller::image() const {
  ENSURE(active());
  return *active_->image;
}

void Controller::leader_changed(std::optional<NodeId> leader) {
  if (leader == options_.self) noted_ = last_committed_;
}

void Controller::activate(rpc::Port& port, QuorumEpoch epoch, const metadata::ImageRef& committed,
                          Offset next_offset) {
  ENSURE(!active());
  ENSURE(events_.empty());
  const BrokerConfig& config = options_.config.broker;
  active_.emplace();
  active_->epoch = epoch;
  active_->committed = committed;
  active_->image = committed;
  active_->index = Index(*committed);
  active_->sessions = Sessions(milliseconds(config.broker_session_timeout_ms));
  active_->next_offset = std::max(next_offset, committed->position().next);
  // Sessions are soft state: each broker gets a fresh one.
  for (const auto& entry : committed->brokers()) {
    active_->sessions.grant(entry.key, standing_of(*entry.value), port.step.now());
  }
  const metadata::Image nothing;
  const metadata::DeltaRef unnoted = difference(noted_ ? *noted_ : nothing, *committed);
  tell(port, *committed, *unnoted);
  port.step.note(note::ControllerActive{epoch});
  write_first_records(port);
  arm_session_timer(port);
  if (config.metadata_max_idle_interval_ms > 0) {
    arm(port, Timer::kIdle, milliseconds(config.metadata_max_idle_interval_ms));
  }
  if (config.auto_leader_rebalance_enable) {
    arm(port, Timer::kRebalance, seconds(config.leader_imbalance_check_interval_seconds));
  }
  arm(port, Timer::kUnclean, milliseconds(config.unclean_leader_election_interval_ms));
}

void Controller::tell(rpc::Port& port, const metadata::Image& image, const metadata::Delta& delta) {
  std::vector<Note> notes;
  for (const auto& change : delta.partitions) {
    if (!change.after || !active_->placed.insert(change.key).second) continue;
    const bool as_before = change.before && change.before->replicas == change.after->replicas;
    if (as_before) note_assignment(change.key, *change.after, notes);
  }
  for (const Note& note : notes) port.step.note(note);
  for (const Note& note : notes_of(image, delta)) port.step.note(note);
}

// A new cluster's log begins with the features in force.
void Controller::write_first_records(rpc::Port& port) {
  if (!active_->image->features().empty()) return;
  Decision decision;
  for (const metadata::SupportedFeature& feature : metadata::supported_features(options_.rules)) {
    decision.records.emplace_back(
        metadata::FeatureLevelRecord{std::string(feature.name), feature.max});
  }
  take(port, std::move(decision), {});
}

void Controller::deactivate(rpc::Port& port) {
  if (!active()) return;
  for (const Timer timer : {Timer::kSession, Timer::kIdle, Timer::kRebalance, Timer::kUnclean}) {
    port.step.timers().cancel(handle_of(timer));
  }
  const std::deque<InFlight> in_flight = std::move(active_->in_flight);
  active_.reset();
  events_.clear();
  for (const InFlight& flight : in_flight) {
    for (const Answer& answer : flight.answers) {
      port.answer(answer.id, refuse(*answer.request, ErrorCode::kNotController,
                                    "The active controller changed."));
    }
  }
}

void Controller::take(rpc::Port& port, Decision decision, const Taken& taken) {
  Answer answer;
  if (taken.request != nullptr) {
    answer = {taken.request->id, taken.request->body, std::move(decision.response),
              std::move(decision.notes)};
  }
  if (!decision.records.empty()) {
    InFlight flight;
    flight.stopping = taken.stopping;
    if (taken.request != nullptr) flight.answers.push_back(std::move(answer));
    append(port, decision.records, std::move(flight));
    return;
  }
  if (taken.stopping) {
    stop_after(*taken.stopping, active_->next_offset.value() - 1);
  }
  if (taken.request == nullptr) return;
  if (active_->in_flight.empty()) {
    give(port, answer);
  } else {
    active_->in_flight.back().answers.push_back(std::move(answer));
  }
}

void Controller::append(rpc::Port& port, const std::vector<Record>& records, InFlight flight) {
  Active& active = *active_;
  event::Append event;
  std::size_t bytes = 0;
  for (const Record& record : records) {
    event.records.push_back(metadata::encode_record(record));
    bytes += event.records.back().size();
  }
  if (bytes > kAppendBytesMax) {
    for (const Answer& answer : flight.answers) {
      port.answer(answer.id, refuse(*answer.request, ErrorCode::kPolicyViolation,
                                    "The request would write more metadata than fits a batch."));
    }
    return;
  }
  const Offset next = active.next_offset + static_cast<std::int64_t>(records.size());
  const Result<metadata::Applied> applied =
      metadata::apply_records(active.image, records, {next, active.epoch});
  ENSURE(applied.ok());
  active.image = applied.value().next;
  active.index.apply(*applied.value().delta);
  active.next_offset = next;
  flight.expected_last = next - 1;
  active.in_flight.push_back(std::move(flight));
  events_.push_back(std::move(event));
  const std::int64_t idle_ms = options_.config.broker.metadata_max_idle_interval_ms;
  if (idle_ms > 0) arm(port, Timer::kIdle, milliseconds(idle_ms));
}

void Controller::appended(Offset last) {
  ENSURE(active());
  std::int64_t shift = 0;
  bool found = false;
  for (InFlight& flight : active_->in_flight) {
    if (flight.last) continue;
    if (found) {
      flight.expected_last += shift;
      continue;
    }
    found = true;
    flight.last = last;
    shift = last - flight.expected_last;
    if (flight.stopping) stop_after(*flight.stopping, last.value());
  }
  ENSURE(found);
  active_->next_offset += shift;
}

// KAFKA-14292: fixed once, or it would move on with every heartbeat of the stopping broker.
void Controller::stop_after(NodeId broker, std::int64_t offset) {
  Sessions& sessions = active_->sessions;
  if (options_.rules.on(Rule::kFixShutdownOffset) && sessions.shutdown_offset(broker)) return;
  sessions.set_shutdown_offset(broker, offset);
}

void Controller::append_refused(rpc::Port& port) { deactivate(port); }

void Controller::committed(rpc::Port& port, const metadata::ImageRef& image,
                           const metadata::Delta& delta) {
  last_committed_ = image;
  if (!active()) return;
  Active& active = *active_;
  active.committed = image;
  tell(port, *image, delta);
  const Offset end = image->position().next;
  while (!active.in_flight.empty() && active.in_flight.front().last &&
         *active.in_flight.front().last < end) {
    const InFlight flight = std::move(active.in_flight.front());
    active.in_flight.pop_front();
    for (const Answer& answer : flight.answers) give(port, answer);
  }
  if (!active.in_flight.empty()) return;
  // With nothing in flight both images say the same; from here on the shared one is used.
  ENSURE(active.image->hash() == image->hash());
  active.image = image;
  active.next_offset = std::max(active.next_offset, end);
}

void Controller::give(rpc::Port& port, const Answer& answer) {
  for (const Note& note : answer.notes) port.step.note(note);
  port.answer(answer.id, answer.response);
}

TimerHandle& Controller::handle_of(Timer timer) {
  switch (timer) {
    case Timer::kSession:
      return active_->session_timer;
    case Timer::kIdle:
      return active_->idle_timer;
    case Timer::kRebalance:
      return active_->rebalance_timer;
    case Timer::kUnclean:
      return active_->unclean_timer;
  }
  return active_->session_timer;
}

void Controller::arm(rpc::Port& port, Timer timer, Duration delay) {
  const Cookie cookie{Machine::kController, static_cast<std::uint8_t>(timer), 0, 0};
  port.step.rearm(handle_of(timer), delay, cookie);
}

// One timer for all sessions: it fires when the first of them ends.
void Controller::arm_session_timer(rpc::Port& port) {
  if (!options_.rules.on(Rule::kFenceStaleSessions)) return;
  const Instant expiry = active_->sessions.next_expiry();
  if (expiry == kNever) {
    port.step.timers().cancel(active_->session_timer);
    return;
  }
  if (port.step.timers().deadline(active_->session_timer) == expiry) return;
  arm(port, Timer::kSession, std::max(expiry - port.step.now(), Duration{}));
}

void Controller::on_timer(rpc::Port& port, Cookie cookie) {
  if (!active()) return;
  const auto timer = static_cast<Timer>(cookie.what);
  handle_of(timer) = {};
  switch (timer) {
    case Timer::kSession:
      fence_one_stale_broker(port);
      return;
    case Timer::kIdle:
      write_no_op(port);
      return;
    case Timer::kRebalance:
    case Timer::kUnclean:
      run_periodic(port, timer);
      return;
  }
}

// One broker per pass, so that the effect of fencing it shows before the next (KAFKA-15441).
void Controller::fence_one_stale_broker(rpc::Port& port) {
  const std::optional<NodeId> broker = active_->sessions.stale(port.step.now());
  if (broker) {
    active_->sessions.set_standing(*broker, Sessions::Standing::kFenced);
    Decision decision = fence_broker(view(), *broker);
    port.step.note(note::SessionExpired{*broker, view().image.broker(*broker)->epoch});
    take(port, std::move(decision), {});
  }
  arm_session_timer(port);
}

// KIP-835: while nothing is written, the high watermark shows that the quorum still works. When
// the quorum does not commit, more of these would not help.
void Controller::write_no_op(rpc::Port& port) {
  if (!active_->in_flight.empty()) {
    arm(port, Timer::kIdle, milliseconds(options_.config.broker.metadata_max_idle_interval_ms));
    return;
  }
  Decision decision;
  decision.records.emplace_back(metadata::NoOpRecord{});
  take(port, std::move(decision), {});
}

void Controller::run_periodic(rpc::Port& port, Timer timer) {
  const BrokerConfig& config = options_.config.broker;
  const bool rebalance = timer == Timer::kRebalance;
  Decision decision = rebalance ? balance_leaders(view()) : elect_uncleanly(view());
  const bool more = decision.records.size() >= kElectionsPerPass;
  take(port, std::move(decision), {});
  const Duration interval = rebalance ? seconds(config.leader_imbalance_check_interval_seconds)
                                      : milliseconds(config.unclean_leader_election_interval_ms);
  arm(port, timer, more ? kNextPass : interval);
}

void Controller::InFlight::describe(StateVisitor& v) const {
  visit(v, "expected last", expected_last);
  visit(v, "last", last);
  visit(v, "stopping", stopping);
  v.open_list("answers", answers.size());
  for (const Answer& answer : answers) visit(v, "", answer.id);
  v.close();
}

void Controller::Active::describe(StateVisitor& v) const {
  visit(v, "epoch", epoch);
  visit(v, "committed", committed);
  visit(v, "image", image);
  visit(v, "sessions", sessions);
  visit(v, "next offset", next_offset);
  visit(v, "in flight", in_flight);
}

void Controller::describe(StateVisitor& v) const {
  visit(v, "active", active_);
  visit(v, "events", events_.size());
  visit(v, "last committed", last_committed_);
  visit(v, "noted", noted_);
}

}  // namespace logarium::controller

#include "tests/unit/engine/controller/bench.hpp"

#include "engine/protocol/records.hpp"

namespace logarium::controller {

Bench::Bench(Options options) : controller(std::move(options)) { core.random = Random(42); }

template <class F>
void Bench::step(F&& body) {
  StepContext ctx(now, core, effects);
  rpc::Port port{ctx, inbound, outbound};
  body(port);
  drain(port);
  while (std::optional<rpc::Inbound::LoopbackAnswer> got = inbound.take_loopback()) {
    answers_[got->id] = got->response;
  }
}

void Bench::drain(rpc::Port&) {
  while (std::optional<Event> event = controller.next_event()) {
    const auto& append = std::get<event::Append>(*event);
    protocol::BatchOptions options;
    options.base_offset = Offset(log_end);
    options.leader_epoch = LeaderEpoch(epoch.value());
    protocol::BatchBuilder builder(options);
    for (const Bytes& record : append.records) builder.append({.value = record.view()});
    pending.push_back(builder.build());
    log_end = pending.back().next_offset().value();
    controller.appended(Offset(log_end - 1));
  }
}

void Bench::activate() {
  step([&](rpc::Port& port) {
    // The leader's own first record is in the log and will be committed later.
    controller.activate(port, epoch, committed, Offset(log_end));
  });
}
void Bench::deactivate() {
  step([&](rpc::Port& port) { controller.deactivate(port); });
}

void Bench::fail_over() {
  deactivate();
  pending.clear();
  log_end = committed->position().next.value();
  epoch = epoch.next();
  controller.leader_changed(NodeId(0));
  activate();
}

rpc::RequestId Bench::send(const MessageRef& body, std::int16_t version) {
  const rpc::RequestId id = inbound.local(body, version);
  step([&](rpc::Port& port) {
    while (std::optional<rpc::Request> request = inbound.next()) controller.handle(port, *request);
  });
  return id;
}

void Bench::commit_all() {
  while (!pending.empty()) {
    const protocol::Batch batch = std::move(pending.front());
    pending.pop_front();
    protocol::RecordReader reader(batch);
    protocol::RecordView record;
    while (reader.next(record)) {
      history.push_back(metadata::decode_record(reader.share(*record.value)).value());
    }
    const Result<metadata::Applied> applied = metadata::apply(committed, batch);
    REQUIRE(applied.ok());
    committed = applied.value().next;
    step([&](rpc::Port& port) { controller.committed(port, committed, *applied.value().delta); });
  }
}

void Bench::advance(Duration by) {
  const Instant end = now.monotonic + by;
  while (core.timers.next_deadline() <= end) {
    now.monotonic = std::max(now.monotonic, core.timers.next_deadline());
    const Cookie cookie = core.timers.fire();
    step([&](rpc::Port& port) { controller.on_timer(port, cookie); });
    commit_all();
  }
  now.monotonic = end;
}

MessageRef Bench::answer_to(rpc::RequestId id) {
  const auto found = answers_.find(id);
  return found == answers_.end() ? nullptr : found->second;
}

protocol::BrokerRegistrationResponse Bench::enrol(std::int32_t id, std::uint64_t incarnation,
                                                  std::int64_t previous_epoch) {
  auto request = std::make_shared<protocol::BrokerRegistrationRequest>();
  request->broker_id = id;
  request->incarnation_id = Uuid{static_cast<std::uint64_t>(id), incarnation};
  request->log_dirs = {Uuid{8, static_cast<std::uint64_t>(id)}};
  request->listeners.push_back({"PLAINTEXT", "broker" + std::to_string(id), 9092, 0});
  request->previous_broker_epoch = previous_epoch;
  return call<protocol::BrokerRegistrationResponse>(request, 4);
}

protocol::BrokerHeartbeatResponse Bench::beat(const protocol::BrokerHeartbeatRequest& request) {
  return call<protocol::BrokerHeartbeatResponse>(
      std::make_shared<protocol::BrokerHeartbeatRequest>(request), 1);
}

std::int64_t Bench::join(std::int32_t id, std::uint64_t incarnation) {
  const protocol::BrokerRegistrationResponse registered = enrol(id, incarnation);
  REQUIRE(registered.error_code == protocol::ErrorCode::kNone);
  protocol::BrokerHeartbeatRequest request;
  request.broker_id = id;
  request.broker_epoch = registered.broker_epoch;
  request.current_metadata_offset = committed->position().next.value() - 1;
  REQUIRE_FALSE(beat(request).is_fenced);
  return registered.broker_epoch;
}

std::size_t Bench::count_notes(std::string_view name) const {
  std::size_t count = 0;
  for (const Note& note : effects.notes) {
    if (note_name(note) == name) ++count;
  }
  return count;
}

void Bench::check_replay() const {
  const Result<metadata::Applied> replayed =
      metadata::apply_records(metadata::Image::empty(), history, committed->position());
  REQUIRE(replayed.ok());
  CHECK(replayed.value().next->equals(*committed));
  if (controller.active() && pending.empty()) {
    CHECK(controller.image().hash() == committed->hash());
  }
}

}  // namespace logarium::controller

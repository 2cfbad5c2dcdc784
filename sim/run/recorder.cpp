#include "sim/run/recorder.hpp"

namespace logarium::run {
namespace {

std::string_view kind_name(world::NodeKind kind) {
  switch (kind) {
    case world::NodeKind::kBroker:
      return "broker";
    case world::NodeKind::kController:
      return "controller";
    case world::NodeKind::kCombined:
      return "combined";
    case world::NodeKind::kClient:
      return "client";
  }
  return "?";
}

}  // namespace

void Recorder::on_event(const world::EventView& event) {
  writer_.add(event.number, event.time, event.node.value(), trace::record_of(event.input),
              event.effects->notes);
  if (writer_.full()) hand_on();
}

void Recorder::hand_on() {
  trace::Chunk chunk = writer_.take();
  bytes_ += chunk.bytes.size();
  if (file_ == nullptr) {
    ring_.push_back(std::move(chunk));
    if (ring_.size() > kRingChunks) ring_.pop_front();
  } else if (!failure_) {
    const Result<> written = file_->add(chunk);
    if (!written) failure_ = written.error();
  }
}

Result<> Recorder::flush() {
  if (!writer_.empty()) hand_on();
  if (failure_) return *failure_;
  return Ok{};
}

trace::RunInfo run_info(const Run& run, const Outcome& outcome, const std::string& scenario_text) {
  trace::RunInfo info;
  info.scenario = scenario_text;
  info.scenario_name = outcome.scenario;
  info.seed = outcome.seed;
  info.fingerprint = trace::source_fingerprint();
  for (std::uint32_t i = 0; i < run.world().size(); ++i) {
    const world::NodeIndex node(i);
    info.nodes.push_back({run.world().name(node), std::string(kind_name(run.world().kind(node)))});
  }
  info.verdict = to_string(outcome.verdict);
  info.digest = outcome.digest;
  info.events = outcome.events;
  info.outcome = to_json(outcome);
  return info;
}

}  // namespace logarium::run

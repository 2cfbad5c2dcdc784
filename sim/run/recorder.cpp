#include "sim/run/recorder.hpp"

#include "sim/run/live_view.hpp"

namespace logarium::run {

void Recorder::begin(const world::World& world) {
  view_ = trace::View(node_infos(world));
  if (file_ != nullptr) summary_.emplace(view_.nodes().size());
}

void Recorder::watch(Run& run) {
  begin(run.world());
  run.add_observer(*this);
}

void Recorder::watch(world::World& world) {
  begin(world);
  world.add_observer(*this);
}

trace::InputRecord input_of(const world::EventView& event) {
  return trace::record_of(event.input, event.origin.node, event.origin.event);
}

trace::Event recorded(const world::EventView& event) {
  return {event.number,    event.time,           event.node.value(),
          input_of(event), event.effects->notes, lost_of(event)};
}

std::vector<trace::Lost> lost_of(const world::EventView& event) {
  std::vector<trace::Lost> out;
  if (event.lost == nullptr) return out;
  for (const world::LostMessage& one : *event.lost) {
    out.push_back({one.origin.node, one.to, one.origin.event, one.time, one.api_key, one.direction,
                   one.correlation});
  }
  return out;
}

void Recorder::on_event(const world::EventView& event) {
  const std::uint32_t node = event.node.value();
  const trace::InputRecord input = input_of(event);
  const std::vector<Note>& notes = event.effects->notes;
  const std::vector<trace::Lost> lost = lost_of(event);
  writer_.add(event.number, event.time, node, input, notes, lost);
  view_.apply(event.number, event.time, node, notes, input, lost.size());
  if (summary_) summary_->add(event.number, event.time, node, input, notes, view_);
  if (writer_.full()) hand_on();
}

void Recorder::hand_on() {
  trace::Chunk chunk = writer_.take();
  chunk.keyframe = std::move(keyframe_);
  bytes_ += chunk.bytes.size() + chunk.keyframe.size();
  ++chunks_since_;
  bytes_since_ += chunk.bytes.size();
  keyframe_.clear();
  if (chunks_since_ >= kChunksPerKeyframe || bytes_since_ >= kEventShare * keyframe_size_) {
    keyframe_ = trace::encode_keyframe(view_);
    keyframe_size_ = keyframe_.size();
    chunks_since_ = bytes_since_ = 0;
  }
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
  if (file_ != nullptr && summary_) return file_->add(summary_->summary());
  return Ok{};
}

trace::RunInfo run_info(const Run& run, const Outcome& outcome, const std::string& scenario_text) {
  trace::RunInfo info;
  info.scenario = scenario_text;
  info.scenario_name = outcome.scenario;
  info.seed = outcome.seed;
  info.fingerprint = trace::source_fingerprint();
  info.nodes = node_infos(run.world());
  info.topics = outcome.topic_names;
  info.verdict = to_string(outcome.verdict);
  info.digest = outcome.digest;
  info.events = outcome.events;
  info.outcome = to_json(outcome);
  return info;
}

}  // namespace logarium::run

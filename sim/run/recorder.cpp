#include "sim/run/recorder.hpp"

#include "sim/run/live_view.hpp"

namespace logarium::run {

void Recorder::watch(Run& run) {
  view_ = trace::View(node_infos(run.world()));
  run.add_observer(*this);
}

void Recorder::on_event(const world::EventView& event) {
  writer_.add(event.number, event.time, event.node.value(), trace::record_of(event.input),
              event.effects->notes);
  view_.apply(event.number, event.time, event.node.value(), event.effects->notes);
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

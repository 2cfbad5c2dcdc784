#include "sim/run/growing_run.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/controller/controller.hpp"
#include "engine/metadata/image.hpp"
#include "engine/server/server_node.hpp"
#include "sim/run/live_view.hpp"
#include "sim/run/recorder.hpp"

namespace logarium::run {

// Whole chunks, and at the end the events that do not make one yet.
class GrowingRun::Source final : public trace::RunSource {
 public:
  Source(trace::RunInfo info, std::vector<ChunkRef> whole, std::vector<trace::Event> tail,
         std::vector<std::byte> tail_keyframe)
      : info_(std::move(info)),
        whole_(std::move(whole)),
        tail_(std::move(tail)),
        tail_keyframe_(std::move(tail_keyframe)) {}

  [[nodiscard]] const trace::RunInfo& info() const override { return info_; }
  [[nodiscard]] std::size_t chunks() const override {
    return whole_.size() + (tail_.empty() ? 0 : 1);
  }
  [[nodiscard]] std::size_t chunk_of(std::uint64_t event) const override {
    ENSURE(event >= 1 && event <= info_.events);
    const auto after = std::upper_bound(
        whole_.begin(), whole_.end(), event,
        [](std::uint64_t wanted, const ChunkRef& chunk) { return wanted < chunk->first; });
    const auto before = static_cast<std::size_t>(after - whole_.begin());
    const bool in_tail = !tail_.empty() && event >= tail_.front().number;
    return in_tail ? whole_.size() : before - 1;
  }
  [[nodiscard]] Result<std::vector<trace::Event>> events(std::size_t chunk) const override {
    if (chunk == whole_.size()) return tail_;
    return trace::read_chunk(*whole_[chunk]);
  }
  [[nodiscard]] std::uint64_t first_event(std::size_t chunk) const override {
    return chunk == whole_.size() ? tail_.front().number : whole_[chunk]->first;
  }
  [[nodiscard]] Instant first_time(std::size_t chunk) const override {
    return chunk == whole_.size() ? tail_.front().time : whole_[chunk]->from;
  }
  [[nodiscard]] bool has_keyframe(std::size_t chunk) const override {
    return chunk == 0 || !keyframe_bytes(chunk).empty();
  }
  [[nodiscard]] Result<trace::View> keyframe(std::size_t chunk) const override {
    if (chunk == 0) return trace::View(info_.nodes);
    return trace::decode_keyframe(keyframe_bytes(chunk), info_.nodes);
  }

 private:
  [[nodiscard]] const std::vector<std::byte>& keyframe_bytes(std::size_t chunk) const {
    return chunk == whole_.size() ? tail_keyframe_ : whole_[chunk]->keyframe;
  }

  trace::RunInfo info_;
  std::vector<ChunkRef> whole_;
  std::vector<trace::Event> tail_;
  std::vector<std::byte> tail_keyframe_;
};

void GrowingRun::watch(Run& run) {
  run_ = &run;
  view_ = trace::View(node_infos(run.world()));
  summary_ = std::make_unique<trace::SummaryBuilder>(view_.nodes().size());
  run.add_observer(*this);
}

void GrowingRun::on_event(const world::EventView& event) {
  tail_.push_back(recorded(event));
  const trace::Event& one = tail_.back();
  writer_.add(one.number, one.time, one.node, one.input, one.notes, one.lost);
  view_.apply(one);
  summary_->add(one.number, one.time, one.node, one.input, one.notes, view_);
  learn_names(one);
  if (writer_.full()) hand_on();
}

// The controller that tells of a partition knows its topic, before any broker does.
void GrowingRun::learn_names(const trace::Event& event) {
  for (const Note& note : event.notes) {
    const auto* committed = std::get_if<note::PartitionCommitted>(&note);
    if (committed == nullptr || topic_names_.contains(committed->partition.topic)) continue;
    const auto* server =
        dynamic_cast<const server::ServerNode*>(run_->world().node(world::NodeIndex(event.node)));
    if (server == nullptr || server->controller() == nullptr) continue;
    const metadata::ImageRef image = server->controller()->committed_image();
    if (image == nullptr) continue;
    for (const auto& [id, topic] : image->topics()) topic_names_[id] = topic->name;
  }
}

void GrowingRun::hand_on() {
  trace::Chunk chunk = writer_.take();
  bytes_since_keyframe_ += chunk.bytes.size();
  const std::size_t last_size = tail_keyframe_.size();
  chunk.keyframe = std::move(tail_keyframe_);
  tail_keyframe_.clear();
  chunks_.push_back(std::make_shared<const trace::Chunk>(std::move(chunk)));
  tail_.clear();
  keyframe_size_ = std::max(keyframe_size_, last_size);
  if (bytes_since_keyframe_ < Recorder::kEventShare * keyframe_size_ / 2) return;
  tail_keyframe_ = trace::encode_keyframe(view_);
  keyframe_size_ = tail_keyframe_.size();
  bytes_since_keyframe_ = 0;
}

GrowingRun::Published GrowingRun::publish(trace::RunInfo info) const {
  info.events = chunks_.empty() ? tail_.size()
                                : chunks_.back()->first - 1 + chunks_.back()->events + tail_.size();
  return {std::make_shared<const Source>(std::move(info), chunks_, tail_, tail_keyframe_),
          std::make_shared<const trace::Summary>(summary_->summary())};
}

GrowingRun::Published GrowingRun::publish() const {
  ENSURE(run_ != nullptr);
  trace::RunInfo info;
  info.scenario = scenario_text_;
  info.scenario_name = run_->plan().model.name;
  info.seed = run_->plan().seed;
  info.fingerprint = trace::source_fingerprint();
  info.nodes = node_infos(run_->world());
  info.topics = topic_names_;
  for (const auto& [name, id] : run_->driver().watch().topics()) info.topics[id] = name;
  return publish(std::move(info));
}

GrowingRun::Published GrowingRun::publish(const Outcome& outcome) const {
  ENSURE(run_ != nullptr);
  return publish(run_info(*run_, outcome, scenario_text_));
}

}  // namespace logarium::run

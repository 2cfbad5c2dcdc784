#include "viz/model/scanned_source.hpp"

#include "engine/base/ensure.hpp"

namespace logarium::viz {
namespace {

// Keyframes of a large cluster are rarer, so that all of them stay within some hundred megabytes.
constexpr std::size_t kKeyframeBytes = std::size_t{256} << 20;

}  // namespace

Result<std::shared_ptr<ScannedSource>> ScannedSource::scan(
    std::shared_ptr<const trace::RunSource> source) {
  std::shared_ptr<ScannedSource> out(new ScannedSource(std::move(source)));
  const std::vector<trace::NodeInfo>& nodes = out->info().nodes;
  trace::View view(nodes);
  trace::SummaryBuilder builder(nodes.size());
  out->keyframes_.resize(out->chunks());
  std::size_t next_keyframe = 1;
  for (std::size_t i = 0; i < out->chunks(); ++i) {
    if (i == next_keyframe) {
      out->keyframes_[i] = encode_keyframe(view);
      const std::size_t affordable = kKeyframeBytes / (out->keyframes_[i].size() + 1) + 1;
      next_keyframe = i + 1 + out->chunks() / affordable;
    }
    const Result<std::vector<trace::Event>> events = out->events(i);
    if (!events) return events.error();
    for (const trace::Event& event : events.value()) {
      view.apply(event);
      builder.add(event.number, event.time, event.node, event.input, event.notes, view);
    }
  }
  out->summary_ = std::make_shared<const trace::Summary>(builder.summary());
  return out;
}

Result<trace::View> ScannedSource::keyframe(std::size_t chunk) const {
  ENSURE(has_keyframe(chunk));
  if (chunk == 0) return trace::View(info().nodes);
  return trace::decode_keyframe(keyframes_[chunk], info().nodes);
}

}  // namespace logarium::viz

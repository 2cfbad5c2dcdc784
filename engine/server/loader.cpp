#include "engine/server/loader.hpp"

#include <utility>

#include "engine/base/state_visitor.hpp"
#include "engine/metadata/apply.hpp"

namespace logarium::server {

namespace {

// `image` with those topics of `known` besides that it does not hold.
metadata::ImageRef with_topics_of(const metadata::Image& known, const metadata::ImageRef& image) {
  std::vector<metadata::Record> records;
  for (const metadata::Record& record : metadata::snapshot_records(known)) {
    if (const auto* topic = std::get_if<metadata::TopicRecord>(&record)) {
      if (image->topic(topic->topic_id) == nullptr && image->topic(topic->name) == nullptr) {
        records.push_back(record);
      }
    } else if (const auto* partition = std::get_if<metadata::PartitionRecord>(&record)) {
      if (image->topic(partition->topic_id) == nullptr) records.push_back(record);
    }
  }
  const auto applied = metadata::apply_records(image, records, image->position());
  return applied ? applied.value().next : image;
}

}  // namespace

Loader::Loader(metadata::ImageRef empty, const BrokerConfig& config, const Rules& rules)
    : empty_(std::move(empty)),
      image_(empty_),
      rules_(rules),
      snapshot_bytes_(config.metadata_log_max_record_bytes_between_snapshots),
      snapshot_interval_(milliseconds(config.metadata_log_max_snapshot_interval_ms)) {
  ENSURE(empty_ != nullptr);
}

Result<> Loader::apply(StepContext& ctx, const protocol::Batch& batch) {
  auto applied = metadata::apply(image_, batch);
  if (!applied) return applied.error();
  single_step_ = published_ == image_;
  last_delta_ = applied.value().delta;
  image_ = applied.value().next;
  bytes_since_snapshot_ += static_cast<std::int64_t>(batch.size_bytes());
  if (!first_since_snapshot_) first_since_snapshot_ = ctx.now();
  return Ok{};
}

Result<> Loader::load(const raft::event::SnapshotLoaded& snapshot) {
  metadata::ImageRef image = empty_;
  for (const protocol::Batch& batch : snapshot.batches) {
    auto applied = metadata::apply(image, batch);
    if (!applied) return applied.error();
    image = applied.value().next;
  }
  // KIP-630: what the snapshot does not hold was deleted.
  if (!rules_.on(Rule::kSnapshotReplacesMetadata)) image = with_topics_of(*image_, image);
  image_ = metadata::at_position(image, {snapshot.end, snapshot.epoch});
  single_step_ = false;
  last_delta_ = nullptr;
  bytes_since_snapshot_ = 0;
  first_since_snapshot_ = std::nullopt;
  return Ok{};
}

std::optional<Loader::Publication> Loader::publish(StepContext& ctx, const raft::Quorum& quorum) {
  if (image_ == published_) return std::nullopt;
  const bool first = published_ == nullptr;
  if (first) {
    const std::optional<Offset> committed = quorum.high_watermark();
    if (!committed || image_->position().next < *committed) return std::nullopt;
  }
  Publication news{image_, last_delta_};
  if (!single_step_) news.delta = metadata::difference(first ? *empty_ : *published_, *image_);
  published_ = image_;
  ctx.note(
      note::MetadataApplied{image_->position().next, image_->position().epoch, image_->hash()});
  return news;
}

std::optional<std::vector<Bytes>> Loader::snapshot_due(StepContext& ctx) {
  const bool full = bytes_since_snapshot_ >= snapshot_bytes_;
  const bool old =
      first_since_snapshot_ && ctx.now() - *first_since_snapshot_ >= snapshot_interval_;
  if (!full && !old) return std::nullopt;
  bytes_since_snapshot_ = 0;
  first_since_snapshot_ = std::nullopt;
  std::vector<Bytes> records;
  for (const metadata::Record& record : metadata::snapshot_records(*image_)) {
    records.push_back(metadata::encode_record(record));
  }
  if (records.empty()) return std::nullopt;
  return records;
}

void Loader::describe(StateVisitor& v) const {
  visit(v, "image", image_);
  visit(v, "published", published_);
  visit(v, "bytes since snapshot", bytes_since_snapshot_);
  visit(v, "first since snapshot", first_since_snapshot_);
}

std::vector<std::pair<NodeId, Endpoint>> changed_endpoints(const metadata::Delta& delta,
                                                           std::string_view listener) {
  std::vector<std::pair<NodeId, Endpoint>> endpoints;
  for (const auto& change : delta.brokers) {
    const metadata::Listener* at = change.after ? change.after->listener(listener) : nullptr;
    if (at != nullptr) endpoints.emplace_back(change.key, at->endpoint());
  }
  return endpoints;
}

}  // namespace logarium::server

#pragma once
// Loader: turns committed batches of the metadata log into images, and says which image a broker
// acts by (Kafka: MetadataLoader). After a start nothing is published until the log was read up to
// a high watermark that the quorum's leader told, so that a broker never acts by an old cluster.
// It also says when a snapshot of the metadata is due.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/effect.hpp"
#include "engine/base/node.hpp"
#include "engine/config/broker_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/metadata/image.hpp"
#include "engine/protocol/batch.hpp"
#include "engine/raft/quorum.hpp"

namespace logarium::server {

class Loader {
 public:
  struct Publication {
    metadata::ImageRef image;
    metadata::DeltaRef delta;
  };

  Loader(metadata::ImageRef empty, const BrokerConfig& config, const Rules& rules);

  // The next committed batch. Error: the batch does not fit the image (its bytes are damaged).
  [[nodiscard]] Result<> apply(StepContext& ctx, const protocol::Batch& batch);
  // Replaces the image by a snapshot's.
  [[nodiscard]] Result<> load(const raft::event::SnapshotLoaded& snapshot);

  // What is new to act by; empty when nothing is, or when the log was not read far enough yet.
  [[nodiscard]] std::optional<Publication> publish(StepContext& ctx, const raft::Quorum& quorum);
  // Records of a snapshot up to image()->position(), when enough was committed since the last one.
  [[nodiscard]] std::optional<std::vector<Bytes>> snapshot_due(StepContext& ctx);

  // Everything committed so far.
  [[nodiscard]] const metadata::ImageRef& image() const { return image_; }
  // What the last apply() changed. REQUIRES: the last change was an apply().
  [[nodiscard]] const metadata::DeltaRef& last_delta() const { return last_delta_; }
  // What this process acts by; null before the first publication.
  [[nodiscard]] const metadata::ImageRef& published() const { return published_; }
  void describe(StateVisitor& v) const;

 private:
  metadata::ImageRef empty_;
  metadata::ImageRef image_;
  metadata::ImageRef published_;
  metadata::DeltaRef last_delta_;
  // Whether `last_delta_` leads from `published_` to `image_`.
  bool single_step_ = false;
  Rules rules_;
  std::int64_t snapshot_bytes_;
  Duration snapshot_interval_;
  std::int64_t bytes_since_snapshot_ = 0;
  std::optional<Instant> first_since_snapshot_;
};

// Where the brokers that a publication changed listen under this name.
[[nodiscard]] std::vector<std::pair<NodeId, Endpoint>> changed_endpoints(
    const metadata::Delta& delta, std::string_view listener);

}  // namespace logarium::server

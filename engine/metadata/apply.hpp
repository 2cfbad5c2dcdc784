#pragma once
// From one image to the next: by a batch of the metadata log, by records, or from a snapshot.

#include <span>

#include "engine/base/result.hpp"
#include "engine/metadata/image.hpp"
#include "engine/metadata/records.hpp"
#include "engine/protocol/batch.hpp"

namespace logarium::metadata {

// Applies records one by one and gives the image and the delta at the end. Error: a record that
// does not fit the image (an unknown topic, a partition out of order).
class ImageBuilder {
 public:
  explicit ImageBuilder(const Image& base);
  ~ImageBuilder();
  ImageBuilder(const ImageBuilder&) = delete;
  ImageBuilder& operator=(const ImageBuilder&) = delete;

  [[nodiscard]] Result<> add(const Record& record);
  // REQUIRES: called once, after the last add.
  [[nodiscard]] Applied finish(Position position);

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

// The successor of `image` by a committed batch of the metadata log (or of a snapshot), from the
// image's memory where it is remembered. Batches without metadata records (control batches) move
// the position only. REQUIRES: the batch follows image->position().next, or starts a snapshot.
[[nodiscard]] Result<Applied> apply(const ImageRef& image, const protocol::Batch& batch);
// The same contents at another position, remembered as well: after the last batch of a snapshot,
// whose offsets are its own, the image stands at the snapshot's end.
[[nodiscard]] ImageRef at_position(const ImageRef& image, Position position);

// The successor of `image` after the records; not remembered.
[[nodiscard]] Result<Applied> apply_records(const ImageRef& image, std::span<const Record> records,
                                            Position position);

// What changed from one image to another, by comparing them: O(size), shared parts are skipped.
// For a node that replaces its image by a snapshot.
[[nodiscard]] DeltaRef difference(const Image& from, const Image& to);

// The record that says all about a registration, a controller or a partition.
[[nodiscard]] RegisterBrokerRecord to_record(const Broker& broker);
[[nodiscard]] RegisterControllerRecord to_record(const ControllerNode& node);
[[nodiscard]] PartitionRecord to_record(PartitionRef ref, const Partition& partition);

// The records from which an empty image becomes equal to `image` (without the position).
[[nodiscard]] std::vector<Record> snapshot_records(const Image& image);

}  // namespace logarium::metadata

#include "engine/metadata/apply.hpp"

#include "engine/protocol/records.hpp"

namespace logarium::metadata {
namespace {

// A batch without a metadata record that changes something: the contents are shared.
Result<Applied> decode_and_apply(const ImageRef& image, const protocol::Batch& batch,
                                 Position end) {
  ImageBuilder builder(*image);
  if (batch.is_control()) return builder.finish(end);
  protocol::RecordReader reader(batch);
  protocol::RecordView view;
  while (reader.next(view)) {
    if (!view.value) return Error{"metadata record without a value"};
    const Result<Record> record = decode_record(reader.share(*view.value));
    if (!record) return record.error();
    const Result<> added = builder.add(record.value());
    if (!added) return added.error();
  }
  if (reader.error()) return *reader.error();
  return builder.finish(end);
}

}  // namespace

Result<Applied> apply(const ImageRef& image, const protocol::Batch& batch) {
  const Position end{batch.next_offset(), QuorumEpoch(batch.partition_leader_epoch.value())};
  const BatchKey key{batch.base_offset, end, batch.content()};
  if (std::optional<Applied> known = image->remembered(key)) return *std::move(known);
  Result<Applied> applied = decode_and_apply(image, batch, end);
  if (applied) image->remember(key, applied.value());
  return applied;
}

}  // namespace logarium::metadata

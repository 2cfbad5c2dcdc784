// Bytes from the metadata log: whatever they are, decoding and applying ends in an image or an
// error. A record that decodes comes back from its own encoding; an image comes back from its own
// snapshot, with the hash that was kept up change by change.
//
// The input is a sequence of records, each after its length in two bytes (high byte first).

#include <cstdint>
#include <cstdlib>

#include "engine/controller/index.hpp"
#include "engine/controller/notes.hpp"
#include "engine/metadata/apply.hpp"

namespace {

using namespace logarium;
using namespace logarium::metadata;

constexpr std::size_t kInputMax = 64 * 1024;
constexpr metadata::Position kEnd{Offset(1), QuorumEpoch(1)};

void must(bool condition) {
  if (!condition) std::abort();
}

std::vector<Record> decode(const Bytes& input) {
  std::vector<Record> records;
  std::size_t at = 0;
  while (input.size() - at >= 2) {
    const std::size_t length = (static_cast<std::size_t>(input.view()[at]) << 8) |
                               static_cast<std::size_t>(input.view()[at + 1]);
    at += 2;
    if (length > input.size() - at) break;
    const Result<Record> record = decode_record(input.slice(at, length));
    at += length;
    if (!record) continue;
    const Result<Record> again = decode_record(encode_record(record.value()));
    must(again.ok() && again.value() == record.value());
    records.push_back(record.value());
  }
  return records;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kInputMax) return 0;
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  ImageRef image = Image::empty();
  controller::Index index;
  for (const Record& record : decode(Bytes::copy_of(ByteView(bytes, size)))) {
    const Result<Applied> applied = apply_records(image, std::span(&record, 1), kEnd);
    if (!applied) continue;
    image = applied.value().next;
    index.apply(*applied.value().delta);
    static_cast<void>(controller::notes_of(*image, *applied.value().delta));
  }
  const Result<Applied> loaded =
      apply_records(Image::empty(), snapshot_records(*image), image->position());
  must(loaded.ok());
  must(loaded.value().next->hash() == image->hash());
  must(index == controller::Index(*image));
  return 0;
}

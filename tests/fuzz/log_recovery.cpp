// Arbitrary bytes as the files of a partition directory: opening gives a log or Failed, never a
// crash, and a log that opened can be read, appended to, truncated, closed and opened again.
//
// Input: one byte of options, then files: kind, base offset, two bytes of length, content.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/log/checkpoint.hpp"
#include "engine/log/log.hpp"
#include "engine/log/paths.hpp"
#include "engine/protocol/records.hpp"
#include "tests/support/disk/log_host.hpp"

namespace {

using namespace logarium;

constexpr std::uint8_t kClean = 1;
constexpr std::uint8_t kTrustCrc = 2;
constexpr std::uint8_t kNoRecovery = 4;
constexpr std::uint8_t kLateRecoveryPoint = 8;
constexpr std::uint8_t kLateLogStart = 16;
constexpr std::uint8_t kTail = 32;
constexpr std::size_t kBatchesMax = 200;

std::string name_of(std::uint8_t kind, std::uint8_t base) {
  const Offset offset(base % 8 == 7 ? log::kOffsetMax - 1 : base % 8 * 3);
  switch (kind % 6) {
    case 0:
      return log::file_path("t-0", offset, log::kLogSuffix);
    case 1:
      return log::file_path("t-0", offset, log::kIndexSuffix);
    case 2:
      return log::file_path("t-0", offset, log::kTimeIndexSuffix);
    case 3:
      return log::file_path("t-0", offset, log::kSnapshotSuffix);
    case 4:
      return "t-0/leader-epoch-checkpoint";
    default:
      return "t-0/" + std::to_string(base);
  }
}

void use(test::LogHost& host) {
  if (!host->ready()) return;
  Offset from = host->log_start();
  for (std::size_t n = 0; n < kBatchesMax && from < host->log_end(); ++n) {
    const auto part =
        host.read({from, host->log_end(), 4096, log::ReadRequest::Minimum::kOneBatch});
    if (!part || part->empty()) break;
    from = part->back().next_offset();
  }
  host.step([&](StepContext& ctx) { host->max_timestamp(ctx, host->log_end()); });
  host.settle();
  host.append(test::make_batch(), LeaderEpoch(1000));
  host.settle();
  const Offset middle = host->log_start() + (host->log_end() - host->log_start()) / 2;
  host.step([&](StepContext& ctx) {
    host->truncate_to(ctx, middle, note::TruncateCause::kDivergingEpoch);
  });
  host.settle();
  if (!host->ready()) return;
  host.step([&](StepContext& ctx) { host->close(ctx); });
  host.settle();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t options = data[0];
  Rules rules;
  if ((options & kTrustCrc) != 0) rules.switch_off(Rule::kVerifyBatchCrc);
  if ((options & kNoRecovery) != 0) rules.switch_off(Rule::kRecoverUncleanLog);
  log::Config config;
  config.segment_bytes = 500;
  config.index_interval_bytes = 100;
  config.tail_bytes = (options & kTail) != 0 ? 1000 : 0;
  test::LogHost host(config, rules);
  host.disk().make_dir("t-0");
  std::size_t at = 1;
  while (at + 4 <= size) {
    const std::string path = name_of(data[at], data[at + 1]);
    std::size_t length = static_cast<std::size_t>(data[at + 2]) * 256 + data[at + 3];
    at += 4;
    length = length > size - at ? size - at : length;
    const auto* bytes = reinterpret_cast<const std::byte*>(data + at);
    host.disk().put(path, std::vector<std::byte>(bytes, bytes + length));
    const ByteView view(bytes, length);
    (void)log::decode_offsets(text_of(view)).ok();
    (void)log::decode_meta(text_of(view)).ok();
    (void)log::decode_partition_metadata(text_of(view)).ok();
    at += length;
  }
  log::OpenOptions open;
  open.clean = (options & kClean) != 0;
  open.recovery_point = Offset((options & kLateRecoveryPoint) != 0 ? 9 : 0);
  open.log_start = Offset((options & kLateLogStart) != 0 ? 4 : 0);
  host.restart(open);
  use(host);
  host.restart(open);
  use(host);
  return 0;
}

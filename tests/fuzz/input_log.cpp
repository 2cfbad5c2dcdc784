// Input logs from anywhere: whatever the bytes are, reading ends in entries, an end or damage, and
// what reads is replayed without a crash.
//
// The first byte chooses: an even one, the rest is a whole log. An odd one: the rest is a sequence
// of payloads, each after its length in two bytes (low byte first); lengths and checksums are made
// to fit, so that what is behind them is reached.

#include <cstdint>

#include "engine/base/hash.hpp"
#include "engine/runtime/input_log_coding.hpp"
#include "sim/run/input_recorder.hpp"
#include "sim/run/replay.hpp"

namespace {

using namespace logarium;

// Bigger inputs only repeat what smaller ones show.
constexpr std::size_t kInputMax = 64 * 1024;

std::vector<std::byte> with_checks(ByteView payloads) {
  const ByteView magic = view_of(runtime::kInputLogMagic);
  std::vector<std::byte> log(magic.begin(), magic.end());
  for (std::uint64_t entry = 0; payloads.size() >= 2; ++entry) {
    const std::size_t wanted =
        static_cast<std::size_t>(payloads[0]) | static_cast<std::size_t>(payloads[1]) << 8;
    payloads = payloads.subspan(2);
    const ByteView payload = payloads.first(std::min(wanted, payloads.size()));
    payloads = payloads.subspan(payload.size());
    put_varint(log, payload.size());
    log.push_back(runtime::length_check(payload.size()));
    runtime::put_fixed32(log, crc32c_extend(runtime::crc_seed(entry), payload));
    log.insert(log.end(), payload.begin(), payload.end());
  }
  return log;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > kInputMax) return 0;
  const ByteView bytes = std::as_bytes(std::span(data + 1, size - 1));
  run::InputRecorder::Logs logs;
  std::vector<std::byte>& log = logs["node-1/00000001.inputs"];
  if (data[0] % 2 == 0) {
    log.assign(bytes.begin(), bytes.end());
  } else {
    log = with_checks(bytes);
  }
  const run::ReplayReport report = run::replay(run::recorded_logs(logs), {});
  static_cast<void>(run::to_text(report));
  static_cast<void>(run::to_json(report));
  return 0;
}

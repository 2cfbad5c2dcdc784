// Run files from anywhere: whatever the bytes are, reading ends in events or an error.
//
// The first byte chooses: one that 4 divides, a chunk: two bytes say how many events it should
// hold, the rest is its bytes. Another even one: a keyframe. An odd one: the rest is a whole run
// file.

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "sim/trace/cursor.hpp"
#include "sim/trace/run_file.hpp"

namespace {

using namespace logarium;
using namespace logarium::trace;

// Bigger inputs only repeat what smaller ones show.
constexpr std::size_t kInputMax = 256 * 1024;

std::vector<NodeInfo> nodes() {
  return {{"broker-1", "broker", NodeId(1)},
          {"broker-2", "combined", NodeId(2)},
          {"controller-1001", "controller", NodeId(1001)},
          {"producer-1", "client", NodeId(0)}};
}

void chunk(ByteView bytes) {
  if (bytes.size() < 2) return;
  Chunk one;
  one.first = 1;
  one.events = static_cast<std::uint64_t>(bytes[0]) | static_cast<std::uint64_t>(bytes[1]) << 8;
  one.bytes.assign(bytes.begin() + 2, bytes.end());
  const auto events = read_chunk(one);
  if (!events) return;
  View view(nodes());
  for (const Event& event : events.value()) {
    for (const Note& note : event.notes) static_cast<void>(logarium::to_string(note));
    if (event.node < view.nodes().size()) view.apply(event);
  }
  if (!decode_keyframe(encode_keyframe(view), nodes())) __builtin_trap();
}

void keyframe(ByteView bytes) {
  const Result<View> view = decode_keyframe(bytes, nodes());
  if (!view) return;
  for (const PartitionView& partition : view.value().partitions()) {
    for (const LogView& log : partition.logs) static_cast<void>(divergence(partition, log));
  }
}

void file(ByteView bytes) {
  static const std::string path = "/tmp/fuzz-run-file-" + std::to_string(::getpid());
  std::FILE* out = std::fopen(path.c_str(), "wb");
  if (out == nullptr) return;
  std::fwrite(bytes.data(), 1, bytes.size(), out);
  std::fclose(out);
  const Result<RunFileReader> run = RunFileReader::open(path);
  for (std::size_t i = 0; run && i < run.value().chunks(); ++i) {
    static_cast<void>(run.value().events(i).ok());
  }
  if (run) {
    static_cast<void>(run.value().summary().ok());
    Cursor cursor(run.value());
    static_cast<void>(cursor.seek(run.value().info().events).ok());
  }
  ::unlink(path.c_str());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > kInputMax) return 0;
  const ByteView bytes = std::as_bytes(std::span(data + 1, size - 1));
  if (data[0] % 2 != 0) {
    file(bytes);
  } else if (data[0] % 4 == 2) {
    keyframe(bytes);
  } else {
    chunk(bytes);
  }
  return 0;
}

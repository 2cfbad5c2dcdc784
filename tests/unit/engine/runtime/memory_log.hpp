#pragma once
// An input log in memory, and the start of a node that could have written it.

#include <algorithm>
#include <memory>
#include <vector>

#include "engine/runtime/input_log_reader.hpp"
#include "engine/runtime/log_sink.hpp"

namespace logarium::runtime::test {

struct MemorySink final : LogSink {
  std::vector<std::byte> bytes;
  bool fails = false;
  Result<> write(std::span<const ByteView> parts) override {
    if (fails) return Error{"the disk is full"};
    for (const ByteView part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
    return Ok{};
  }
};

struct MemorySource final : LogSource {
  explicit MemorySource(ByteView all) : bytes(all) {}
  ByteView bytes;
  Result<std::size_t> read(std::span<std::byte> into) override {
    // In small pieces, as a pipe would give them.
    const std::size_t size = std::min({into.size(), bytes.size(), std::size_t{7}});
    std::size_t done = 0;
    while (done < into.size() && !bytes.empty()) {
      const std::size_t step = std::min({size, into.size() - done, bytes.size()});
      std::copy_n(bytes.begin(), step, into.begin() + static_cast<std::ptrdiff_t>(done));
      bytes = bytes.subspan(step);
      done += step;
    }
    return done;
  }
};

inline InputLogStart some_start() {
  auto setup = std::make_shared<server::ServerSetup>();
  setup->node_id = NodeId(2);
  setup->roles = {true, true};
  setup->cluster_id = "cluster";
  setup->listeners = {{"CLIENTS", {"127.0.0.1", 9093}, {true, false}},
                      {"QUORUM", {"127.0.0.1", 9094}, {false, true}}};
  setup->inter_broker_listener = "CLIENTS";
  setup->voters[NodeId(1)] = {"127.0.0.1", 9092};
  setup->voters[NodeId(2)] = {"127.0.0.1", 9093};
  setup->config.broker.num_partitions = 7;
  setup->config.topic_defaults.segment_bytes = 12345;
  setup->rules.switch_off(Rule::kPreVote);
  InputLogStart start;
  start.fingerprint = "0123456789abcdef";
  start.name = "node-2";
  start.incarnation = Incarnation(3);
  start.seed = 0xfedcba9876543210;
  start.setup = std::move(setup);
  start.contents = FileContents::kStored;
  start.files = {{"orders-0/", 0, 0}, {"orders-0/0.log", 5, 77}};
  return start;
}

}  // namespace logarium::runtime::test

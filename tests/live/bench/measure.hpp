#pragma once
// measure: one run of everything at one peer, and what came of it.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/live/bench/peers.hpp"

namespace logarium::bench {

enum class Figure : std::uint8_t {
  kMetadata,       // start of the processes -> an answer to Metadata that names three brokers
  kFirstProduce,   // the same start -> a record in a new topic is acknowledged
  kProduceSmall,   // values of 100 bytes
  kProduceLarge,   // values of 1 KiB
  kConsumeSmall,   // of 100 bytes
  kConsumeLarge,   // of 1 KiB
  kMedianLatency,  // at 1,000 records per second
  kP99Latency,
  kProduceCpu,  // of the brokers per GB of values of 1 KiB
  kConsumeCpu,
};
inline constexpr std::size_t kFigureCount = 10;

struct FigureKind {
  Figure figure;
  const char* key;   // in JSON
  const char* what;  // for people
  const char* unit;
  bool more_is_better;
};
[[nodiscard]] const std::array<FigureKind, kFigureCount>& figure_kinds();

using Sample = std::array<std::optional<double>, kFigureCount>;

struct Amounts {
  std::int64_t small_records = 1'000'000;
  std::int64_t large_records = 256 * 1024;
  int latency_seconds = 3;
};

// The topics that the loads use.
[[nodiscard]] std::vector<PeerTopic> bench_topics();
// Starts the peer, measures, stops it. Throws std::runtime_error when something fails.
[[nodiscard]] Sample measure(Peer& peer, const Amounts& amounts);

}  // namespace logarium::bench

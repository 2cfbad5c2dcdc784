#pragma once
// load: what librdkafka as a client does to a cluster, timed. Throws std::runtime_error when the
// cluster does not do its part.

#include <cstddef>
#include <cstdint>
#include <string>

namespace logarium::bench {

struct Target {
  std::string bootstrap;
  std::string topic;
  std::int32_t partitions = 1;
};

struct Records {
  std::int64_t count = 0;
  std::size_t bytes = 0;  // of each value
};

// Seconds from the first record to the acknowledgement of the last: acks=all, linger.ms 5, batches
// of up to 1,000,000 bytes.
[[nodiscard]] double produce(const Target& target, const Records& records);

struct Consumed {
  std::int64_t records = 0;
  double seconds = 0;  // from asking for the first record to having the last
};
// Reads everything that the partitions hold, and that several times if it is less than `least`.
[[nodiscard]] Consumed consume(const Target& target, std::int64_t least);

struct Latency {
  double median_ms = 0;
  double p99_ms = 0;
};
// From handing a record of 100 bytes to the producer (linger.ms 0, acks=all) to having it from the
// consumer, at 1,000 records per second for `seconds`; the first half second does not count.
[[nodiscard]] Latency end_to_end(const Target& target, int seconds);

}  // namespace logarium::bench

#include "tests/live/bench/measure.hpp"

#include <stdexcept>
#include <thread>

#include "tests/live/bench/load.hpp"
#include "tests/live/bench/wire_client.hpp"

namespace logarium::bench {
namespace {

constexpr const char* kFirst = "bench-first";
constexpr const char* kSmall = "bench-small";
constexpr const char* kLarge = "bench-large";
constexpr const char* kPaced = "bench-paced";
constexpr int kPartitions = 6;
constexpr std::size_t kSmallBytes = 100;
constexpr std::size_t kLargeBytes = 1024;
constexpr std::size_t kBrokers = 3;
constexpr std::chrono::seconds kReadyPatience{120};
constexpr std::chrono::microseconds kReadyPause{500};

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

bool answers(const std::string& bootstrap) {
  try {
    WireClient client(addresses_of(bootstrap).front());
    return ask_metadata(client, "")->brokers.size() == kBrokers;
  } catch (const std::runtime_error&) {
    return false;  // it does not listen yet
  }
}

void await_answer(const std::string& bootstrap) {
  const auto deadline = Clock::now() + kReadyPatience;
  while (!answers(bootstrap)) {
    if (Clock::now() > deadline) throw std::runtime_error("a cluster does not answer");
    std::this_thread::sleep_for(kReadyPause);
  }
}

class Run {
 public:
  Run(Peer& peer, const Amounts& amounts) : peer_(peer), amounts_(amounts) {}

  Sample all() {
    const auto start = Clock::now();
    bootstrap_ = peer_.start();
    await_answer(bootstrap_);
    set(Figure::kMetadata, ms_since(start));
    if (peer_.creates_topics()) create_topic(bootstrap_, {kFirst, 1});
    produce_first(bootstrap_, kFirst);
    set(Figure::kFirstProduce, ms_since(start));
    if (peer_.creates_topics()) {
      for (const PeerTopic& topic : bench_topics()) {
        if (topic.name != kFirst) create_topic(bootstrap_, {topic.name, topic.partitions});
      }
    }
    latency();
    small();
    large();
    return sample_;
  }

 private:
  void set(Figure figure, double value) { sample_[static_cast<std::size_t>(figure)] = value; }
  [[nodiscard]] Target target(const char* topic) const { return {bootstrap_, topic, kPartitions}; }

  void latency() {
    const Latency found = end_to_end(target(kPaced), amounts_.latency_seconds);
    set(Figure::kMedianLatency, found.median_ms);
    set(Figure::kP99Latency, found.p99_ms);
  }
  void small() {
    const double seconds = produce(target(kSmall), {amounts_.small_records, kSmallBytes});
    set(Figure::kProduceSmall, static_cast<double>(amounts_.small_records) / seconds / 1e6);
    const Consumed consumed = consume(target(kSmall), amounts_.small_records);
    set(Figure::kConsumeSmall, static_cast<double>(consumed.records) / consumed.seconds / 1e6);
  }
  void large() {
    const double before = peer_.cpu_seconds();
    const double seconds = produce(target(kLarge), {amounts_.large_records, kLargeBytes});
    const double between = peer_.cpu_seconds();
    const double megabytes = static_cast<double>(amounts_.large_records) * kLargeBytes / 1e6;
    set(Figure::kProduceLarge, megabytes / seconds);
    set(Figure::kProduceCpu, (between - before) / megabytes * 1e3);
    const Consumed consumed = consume(target(kLarge), amounts_.large_records);
    const double read = static_cast<double>(consumed.records) * kLargeBytes / 1e6;
    set(Figure::kConsumeLarge, read / consumed.seconds);
    set(Figure::kConsumeCpu, (peer_.cpu_seconds() - between) / read * 1e3);
  }

  Peer& peer_;
  Amounts amounts_;
  std::string bootstrap_;
  Sample sample_;
};

}  // namespace

const std::array<FigureKind, kFigureCount>& figure_kinds() {
  static const std::array<FigureKind, kFigureCount> kKinds{{
      {Figure::kMetadata, "metadata_ms", "start until Metadata is answered", "ms", false},
      {Figure::kFirstProduce, "first_produce_ms", "start until a first record is acknowledged",
       "ms", false},
      {Figure::kProduceSmall, "produce_100B_mrps", "produce, 100 B", "M/s", true},
      {Figure::kProduceLarge, "produce_1KiB_mbps", "produce, 1 KiB", "MB/s", true},
      {Figure::kConsumeSmall, "consume_100B_mrps", "consume, 100 B", "M/s", true},
      {Figure::kConsumeLarge, "consume_1KiB_mbps", "consume, 1 KiB", "MB/s", true},
      {Figure::kMedianLatency, "end_to_end_median_ms", "end to end at 1,000/s, median", "ms",
       false},
      {Figure::kP99Latency, "end_to_end_p99_ms", "end to end at 1,000/s, p99", "ms", false},
      {Figure::kProduceCpu, "produce_cpu_s_per_gb", "brokers' CPU per GB produced, 1 KiB", "s",
       false},
      {Figure::kConsumeCpu, "consume_cpu_s_per_gb", "brokers' CPU per GB consumed, 1 KiB", "s",
       false},
  }};
  return kKinds;
}

std::vector<PeerTopic> bench_topics() {
  return {{kFirst, 1}, {kSmall, kPartitions}, {kLarge, kPartitions}, {kPaced, kPartitions}};
}

Sample measure(Peer& peer, const Amounts& amounts) {
  Sample sample = Run(peer, amounts).all();
  peer.stop();
  return sample;
}

}  // namespace logarium::bench

#include "viz/model/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "viz/model/axis.hpp"

namespace logarium::viz {
namespace {

using trace::Reading;
using trace::Readings;

enum class Shape : std::uint8_t {
  kGauge,  // the number itself
  kRate,   // its growth per second
  kMean,   // growth of ns by growth of a count, in ms
};

struct Metric {
  std::string_view name, group;
  MetricUnit unit;
  Shape shape;
  Reading reading;
  std::optional<std::int64_t> should_be;  // anything else is alarming
  std::string_view meaning;
};

constexpr std::string_view kReplicaManager = "kafka.server:type=ReplicaManager";
constexpr std::string_view kController = "kafka.controller:type=KafkaController";
constexpr std::string_view kTopics = "kafka.server:type=BrokerTopicMetrics";
constexpr std::string_view kProducer = "kafka.producer:type=producer-metrics";
constexpr std::string_view kConsumer = "kafka.consumer:type=consumer-fetch-manager-metrics";

constexpr std::array<Metric, 18> kMetrics = {{
    {"UnderReplicatedPartitions", kReplicaManager, MetricUnit::kCount, Shape::kGauge,
     Reading::kUnderReplicated, 0,
     "partitions with a leader and fewer replicas in sync than assigned"},
    {"OfflinePartitionsCount", kController, MetricUnit::kCount, Shape::kGauge, Reading::kOffline, 0,
     "partitions without a leader"},
    {"ActiveControllerCount", kController, MetricUnit::kCount, Shape::kGauge,
     Reading::kActiveControllers, 1, "controllers that act as the active one"},
    {"FencedBrokerCount", kController, MetricUnit::kCount, Shape::kGauge, Reading::kFencedBrokers,
     0, "brokers that registered and are fenced"},
    {"IsrShrinksPerSec", kReplicaManager, MetricUnit::kPerSecond, Shape::kRate,
     Reading::kIsrShrinks, 0, "replicas left an ISR while its leader stayed"},
    {"IsrExpandsPerSec",
     kReplicaManager,
     MetricUnit::kPerSecond,
     Shape::kRate,
     Reading::kIsrExpands,
     {},
     "replicas joined an ISR"},
    {"LeaderElectionRateAndTimeMs",
     "kafka.controller:type=ControllerStats",
     MetricUnit::kPerSecond,
     Shape::kRate,
     Reading::kElections,
     {},
     "leader elections per second"},
    {"UncleanLeaderElectionsPerSec", "kafka.controller:type=ControllerStats",
     MetricUnit::kPerSecond, Shape::kRate, Reading::kUncleanElections, 0,
     "leaders elected from outside the ISR: records may be lost"},
    {"MaxLag",
     "kafka.server:type=ReplicaFetcherManager",
     MetricUnit::kRecords,
     Shape::kGauge,
     Reading::kReplicaLag,
     {},
     "records that the follower furthest behind lacks"},
    {"MessagesInPerSec",
     kTopics,
     MetricUnit::kPerSecond,
     Shape::kRate,
     Reading::kRecordsIn,
     {},
     "records that leaders wrote"},
    {"FailedProduceRequestsPerSec", kTopics, MetricUnit::kPerSecond, Shape::kRate,
     Reading::kFailedProduces, 0, "answers to producers with an error, by partition"},
    {"RequestsPerSec",
     "kafka.network:type=RequestMetrics",
     MetricUnit::kPerSecond,
     Shape::kRate,
     Reading::kRequests,
     {},
     "requests that servers received"},
    {"records-uncommitted",
     "not Kafka's",
     MetricUnit::kRecords,
     Shape::kGauge,
     Reading::kUncommitted,
     {},
     "records above the high watermark of their leaders"},
    {"requests-in-flight",
     kProducer,
     MetricUnit::kCount,
     Shape::kGauge,
     Reading::kBatchesInFlight,
     {},
     "batches that producers wait for"},
    {"request-latency-avg",
     kProducer,
     MetricUnit::kMilliseconds,
     Shape::kMean,
     Reading::kAckNs,
     {},
     "from a batch's first leaving to its acknowledgement"},
    {"records-lag-max",
     kConsumer,
     MetricUnit::kRecords,
     Shape::kGauge,
     Reading::kConsumerLag,
     {},
     "records below the high watermark that the consumer furthest behind has not read"},
    {"records-consumed-rate",
     kConsumer,
     MetricUnit::kPerSecond,
     Shape::kRate,
     Reading::kRecordsRead,
     {},
     "records that consumers handed to their applications"},
    {"messages-lost-rate",
     "not Kafka's",
     MetricUnit::kPerSecond,
     Shape::kRate,
     Reading::kMessagesLost,
     {},
     "messages that will never arrive"},
}};

std::int64_t of(const Readings& readings, Reading reading) {
  return readings[static_cast<std::size_t>(reading)];
}

std::string number_text(double value, MetricUnit unit) {
  if (unit == MetricUnit::kCount || unit == MetricUnit::kRecords) {
    return fmt::format("{}", std::llround(value));
  }
  const std::string out = value < 100 ? fmt::format("{:.1f}", value) : fmt::format("{:.0f}", value);
  return unit == MetricUnit::kMilliseconds ? out + " ms" : out + "/s";
}

// A rate looks back over a second, or to the beginning.
struct Stretch {
  Readings from{}, to{};
  double seconds = 1;
};

double value_of(const Metric& metric, const Stretch& stretch) {
  const auto grown = [&](Reading reading) {
    return static_cast<double>(of(stretch.to, reading) - of(stretch.from, reading));
  };
  switch (metric.shape) {
    case Shape::kGauge:
      return static_cast<double>(of(stretch.to, metric.reading));
    case Shape::kRate:
      return grown(metric.reading) / stretch.seconds;
    case Shape::kMean: {
      const double count = grown(Reading::kBatchesAcked);
      return count <= 0 ? 0 : grown(metric.reading) / count / 1e6;
    }
  }
  return 0;
}

// The numbers that only grow, a second before: from the run's bins, which is near enough.
Stretch stretch_before(const RunIndex& index, const Snapshot& snapshot) {
  Stretch out;
  out.to = trace::readings_of(snapshot.view);
  const trace::Summary& summary = index.summary();
  const std::int64_t second = 1'000'000'000;
  const std::int64_t want = snapshot.time.ns - second;
  out.seconds = std::max(static_cast<double>(snapshot.time.ns), 1.0) / 1e9;
  if (want <= 0 || summary.readings.empty()) return out;
  const auto bin =
      std::min(static_cast<std::size_t>(want / summary.bin_ns), summary.readings.size() - 1);
  out.from = summary.readings[bin].low;
  const std::int64_t began = static_cast<std::int64_t>(bin) * summary.bin_ns;
  out.seconds = std::max(static_cast<double>(snapshot.time.ns - began) / 1e9, 0.001);
  return out;
}

// From one instant to another.
Stretch stretch_between(const Snapshot& from, const Snapshot& to) {
  Stretch out;
  out.from = trace::readings_of(from.view);
  out.to = trace::readings_of(to.view);
  out.seconds = std::max(static_cast<double>((to.time - from.time).ns) / 1e9, 1e-9);
  return out;
}

MetricRow make_row(const Metric& metric, const Stretch& was, const Stretch& now) {
  MetricRow row;
  row.name = metric.name;
  row.group = metric.group;
  row.meaning = metric.meaning;
  row.unit = metric.unit;
  row.was = value_of(metric, was);
  row.now = value_of(metric, now);
  row.was_text = number_text(row.was, row.unit);
  row.now_text = number_text(row.now, row.unit);
  const double delta = row.now - row.was;
  const std::string size = number_text(std::abs(delta), row.unit);
  if (row.was_text != row.now_text) row.delta_text = (delta < 0 ? "-" : "+") + size;
  row.alarming =
      metric.should_be && std::abs(row.now - static_cast<double>(*metric.should_be)) > 1e-9;
  return row;
}

// What a bin shows.
MetricColumn column_of(const Metric& metric, const trace::Summary& summary, std::size_t bin) {
  const trace::ReadingsBin& one = summary.readings[bin];
  if (metric.shape == Shape::kGauge) {
    return {static_cast<float>(of(one.low, metric.reading)),
            static_cast<float>(of(one.high, metric.reading))};
  }
  Stretch stretch;
  stretch.from = bin == 0 ? Readings{} : summary.readings[bin - 1].high;
  stretch.to = one.high;
  stretch.seconds = static_cast<double>(summary.bin_ns) / 1e9;
  const auto value = static_cast<float>(value_of(metric, stretch));
  return {value, value};
}

// The nanoseconds of the window's column, whatever its axis.
struct TimeRange {
  std::int64_t from = 0, to = 0;
};
std::vector<TimeRange> columns_of(const RunIndex& index, const MetricsRequest& request) {
  std::vector<TimeRange> out;
  const auto width = static_cast<std::int64_t>(request.width);
  const TimeWindow& window = request.window;
  const auto edge = [&](std::int64_t column) {
    const std::int64_t at =
        window.from +
        static_cast<std::int64_t>(static_cast<double>(window.to - window.from) *
                                  static_cast<double>(column) / static_cast<double>(width));
    if (window.axis == TimeAxis::kTime) return at;
    return about_time_of(index, at);
  };
  for (std::int64_t i = 0; i < width; ++i) out.push_back({edge(i), edge(i + 1)});
  return out;
}

MetricPlot make_plot(const Metric& metric, const trace::Summary& summary,
                     const std::vector<TimeRange>& columns) {
  MetricPlot plot;
  plot.name = metric.name;
  plot.unit = metric.unit;
  if (summary.readings.empty()) return plot;
  const auto bins = static_cast<std::int64_t>(summary.readings.size());
  for (const TimeRange& range : columns) {
    const std::int64_t from = std::clamp<std::int64_t>(range.from / summary.bin_ns, 0, bins - 1);
    const std::int64_t to = std::clamp<std::int64_t>(range.to / summary.bin_ns, from, bins - 1);
    MetricColumn out = column_of(metric, summary, static_cast<std::size_t>(from));
    for (std::int64_t bin = from + 1; bin < std::max(to, from + 1); ++bin) {
      const MetricColumn one = column_of(metric, summary, static_cast<std::size_t>(bin));
      out.low = std::min(out.low, one.low);
      out.high = std::max(out.high, one.high);
    }
    plot.top = std::max(plot.top, static_cast<double>(out.high));
    plot.columns.push_back(out);
  }
  plot.top_text = number_text(plot.top, plot.unit);
  return plot;
}

constexpr std::array<std::string_view, 6> kUsual = {
    "UnderReplicatedPartitions", "OfflinePartitionsCount", "MaxLag",
    "records-lag-max",           "request-latency-avg",    "MessagesInPerSec"};

}  // namespace

MetricsModel make_metrics(const RunIndex& index, const Snapshot& was, const Snapshot& now,
                          const MetricsRequest& request) {
  MetricsModel model;
  model.headline = was.event == now.event ? fmt::format("at {} s", short_time(now.time))
                                          : fmt::format("was at {} s, now at {} s",
                                                        short_time(was.time), short_time(now.time));
  if (request.range) {
    model.headline = fmt::format("range of {}: at its start, end; rates within it",
                                 how_long(now.time - was.time));
  }
  const Stretch before = stretch_before(index, was);
  const Stretch after = request.range ? stretch_between(was, now) : stretch_before(index, now);
  for (const Metric& metric : kMetrics) model.rows.push_back(make_row(metric, before, after));
  std::vector<std::string> names = request.plots;
  if (names.empty()) names.assign(kUsual.begin(), kUsual.end());
  const std::vector<TimeRange> columns = columns_of(index, request);
  for (const std::string& name : names) {
    for (const Metric& metric : kMetrics) {
      if (metric.name == name) {
        model.plots.push_back(make_plot(metric, index.summary(), columns));
      }
    }
  }
  return model;
}

std::string dump(const MetricsModel& model) {
  std::string out = model.headline + "\n";
  out += fmt::format("{:<32} {:>12} {:>12} {:>12}\n", "", "was", "now", "delta");
  for (const MetricRow& row : model.rows) {
    out += fmt::format("{:<32} {:>12} {:>12} {:>12}{}\n", row.name, row.was_text, row.now_text,
                       row.delta_text, row.alarming ? "  !" : "");
  }
  return out;
}

std::vector<std::string> metric_names() {
  std::vector<std::string> out;
  for (const Metric& metric : kMetrics) out.emplace_back(metric.name);
  return out;
}

}  // namespace logarium::viz

#include "tests/live/bench/load.hpp"

#include <librdkafka/rdkafka.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "engine/base/percentile.hpp"

namespace logarium::bench {
namespace {

using LoadClock = std::chrono::steady_clock;
using Settings = std::map<std::string, std::string>;

constexpr int kAskTimeoutMs = 30'000;
constexpr int kFlushTimeoutMs = 120'000;
constexpr std::chrono::seconds kSilenceMax{30};
constexpr int kTakeTimeoutMs = 100;
constexpr std::chrono::milliseconds kWarmUp{500};
constexpr std::chrono::seconds kFirstPatience{60};
constexpr std::chrono::microseconds kLatencyStep{1000};
// Until the first record came through, so that none of them waits behind others.
constexpr std::chrono::microseconds kFirstStep{50'000};

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error("librdkafka: " + what); }

double seconds_since(LoadClock::time_point start) {
  return std::chrono::duration<double>(LoadClock::now() - start).count();
}

std::int64_t ns_of(LoadClock::time_point at) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
}
std::int64_t now_ns() { return ns_of(LoadClock::now()); }

struct HandleEnd {
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
};
using Handle = std::unique_ptr<rd_kafka_t, HandleEnd>;

struct TopicEnd {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
using TopicHandle = std::unique_ptr<rd_kafka_topic_t, TopicEnd>;

// The reports of records that were not delivered are counted in `opaque`, an atomic int.
void count_failure(rd_kafka_t* /*handle*/, const rd_kafka_message_t* message, void* opaque) {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) ++*static_cast<std::atomic<int>*>(opaque);
}

Handle open(rd_kafka_type_t type, const Settings& settings, std::atomic<int>* failures) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  std::array<char, 512> error{};
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error.data(), error.size()) !=
        RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(conf);
      fail(error.data());
    }
  }
  if (failures != nullptr) {
    rd_kafka_conf_set_opaque(conf, failures);
    rd_kafka_conf_set_dr_msg_cb(conf, count_failure);
  }
  rd_kafka_t* handle = rd_kafka_new(type, conf, error.data(), error.size());
  if (handle == nullptr) {
    rd_kafka_conf_destroy(conf);
    fail(error.data());
  }
  return Handle(handle);
}

Handle open_producer(const Target& target, const char* linger_ms, std::atomic<int>& failures) {
  return open(RD_KAFKA_PRODUCER,
              {{"bootstrap.servers", target.bootstrap},
               {"acks", "all"},
               {"linger.ms", linger_ms},
               {"queue.buffering.max.messages", "500000"},
               {"queue.buffering.max.kbytes", "524288"},
               {"delivery.report.only.error", "true"},
               {"log_level", "2"}},
              &failures);
}

// Values are not copied: they outlive the producer.
void send(rd_kafka_t* producer, rd_kafka_topic_t* topic, std::int32_t partition,
          std::vector<char>& value) {
  while (rd_kafka_produce(topic, partition, 0, value.data(), value.size(), nullptr, 0, nullptr) !=
         0) {
    if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      fail(rd_kafka_err2str(rd_kafka_last_error()));
    }
    rd_kafka_poll(producer, 1);
  }
}

void finish(rd_kafka_t* producer, const std::atomic<int>& failures) {
  if (rd_kafka_flush(producer, kFlushTimeoutMs) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    fail("not everything was acknowledged in time");
  }
  if (failures > 0) fail(std::to_string(failures) + " records were not delivered");
}

// A consumer that reads all partitions through one queue.
class Reader {
 public:
  Reader(const Target& target, std::int64_t from) : target_(target) {
    consumer_ = open(RD_KAFKA_CONSUMER,
                     {{"bootstrap.servers", target.bootstrap},
                      {"group.id", "bench"},
                      {"enable.auto.commit", "false"},
                      {"log_level", "2"}},
                     nullptr);
    topic_.reset(rd_kafka_topic_new(consumer_.get(), target.topic.c_str(), nullptr));
    queue_ = rd_kafka_queue_new(consumer_.get());
    for (std::int32_t p = 0; p < target.partitions; ++p) {
      if (rd_kafka_consume_start_queue(topic_.get(), p, from, queue_) != 0) {
        fail(rd_kafka_err2str(rd_kafka_last_error()));
      }
    }
  }
  ~Reader() {
    for (std::int32_t p = 0; p < target_.partitions; ++p) rd_kafka_consume_stop(topic_.get(), p);
    rd_kafka_queue_destroy(queue_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Calls `taken` with each record that is there, waiting up to 100 ms for the first; how many
  // there were.
  template <class F>
  std::int64_t take(const F& taken) {
    struct Passed {
      const F& taken;
      std::int64_t count = 0;
    } passed{taken};
    rd_kafka_consume_callback_queue(
        queue_, kTakeTimeoutMs,
        [](rd_kafka_message_t* message, void* opaque) {
          if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) return;
          auto& to = *static_cast<Passed*>(opaque);
          to.taken(*message);
          ++to.count;
        },
        &passed);
    return passed.count;
  }

  // Records between the first and the last offset of all partitions.
  std::int64_t held() {
    std::int64_t sum = 0;
    for (std::int32_t p = 0; p < target_.partitions; ++p) {
      std::int64_t low = 0;
      std::int64_t high = 0;
      const auto error = rd_kafka_query_watermark_offsets(consumer_.get(), target_.topic.c_str(), p,
                                                          &low, &high, kAskTimeoutMs);
      if (error != RD_KAFKA_RESP_ERR_NO_ERROR) fail(rd_kafka_err2str(error));
      sum += high - low;
    }
    return sum;
  }

 private:
  Target target_;
  Handle consumer_;
  TopicHandle topic_;
  rd_kafka_queue_t* queue_ = nullptr;
};

std::int64_t records_in(const Target& target) {
  Reader reader(target, RD_KAFKA_OFFSET_END);
  return reader.held();
}

// One record of end_to_end().
struct Arrival {
  std::int64_t sent_ns = 0;
  std::int64_t arrived_ns = 0;
};

// Reads until `done`; `seen` as soon as something came.
std::vector<Arrival> watch(Reader& reader, const std::atomic<bool>& done, std::atomic<bool>& seen) {
  std::vector<Arrival> arrivals;
  while (!done) {
    reader.take([&](const rd_kafka_message_t& message) {
      Arrival arrival{0, now_ns()};
      if (message.len < sizeof arrival.sent_ns) return;
      std::memcpy(&arrival.sent_ns, message.payload, sizeof arrival.sent_ns);
      arrivals.push_back(arrival);
      seen = true;
    });
  }
  return arrivals;
}

// Lets a thread go that runs until `done`, also when something is thrown meanwhile.
struct EndOfThread {
  std::thread& thread;
  std::atomic<bool>& done;
  void now() const {
    done = true;
    if (thread.joinable()) thread.join();
  }
  ~EndOfThread() { now(); }
};

Latency latency_of(const std::vector<Arrival>& arrivals, std::int64_t from_ns, std::int64_t to_ns) {
  std::vector<double> ms;
  for (const Arrival& arrival : arrivals) {
    if (arrival.sent_ns < from_ns || arrival.sent_ns >= to_ns) continue;
    ms.push_back(static_cast<double>(arrival.arrived_ns - arrival.sent_ns) * 1e-6);
  }
  if (ms.empty()) fail("no record came from the producer to the consumer");
  return {percentile(ms, 50), percentile(ms, 99)};
}

}  // namespace

double produce(const Target& target, const Records& records) {
  std::atomic<int> failures{0};
  std::vector<char> value(records.bytes, 'v');
  const Handle producer = open_producer(target, "5", failures);
  const TopicHandle topic(rd_kafka_topic_new(producer.get(), target.topic.c_str(), nullptr));
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto error = rd_kafka_metadata(producer.get(), 0, topic.get(), &metadata, kAskTimeoutMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) fail(rd_kafka_err2str(error));
  rd_kafka_metadata_destroy(metadata);
  const auto start = LoadClock::now();
  for (std::int64_t i = 0; i < records.count; ++i) {
    send(producer.get(), topic.get(), static_cast<std::int32_t>(i % target.partitions), value);
  }
  finish(producer.get(), failures);
  return seconds_since(start);
}

Consumed consume(const Target& target, std::int64_t least) {
  const std::int64_t held = records_in(target);
  if (held == 0) fail("nothing to consume in " + target.topic);
  Consumed sum;
  while (sum.records < least) {
    const auto start = LoadClock::now();
    Reader reader(target, RD_KAFKA_OFFSET_BEGINNING);
    auto last = start;
    std::int64_t got = 0;
    while (got < held) {
      const std::int64_t n = reader.take([](const rd_kafka_message_t&) {});
      got += n;
      if (n > 0) last = LoadClock::now();
      if (LoadClock::now() - last > kSilenceMax)
        fail("consuming " + target.topic + " stands still");
    }
    sum.seconds += seconds_since(start);
    sum.records += got;
  }
  return sum;
}

Latency end_to_end(const Target& target, int seconds) {
  std::atomic<int> failures{0};
  const Handle producer = open_producer(target, "0", failures);
  const TopicHandle topic(rd_kafka_topic_new(producer.get(), target.topic.c_str(), nullptr));
  Reader reader(target, RD_KAFKA_OFFSET_BEGINNING);
  std::atomic<bool> done{false};
  std::atomic<bool> seen{false};
  std::vector<Arrival> arrivals;
  std::thread reading([&] { arrivals = watch(reader, done, seen); });
  const EndOfThread end_of_reading{reading, done};
  // Each value is its own until it is acknowledged.
  std::deque<std::vector<char>> values;
  const auto send_until = [&](std::chrono::microseconds step, const auto& end) {
    auto next = LoadClock::now();
    while (!end()) {
      std::this_thread::sleep_until(next += step);
      std::vector<char>& value = values.emplace_back(100);
      const std::int64_t sent = now_ns();
      std::memcpy(value.data(), &sent, sizeof sent);
      send(producer.get(), topic.get(),
           static_cast<std::int32_t>(values.size()) % target.partitions, value);
      rd_kafka_poll(producer.get(), 0);
    }
  };
  const auto begin = LoadClock::now();
  send_until(kFirstStep, [&] { return seen || LoadClock::now() - begin > kFirstPatience; });
  const auto from = LoadClock::now() + kWarmUp;
  const auto to = from + std::chrono::seconds(seconds);
  send_until(kLatencyStep, [&] { return LoadClock::now() > to; });
  const bool flushed = rd_kafka_flush(producer.get(), kFlushTimeoutMs) == 0;
  std::this_thread::sleep_for(kWarmUp);
  end_of_reading.now();
  if (!flushed || failures > 0) fail("records were not delivered");
  return latency_of(arrivals, ns_of(from), ns_of(to));
}

}  // namespace logarium::bench

// librdkafka as a client of the tests, through its C++ interface; clients/README.md says what every
// client here does.

#include <librdkafka/rdkafkacpp.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kInFlightMax = 500;
constexpr std::chrono::seconds kConsumePatience{60};
constexpr int kFlushPatienceMs = 120000;

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "rdkafka_client: " << what << "\n";
  std::exit(1);
}

std::unique_ptr<RdKafka::Conf> configuration(const std::map<std::string, std::string>& entries) {
  std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
  std::string error;
  for (const auto& [name, value] : entries) {
    if (conf->set(name, value, error) != RdKafka::Conf::CONF_OK) {
      fail(error);
    }
  }
  return conf;
}

void print_record(const RdKafka::Message& message) {
  std::fwrite(message.payload(), 1, message.len(), stdout);
  std::printf(" %d %lld\n", message.partition(), static_cast<long long>(message.offset()));
}

// Prints what is acknowledged, counts what is not.
class Reports final : public RdKafka::DeliveryReportCb {
 public:
  void dr_cb(RdKafka::Message& message) override {
    if (message.err() == RdKafka::ERR_NO_ERROR) {
      print_record(message);
    } else {
      ++failed_;
      std::cerr << "rdkafka_client: not delivered: " << message.errstr() << "\n";
    }
  }
  [[nodiscard]] int failed() const { return failed_; }

 private:
  int failed_ = 0;
};

bool input_ended() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  char byte = 0;
  return ::poll(&input, 1, 0) > 0 && ::read(STDIN_FILENO, &byte, 1) <= 0;
}

struct ProduceOptions {
  std::string bootstrap, topic, prefix, codec;
  bool idempotent = false;
  // Records per second.
  std::int64_t rate = 1;
};

int produce(const ProduceOptions& options) {
  const auto conf = configuration({{"bootstrap.servers", options.bootstrap},
                                   {"compression.codec", options.codec},
                                   {"enable.idempotence", options.idempotent ? "true" : "false"},
                                   {"acks", "all"},
                                   {"message.timeout.ms", std::to_string(kFlushPatienceMs)}});
  Reports reports;
  std::string error;
  conf->set("dr_cb", &reports, error);
  const std::unique_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf.get(), error));
  if (!producer) {
    fail(error);
  }
  const std::string padding(64, 'x');
  const auto begun = Clock::now();
  for (std::int64_t sent = 0; !input_ended();) {
    const std::chrono::duration<double> passed = Clock::now() - begun;
    const double due = passed.count() * static_cast<double>(options.rate);
    if (static_cast<double>(sent) >= due || producer->outq_len() >= kInFlightMax) {
      producer->poll(1);
      std::fflush(stdout);
      continue;
    }
    std::string value = options.prefix + "-" + std::to_string(sent) + "-" + padding;
    const auto code = producer->produce(options.topic, RdKafka::Topic::PARTITION_UA,
                                        RdKafka::Producer::RK_MSG_COPY, value.data(), value.size(),
                                        nullptr, 0, 0, nullptr);
    if (code != RdKafka::ERR_NO_ERROR) {
      fail(RdKafka::err2str(code));
    }
    ++sent;
  }
  const auto flushed = producer->flush(kFlushPatienceMs);
  std::fflush(stdout);
  return flushed == RdKafka::ERR_NO_ERROR && reports.failed() == 0 ? 0 : 1;
}

std::vector<std::int32_t> partitions_of(RdKafka::Handle& handle, const std::string& name) {
  RdKafka::Metadata* told = nullptr;
  if (handle.metadata(true, nullptr, &told, 20000) != RdKafka::ERR_NO_ERROR) {
    fail("no metadata");
  }
  const std::unique_ptr<RdKafka::Metadata> metadata(told);
  std::vector<std::int32_t> partitions;
  for (const auto* topic : *metadata->topics()) {
    if (topic->topic() == name) {
      for (const auto* partition : *topic->partitions()) {
        partitions.push_back(partition->id());
      }
    }
  }
  return partitions;
}

// Reads on until every partition's end was seen and at least `count` records came, or until
// patience ends: after a change of leaders the high watermark may be behind for a while.
int consume(const std::string& bootstrap, const std::string& name, std::int64_t count) {
  const auto conf =
      configuration({{"bootstrap.servers", bootstrap}, {"enable.partition.eof", "true"}});
  std::string error;
  const std::unique_ptr<RdKafka::Consumer> consumer(RdKafka::Consumer::create(conf.get(), error));
  if (!consumer) {
    fail(error);
  }
  const auto partitions = partitions_of(*consumer, name);
  const std::unique_ptr<RdKafka::Topic> topic(
      RdKafka::Topic::create(consumer.get(), name, nullptr, error));
  const std::unique_ptr<RdKafka::Queue> queue(RdKafka::Queue::create(consumer.get()));
  for (const auto partition : partitions) {
    if (consumer->start(topic.get(), partition, RdKafka::Topic::OFFSET_BEGINNING, queue.get()) !=
        RdKafka::ERR_NO_ERROR) {
      fail("cannot consume partition " + std::to_string(partition));
    }
  }
  std::set<std::int32_t> at_end;
  std::int64_t read = 0;
  const auto end = Clock::now() + kConsumePatience;
  while ((at_end.size() < partitions.size() || read < count) && Clock::now() < end) {
    const std::unique_ptr<RdKafka::Message> message(consumer->consume(queue.get(), 100));
    if (message->err() == RdKafka::ERR_NO_ERROR) {
      at_end.erase(message->partition());
      ++read;
      print_record(*message);
    } else if (message->err() == RdKafka::ERR__PARTITION_EOF) {
      at_end.insert(message->partition());
    } else if (message->err() != RdKafka::ERR__TIMED_OUT) {
      std::cerr << "rdkafka_client: " << message->errstr() << "\n";
    }
  }
  for (const auto partition : partitions) {
    consumer->stop(topic.get(), partition);
  }
  std::fflush(stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 7 && words[0] == "produce") {
    return produce({.bootstrap = words[1],
                    .topic = words[2],
                    .prefix = words[3],
                    .codec = words[4],
                    .idempotent = words[5] == "idempotent",
                    .rate = std::atoll(words[6].c_str())});
  }
  if (words.size() == 4 && words[0] == "consume") {
    return consume(words[1], words[2], std::atoll(words[3].c_str()));
  }
  std::cerr << "rdkafka_client produce BOOTSTRAP TOPIC PREFIX CODEC idempotent|plain RATE\n"
               "rdkafka_client consume BOOTSTRAP TOPIC COUNT\n";
  return 3;
}

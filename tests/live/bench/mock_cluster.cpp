#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <signal.h>

#include <array>
#include <cstdio>

#include "tests/live/bench/peers.hpp"

namespace logarium::bench {

int serve_mock_cluster(const std::vector<PeerTopic>& topics) {
  // Blocked here, in the threads of the mock cluster too, so that they are waited for below.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::array<char, 512> error{};
  rd_kafka_t* handle =
      rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), error.data(), error.size());
  if (handle == nullptr) {
    std::fprintf(stderr, "%s\n", error.data());
    return 1;
  }
  rd_kafka_mock_cluster_t* cluster = rd_kafka_mock_cluster_new(handle, 3);
  for (const PeerTopic& topic : topics) {
    rd_kafka_mock_topic_create(cluster, topic.name.c_str(), topic.partitions, 3);
  }
  std::printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
  std::fflush(stdout);
  int number = 0;
  sigwait(&signals, &number);
  rd_kafka_mock_cluster_destroy(cluster);
  rd_kafka_destroy(handle);
  return 0;
}

}  // namespace logarium::bench

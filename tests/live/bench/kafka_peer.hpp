#pragma once
// KafkaPeer: Apache Kafka as three combined nodes, each a JVM with Kafka's own defaults for its
// heap and collector.

#include <cstdint>
#include <string>
#include <vector>

#include "tests/live/bench/peers.hpp"

namespace logarium::bench {

class KafkaPeer final : public Peer {
 public:
  // Writes the files of its nodes and formats their directories; that does not count as starting.
  explicit KafkaPeer(const PeerSetup& setup);
  std::string start() override;

 private:
  [[nodiscard]] std::vector<std::string> java(const std::vector<std::string>& arguments) const;

  std::string class_path_;
  std::string folder_;
  std::string bootstrap_;
  std::vector<std::string> files_;
};

}  // namespace logarium::bench

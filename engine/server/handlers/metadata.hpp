#pragma once
// Metadata: brokers, topics and leaders, from the image that the broker acts by. An answer is made
// once per image for all who ask the same: a cluster's clients ask for the same few topics, and an
// answer over all partitions is long.

#include <cstddef>
#include <string>
#include <vector>

#include "engine/protocol/messages/metadata.hpp"
#include "engine/server/handlers/handlers.hpp"

namespace logarium::server {

class MetadataAnswers {
 public:
  // Answers that are kept per image.
  static constexpr std::size_t kKeptMax = 16;
  // Topics that a request may name for its answer to be kept.
  static constexpr std::size_t kKeptNamesMax = 1000;

  struct Answer {
    MessageRef response;
    // Topics that do not exist and that the request asks to be created (auto.create.topics.enable):
    // well named, each once, none that belongs to Kafka itself.
    std::vector<std::string> to_create;
  };
  // Versions 0 to 3 have no AllowAutoTopicCreation and mean true. Version 0 asks for all topics by
  // an empty list, the others by null; an empty list then asks for none.
  [[nodiscard]] Answer answer(const HandlerContext& context, const rpc::Request& request);

 private:
  struct Kept {
    MessageRef request;
    std::int16_t version = 0;
    std::string listener;
    MessageRef response;
  };
  metadata::ImageRef image_;  // of `kept_`
  std::vector<Kept> kept_;    // a cache: no part of the state
};

}  // namespace logarium::server

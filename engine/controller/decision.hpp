#pragma once
// What the controller decides about one request or one timer: records to append, the answer to
// give when they are committed, and notes that go with the answer. Deciding changes nothing: the
// functions that make decisions read a View and are tested without a quorum.

#include <vector>

#include "engine/base/message.hpp"
#include "engine/base/note.hpp"
#include "engine/config/broker_config.hpp"
#include "engine/config/rules.hpp"
#include "engine/metadata/image.hpp"
#include "engine/metadata/records.hpp"

namespace logarium::controller {

class Index;

// What decisions are made from: the image with everything appended so far, committed or not, and
// the index over it.
struct View {
  const metadata::Image& image;
  const Index& index;
  const ServerConfig& config;
  const Rules& rules;

  // The topic's configs in force.
  [[nodiscard]] TopicConfig topic_config(const std::string& topic) const {
    return image.topic_config(config.topic_defaults, topic);
  }
};

struct Decision {
  std::vector<metadata::Record> records;
  MessageRef response;      // null for decisions of the controller's own
  std::vector<Note> notes;  // emitted when the answer goes out
};

}  // namespace logarium::controller

#pragma once
// Topics: the configs of the topics that have replicas here, resolved once per topic and shared by
// its replicas.

#include <map>

#include "engine/metadata/image.hpp"
#include "engine/replica/setup.hpp"

namespace logarium::replica {

class Topics {
 public:
  // The topic as the image says; made at its first use.
  [[nodiscard]] TopicInfoRef get(const Setup& setup, const metadata::Image& image,
                                 const metadata::Topic& topic);
  // Resolves the configs again; false when the topic has no replicas here.
  bool refresh(const Setup& setup, const metadata::Image& image, const metadata::Topic& topic);
  void forget(Uuid topic) { infos_.erase(topic); }
  [[nodiscard]] const std::map<Uuid, TopicInfoRef>& all() const { return infos_; }

 private:
  std::map<Uuid, TopicInfoRef> infos_;
};

}  // namespace logarium::replica

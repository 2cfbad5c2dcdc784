#include "engine/replica/topics.hpp"

namespace logarium::replica {
namespace {

TopicInfoRef resolve(const Setup& setup, const metadata::Image& image,
                     const metadata::Topic& topic) {
  const TopicConfig config = image.topic_config(setup.topic_defaults, topic.name);
  auto info = std::make_shared<TopicInfo>();
  info->id = topic.id;
  info->name = topic.name;
  info->log = std::make_shared<const log::Config>(log::Config::from(config, *setup.config));
  info->min_insync_replicas = config.min_insync_replicas;
  return info;
}

}  // namespace

TopicInfoRef Topics::get(const Setup& setup, const metadata::Image& image,
                         const metadata::Topic& topic) {
  TopicInfoRef& info = infos_[topic.id];
  if (info == nullptr) info = resolve(setup, image, topic);
  return info;
}

bool Topics::refresh(const Setup& setup, const metadata::Image& image,
                     const metadata::Topic& topic) {
  const auto at = infos_.find(topic.id);
  if (at == infos_.end()) return false;
  at->second = resolve(setup, image, topic);
  return true;
}

}  // namespace logarium::replica

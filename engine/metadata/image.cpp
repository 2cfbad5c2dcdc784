#include "engine/metadata/image.hpp"

#include "engine/base/state_visitor.hpp"

namespace logarium::metadata {

std::uint64_t key_hash(const ConfigResource& resource) {
  return fold(static_cast<std::uint64_t>(resource.type), hash_text(resource.name));
}

Image::Image(const Image& other)
    : position_(other.position_),
      topics_(other.topics_),
      topic_names_(other.topic_names_),
      brokers_(other.brokers_),
      controllers_(other.controllers_),
      configs_(other.configs_),
      features_(other.features_),
      next_producer_id_(other.next_producer_id_),
      partition_count_(other.partition_count_),
      hash_(other.hash_) {}

// A chain of successors may be as long as the run: it is taken apart in a loop, since nested
// destructors would need a stack as deep.
Image::~Image() {
  std::vector<Successor> pending = std::move(successors_);
  while (!pending.empty()) {
    const ImageRef image = std::move(pending.back().applied.next);
    pending.pop_back();
    if (image.use_count() != 1) continue;
    for (Successor& successor : image->successors_) pending.push_back(std::move(successor));
    image->successors_.clear();
  }
}

ImageRef Image::empty() { return std::make_shared<const Image>(); }

const Topic* Image::topic(Uuid id) const {
  const TopicPtr* found = topics_.find(id);
  return found == nullptr ? nullptr : found->get();
}

const Topic* Image::topic(const std::string& name) const {
  const Uuid* id = topic_names_.find(name);
  return id == nullptr ? nullptr : topic(*id);
}

const Partition* Image::partition(PartitionRef ref) const {
  const Topic* found = topic(ref.topic);
  return found == nullptr ? nullptr : found->partition(ref.partition);
}

const Broker* Image::broker(NodeId id) const {
  const BrokerPtr* found = brokers_.find(id);
  return found == nullptr ? nullptr : found->get();
}

bool Image::active(NodeId id) const {
  const Broker* found = broker(id);
  return found != nullptr && found->active();
}

const Properties& Image::config(ResourceType type, const std::string& name) const {
  static const Properties kNone;
  const PropertiesPtr* found = configs_.find({type, name});
  return found == nullptr ? kNone : **found;
}

TopicConfig Image::topic_config(const TopicConfig& server_defaults,
                                const std::string& topic) const {
  return effective_topic_config(server_defaults, config(ResourceType::kBroker, ""),
                                config(ResourceType::kTopic, topic));
}

bool Image::equals(const Image& other) const {
  StateLines ours;
  StateLines theirs;
  describe_contents(ours);
  other.describe_contents(theirs);
  return position_ == other.position_ && hash_ == other.hash_ && ours.lines() == theirs.lines();
}

void Image::describe(StateVisitor& v) const {
  visit(v, "next", position_.next);
  visit(v, "epoch", position_.epoch);
  visit(v, "hash", hash_);
}

void Image::describe_contents(StateVisitor& v) const {
  visit(v, "features", features_);
  visit(v, "next producer id", next_producer_id_);
  v.open_list("brokers", brokers_.size());
  for (const auto& entry : brokers_) visit(v, "", *entry.value);
  v.close();
  v.open_list("controllers", controllers_.size());
  for (const auto& entry : controllers_) visit(v, "", *entry.value);
  v.close();
  v.open_list("topics", topics_.size());
  for (const auto& entry : topics_) visit(v, "", *entry.value);
  v.close();
  v.open_list("topic names", topic_names_.size());
  for (const auto& entry : topic_names_) visit(v, "", std::pair(entry.key, entry.value));
  v.close();
  v.open_list("configs", configs_.size());
  for (const auto& entry : configs_) {
    v.open_struct("");
    visit(v, "type", entry.key.type);
    visit(v, "name", entry.key.name);
    visit(v, "entries", *entry.value);
    v.close();
  }
  v.close();
}

std::optional<Applied> Image::remembered(const BatchKey& key) const {
  for (const Successor& successor : successors_) {
    if (successor.key == key) return successor.applied;
  }
  return std::nullopt;
}

void Image::remember(const BatchKey& key, const Applied& applied) const {
  if (successors_.size() == kSuccessorsMax) successors_.erase(successors_.begin());
  successors_.push_back({key, applied});
}

}  // namespace logarium::metadata

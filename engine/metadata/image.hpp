#pragma once
// Image: the whole metadata of the cluster up to one position of the metadata log; immutable and
// shared. A successor shares all that did not change, so that 10,000 partitions cost no more than
// ten. `apply` remembers the successor in the image: the second node that applies the same batch
// to the same image gets the same objects, and the batch is decoded once per world.
//
// All nodes of a world must therefore start from one and the same `Image::empty()` object, which
// their setup carries. The memory is a cache: it is no part of the value and never changes one.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/topic_config.hpp"
#include "engine/metadata/delta.hpp"
#include "engine/metadata/persistent_map.hpp"

namespace logarium::metadata {

class Image;
using ImageRef = std::shared_ptr<const Image>;

[[nodiscard]] std::uint64_t key_hash(const ConfigResource& resource);

// Up to where an image goes: the metadata log below `next`, whose last batch was of `epoch`.
struct Position {
  Offset next;
  QuorumEpoch epoch;
  auto operator<=>(const Position&) const = default;
};

struct Applied {
  ImageRef next;
  DeltaRef delta;
};

// What tells a batch of the metadata log from every other.
struct BatchKey {
  Offset base;
  Position end;
  std::uint64_t content = 0;
  auto operator<=>(const BatchKey&) const = default;
};

class Image {
 public:
  using Topics = PersistentMap<Uuid, TopicPtr>;
  using TopicNames = PersistentMap<std::string, Uuid>;
  using Brokers = PersistentMap<NodeId, BrokerPtr>;
  using Controllers = PersistentMap<NodeId, ControllerPtr>;
  using Configs = PersistentMap<ConfigResource, PropertiesPtr>;
  using Features = std::map<std::string, std::int16_t>;

  Image() = default;
  // A copy has the same value and remembers no successors.
  Image(const Image& other);
  Image& operator=(const Image& other) = delete;
  ~Image();

  // The image before the first record.
  [[nodiscard]] static ImageRef empty();

  [[nodiscard]] Position position() const { return position_; }
  [[nodiscard]] const Topics& topics() const { return topics_; }
  [[nodiscard]] const TopicNames& topic_names() const { return topic_names_; }
  [[nodiscard]] const Brokers& brokers() const { return brokers_; }
  [[nodiscard]] const Controllers& controllers() const { return controllers_; }
  [[nodiscard]] const Configs& configs() const { return configs_; }
  [[nodiscard]] const Features& features() const { return features_; }
  // First id of the next block of producer ids.
  [[nodiscard]] ProducerId next_producer_id() const { return next_producer_id_; }

  // Lookups: null when there is none.
  [[nodiscard]] const Topic* topic(Uuid id) const;
  [[nodiscard]] const Topic* topic(const std::string& name) const;
  [[nodiscard]] const Partition* partition(PartitionRef ref) const;
  [[nodiscard]] const Broker* broker(NodeId id) const;
  // Registered, unfenced and not shutting down.
  [[nodiscard]] bool active(NodeId broker) const;
  // The resource's own entries; empty when it has none.
  [[nodiscard]] const Properties& config(ResourceType type, const std::string& name) const;
  // What holds for a topic under a server's static defaults, with the cluster's dynamic defaults
  // and the topic's own entries.
  [[nodiscard]] TopicConfig topic_config(const TopicConfig& server_defaults,
                                         const std::string& topic) const;
  [[nodiscard]] std::size_t partition_count() const { return partition_count_; }

  // Hash of all contents without the position: equal for equal contents, however they came about.
  // Kept up in O(what changed).
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  // Same contents and position, compared in full (for tests).
  [[nodiscard]] bool equals(const Image& other) const;
  // Position and hash; describe_contents lists everything.
  void describe(StateVisitor& v) const;
  void describe_contents(StateVisitor& v) const;

  // The remembered successor by this batch; empty when there is none.
  [[nodiscard]] std::optional<Applied> remembered(const BatchKey& key) const;
  void remember(const BatchKey& key, const Applied& applied) const;

 private:
  friend class ImageBuilder;
  // A log and a snapshot may both start from one image; a fork of a run replaces the oldest.
  static constexpr std::size_t kSuccessorsMax = 4;
  struct Successor {
    BatchKey key;
    Applied applied;
  };

  Position position_;
  Topics topics_;
  TopicNames topic_names_;
  Brokers brokers_;
  Controllers controllers_;
  Configs configs_;
  Features features_;
  ProducerId next_producer_id_{0};
  std::size_t partition_count_ = 0;
  std::uint64_t hash_ = 0;
  mutable std::vector<Successor> successors_;
};

}  // namespace logarium::metadata

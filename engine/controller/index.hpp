#pragma once
// Index: what the controller must find without scanning all partitions: those with a broker in
// their ISR or ELR, those a broker leads, those without a leader, those whose leader is not the
// preferred one, those being reassigned. Follows the image by deltas, O(changed), and is shared
// between copies as the image is.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/metadata/image.hpp"

namespace logarium::controller {

// An ordered set whose copies share their contents.
template <class K>
class SharedSet {
  struct Nothing {};

 public:
  void insert(const K& key) {
    if (entries_.find(key) == nullptr) entries_.set(key, {});
  }
  void erase(const K& key) { entries_.erase(key); }
  [[nodiscard]] bool contains(const K& key) const { return entries_.find(key) != nullptr; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::vector<K> elements() const {
    std::vector<K> out;
    out.reserve(size());
    for (const auto& entry : entries_) out.push_back(entry.key);
    return out;
  }

 private:
  metadata::PersistentMap<K, Nothing> entries_;
};

class Index {
 public:
  using Partitions = SharedSet<PartitionRef>;

  Index() = default;
  explicit Index(const metadata::Image& image);
  void apply(const metadata::Delta& delta);

  // Partitions whose ISR (ELR) holds the broker, in order.
  [[nodiscard]] const Partitions& with_isr_member(NodeId broker) const;
  [[nodiscard]] const Partitions& with_elr_member(NodeId broker) const;
  [[nodiscard]] std::int32_t leaderships(NodeId broker) const;
  // Partitions of which the broker is the preferred leader, and how many of those others lead.
  [[nodiscard]] std::int32_t preferred(NodeId broker) const;
  [[nodiscard]] std::int32_t preferred_elsewhere(NodeId broker) const;
  [[nodiscard]] const Partitions& leaderless() const { return leaderless_; }
  // Led by another than the preferred replica.
  [[nodiscard]] const Partitions& imbalanced() const { return imbalanced_; }
  [[nodiscard]] const Partitions& reassigning() const { return reassigning_; }
  // The topic whose name differs only in '.' against '_'; null when there is none. Kafka refuses
  // such pairs, since metric names cannot tell them apart.
  [[nodiscard]] const std::string* colliding_topic(const std::string& name) const;

  bool operator==(const Index& other) const;

 private:
  struct PerBroker {
    Partitions isr, elr;
    std::int32_t leads = 0, preferred = 0, preferred_elsewhere = 0;
    [[nodiscard]] bool empty() const {
      return isr.empty() && elr.empty() && leads == 0 && preferred == 0;
    }
  };
  enum class Sign : std::int8_t { kAdd = 1, kRemove = -1 };
  void count(PartitionRef ref, const metadata::Partition& partition, Sign sign);
  void count_topic(const metadata::Topic& topic, Sign sign);

  std::map<NodeId, PerBroker> brokers_;
  Partitions leaderless_, imbalanced_, reassigning_;
  metadata::PersistentMap<std::string, std::string> collisions_;  // unified name -> name
};

}  // namespace logarium::controller

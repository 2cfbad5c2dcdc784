#include "engine/controller/placement.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace logarium::controller {
namespace {

using metadata::Nodes;

template <class T>
void shuffle(std::vector<T>& items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[random.below(i)]);
  }
}

// Brokers to be used in turn. Each round (one partition) starts one further than the last.
class Ring {
 public:
  void add(NodeId node) { nodes_.push_back(node); }
  void start_at_random(Random& random) {
    if (!nodes_.empty()) offset_ = random.below(nodes_.size());
  }
  void reorder(Random& random) { shuffle(nodes_, random); }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  // The next broker of this round; empty when all were given out in it.
  std::optional<NodeId> next(std::size_t round) {
    if (nodes_.empty()) return std::nullopt;
    if (round_ != round) {
      round_ = round;
      index_ = 0;
      offset_ = (offset_ + 1) % nodes_.size();
    }
    if (index_ >= nodes_.size()) return std::nullopt;
    return nodes_[(index_++ + offset_) % nodes_.size()];
  }

 private:
  Nodes nodes_;
  std::size_t index_ = 0, offset_ = 0, round_ = 0;
};

struct Rack {
  Ring unfenced, fenced;
  std::optional<NodeId> next(std::size_t round) {
    const std::optional<NodeId> node = unfenced.next(round);
    return node ? node : fenced.next(round);
  }
};

class Racks {
 public:
  Racks(const metadata::Image& image, Random& random) : random_(random) {
    std::map<std::optional<std::string>, Rack> by_name;
    for (const auto& entry : image.brokers()) {
      const metadata::Broker& broker = *entry.value;
      if (broker.in_controlled_shutdown) continue;
      Rack& rack = by_name[broker.rack];
      ++total_;
      if (broker.fenced) {
        rack.fenced.add(broker.id);
      } else {
        rack.unfenced.add(broker.id);
        ++unfenced_;
      }
    }
    for (auto& [name, rack] : by_name) {
      rack.unfenced.start_at_random(random);
      rack.fenced.start_at_random(random);
      racks_.push_back(std::move(rack));
    }
    if (!racks_.empty()) first_ = random.below(racks_.size());
  }
  [[nodiscard]] std::size_t total() const { return total_; }
  [[nodiscard]] std::size_t unfenced() const { return unfenced_; }

  // REQUIRES: 0 < replicas <= total(), unfenced() > 0.
  Nodes place(std::size_t replicas) {
    // After as many rounds as there are unfenced brokers the pattern would repeat.
    if (round_ > 0 && round_ % unfenced_ == 0 && unfenced_ > 1) {
      shuffle(racks_, random_);
      for (Rack& rack : racks_) {
        rack.unfenced.reorder(random_);
        rack.fenced.reorder(random_);
      }
    }
    if (first_ == racks_.size()) first_ = 0;
    Nodes nodes;
    std::size_t leader_rack = first_;
    std::optional<NodeId> leader = racks_[leader_rack].unfenced.next(round_);
    while (!leader) {
      leader_rack = (leader_rack + 1) % racks_.size();
      leader = racks_[leader_rack].unfenced.next(round_);
    }
    nodes.push_back(*leader);
    // The leader's rack has had its turn on the first way round.
    std::optional<std::size_t> skip = leader_rack;
    for (std::size_t rack = first_; nodes.size() < replicas; rack = (rack + 1) % racks_.size()) {
      if (skip == rack) {
        skip = std::nullopt;
        continue;
      }
      const std::optional<NodeId> node = racks_[rack].next(round_);
      if (node) nodes.push_back(*node);
    }
    ++round_;
    ++first_;
    return nodes;
  }

 private:
  Random& random_;
  std::vector<Rack> racks_;
  std::size_t total_ = 0, unfenced_ = 0, round_ = 0, first_ = 0;
};

}  // namespace

Result<std::vector<Nodes>> place_replicas(const metadata::Image& image, std::int32_t partitions,
                                          std::int32_t replication_factor, Random& random) {
  if (replication_factor <= 0) {
    return Error{"Invalid replication factor " + std::to_string(replication_factor) +
                 ": the replication factor must be positive."};
  }
  Racks racks(image, random);
  const auto replicas = static_cast<std::size_t>(replication_factor);
  if (racks.unfenced() == 0) return Error{"All brokers are currently fenced."};
  if (replicas > racks.total()) {
    return Error{"The target replication factor of " + std::to_string(replication_factor) +
                 " cannot be reached because only " + std::to_string(racks.total()) +
                 " broker(s) are registered."};
  }
  std::vector<Nodes> out;
  for (std::int32_t i = 0; i < partitions; ++i) out.push_back(racks.place(replicas));
  return out;
}

}  // namespace logarium::controller

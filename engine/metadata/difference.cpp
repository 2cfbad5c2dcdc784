#include <algorithm>

#include "engine/metadata/apply.hpp"

namespace logarium::metadata {
namespace {

// Entries of `from` and `to` that differ, in key order.
template <class Key, class Value, class Map>
void compare(const Map& from, const Map& to, std::vector<Change<Key, Value>>& out) {
  if (from.same_object(to)) return;
  auto a = from.begin();
  auto b = to.begin();
  while (!(a == from.end()) || !(b == to.end())) {
    const bool only_a = b == to.end() || (!(a == from.end()) && (*a).key < (*b).key);
    const bool only_b = !only_a && (a == from.end() || (*b).key < (*a).key);
    if (only_a) {
      out.push_back({(*a).key, (*a).value, nullptr});
      ++a;
    } else if (only_b) {
      out.push_back({(*b).key, nullptr, (*b).value});
      ++b;
    } else {
      if ((*a).value != (*b).value) out.push_back({(*a).key, (*a).value, (*b).value});
      ++a;
      ++b;
    }
  }
}

template <class Key, class Value>
void drop_equal(std::vector<Change<Key, Value>>& changes) {
  std::erase_if(changes, [](const Change<Key, Value>& change) {
    return change.before && change.after && *change.before == *change.after;
  });
}

void compare_partitions(const Change<Uuid, Topic>& topic, Delta& delta) {
  const std::size_t before = topic.before ? topic.before->partitions.size() : 0;
  const std::size_t after = topic.after ? topic.after->partitions.size() : 0;
  for (std::size_t i = 0; i < std::max(before, after); ++i) {
    Change<PartitionRef, Partition> change;
    change.key = {topic.key, PartitionIndex(static_cast<std::int32_t>(i))};
    if (i < before) change.before = topic.before->partitions[i];
    if (i < after) change.after = topic.after->partitions[i];
    if (change.before != change.after) delta.partitions.push_back(std::move(change));
  }
}

}  // namespace

ImageRef at_position(const ImageRef& image, Position position) {
  if (image->position() == position) return image;
  const BatchKey key{Offset(-1), position, 0};
  if (std::optional<Applied> known = image->remembered(key)) return known->next;
  ImageBuilder builder(*image);
  const Applied applied = builder.finish(position);
  image->remember(key, applied);
  return applied.next;
}

DeltaRef difference(const Image& from, const Image& to) {
  auto delta = std::make_shared<Delta>();
  std::vector<Change<Uuid, Topic>> topics;
  compare(from.topics(), to.topics(), topics);
  for (Change<Uuid, Topic>& topic : topics) {
    compare_partitions(topic, *delta);
    if (topic.created() || topic.removed()) delta->topics.push_back(std::move(topic));
  }
  compare(from.brokers(), to.brokers(), delta->brokers);
  compare(from.controllers(), to.controllers(), delta->controllers);
  compare(from.configs(), to.configs(), delta->configs);
  drop_equal(delta->partitions);
  drop_equal(delta->brokers);
  drop_equal(delta->controllers);
  drop_equal(delta->configs);
  delta->features_changed = from.features() != to.features();
  delta->producer_ids_changed = from.next_producer_id() != to.next_producer_id();
  return delta;
}

}  // namespace logarium::metadata

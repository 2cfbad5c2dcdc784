#pragma once
// The inside of replica::Manager: its parts, and how a change of a partition reaches them. No part
// calls another; each step's changes are drained here to a fixed point.

#include <optional>
#include <vector>

#include "engine/base/ring.hpp"
#include "engine/metadata/image.hpp"
#include "engine/replica/deletes.hpp"
#include "engine/replica/fetchers.hpp"
#include "engine/replica/fetches.hpp"
#include "engine/replica/isr_channel.hpp"
#include "engine/replica/manager.hpp"
#include "engine/replica/offsets.hpp"
#include "engine/replica/produces.hpp"
#include "engine/replica/storage.hpp"
#include "engine/replica/topics.hpp"

namespace logarium::replica {

struct Manager::State {
  explicit State(Options options);

  [[nodiscard]] Env env(rpc::Port& port) {
    return {port, setup, brokers, image.get(), broker_epoch, replicas};
  }
  // Takes what the touched partitions did, until nothing more happens.
  void settle(Env& env);
  void take_log_events(Env& env, Slot slot, Partition& partition);
  void spread(Env& env, Slot slot, Partition& partition, Changes changes);
  void take_storage_events(Env& env);
  void watch(Slot slot, Partition& partition);
  void arm_tasks(Env& env);
  void shrink_isrs(Env& env);
  void retain(Env& env);
  void expire_producers(Env& env);

  // manager_metadata.cpp
  void apply_first(Env& env);
  void apply(Env& env, const metadata::Delta& delta);
  void apply_brokers(Env& env, const std::vector<NodeId>& changed);
  void place(Env& env, PartitionRef ref, const metadata::Partition& placement);
  void remove(Env& env, Slot slot);
  void apply_topic_configs(Env& env, const metadata::Delta& delta);

  Setup setup;
  Brokers brokers;
  metadata::ImageRef image;
  bool published = false;  // the first image was applied
  std::optional<BrokerEpoch> broker_epoch;
  Topics topics;
  Replicas replicas;
  Storage storage;
  Produces produces;
  Fetches fetches;
  Offsets offsets;
  Deletes deletes;
  Fetchers fetchers;
  IsrChannel isr_channel;
  Ring<Slot> watched;  // led partitions whose ISR may have laggards
  Ring<Event> events;
};

}  // namespace logarium::replica

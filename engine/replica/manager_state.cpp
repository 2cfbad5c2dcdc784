#include "engine/replica/manager_state.hpp"

#include <utility>

#include "engine/base/ensure.hpp"

namespace logarium::replica {

// ---- from partitions to whoever waits for them --------------------------------------------------

void Manager::State::settle(Env& env) {
  while (const auto slot = replicas.next_touched()) {
    Partition& partition = replicas.quiet(*slot);
    take_log_events(env, *slot, partition);
    const Changes changes = partition.take_changes();
    if (changes != 0) spread(env, *slot, partition, changes);
  }
  take_storage_events(env);
}

void Manager::State::take_log_events(Env& env, Slot slot, Partition& partition) {
  while (auto event = partition.take_log_event()) {
    if (auto* read = std::get_if<log::ReadDone>(&*event)) {
      fetches.on_read(env, slot, std::move(*read));
    } else if (const auto* lookup = std::get_if<log::LookupDone>(&*event)) {
      offsets.on_lookup(env, slot, *lookup);
    } else {
      storage.on_log_event(env, slot, *event);
    }
  }
}

void Manager::State::spread(Env& env, Slot slot, Partition& partition, Changes changes) {
  if ((changes & kLogEndMoved) != 0) {
    fetches.hear_followers(env, slot, partition);
    partition.set_judged_end(partition.log_end());
    partition.advance_high_watermark(env.scene());
    changes = static_cast<Changes>(changes | partition.take_changes());
  }
  if ((changes & (kLogEndMoved | kRoleChanged | kIsrChanged)) != 0) watch(slot, partition);
  if ((changes & (kHighWatermarkMoved | kRoleChanged)) != 0) storage.mark_high_watermark(slot);
  if ((changes & kLogStartMoved) != 0) storage.mark_offsets(slot);
  if ((changes & kIsrProposed) != 0) isr_channel.submit(env, slot);
  produces.on_change(env, slot, partition, changes);
  fetches.on_change(env, slot, changes);
  deletes.on_change(env, slot, partition, changes);
  fetchers.on_change(env, slot, changes);
}

void Manager::State::take_storage_events(Env& env) {
  while (auto event = storage.next_event()) {
    if (const auto* loaded = std::get_if<Storage::Loaded>(&*event)) {
      events.push_back(Recovered{.clean = loaded->clean,
                                 .replicas = loaded->replicas,
                                 .directory = loaded->directory,
                                 .previous_broker_epoch = loaded->previous_broker_epoch});
      arm_tasks(env);
      if (image != nullptr && !published) {
        apply_first(env);
        settle(env);
      }
    } else if (auto* failed = std::get_if<Storage::Failed>(&*event)) {
      fetchers.stop();
      events.push_back(DirectoryFailed{std::move(failed->reason)});
    } else {
      events.push_back(Closed{});
    }
  }
}

// ---- periodic tasks -----------------------------------------------------------------------------

void Manager::State::arm_tasks(Env& env) {
  const BrokerConfig& config = *setup.config;
  StepContext& step = env.port.step;
  step.arm(setup.lag_max() / 2, cookie(What::kShrinkIsr));
  step.arm(milliseconds(config.replica_high_watermark_checkpoint_interval_ms),
           cookie(What::kCheckpointHighWatermarks));
  step.arm(milliseconds(config.log_flush_offset_checkpoint_interval_ms),
           cookie(What::kCheckpointOffsets));
  step.arm(milliseconds(config.log_initial_task_delay_ms), cookie(What::kRetention));
  step.arm(milliseconds(config.producer_id_expiration_check_interval_ms),
           cookie(What::kProducerExpiry));
}

void Manager::State::watch(Slot slot, Partition& partition) {
  if (partition.watched() || partition.leader() == nullptr) return;
  partition.set_watched(true);
  watched.push_back(slot);
}

// Only partitions whose log or ISR moved since are looked at; those in step drop out.
void Manager::State::shrink_isrs(Env& env) {
  for (std::size_t n = watched.size(); n > 0; --n) {
    const Slot slot = watched.pop_front();
    Partition* partition = replicas.edit(slot);
    if (partition == nullptr) continue;
    partition->shrink_isr(env.scene());
    const Leader* leader = partition->leader();
    const bool in_step = setup.rules.on(Rule::kSameEndIsInSync) && leader != nullptr &&
                         leader->isr_has_all(partition->log_end());
    if (leader == nullptr || in_step) {
      partition->set_watched(false);
    } else {
      watched.push_back(slot);
    }
  }
}

void Manager::State::retain(Env& env) {
  for (const auto& [ref, slot] : replicas.ordered()) {
    Partition& partition = replicas.quiet(slot);
    const Offset before = partition.log_start();
    if (partition.log().delete_old_segments(env.port.step, env.port.step.wall()) == 0) continue;
    Partition* touched = replicas.edit(slot);
    if (touched->log_start() != before) touched->mark(kLogStartMoved);
  }
}

void Manager::State::expire_producers(Env& env) {
  for (const auto& [ref, slot] : replicas.ordered()) {
    replicas.quiet(slot).log().expire_producers(env.port.step.wall());
  }
}

}  // namespace logarium::replica

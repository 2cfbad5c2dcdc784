#include "sim/run/counts.hpp"

#include <variant>
#include <vector>

#include "sim/workload/application.hpp"
#include "sim/workload/history.hpp"

namespace logarium::run {
namespace {

template <class T, std::size_t i = 0>
constexpr std::size_t note_index() {
  if constexpr (std::is_same_v<T, std::variant_alternative_t<i, Note>>) {
    return i;
  } else {
    return note_index<T, i + 1>();
  }
}

// Counters of an application's uids are dense, so a bit for each suffices.
constexpr std::uint64_t kCounterMax = 1ULL << 30;

using UidSet = std::vector<std::vector<bool>>;  // by application and counter

// False when it was marked before (or its counter is beyond all reason).
bool mark(UidSet& seen, workload::Uid uid) {
  const std::size_t application = workload::application_of(uid);
  const std::uint64_t counter = workload::counter_of(uid);
  if (counter > kCounterMax) return true;
  if (application >= seen.size()) seen.resize(application + 1);
  std::vector<bool>& bits = seen[application];
  if (counter >= bits.size()) bits.resize(2 * counter + 64);
  const bool is_new = !bits[counter];
  bits[counter] = true;
  return is_new;
}

bool is_marked(const UidSet& seen, workload::Uid uid) {
  const std::size_t application = workload::application_of(uid);
  const std::uint64_t counter = workload::counter_of(uid);
  return application < seen.size() && counter < seen[application].size() &&
         seen[application][counter];
}

// Records that one application read more than once.
std::int64_t duplicates_in(const workload::History& history) {
  std::int64_t found = 0;
  UidSet seen;
  for (const workload::Uid uid : history.uids()) {
    if (!mark(seen, uid)) ++found;
  }
  return found;
}

std::int64_t duplicates_of(const Run& run) {
  std::int64_t found = 0;
  for (const world::NodeIndex client : run.driver().roster().clients) {
    const workload::Application* application = run.world().application(client);
    const workload::History* history = application ? application->history() : nullptr;
    if (history != nullptr) found += duplicates_in(*history);
  }
  return found;
}

// Acknowledged records whose value a consumer read that started when chaos had ended.
std::int64_t acked_read_back(const Run& run) {
  const scenario::Driver& driver = run.driver();
  UidSet read;
  for (const auto& [node, index] : driver.roster().client_of) {
    const scenario::Client& client = run.plan().model.clients[index];
    if (client.kind != scenario::ClientKind::kConsumer) continue;
    if (client.start.duration() < run.plan().chaos) continue;
    const workload::Application* application = run.world().application(node);
    const workload::History* history = application ? application->history() : nullptr;
    if (history == nullptr) continue;
    for (const workload::Uid uid : history->uids()) mark(read, uid);
  }
  std::int64_t found = 0;
  for (const auto& [node, index] : driver.roster().client_of) {
    const workload::Application* application = run.world().application(node);
    const workload::History* history = application ? application->history() : nullptr;
    if (history == nullptr) continue;
    for (const workload::SendOp& send : history->sends()) {
      if (send.outcome == workload::SendOutcome::kAcked && is_marked(read, send.uid)) ++found;
    }
  }
  return found;
}

}  // namespace

std::map<std::string, std::int64_t> counts_of(const Run& run) {
  const auto number = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
  const checkers::Counts& seen = run.suite().state().counts();
  const world::FaultCounts& faults = run.world().fault_counts();
  const std::uint64_t controllers = run.driver().notes_seen(note_index<note::ControllerActive>());
  std::map<std::string, std::int64_t> out{
      {"acked", number(seen.acked)},
      {"acked read back", acked_read_back(run)},
      {"consumed", number(seen.consumed)},
      {"leader changes", number(seen.leader_changes)},
      {"isr changes", number(seen.isr_changes)},
      {"faults", number(run.driver().faults_applied())},
      {"rebalances", 0},
      {"duplicates", duplicates_of(run)},
      {"explained losses", number(run.suite().findings().explained_records())},
      {"elections", number(seen.elections)},
      {"unclean elections", number(seen.unclean_elections)},
      {"controller changes", controllers == 0 ? 0 : number(controllers - 1)},
      {"truncations", number(seen.truncations)},
      {"records truncated", number(seen.records_truncated)},
      {"bytes lost", faults.bytes_lost},
      {"votes refused", number(seen.votes_refused)},
      {"messages", number(run.world().counters().messages)},
      {"events", number(run.world().events())},
  };
  for (std::size_t i = 0; i < world::kFaultKinds; ++i) {
    const auto kind = static_cast<world::FaultKind>(i);
    out.emplace(world::fault_name(kind), number(faults.of(kind)));
  }
  if (run.world().counters().message_bytes > 0) {
    out["message bytes"] = number(run.world().counters().message_bytes);
  }
  return out;
}

std::map<std::string, std::uint64_t> fault_effects_of(const Run& run) {
  std::map<std::string, std::uint64_t> out;
  for (std::size_t i = 0; i < world::kFaultKinds; ++i) {
    const auto kind = static_cast<world::FaultKind>(i);
    const std::uint64_t effects = run.world().fault_counts().of(kind);
    if (effects > 0) out.emplace(world::fault_name(kind), effects);
  }
  return out;
}

}  // namespace logarium::run

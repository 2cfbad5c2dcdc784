#include "sim/checkers/client_view.hpp"

#include <algorithm>

#include "sim/workload/application.hpp"
#include "sim/world/world.hpp"

namespace logarium::checkers {
namespace {

// Uids of values that are no application's would otherwise ask for any amount of memory.
constexpr std::uint64_t kCounterMax = std::uint64_t{1} << 30;
constexpr std::int64_t kOffsetsMax = std::int64_t{1} << 28;

}  // namespace

Uid PartitionView::read_at(Offset offset) const {
  const std::int64_t at = offset - begin;
  return at < 0 || at >= static_cast<std::int64_t>(read.size())
             ? kNoUid
             : read[static_cast<std::size_t>(at)];
}

ClientView::ClientView(const world::World& world) {
  for (std::uint32_t i = 0; i < world.size(); ++i) {
    const NodeIndex node(i);
    const workload::Application* application = world.application(node);
    const workload::History* history = application ? application->history() : nullptr;
    if (history == nullptr) continue;
    add_sends(node, *history);
    add_polls(node, *history);
    if (history->corrupt() > 0) corrupt_.push_back({node, history->corrupt()});
  }
}

PartitionView& ClientView::partition(PartitionRef ref) {
  const auto [at, fresh] = index_.try_emplace(ref, partitions_.size());
  if (fresh) {
    partitions_.emplace_back();
    partitions_.back().ref = ref;
  }
  return partitions_[at->second];
}

void ClientView::add_sends(NodeIndex node, const workload::History& history) {
  for (const workload::SendOp& send : history.sends()) {
    producers_.try_emplace(workload::application_of(send.uid), node);
    if (send.partition == workload::SendOp::kNoPartition) continue;
    const PartitionRef ref = history.partitions()[send.partition];
    if (send.outcome == workload::SendOutcome::kFailed) failed_.push_back({send.uid, node, ref});
    if (send.outcome != workload::SendOutcome::kAcked || !send.offset) continue;
    partition(ref).acked.push_back({send.uid, *send.offset, node});
  }
}

void ClientView::add_polls(NodeIndex node, const workload::History& history) {
  for (const workload::PollOp& poll : history.polls()) {
    PartitionView& view = partition(history.partitions()[poll.partition]);
    const auto own = std::find_if(view.readers.begin(), view.readers.end(),
                                  [&](const ReaderSpan& span) { return span.node == node; });
    if (own == view.readers.end()) {
      view.readers.push_back({node, poll.from, poll.next});
    } else {
      own->last = std::max(own->last, poll.next);
    }
    for (std::uint32_t i = 0; i < poll.records; ++i) mark_read(history.uids()[poll.first_uid + i]);
    // A batch with damaged values leaves open which offset is whose.
    if (poll.next - poll.from != static_cast<std::int64_t>(poll.records)) continue;
    if (view.read.empty()) view.begin = poll.from;
    if (poll.from < view.begin) {
      const auto more = static_cast<std::size_t>(view.begin - poll.from);
      view.read.insert(view.read.begin(), more, kNoUid);
      view.begin = poll.from;
    }
    const std::int64_t end = poll.next - view.begin;
    if (end > kOffsetsMax) continue;
    if (end > static_cast<std::int64_t>(view.read.size())) {
      view.read.resize(static_cast<std::size_t>(end), kNoUid);
    }
    for (std::uint32_t i = 0; i < poll.records; ++i) {
      const Uid uid = history.uids()[poll.first_uid + i];
      Uid& seen = view.read[static_cast<std::size_t>(poll.from - view.begin) + i];
      if (seen == kNoUid) {
        seen = uid;
      } else if (seen != uid) {
        view.conflicts.push_back({poll.from + i, seen, uid, node});
      }
    }
  }
}

void ClientView::mark_read(Uid uid) {
  const std::size_t application = workload::application_of(uid);
  const std::uint64_t counter = workload::counter_of(uid);
  if (counter > kCounterMax) return;
  if (application >= read_.size()) read_.resize(application + 1);
  std::vector<bool>& bits = read_[application];
  if (counter >= bits.size()) bits.resize(2 * counter + 64);
  bits[counter] = true;
}

bool ClientView::was_read(Uid uid) const {
  const std::size_t application = workload::application_of(uid);
  const std::uint64_t counter = workload::counter_of(uid);
  return application < read_.size() && counter < read_[application].size() &&
         read_[application][counter];
}

std::optional<NodeIndex> ClientView::producer_of(Uid uid) const {
  const auto at = producers_.find(workload::application_of(uid));
  return at == producers_.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace logarium::checkers

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/client_view.hpp"
#include "sim/checkers/properties.hpp"
#include "sim/workload/application.hpp"
#include "sim/world/world.hpp"

namespace logarium::checkers {
namespace {

// Jepsen's anomalies of order (jepsen.tests.kafka): poll-skip and nonmonotonic-poll, inside a poll
// (int-) and across polls, and nonmonotonic-send. A consumer's position may jump only where it was
// reset or sent to.
class ClientOrder final : public CheckerOf<ClientOrder> {
 public:
  [[nodiscard]] Property property() const override { return kNoPollSkip; }
  [[nodiscard]] NoteSet interests() const override { return NoteSet::of<note::PositionReset>(); }
  void on_note(const ClusterState&, const ClusterState::At& at, const Note& note,
               Findings&) override {
    const auto& reset = std::get<note::PositionReset>(note);
    jumps_[{at.node, reset.partition}].push_back(reset.to);
  }
  void at_end(const ClusterState& state, const world::World& world, const Moment& moment,
              Findings& findings) override {
    for (std::uint32_t i = 0; i < world.size(); ++i) {
      const NodeIndex node(i);
      const workload::Application* application = world.application(node);
      const workload::History* history = application ? application->history() : nullptr;
      if (history == nullptr) continue;
      check_polls(*history, node, moment, findings);
      if (state.node(node).idempotent) check_sends(state, *history, node, moment, findings);
    }
  }

 private:
  using Jumps = ChunkedVector<Offset, 32>;
  struct Place {
    bool begun = false;
    Offset next;
    std::uint32_t poll = 0;
    std::size_t jumps_used = 0;
  };

  void check_polls(const workload::History& history, NodeIndex node, const Moment& moment,
                   Findings& findings) const {
    std::vector<Place> places(history.partitions().size());
    for (const workload::PollOp& poll : history.polls()) {
      Place& place = places[poll.partition];
      const PartitionRef ref = history.partitions()[poll.partition];
      if (place.begun && poll.from != place.next && !jumped({node, ref}, poll.from, place)) {
        tell_jump(ref, place, poll, moment, node, findings);
      }
      place.begun = true;
      place.next = poll.next;
      place.poll = poll.poll;
    }
  }
  // Uses up the consumer's jumps in order until one leads there.
  [[nodiscard]] bool jumped(const std::pair<NodeIndex, PartitionRef>& key, Offset to,
                            Place& place) const {
    const auto jumps = jumps_.find(key);
    if (jumps == jumps_.end()) return false;
    for (std::size_t i = place.jumps_used; i < jumps->second.size(); ++i) {
      if (jumps->second[i] != to) continue;
      place.jumps_used = i + 1;
      return true;
    }
    return false;
  }
  static void tell_jump(PartitionRef ref, const Place& place, const workload::PollOp& poll,
                        const Moment& moment, NodeIndex node, Findings& findings) {
    const bool back = poll.from < place.next;
    const char* where = poll.poll == place.poll ? "within one poll" : "from one poll to the next";
    findings.violation({back ? kMonotonicPoll : kNoPollSkip,
                        moment.event,
                        moment.time,
                        node,
                        fmt::format("a consumer of {} {} {}, without a reset", name_of(ref),
                                    back ? "went back" : "skipped records", where),
                        fmt::format("to go on at offset {}", place.next.value()),
                        fmt::format("poll {} goes on at offset {}", poll.poll, poll.from.value()),
                        {}});
  }

  void check_sends(const ClusterState& state, const workload::History& history, NodeIndex node,
                   const Moment& moment, Findings& findings) const {
    std::vector<std::vector<std::pair<Uid, Offset>>> sent(history.partitions().size());
    for (const workload::SendOp& send : history.sends()) {
      if (send.outcome != workload::SendOutcome::kAcked || !send.offset) continue;
      if (send.partition == workload::SendOp::kNoPartition) continue;
      sent[send.partition].push_back({send.uid, *send.offset});
    }
    for (std::size_t i = 0; i < sent.size(); ++i) {
      const PartitionRef ref = history.partitions()[i];
      const PartitionState* partition = state.find(ref);
      if (partition == nullptr) continue;
      auto& records = sent[i];
      if (!partition->cuts.empty() || state.sends().any_sent_anew(ref)) {
        std::erase_if(records, [&](const auto& record) {
          return out_of_sequence(state, *partition, record.second);
        });
      }
      if (!std::is_sorted(records.begin(), records.end())) {
        std::sort(records.begin(), records.end());
      }
      for (std::size_t k = 1; k < records.size(); ++k) {
        if (records[k].second > records[k - 1].second) continue;
        tell(kMonotonicSend, moment_of(moment, node), findings,
             {fmt::format("records of one idempotent producer were acknowledged in {} in another "
                          "order than they were sent",
                          name_of(ref)),
              fmt::format("record {} behind offset {}", workload::counter_of(records[k].first),
                          records[k - 1].second.value()),
              fmt::format("at offset {}", records[k].second.value()), records_of(*partition)});
        break;
      }
    }
  }

  std::map<std::pair<NodeIndex, PartitionRef>, Jumps> jumps_;
};

}  // namespace

std::unique_ptr<Checker> make_client_order() { return std::make_unique<ClientOrder>(); }

}  // namespace logarium::checkers

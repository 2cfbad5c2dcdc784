#include "sim/checkers/catalogue.hpp"

#include <array>

#include "sim/checkers/properties.hpp"
#include "sim/checkers/suite.hpp"

namespace logarium::checkers {
namespace {

struct Entry {
  Property property;
  std::unique_ptr<Checker> (*make)();  // null: the checker of the entry before judges this too
};

constexpr std::array kCatalogue = {
    Entry{kCommittedPrefix, make_committed_prefix},
    Entry{kValidHighWatermark, make_valid_high_watermark},
    Entry{kNoAcknowledgedLoss, make_no_acknowledged_loss},
    Entry{kLeaderCompleteness, make_leader_completeness},
    Entry{kCandidateCompleteness, make_candidate_completeness},
    Entry{kOneLeaderPerEpoch, make_one_leader_per_epoch},
    Entry{kLogMatching, make_log_matching},
    Entry{kLogShape, make_log_shape},
    Entry{kBounds, make_bounds},
    Entry{kMonotonicHighWatermark, make_monotonic_high_watermark},
    Entry{kMembership, make_membership},
    Entry{kQuorumSuperset, make_quorum_superset},
    Entry{kReadConsistency, make_read_consistency},
    Entry{kProducerOrder, make_producer_order},
    Entry{kIdempotence, make_idempotence},
    Entry{kJustifiedOutOfRange, make_justified_out_of_range},
    Entry{kRetention, make_retention},
    Entry{kRecovery, make_recovery},
    Entry{kTruncation, make_truncation},
    Entry{kOneQuorumLeader, make_one_quorum_leader},
    Entry{kOneVote, make_one_vote},
    Entry{kQuorumLogKept, make_quorum_log_kept},
    Entry{kQuorumDurability, make_quorum_durability},
    Entry{kEqualImages, make_equal_images},
    Entry{kFencedLeadNothing, make_fenced_lead_nothing},
    Entry{kAlterPartitionByLeader, make_alter_partition_by_leader},
    Entry{kReassignmentComplete, make_reassignment_complete},
    Entry{kSafeShutdown, make_safe_shutdown},
    Entry{kQuorumLeaderKnown, make_quorum_leader_known},
    Entry{kPartitionLeaderKnown, make_partition_leader_known},
    Entry{kReplicasCatchUp, make_replicas_catch_up},
    Entry{kSendsEnd, make_sends_end},
    Entry{kIsrChangeResolves, make_isr_change_resolves},
    Entry{kNothingParked, make_nothing_parked},
    Entry{kAdminWorkEnds, make_admin_work_ends},
    Entry{kQuietTail, make_quiet_tail},
    Entry{kLostWrite, make_client_records},
    Entry{kSeen, nullptr},
    Entry{kConsistentOffsets, nullptr},
    Entry{kNoDuplicate, nullptr},
    Entry{kIntactValues, nullptr},
    Entry{kNoFailedRead, nullptr},
    Entry{kNoPollSkip, make_client_order},
    Entry{kMonotonicPoll, nullptr},
    Entry{kMonotonicSend, nullptr},
    Entry{kNotesAgree, make_notes_agree},
};

constexpr std::array kUnproved = {
    Unproved{"R9, R13", "what a read_committed consumer is given",
             "There are no transactions yet; what read_uncommitted consumers get is proved."},
    Unproved{"R18", "compaction keeps the last value of each key", "There is no compaction yet."},
    Unproved{"Q6", "successive voter sets overlap", "The voter set does not change yet."},
    Unproved{"L6", "groups come to rest", "There are no consumer groups yet."},
    Unproved{"L7", "a group's lag drains", "There are no consumer groups yet."},
    Unproved{"L8", "transactions end", "There are no transactions yet."},
    Unproved{
        "F1", "notes agree with the nodes' state",
        "It compares what a node says with what it holds, and no rule of the protocol bears on "
        "that; unit tests of the checkers hold notes back."},
};

constexpr auto kProperties = [] {
  std::array<Property, kCatalogue.size()> properties{};
  for (std::size_t i = 0; i < properties.size(); ++i) properties[i] = kCatalogue[i].property;
  return properties;
}();

}  // namespace

std::vector<std::unique_ptr<Checker>> all_checkers() {
  std::vector<std::unique_ptr<Checker>> checkers;
  for (const Entry& entry : kCatalogue) {
    if (entry.make != nullptr) checkers.push_back(entry.make());
  }
  checkers.push_back(make_direct_view());  // further forms of R2, R9, R11, Q4, Q5
  return checkers;
}

std::span<const Property> all_properties() { return kProperties; }

std::span<const Unproved> unproved_properties() { return kUnproved; }

}  // namespace logarium::checkers

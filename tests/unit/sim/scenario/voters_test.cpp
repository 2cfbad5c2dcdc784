#include "sim/scenario/voters.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

using namespace logarium;
using namespace logarium::scenario;
using world::NodeIndex;

namespace {

// Voters 0, 1, 2; voter 0 leads.
class Quorum {
 public:
  explicit Quorum(std::uint32_t voters = 3) {
    for (std::uint32_t i = 0; i < voters; ++i) ids_.push_back(NodeIndex(i));
    for (std::uint32_t i = 0; i < voters; ++i) follows(i, 1);
    role(0, note::QuorumRole::kLeader, 1);
    for (std::uint32_t i = 0; i < voters; ++i) writes(i, 10, 1);
    raises(10);
  }
  void role(std::uint32_t node, note::QuorumRole role, int epoch) {
    tell(node, note::QuorumRoleChanged{role, QuorumEpoch(epoch), NodeId(-1)});
  }
  void follows(std::uint32_t node, int epoch) { role(node, note::QuorumRole::kFollower, epoch); }
  void writes(std::uint32_t node, std::int64_t end, int epoch) {
    tell(node, note::Appended{kMetadataPartition, Offset(end - 1), Offset(end), LeaderEpoch(epoch),
                              note::Role::kFollower, 0, 0});
    tell(node, note::Synced{kMetadataPartition, Offset(end)});
  }
  void raises(std::int64_t to) {
    tell(0, note::HighWatermarkMoved{kMetadataPartition, Offset(to), LeaderEpoch(1),
                                     note::Role::kLeader, 0});
  }
  void tell(std::uint32_t node, const Note& note) { voters_.on_note(NodeIndex(node), note); }
  [[nodiscard]] bool spares(std::uint32_t node) const {
    return voters_.can_spare(NodeIndex(node), ids_);
  }

 private:
  std::vector<NodeIndex> ids_;
  Voters voters_;
};

}  // namespace

TEST_CASE("a quorum in step spares any one voter") {
  const Quorum quorum;
  for (std::uint32_t i = 0; i < 3; ++i) CHECK(quorum.spares(i));
}

TEST_CASE("a quorum spares nobody whose log the others lack") {
  Quorum quorum;
  quorum.writes(0, 12, 1);
  quorum.writes(1, 12, 1);
  SECTION("committed: the lagging one and the wiped one could elect the lagging one") {
    quorum.raises(12);
    CHECK(!quorum.spares(0));
    CHECK(!quorum.spares(1));
    CHECK(quorum.spares(2));
  }
  SECTION("acknowledged, and perhaps committed in a moment") {
    CHECK(!quorum.spares(0));
    CHECK(!quorum.spares(1));
    CHECK(quorum.spares(2));
  }
}

TEST_CASE("of an even quorum a majority holds what a voter has acknowledged and nobody committed") {
  Quorum quorum(4);
  for (const std::uint32_t voter : {0U, 1U, 2U}) quorum.writes(voter, 12, 1);
  CHECK(!quorum.spares(1));
  CHECK(quorum.spares(3));
  quorum.raises(12);
  CHECK(quorum.spares(1));
}

TEST_CASE("what is not synced is not held") {
  Quorum quorum;
  quorum.writes(0, 12, 1);
  quorum.writes(1, 12, 1);
  quorum.tell(2, note::Appended{kMetadataPartition, Offset(11), Offset(12), LeaderEpoch(1),
                                note::Role::kFollower, 0, 0});
  CHECK(!quorum.spares(1));
  quorum.tell(2, note::Synced{kMetadataPartition, Offset(12)});
  CHECK(quorum.spares(1));
}

TEST_CASE("a quorum spares nobody who might vote a second time in an epoch") {
  Quorum quorum;
  SECTION("another voter does not know the newest epoch, and may still stand in it") {
    quorum.role(0, note::QuorumRole::kLeader, 2);
    quorum.follows(1, 2);
    quorum.writes(0, 11, 2);
    quorum.writes(1, 11, 2);
    CHECK(!quorum.spares(1));
    quorum.follows(2, 2);
    quorum.writes(2, 11, 2);
    CHECK(quorum.spares(1));
  }
  SECTION("another voter stands") {
    quorum.role(2, note::QuorumRole::kCandidate, 2);
    CHECK(!quorum.spares(1));
  }
  SECTION("it has voted in an epoch that nobody leads yet") {
    quorum.tell(1, note::VotePersisted{QuorumEpoch(2), NodeId(3)});
    CHECK(!quorum.spares(1));
  }
}

TEST_CASE("a wiped voter counts again when it has caught up") {
  Quorum quorum;
  quorum.tell(2, note::DiskWiped{100});
  CHECK(!quorum.spares(1));
  CHECK(quorum.spares(2));
  quorum.follows(2, 1);
  CHECK(!quorum.spares(1));
  quorum.writes(2, 11, 1);
  CHECK(quorum.spares(1));
}

TEST_CASE("an even quorum spares a voter while half of it is sound") {
  Quorum quorum(4);
  quorum.tell(3, note::Truncated{kMetadataPartition, Offset(10), Offset(5),
                                 note::TruncateCause::kDivergingEpoch, 0});
  CHECK(quorum.spares(1));
  CHECK(quorum.spares(3));
  quorum.role(2, note::QuorumRole::kUnattached, 1);
  CHECK(!quorum.spares(1));
}

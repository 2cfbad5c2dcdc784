// Bits that flip on a disk where no checksum reaches them.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/unit/sim/checkers/stream.hpp"

using namespace logarium;
using namespace logarium::checkers;

namespace {

// Broker 3 comes back with the batch of offset 1 at offset 3, and follows on from there.
void recover_with_a_hole(Stream& s) {
  s.lead_orders();
  for (std::uint64_t content = 11; content <= 14; ++content) s.replicate(content);
  s.raise(0, 4);
  if (GENERATE(false, true)) {
    s.tell(2, note::FaultBegan{0, static_cast<std::int32_t>(world::FaultKind::kBitRot)});
  }
  s.stop(2, note::EndCause::kCrash);
  const auto found = [](std::int64_t base, std::uint64_t content) {
    return note::BatchRecovered{kOrders, Offset(base), Offset(base + 1), LeaderEpoch(0), content};
  };
  s.tell(2, note::ProcessStarted{Incarnation(2)}, found(0, 11), found(3, 12));
  s.open(2, 4, 4);
  s.become_one(2, 0, 0, 0);
  s.replicate(15);
  s.raise(0, 5);
}

}  // namespace

TEST_CASE("records that a rotten disk changed unseen are not judged") {
  Stream s;
  recover_with_a_hole(s);
  const PartitionState& partition = *s.state().find(kOrders);
  const bool rotten = s.state().node(world::NodeIndex(2)).rotten;
  CHECK(partition.misread.has_value() == rotten);
  CHECK((s.findings().violation_count() == 0) == rotten);
  CHECK(s.findings().explained_losses().empty());
  if (!rotten) {
    CHECK(s.count("R7") > 0);
    CHECK(s.count("R1") > 0);
    return;
  }
  CHECK(partition.misread->base == Offset(3));
  // Whoever holds it leads, without the records that should stand there.
  s.commit(3, 1, 1);
  s.become(2, 1, 1);
  CHECK(s.first() == "");
  REQUIRE(!s.findings().explained_losses().empty());
  CHECK(s.findings().explained_losses().front().explanation.starts_with(
      "bits of node 3's disk flipped"));
}

TEST_CASE("a rotten disk explains nothing in partitions that recovery found as they were") {
  Stream s;
  s.lead_orders();
  s.replicate(11);
  s.tell(2, note::FaultBegan{0, static_cast<std::int32_t>(world::FaultKind::kBitRot)});
  s.stop(2, note::EndCause::kCrash);
  s.tell(2, note::ProcessStarted{Incarnation(2)},
         note::BatchRecovered{kOrders, Offset(0), Offset(1), LeaderEpoch(0), 11});
  CHECK(!s.state().find(kOrders)->misread);
  s.tell(2, note::DiskWiped{100});
  CHECK(!s.state().node(world::NodeIndex(2)).rotten);
}

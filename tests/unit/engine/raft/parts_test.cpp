// The parts of the quorum, each on its own.

#include <catch2/catch_test_macros.hpp>

#include "engine/protocol/records.hpp"
#include "engine/raft/accumulator.hpp"
#include "engine/raft/election_state.hpp"
#include "engine/raft/progress.hpp"
#include "engine/raft/snapshot_content.hpp"
#include "engine/raft/snapshots.hpp"

namespace logarium::raft {
namespace {

VoterSet voters(int count) {
  std::vector<ReplicaKey> keys;
  for (int id = 1; id <= count; ++id) {
    keys.push_back({NodeId(id), Uuid{1, static_cast<std::uint64_t>(id)}});
  }
  return VoterSet(keys);
}
const ReplicaKey& voter(const VoterSet& set, int id) { return *set.find(NodeId(id)); }

}  // namespace

TEST_CASE("election state survives its text") {
  ElectionState state;
  CHECK(ElectionState::parse("").value() == state);
  state.epoch = QuorumEpoch(7);
  CHECK(ElectionState::parse(state.to_text()).value() == state);
  state.voted = ReplicaKey{NodeId(2), Uuid{3, 4}};
  state.leader = NodeId(5);
  CHECK(ElectionState::parse(state.to_text()).value() == state);
}

TEST_CASE("a damaged election state is refused") {
  ElectionState state;
  state.voted = ReplicaKey{NodeId(2), Uuid{3, 4}};
  const std::string text = state.to_text();
  for (std::size_t cut = 1; cut + 20 < text.size(); ++cut) {
    CHECK_FALSE(ElectionState::parse(text.substr(0, cut)).ok());
  }
  CHECK_FALSE(ElectionState::parse(R"({"leaderId":x,"leaderEpoch":1,"votedId":2})").ok());
  CHECK_FALSE(ElectionState::parse(R"({"leaderId":1,"leaderEpoch":-4,"votedId":2,)"
                                   R"("votedDirectoryId":"AAAAAAAAAAcAAAAAAAAAAQ"})")
                  .ok());
}

TEST_CASE("a voter with another directory is another replica") {
  const VoterSet set = voters(3);
  CHECK(set.contains(voter(set, 2)));
  CHECK_FALSE(set.contains({NodeId(2), Uuid{9, 9}}));
  CHECK(set.contains({NodeId(2), kZeroUuid}));
  CHECK_FALSE(set.contains({NodeId(4), kZeroUuid}));
}

TEST_CASE("the high watermark is the majority-th largest end, for odd and even quorums") {
  const Now now{};
  const auto end_of = [&](int count, const std::vector<std::int64_t>& others, std::int64_t own) {
    const VoterSet set = voters(count);
    Progress progress(set, voter(set, 1));
    for (std::size_t i = 0; i < others.size(); ++i) {
      progress.fetched(voter(set, static_cast<int>(i) + 2), Offset(others[i]), Offset(own), now);
    }
    return progress.majority_end(Offset(own));
  };
  CHECK(end_of(1, {}, 10) == Offset(10));
  CHECK(end_of(2, {7}, 10) == Offset(7));
  CHECK(end_of(3, {}, 10) == std::nullopt);
  CHECK(end_of(3, {7}, 10) == Offset(7));
  CHECK(end_of(3, {7, 9}, 10) == Offset(9));
  CHECK(end_of(3, {10, 10}, 4) == Offset(10));
  CHECK(end_of(4, {9, 8}, 10) == Offset(8));
  CHECK(end_of(4, {9, 8, 7}, 10) == Offset(8));
  CHECK(end_of(5, {9, 8, 7, 6}, 10) == Offset(8));
}

TEST_CASE("observers and strangers do not count") {
  const VoterSet set = voters(3);
  Progress progress(set, voter(set, 1));
  progress.fetched({NodeId(2), Uuid{9, 9}}, Offset(9), Offset(10), {});
  progress.fetched({NodeId(7), kZeroUuid}, Offset(9), Offset(10), {});
  CHECK(progress.majority_end(Offset(10)) == std::nullopt);
  CHECK(progress.observers().size() == 2);
  CHECK_FALSE(progress.in_touch({NodeId(7), kZeroUuid}));
  CHECK(progress.in_touch(voter(set, 2)));
}

TEST_CASE("five voters are in touch when two others fetched") {
  const VoterSet set = voters(5);
  Progress progress(set, voter(set, 1));
  CHECK_FALSE(progress.in_touch(voter(set, 2)));
  CHECK_FALSE(progress.in_touch(voter(set, 2)));
  CHECK(progress.in_touch(voter(set, 3)));
  CHECK_FALSE(progress.in_touch(voter(set, 3)));
}

TEST_CASE("successors are named by how far they are") {
  const VoterSet set = voters(4);
  Progress progress(set, voter(set, 2));
  progress.fetched(voter(set, 3), Offset(9), Offset(10), {});
  progress.fetched(voter(set, 4), Offset(10), Offset(10), {});
  const auto successors = progress.successors();
  REQUIRE(successors.size() == 3);
  CHECK(successors[0].id == NodeId(4));
  CHECK(successors[1].id == NodeId(3));
  CHECK(successors[2].id == NodeId(1));
}

TEST_CASE("records that belong together share a batch") {
  Accumulator accumulator;
  const Bytes big = Bytes::copy_of(std::string(5 * 1024 * 1024, 'x'));
  CHECK(accumulator.add({Bytes::copy_of("a"), Bytes::copy_of("b")}) == 2);
  CHECK(accumulator.add({big}) == 3);
  CHECK_FALSE(accumulator.full());
  CHECK(accumulator.add({big, Bytes::copy_of("c")}) == 5);
  CHECK(accumulator.full());
  CHECK(accumulator.add({big, big}) == std::nullopt);
  const auto batches = accumulator.drain(Offset(10), LeaderEpoch(3), 1234);
  REQUIRE(batches.size() == 2);
  CHECK(batches[0].base_offset == Offset(10));
  CHECK(batches[0].record_count == 3);
  CHECK(batches[1].base_offset == Offset(13));
  CHECK(batches[1].record_count == 2);
  CHECK(accumulator.empty());
}

TEST_CASE("a snapshot survives its file, and damage is noticed") {
  const LogPosition id{QuorumEpoch(3), Offset(42)};
  const Bytes file = encode_snapshot(id, {Bytes::copy_of("one"), Bytes::copy_of("two")}, 1234);
  const auto batches = decode_snapshot(file);
  REQUIRE(batches.ok());
  REQUIRE(batches.value().size() == 1);
  CHECK(batches.value()[0].record_count == 2);
  CHECK(decode_snapshot(encode_snapshot(id, {}, 1234)).value().empty());
  for (std::size_t cut = 0; cut < file.size(); cut += 7) {
    CHECK_FALSE(decode_snapshot(file.slice(0, cut)).ok());
  }
}

TEST_CASE("snapshot files are named as Kafka names them") {
  const LogPosition id{QuorumEpoch(3), Offset(42)};
  const std::string name = "00000000000000000042-0000000003.checkpoint";
  CHECK(Snapshots::name_of(id) == name);
  CHECK(Snapshots::parse_name(name) == id);
  CHECK_FALSE(Snapshots::parse_name(name + ".part").has_value());
  CHECK_FALSE(Snapshots::parse_name("00000000000000000042.log").has_value());
}

}  // namespace logarium::raft

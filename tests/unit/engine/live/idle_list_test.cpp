#include "engine/live/idle_list.hpp"

#include <catch2/catch_test_macros.hpp>

namespace logarium::live {
namespace {

using std::chrono::milliseconds;

IdleList::Time at(int ms) { return IdleList::Time{} + milliseconds(ms); }

}  // namespace

TEST_CASE("whoever is silent for the limit is due, the longest silent first") {
  IdleList idle(milliseconds(100));
  CHECK_FALSE(idle.next_due());
  idle.touch(ConnectionId(1), at(0));
  idle.touch(ConnectionId(3), at(10));
  idle.touch(ConnectionId(5), at(20));
  CHECK(idle.next_due() == at(100));
  CHECK_FALSE(idle.due(at(99)));
  CHECK(idle.due(at(100)) == ConnectionId(1));
  // A sign of life at the last moment.
  idle.touch(ConnectionId(1), at(100));
  CHECK(idle.due(at(115)) == ConnectionId(3));
  idle.remove(ConnectionId(3));
  CHECK(idle.next_due() == at(120));
  CHECK(idle.due(at(500)) == ConnectionId(5));
  idle.remove(ConnectionId(5));
  CHECK(idle.due(at(500)) == ConnectionId(1));
  idle.remove(ConnectionId(1));
  idle.remove(ConnectionId(1));
  CHECK_FALSE(idle.due(at(500)));
}

TEST_CASE("without a limit nobody is ever due") {
  IdleList idle(std::nullopt);
  idle.touch(ConnectionId(1), at(0));
  CHECK_FALSE(idle.next_due());
  CHECK_FALSE(idle.due(at(1'000'000'000)));
}

}  // namespace logarium::live

#include <catch2/catch_test_macros.hpp>

#include "engine/base/chunked.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/random.hpp"
#include "engine/base/time.hpp"
#include "engine/base/timers.hpp"
#include "engine/base/uuid.hpp"
#include "engine/base/varint.hpp"

using namespace logarium;

TEST_CASE("CRC-32C has the check value of the catalogue and continues over parts") {
  CHECK(crc32c(view_of("123456789")) == 0xE3069283U);
  CHECK(crc32c_extend(crc32c(view_of("1234")), view_of("56789")) == 0xE3069283U);
}

TEST_CASE("timers fire by instant, and in the order of setting when instants are equal") {
  Timers timers;
  Cookie cookie;
  auto set = [&](std::int64_t when, std::uint64_t value) {
    cookie.value = value;
    return timers.arm(Instant{when}, cookie);
  };
  set(5, 1);
  TimerHandle moved = set(1, 2);
  set(5, 3);
  TimerHandle gone = set(2, 4);
  timers.cancel(gone);
  cookie.value = 2;
  timers.rearm(moved, Instant{5}, cookie);
  CHECK(timers.next_deadline() == Instant{5});
  CHECK(timers.fire().value == 1);
  CHECK(timers.fire().value == 3);
  CHECK(timers.fire().value == 2);
  CHECK(timers.next_deadline() == kNever);
  CHECK_FALSE(timers.armed(moved));
}

TEST_CASE("a stream of random numbers is the same everywhere") {
  Random random(42);
  CHECK(random.next() == 0xbdd732262feb6e95ULL);
  Random link = random.derive("link", 1);
  CHECK(link.fingerprint() != random.derive("link", 2).fingerprint());
  std::int64_t sum = 0;
  for (int i = 0; i < 100'000; ++i) sum += link.exponential(milliseconds(1)).ns;
  CHECK(sum / 100'000 > 990'000);
  CHECK(sum / 100'000 < 1'010'000);
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t value = link.between(-3, 3);
    REQUIRE(value >= -3);
    REQUIRE(value <= 3);
  }
}

TEST_CASE("a chunked vector keeps its elements through growth, cuts at both ends and copies") {
  ChunkedVector<int, 4> values;
  for (int i = 0; i < 23; ++i) values.push_back(i);
  const ChunkedVector<int, 4> copy = values;
  values.truncate(14);
  values.drop_front(5);
  values.push_back(99);
  REQUIRE(values.size() == 10);
  CHECK(values.front() == 5);
  CHECK(values[8] == 13);
  CHECK(values.back() == 99);
  CHECK(copy.size() == 23);
  CHECK(copy[22] == 22);
  values.replace(0, -5);
  CHECK(values.front() == -5);
  CHECK(copy[5] == 5);
}

TEST_CASE("durations print shortest, ids round-trip, varints round-trip") {
  CHECK(to_string(milliseconds(12'480)) == "12.48s");
  CHECK(to_string(microseconds(-1500)) == "-1.5ms");
  CHECK(to_string(nanoseconds(7)) == "7ns");
  Random random(7);
  const Uuid id = random.uuid();
  CHECK(parse_uuid(to_string(id)) == id);
  CHECK_FALSE(parse_uuid("AAAAAAAAAAAAAAAAAAAAA!"));
  for (const std::uint64_t value : {0ULL, 127ULL, 128ULL, 300ULL, ~0ULL}) {
    std::vector<std::byte> out;
    put_varint(out, value);
    CHECK(out.size() == varint_size(value));
    std::size_t at = 0;
    std::uint64_t read = 1;
    REQUIRE(get_varint(out, at, read, kVarlongBytesMax));
    CHECK(read == value);
  }
  CHECK(unzigzag(zigzag(std::int64_t{-9'000'000'000})) == -9'000'000'000);
}

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "sim/scenario/number.hpp"
#include "sim/scenario/target.hpp"

using namespace logarium;
using namespace logarium::scenario;

TEST_CASE("amounts with units are exact, and print in the shortest unit that is exact") {
  CHECK(parse_unit(Unit::kDuration, "250ms").value == 250'000'000);
  CHECK(parse_unit(Unit::kDuration, "1.5s").value == 1'500'000'000);
  CHECK(parse_unit(Unit::kDuration, "-2s").value == -2'000'000'000);
  CHECK(parse_unit(Unit::kBytes, "1MiB").value == 1'048'576);
  CHECK(parse_unit(Unit::kBytes, "0.5KiB").value == 512);
  CHECK(parse_unit(Unit::kRate, "500/s").value == 1'800'000);
  CHECK(parse_unit(Unit::kRate, "90/m").value == 5'400);
  CHECK(parse_unit(Unit::kShare, "2.5%").value == 25'000);
  CHECK(parse_unit(Unit::kDrift, "-200ppm").value == -200);
  CHECK(parse_unit(Unit::kByteRate, "10MiB/s").value == 10'485'760);
  for (const Unit unit :
       {Unit::kDuration, Unit::kBytes, Unit::kRate, Unit::kByteRate, Unit::kShare, Unit::kDrift}) {
    for (const std::int64_t value : {0, 1, 999, 3600, 10'000, 1'048'576, 1'500'000'000}) {
      const UnitValue again = parse_unit(unit, unit_text(unit, value));
      INFO(unit_text(unit, value));
      CHECK(again.ok);
      CHECK(again.value == value);
    }
  }
}

TEST_CASE("what is no amount is refused") {
  for (const char* text : {"", "s", "5", "5 s", "5S", "1.s", ".5s", "1.2.3s", "--1s", "1e3s",
                           "99999999999999999999s", "9999999999h", "0.0000000001s", "5ms "}) {
    INFO(text);
    CHECK_FALSE(parse_unit(Unit::kDuration, text).ok);
  }
  CHECK_FALSE(parse_unit(Unit::kBytes, "0.3B").ok);
}

TEST_CASE("draws stay within the least and the greatest value") {
  Random random(3);
  const Number exponential{Number::Shape::kExponential, 5, 100, 20, {}};
  const Number pick{Number::Shape::kPick, 0, 0, 0, {4, 2, 8}};
  const Number zipf{Number::Shape::kZipf, 0, 10, 0, {}};
  const Number uniform{Number::Shape::kUniform, -5, 5, 0, {}};
  for (const Number& number : {exponential, pick, zipf, uniform}) {
    for (int i = 0; i < 1000; ++i) {
      const std::int64_t value = number.draw(random);
      CHECK(value >= number.least());
      CHECK(value <= number.greatest());
    }
  }
  const Random before = random;
  CHECK(Number::constant(7).draw(random) == 7);
  CHECK(random == before);
}

TEST_CASE("targets are read with their arguments") {
  const auto follower = parse_target("follower(my-topic-12)[1]").target;
  REQUIRE(follower);
  CHECK(follower->kind == TargetKind::kFollower);
  CHECK(follower->topic == "my-topic");
  CHECK(follower->partition == 12);
  CHECK(follower->index == 1U);
  CHECK_FALSE(follower->is_static());
  CHECK(parse_target("controller(1001)").target->is_static());
  CHECK_FALSE(parse_target("controller").target->is_static());
  CHECK(parse_target("random(isr(t-0))").target->inner.front().kind == TargetKind::kIsr);
  CHECK(parse_target("kill.target").target->name == "kill");
  for (const char* text : {"", "broker", "broker()", "broker(x)", "leader(t)", "all(1)", "broker(1",
                           "[1]", "leader(t-0)[", "leader(t-0)[x]", "()", "random()"}) {
    INFO(text);
    CHECK_FALSE(parse_target(text).target);
    CHECK_FALSE(parse_target(text).error.empty());
  }
}

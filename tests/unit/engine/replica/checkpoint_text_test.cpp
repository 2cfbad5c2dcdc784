#include "engine/replica/checkpoint_text.hpp"

#include <catch2/catch_test_macros.hpp>

#include "engine/log/checkpoint.hpp"

namespace logarium::replica {
namespace {

TopicPartition named(const char* topic, std::int32_t index) {
  return {topic, PartitionIndex(index)};
}

TEST_CASE("a checkpoint's text is what its reader understands") {
  CheckpointText text;
  text.set(0, named("a", 0), Offset(7));
  text.set(5, named("b", 12), Offset(123'456'789'012));
  text.set(2, named("a", 1), Offset(0));
  text.set(0, named("a", 0), Offset(8));
  const Bytes content = text.take();
  const auto read = log::decode_offsets(text_of(content.view()));
  REQUIRE(read.ok());
  CHECK(read.value() == log::OffsetMap{{named("a", 0), Offset(8)},
                                       {named("a", 1), Offset(0)},
                                       {named("b", 12), Offset(123'456'789'012)}});
}

TEST_CASE("a line that is erased leaves the others in place") {
  CheckpointText text;
  for (std::uint32_t slot = 0; slot < 4; ++slot) {
    text.set(slot, named("topic", static_cast<std::int32_t>(slot)), Offset(slot));
  }
  text.erase(1);
  text.set(3, named("topic", 3), Offset(33));
  const Bytes content = text.take();
  const auto read = log::decode_offsets(text_of(content.view()));
  REQUIRE(read.ok());
  CHECK(read.value() == log::OffsetMap{{named("topic", 0), Offset(0)},
                                       {named("topic", 2), Offset(2)},
                                       {named("topic", 3), Offset(33)}});
  CHECK_FALSE(text.get(1).has_value());
}

TEST_CASE("setting what is there already changes nothing") {
  CheckpointText text;
  text.set(0, named("a", 0), Offset(7));
  CHECK(text.changed());
  static_cast<void>(text.take());
  text.set(0, named("a", 0), Offset(7));
  CHECK_FALSE(text.changed());
}

}  // namespace
}  // namespace logarium::replica

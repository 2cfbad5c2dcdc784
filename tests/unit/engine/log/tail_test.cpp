#include "engine/log/tail.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <vector>

namespace logarium::log {
namespace {

using Storage = std::shared_ptr<const std::byte[]>;

// A batch of one record at this offset whose bytes are the storage's.
protocol::Batch batch_over(std::int64_t offset, const Storage& storage, std::size_t bytes) {
  protocol::BatchHeader header;
  header.base_offset = Offset(offset);
  header.record_count = 1;
  return {header, Bytes(storage, bytes)};
}

// How many of these storages nobody but the test holds after all but the last batch were evicted.
std::size_t freed(std::size_t bytes, std::size_t batches) {
  std::vector<Storage> storages;
  Tail tail;
  tail.reset(Offset(0), 0);
  for (std::size_t i = 0; i < batches; ++i) {
    storages.push_back(Storage(new std::byte[bytes]{}));
    tail.push(batch_over(static_cast<std::int64_t>(i), storages.back(), bytes), 0, i,
              note::Role::kLeader, Tail::Hashes::kNone);
    tail.done(i);
    while (tail.next_written() != nullptr) {
    }
    tail.evict({.bytes_max = static_cast<std::int64_t>(bytes) + 100});
  }
  CHECK(tail.entries().size() == 1);
  CHECK(tail.start() == Offset(static_cast<std::int64_t>(batches) - 1));
  std::size_t alone = 0;
  for (const Storage& storage : storages) alone += storage.use_count() == 1 ? 1U : 0U;
  return alone;
}

}  // namespace

TEST_CASE("the bytes of a long batch go with its eviction, wherever it lay in its chunk") {
  for (const std::size_t batches : {2U, 20U, 33U, 100U}) {
    CHECK(freed(std::size_t{100} * 1024, batches) == batches - 1);
  }
}

TEST_CASE("short batches go with their chunk") {
  CHECK(freed(1000, 65) == 64);
  CHECK(freed(1000, 60) == 32);
}

}  // namespace logarium::log

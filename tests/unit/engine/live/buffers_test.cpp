#include "engine/live/buffers.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <thread>
#include <vector>

namespace logarium::live {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

TEST_CASE("a block that was let go is used for the next one of about its size") {
  const std::byte* first = take_buffer(kMiB).get();
  CHECK(kept_bytes() >= kMiB);
  CHECK(take_buffer(kMiB - 1000).get() == first);
  CHECK(take_buffer(kMiB / 4).get() == first);
  // Not for one that needs more, nor for one that needs much less.
  const auto longer = take_buffer(kMiB + 1);
  const auto shorter = take_buffer(kMiB / 5);
  CHECK(longer.get() != first);
  CHECK(shorter.get() != first);
  CHECK(take_buffer(kMiB).get() == first);
}

TEST_CASE("blocks of every size can be written to from end to end, and no two share a byte") {
  for (std::size_t size = 1; size <= kKeptBlockMax + 1; size += 1 + size / 3) {
    const auto a = take_buffer(size);
    const auto b = take_buffer(size);
    std::fill_n(a.get(), size, std::byte{1});
    std::fill_n(b.get(), size, std::byte{2});
    CHECK(std::all_of(a.get(), a.get() + size, [](std::byte x) { return x == std::byte{1}; }));
  }
}

TEST_CASE("no more is kept than the limit, and a use that goes on keeps its block") {
  std::vector<std::shared_ptr<std::byte[]>> many;
  for (int i = 0; i < 200; ++i) many.push_back(take_buffer(kMiB));
  const auto used = many.front();
  many.clear();
  CHECK(kept_bytes() <= kKeptBytesMax);
  CHECK(kept_bytes() > kKeptBytesMax - kMiB);
  std::set<const std::byte*> again;
  for (int i = 0; i < 200; ++i) {
    many.push_back(take_buffer(kMiB));
    again.insert(many.back().get());
  }
  CHECK(again.size() == 200);
  CHECK_FALSE(again.contains(used.get()));
}

TEST_CASE("what is not needed goes back, what is needed now and then stays") {
  take_buffer(kMiB).reset();
  take_buffer(3 * kMiB).reset();
  give_back_unneeded();
  take_buffer(kMiB).reset();
  give_back_unneeded();
  CHECK(kept_bytes() == kMiB);
  give_back_unneeded();
  CHECK(kept_bytes() == 0);
}

TEST_CASE("any thread may let a block go") {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      std::shared_ptr<std::byte[]> held;
      for (int i = 0; i < 1000; ++i) {
        auto next = take_buffer(kKeptBlockMin + static_cast<std::size_t>(i) * 100);
        next[0] = std::byte{1};
        held = std::move(next);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::shared_ptr<std::byte[]> here = take_buffer(kMiB);
  std::thread([there = std::move(here)]() mutable { there.reset(); }).join();
  CHECK(kept_bytes() >= kMiB);
}

}  // namespace
}  // namespace logarium::live

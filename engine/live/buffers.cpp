#include "engine/live/buffers.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <mutex>
#include <new>

namespace logarium::live {
namespace {

// Four sizes per doubling, (5 to 8) << shift, for ten shifts.
constexpr std::size_t kSmallestShift = 12;
constexpr std::size_t kClasses = 4 * 10;

struct SizeClass {
  std::size_t index = 0;
  std::size_t bytes = 0;
};

constexpr SizeClass class_of(std::size_t size) {
  const auto shift = static_cast<std::size_t>(std::bit_width(size - 1)) - 3;
  const std::size_t steps = ((size - 1) >> shift) + 1;
  return {(shift - kSmallestShift) * 4 + steps - 5, steps << shift};
}
static_assert(class_of(kKeptBlockMin).bytes == kKeptBlockMin);
static_assert(class_of(kKeptBlockMin + 1).bytes == kKeptBlockMin / 4 * 5);
static_assert(class_of(kKeptBlockMax).bytes == kKeptBlockMax);
static_assert(class_of(kKeptBlockMax).index < kClasses);

// A block that nobody uses holds the way to the next one.
struct Idle {
  Idle* next = nullptr;
};

struct Kept {
  std::mutex mutex;
  std::array<Idle*, kClasses> idle{};
  std::array<std::size_t, kClasses> count{};
  // The fewest that there were since give_back_unneeded(): so many were not needed.
  std::array<std::size_t, kClasses> fewest{};
  std::size_t bytes = 0;

  void put(std::byte* block, std::size_t index) {
    idle[index] = new (block) Idle{idle[index]};
    ++count[index];
  }
  // REQUIRES: there is one.
  std::byte* take(std::size_t index) {
    Idle* first = idle[index];
    idle[index] = first->next;
    --count[index];
    fewest[index] = std::min(fewest[index], count[index]);
    return reinterpret_cast<std::byte*>(first);
  }
};

// Never destroyed: blocks come back until the process has ended.
Kept& kept() {
  static Kept* const all = new Kept;
  return *all;
}

// Blocks of up to this many sizes more are taken, too: four times what is needed.
constexpr std::size_t kSizesMore = 8;

struct LetGo {
  SizeClass size;
  void operator()(std::byte* block) const noexcept {
    {
      Kept& all = kept();
      const std::lock_guard lock(all.mutex);
      if (all.bytes + size.bytes <= kKeptBytesMax) {
        all.bytes += size.bytes;
        all.put(block, size.index);
        return;
      }
    }
    delete[] block;
  }
};

constexpr SizeClass class_at(std::size_t index) {
  return {index, (index % 4 + 5) << (index / 4 + kSmallestShift)};
}
static_assert(class_at(class_of(kKeptBlockMax).index).bytes == kKeptBlockMax);
static_assert(class_at(class_of(kKeptBlockMin + 1).index).bytes == kKeptBlockMin / 4 * 5);

// The smallest kept block of at least this size; null when there is none.
std::byte* take_idle(SizeClass& size) {
  Kept& all = kept();
  const std::lock_guard lock(all.mutex);
  const std::size_t end = std::min(size.index + kSizesMore + 1, kClasses);
  for (std::size_t index = size.index; index < end; ++index) {
    if (all.idle[index] == nullptr) continue;
    size = class_at(index);
    all.bytes -= size.bytes;
    return all.take(index);
  }
  return nullptr;
}

}  // namespace

std::shared_ptr<std::byte[]> take_buffer(std::size_t size) {
  if (size < kKeptBlockMin || size > kKeptBlockMax) {
    return std::shared_ptr<std::byte[]>(new (std::nothrow)
                                            std::byte[std::max<std::size_t>(size, 1)]);
  }
  SizeClass found = class_of(size);
  std::byte* block = take_idle(found);
  if (block == nullptr) block = new (std::nothrow) std::byte[found.bytes];
  if (block == nullptr) return nullptr;
  return {block, LetGo{found}};
}

void give_back_unneeded() {
  Kept& all = kept();
  const std::lock_guard lock(all.mutex);
  for (std::size_t index = 0; index < kClasses; ++index) {
    for (std::size_t unneeded = all.fewest[index]; unneeded > 0; --unneeded) {
      delete[] all.take(index);
      all.bytes -= class_at(index).bytes;
    }
    all.fewest[index] = all.count[index];
  }
}

std::size_t kept_bytes() {
  Kept& all = kept();
  const std::lock_guard lock(all.mutex);
  return all.bytes;
}

}  // namespace logarium::live

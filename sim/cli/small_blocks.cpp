// The program's operator new: blocks of up to 16 KiB come from free lists by size. A simulated run
// makes some five small blocks per event, and glibc's general allocator costs a tenth of it; its
// chunks of history (base/chunked.hpp) lie here too, in huge pages, where they cost no page faults.
// Larger blocks are malloc's. Memory of small blocks is kept for later ones, never given back.
//
// Linked into programs that run simulations, beside their main; the sanitizers keep their own. Each
// thread has its own lists, and a block may be freed by another thread than made it.

#include <sys/mman.h>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LOGARIUM_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define LOGARIUM_SANITIZED
#endif
#endif

#ifndef LOGARIUM_SANITIZED

namespace {

constexpr std::size_t kStep = 16;
constexpr std::size_t kFineMax = 1024;  // in steps of kStep up to here, then eight per doubling
constexpr std::size_t kFineClasses = kFineMax / kStep;
constexpr std::size_t kBlockMax = std::size_t{16} << 10;
constexpr std::size_t kClasses = kFineClasses + 4 * 8;
constexpr std::size_t kPage = std::size_t{16} << 10;    // holds blocks of one size
constexpr std::size_t kRegion = std::size_t{16} << 30;  // addresses, not memory
constexpr std::size_t kPages = kRegion / kPage;
// The first blocks lie in small pages: a program that is to start at once does not wait until the
// system has cleared a huge one.
constexpr std::size_t kSmallPages = std::size_t{2} << 20;

struct Block {
  Block* next;
};
struct Class {
  Block* free;
  std::byte* at;  // of the page being cut up
  std::byte* end;
};

// The pages of all threads lie in one range of addresses, so that a block's size can be told.
struct Region {
  std::atomic<std::byte*> begin{nullptr};
  std::atomic<std::size_t> used{0};
  std::uint8_t size_class[kPages]{};
};

// A coarse class is (9 to 16) << shift, shift from 7 on.
constexpr std::size_t class_of(std::size_t size) {
  if (size <= kFineMax) return size == 0 ? 0 : (size - 1) / kStep;
  const auto shift = static_cast<std::size_t>(std::bit_width(size - 1)) - 4;
  return kFineClasses + (shift - 7) * 8 + ((size - 1) >> shift) - 8;
}
constexpr std::size_t block_size(std::size_t index) {
  if (index < kFineClasses) return (index + 1) * kStep;
  const std::size_t coarse = index - kFineClasses;
  return (coarse % 8 + 9) << (coarse / 8 + 7);
}
static_assert(block_size(class_of(kFineMax + 1)) == 1152 && class_of(1152) == class_of(1025));
static_assert(block_size(class_of(2048)) == 2048 && block_size(class_of(2049)) == 2304);
static_assert(class_of(kBlockMax) == kClasses - 1 && block_size(kClasses - 1) == kBlockMax);

constinit thread_local Class classes[kClasses]{};
constinit Region region{};

std::byte* region_begin() {
  std::byte* begin = region.begin.load(std::memory_order_acquire);
  if (begin != nullptr) return begin;
  void* fresh = mmap(nullptr, kRegion, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (fresh == MAP_FAILED) return nullptr;
  // Fewer page faults; only a hint.
  madvise(static_cast<std::byte*>(fresh) + kSmallPages, kRegion - kSmallPages, MADV_HUGEPAGE);
  if (region.begin.compare_exchange_strong(begin, static_cast<std::byte*>(fresh))) {
    return static_cast<std::byte*>(fresh);
  }
  munmap(fresh, kRegion);  // another thread was first
  return begin;
}

void* allocate(std::size_t size) {
  void* block = std::malloc(size == 0 ? 1 : size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

// A new block of a class whose free list is empty. Without a region (a system that does not
// overcommit) it is malloc's.
[[gnu::noinline]] void* cut(std::size_t index) {
  Class& cls = classes[index];
  const std::size_t size = block_size(index);
  if (static_cast<std::size_t>(cls.end - cls.at) < size) {
    // Large blocks get several pages at once, lest much of each is left over.
    const std::size_t pages = index < kFineClasses ? 1 : 4;
    std::byte* begin = region_begin();
    const std::size_t page = begin == nullptr ? kPages : region.used.fetch_add(pages);
    if (page + pages > kPages) return allocate(size);
    for (std::size_t i = 0; i < pages; ++i) {
      region.size_class[page + i] = static_cast<std::uint8_t>(index);
    }
    cls.at = begin + page * kPage;
    cls.end = cls.at + pages * kPage;
  }
  std::byte* block = cls.at;
  cls.at += size;
  return block;
}

void give_back(void* pointer, std::size_t index) {
  auto* block = static_cast<Block*>(pointer);
  block->next = classes[index].free;
  classes[index].free = block;
}

}  // namespace

void* operator new(std::size_t size) {
  if (size > kBlockMax) return allocate(size);
  const std::size_t index = class_of(size);
  Block* block = classes[index].free;
  if (block == nullptr) return cut(index);
  classes[index].free = block->next;
  return block;
}

void operator delete(void* pointer, std::size_t size) noexcept {
  if (pointer == nullptr) return;
  if (size > kBlockMax) return std::free(pointer);
  give_back(pointer, class_of(size));
}

void operator delete(void* pointer) noexcept {
  const auto begin = reinterpret_cast<std::uintptr_t>(region.begin.load(std::memory_order_relaxed));
  const std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(pointer) - begin;
  if (begin == 0 || offset >= kRegion) return std::free(pointer);
  give_back(pointer, region.size_class[offset / kPage]);
}

void* operator new[](std::size_t size) { return operator new(size); }
void operator delete[](void* pointer) noexcept { operator delete(pointer); }
void operator delete[](void* pointer, std::size_t size) noexcept { operator delete(pointer, size); }

#endif

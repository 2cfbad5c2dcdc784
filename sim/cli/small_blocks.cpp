// The program's operator new: blocks of up to a kilobyte come from free lists by size. A simulated
// run makes some five small blocks per event, and glibc's general allocator costs a tenth of it.
// Larger blocks are malloc's. Memory of small blocks is kept for later ones, never given back.
//
// Linked into programs that run simulations, beside their main; the sanitizers keep their own. Each
// thread has its own lists, and a block may be freed by another thread than made it.

#include <sys/mman.h>

#include <atomic>
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
constexpr std::size_t kBlockMax = 1024;
constexpr std::size_t kClasses = kBlockMax / kStep;
constexpr std::size_t kPage = std::size_t{16} << 10;    // holds blocks of one size
constexpr std::size_t kRegion = std::size_t{16} << 30;  // addresses, not memory
constexpr std::size_t kPages = kRegion / kPage;

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

constinit thread_local Class classes[kClasses]{};
constinit Region region{};

std::byte* region_begin() {
  std::byte* begin = region.begin.load(std::memory_order_acquire);
  if (begin != nullptr) return begin;
  void* fresh = mmap(nullptr, kRegion, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (fresh == MAP_FAILED) return nullptr;
  madvise(fresh, kRegion, MADV_HUGEPAGE);  // fewer page faults; only a hint
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
  const std::size_t size = (index + 1) * kStep;
  if (static_cast<std::size_t>(cls.end - cls.at) < size) {
    std::byte* begin = region_begin();
    const std::size_t page = begin == nullptr ? kPages : region.used.fetch_add(1);
    if (page >= kPages) return allocate(size);
    region.size_class[page] = static_cast<std::uint8_t>(index);
    cls.at = begin + page * kPage;
    cls.end = cls.at + kPage;
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
  const std::size_t index = size == 0 ? 0 : (size - 1) / kStep;
  Block* block = classes[index].free;
  if (block == nullptr) return cut(index);
  classes[index].free = block->next;
  return block;
}

void operator delete(void* pointer, std::size_t size) noexcept {
  if (pointer == nullptr) return;
  if (size > kBlockMax) return std::free(pointer);
  give_back(pointer, size == 0 ? 0 : (size - 1) / kStep);
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

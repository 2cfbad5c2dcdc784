#pragma once
// ChunkReader: reads a descriptor of any kind (terminal, pipe, file) piece by piece, without
// letting the loop wait for it. A thread of its own does the waiting, since readiness is not told
// for files, and a terminal's mode is shared with other programs and stays as it is.
//
// One piece at a time: the next is read after next().

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/live/loop.hpp"
#include "engine/live/sockets.hpp"

namespace logarium::live {

class ChunkReader {
 public:
  static constexpr std::size_t kChunkBytes = std::size_t{256} * 1024;

  struct Callbacks {
    // 1 to kChunkBytes bytes.
    std::function<void(std::vector<std::byte>)> on_chunk;
    // The end, or a failure with the operating system's words. Nothing comes after it.
    std::function<void(const std::string& error)> on_end;
  };

  // The descriptor stays the caller's, and open. Callbacks come on the loop; nothing is read before
  // the first next(). REQUIRES: loop outlives it.
  ChunkReader(Loop& loop, int fd, Callbacks callbacks);
  // No callback comes afterwards.
  ~ChunkReader();
  ChunkReader(const ChunkReader&) = delete;
  ChunkReader& operator=(const ChunkReader&) = delete;

  void next();

 private:
  void work();
  // Until the descriptor can be read; false when the reader shall stop.
  [[nodiscard]] bool await_bytes() const;
  // False at the end.
  bool read_one();

  Loop& loop_;
  int fd_;
  std::shared_ptr<const Callbacks> callbacks_;  // null once the reader is gone
  OwnedFd wake_;                                // an eventfd that ends await_bytes()

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace logarium::live

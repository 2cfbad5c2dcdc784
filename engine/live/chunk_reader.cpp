#include "engine/live/chunk_reader.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/base/ensure.hpp"

namespace logarium::live {

ChunkReader::ChunkReader(Loop& loop, int fd, Callbacks callbacks)
    : loop_(loop),
      fd_(fd),
      callbacks_(std::make_shared<const Callbacks>(std::move(callbacks))),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  ENSURE(wake_.get() >= 0);
  thread_ = std::thread([this] { work(); });
}

ChunkReader::~ChunkReader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  const std::uint64_t one = 1;
  ENSURE(::write(wake_.get(), &one, sizeof one) == sizeof one);
  thread_.join();
}

void ChunkReader::next() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  changed_.notify_one();
}

void ChunkReader::work() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return wanted_ || stopping_; });
      if (stopping_) return;
      wanted_ = false;
    }
    if (!await_bytes() || !read_one()) return;
  }
}

bool ChunkReader::await_bytes() const {
  pollfd fds[2] = {{fd_, POLLIN, 0}, {wake_.get(), POLLIN, 0}};
  for (;;) {
    const int ready = ::poll(fds, 2, -1);
    if (ready < 0 && errno == EINTR) continue;
    // What poll() cannot tell, read() does.
    return ready < 0 || fds[1].revents == 0;
  }
}

bool ChunkReader::read_one() {
  std::vector<std::byte> chunk(kChunkBytes);
  ssize_t got = 0;
  do {
    got = ::read(fd_, chunk.data(), chunk.size());
  } while (got < 0 && errno == EINTR);
  const std::string error = got < 0 ? std::strerror(errno) : "";
  const std::weak_ptr<const Callbacks> callbacks = callbacks_;
  if (got <= 0) {
    loop_.post([callbacks, error] {
      if (const auto alive = callbacks.lock()) alive->on_end(error);
    });
    return false;
  }
  chunk.resize(static_cast<std::size_t>(got));
  auto shared = std::make_shared<std::vector<std::byte>>(std::move(chunk));
  loop_.post([callbacks, shared] {
    if (const auto alive = callbacks.lock()) alive->on_chunk(std::move(*shared));
  });
  return true;
}

}  // namespace logarium::live

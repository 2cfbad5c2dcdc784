#include "engine/live/listener.hpp"

#include <cerrno>
#include <system_error>

namespace logarium::live {
namespace {

// Connections taken before others get their turn.
constexpr int kAcceptsPerTurn = 64;
// Without free descriptors the queue is left alone this long.
constexpr std::chrono::milliseconds kPause{100};

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(Loop& loop, const Endpoint& endpoint) {
  auto socket = listen_on(endpoint);
  if (!socket) return socket.error();
  return std::make_unique<Listener>(loop, std::move(socket).value());
}

Listener::Listener(Loop& loop, OwnedFd socket)
    : endpoint_(local_endpoint(socket.get())),
      pause_(loop),
      descriptor_(loop, socket.release(), *this) {}

void Listener::start(Taker taker, Complaint complaint) {
  taker_ = std::move(taker);
  complaint_ = std::move(complaint);
  descriptor_.await_readable();
}

void Listener::readable() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    int error = 0;
    OwnedFd socket(accept_from(descriptor_.fd(), error));
    if (socket.get() >= 0) {
      complained_ = false;
      taker_(std::move(socket));
      continue;
    }
    if (error == EAGAIN || error == EWOULDBLOCK) break;
    if (error == EINTR || error == ECONNABORTED || error == EPROTO) continue;
    if (!std::exchange(complained_, true)) {
      complaint_(std::error_code(error, std::generic_category()).message());
    }
    pause_.arm(std::chrono::steady_clock::now() + kPause, [this] { readable(); });
    return;
  }
  descriptor_.await_readable();
}

}  // namespace logarium::live

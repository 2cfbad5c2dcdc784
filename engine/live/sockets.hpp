#pragma once
// TCP sockets as plain descriptors: opened, bound, connected and named. All are non-blocking and
// close on exec; connected ones send at once (TCP_NODELAY).

#include <string>

#include "engine/base/effect.hpp"
#include "engine/base/result.hpp"

namespace logarium::live {

// A descriptor that is closed with its owner.
class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  ~OwnedFd() { reset(); }
  OwnedFd(OwnedFd&& other) noexcept : fd_(other.release()) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    reset();
    fd_ = other.release();
    return *this;
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }
  void reset();

 private:
  int fd_ = -1;
};

// Binds to the address (a name is looked up; an empty host means all addresses) and listens. Port
// 0 takes any free port. Error: says which address, and why.
[[nodiscard]] Result<OwnedFd> listen_on(const Endpoint& endpoint);
// Where the socket is bound, or what it is connected to; "?" as host when that cannot be told.
[[nodiscard]] Endpoint local_endpoint(int fd);
[[nodiscard]] Endpoint remote_endpoint(int fd);
// Begins to connect to a numeric address; the socket becomes writable when that ended. Error: it
// failed at once.
[[nodiscard]] Result<OwnedFd> begin_connect(const Endpoint& numeric);
// How the attempt ended: 0, or the error number.
[[nodiscard]] int connect_error(int fd);
// A connection that waits at a listening socket; -1 when there is none, with `error` the reason.
[[nodiscard]] int accept_from(int listener, int& error);

[[nodiscard]] std::string to_string(const Endpoint& endpoint);

}  // namespace logarium::live

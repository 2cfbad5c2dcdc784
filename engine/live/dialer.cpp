#include "engine/live/dialer.hpp"

#include <utility>

namespace logarium::live {

void Dialer::start(const Endpoint& to) {
  loop_.resolve(to, [this, alive = std::weak_ptr<int>(alive_)](Loop::Addresses addresses) {
    if (alive.expired()) return;
    addresses_ = std::move(addresses);
    try_next();
  });
}

void Dialer::try_next() {
  attempt_.reset();
  while (next_ < addresses_.size()) {
    auto socket = begin_connect(addresses_[next_++]);
    if (!socket) continue;
    attempt_ = std::make_unique<Descriptor>(loop_, socket.value().release(), *this);
    attempt_->await_writable();
    return;
  }
  finish({});
}

void Dialer::writable() {
  if (connect_error(attempt_->fd()) != 0) {
    try_next();
    return;
  }
  finish(OwnedFd(attempt_->release()));
}

void Dialer::finish(OwnedFd socket) {
  auto shared = std::make_shared<OwnedFd>(std::move(socket));
  loop_.post([this, shared, alive = std::weak_ptr<int>(alive_)] {
    if (alive.expired()) return;
    const Done done = std::exchange(done_, nullptr);
    done(std::move(*shared));
  });
}

}  // namespace logarium::live

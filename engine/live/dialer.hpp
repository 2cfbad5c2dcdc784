#pragma once
// Dialer: one attempt to connect: the host name is looked up, and its addresses are tried in turn.
// Destroying it gives the attempt up.

#include <functional>
#include <memory>

#include "engine/live/loop.hpp"
#include "engine/live/sockets.hpp"

namespace logarium::live {

class Dialer final : public Descriptor::Owner {
 public:
  // The connected socket, or an empty one when every address failed. Called once, never from
  // within start(); the dialer may be destroyed in it.
  using Done = std::function<void(OwnedFd)>;

  Dialer(Loop& loop, Done done) : loop_(loop), done_(std::move(done)) {}
  ~Dialer() override = default;
  void start(const Endpoint& to);

 private:
  void try_next();
  void finish(OwnedFd socket);
  void readable() override {}
  void writable() override;

  Loop& loop_;
  Done done_;
  Loop::Addresses addresses_;
  std::size_t next_ = 0;
  std::unique_ptr<Descriptor> attempt_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace logarium::live

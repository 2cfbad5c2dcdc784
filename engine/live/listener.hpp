#pragma once
// Listener: a listening socket. From its making on the system queues connections; they are taken
// once start() said by whom.

#include <functional>
#include <memory>

#include "engine/live/loop.hpp"
#include "engine/live/sockets.hpp"

namespace logarium::live {

class Listener final : public Descriptor::Owner {
 public:
  using Taker = std::function<void(OwnedFd)>;
  // Why connections cannot be taken, for the log; said once until one could be taken again.
  using Complaint = std::function<void(const std::string&)>;

  // Binds and listens. Error: the address cannot be had.
  [[nodiscard]] static Result<std::unique_ptr<Listener>> open(Loop& loop, const Endpoint& endpoint);
  Listener(Loop& loop, OwnedFd socket);

  // With the port that it really has.
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
  void start(Taker taker, Complaint complaint);

 private:
  void readable() override;
  void writable() override {}

  Endpoint endpoint_;
  Taker taker_;
  Complaint complaint_;
  bool complained_ = false;
  LoopTimer pause_;
  Descriptor descriptor_;
};

}  // namespace logarium::live

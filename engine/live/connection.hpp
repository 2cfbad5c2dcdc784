#pragma once
// Connection: one TCP connection as frames. Reading cuts the stream at its four length bytes; each
// frame gets storage of its own, which record batches then share, and long frames are read straight
// into it. Writing gathers what was sent during a turn of the loop into one call.
//
// What it does not do: decode, decide when to read no more (its owner does), reconnect.

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "engine/base/bytes.hpp"
#include "engine/base/input.hpp"
#include "engine/live/loop.hpp"
#include "engine/live/sockets.hpp"

namespace logarium::live {

class Connection final : public Descriptor::Owner {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    // A whole frame without its length bytes. The owner may break the connection off meanwhile.
    virtual void on_frame(Connection& connection, const Bytes& frame) = 0;
    // Whether the next frame is wanted now. If not, the connection reads no more until resume().
    [[nodiscard]] virtual bool wants_frames(const Connection& connection) = 0;
    // A turn of reading (also one that ended the connection) or of writing is over.
    virtual void on_read(Connection& connection) = 0;
    // The peer closed it, it failed, or it sent a length that is none: `reason` says which, and is
    // empty for an orderly end. Nothing comes after this; the owner lets go of it.
    virtual void on_broken(Connection& connection, const std::string& reason) = 0;
  };

  // Takes over a connected socket. REQUIRES: the owner outlives it.
  Connection(Loop& loop, OwnedFd socket, ConnectionId id, std::size_t frame_bytes_max,
             Owner& owner);

  [[nodiscard]] ConnectionId id() const { return id_; }
  // The other end, for people.
  [[nodiscard]] const std::string& peer() const { return peer_; }

  void start() { descriptor_.await_readable(); }
  // Goes on reading after wants_frames() was false.
  void resume();
  [[nodiscard]] bool held() const { return held_; }

  // The owner lets go of it: no call of the owner comes any more.
  void abandon() { broken_ = true; }

  // Queues bytes; they leave with flush(), or when the socket takes more.
  void send(Bytes piece);
  // Writes what the socket takes. False when the connection broke; the owner was told.
  bool flush();
  [[nodiscard]] std::size_t unsent_bytes() const { return unsent_bytes_; }

 private:
  static constexpr std::size_t kLengthBytes = 4;

  void readable() override;
  void writable() override;
  void read();
  // What came into the scratch buffer. False when the connection is broken.
  bool take(ByteView bytes);
  bool begin_frame();
  bool deliver();
  bool broken(const std::string& reason);
  // Hands out whole frames that came before the owner wanted no more.
  bool deliver_held();

  ConnectionId id_;
  std::size_t frame_bytes_max_;
  Owner& owner_;
  std::string peer_;

  std::array<std::byte, kLengthBytes> length_{};
  std::size_t length_filled_ = 0;
  std::shared_ptr<std::byte[]> frame_;  // being filled; null between frames
  std::size_t frame_size_ = 0;
  std::size_t frame_filled_ = 0;
  bool held_ = false;
  std::vector<std::byte> kept_;  // came with the last read, after the owner wanted no more

  std::deque<Bytes> unsent_;
  std::size_t unsent_bytes_ = 0;
  std::size_t sent_of_first_ = 0;
  bool broken_ = false;
  Descriptor descriptor_;
};

}  // namespace logarium::live

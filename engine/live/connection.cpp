#include "engine/live/connection.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "engine/base/ensure.hpp"
#include "engine/live/buffers.hpp"
#include "engine/live/system.hpp"

namespace logarium::live {
namespace {

// One read takes this much beside the rest of a long frame. The buffer is the thread's, so an idle
// connection holds none.
constexpr std::size_t kReadBytes = 256 * 1024;
// Where frames are that long it is less: enough for the next length, since what lies here is copied
// once more.
constexpr std::size_t kReadBytesBeside = 4 * 1024;
// Reads of one connection before others get their turn.
constexpr int kReadsPerTurn = 4;
// Pieces of one write.
constexpr std::size_t kPiecesPerWrite = 64;

std::byte* scratch() {
  static thread_local const std::unique_ptr<std::byte[]> buffer(new std::byte[kReadBytes]);
  return buffer.get();
}

}  // namespace

Connection::Connection(Loop& loop, OwnedFd socket, ConnectionId id, std::size_t frame_bytes_max,
                       Owner& owner)
    : id_(id),
      frame_bytes_max_(frame_bytes_max),
      owner_(owner),
      peer_(to_string(remote_endpoint(socket.get()))),
      descriptor_(loop, socket.release(), *this) {}

bool Connection::broken(const std::string& reason) {
  if (!std::exchange(broken_, true)) owner_.on_broken(*this, reason);
  return false;
}

// ---- reading ------------------------------------------------------------------------------------

void Connection::readable() {
  read();
  owner_.on_read(*this);
  if (!broken_ && !held_) descriptor_.await_readable();
}

void Connection::read() {
  for (int turn = 0; turn < kReadsPerTurn && !broken_; ++turn) {
    if (!owner_.wants_frames(*this)) {
      held_ = true;
      break;
    }
    const std::size_t missing = frame_ ? frame_size_ - frame_filled_ : 0;
    const std::size_t more = frame_ && frame_size_ >= kReadBytes ? kReadBytesBeside : kReadBytes;
    std::array<iovec, 2> parts{iovec{frame_.get() + frame_filled_, missing},
                               iovec{scratch(), more}};
    const ssize_t n = ::readv(descriptor_.fd(), parts.data(), 2);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (n <= 0) {
      const bool half = frame_ != nullptr || length_filled_ > 0;
      broken(n < 0 ? words(errno) : half ? "it ended within a frame" : "");
      return;
    }
    const auto got = static_cast<std::size_t>(n);
    frame_filled_ += std::min(got, missing);
    if (frame_ && frame_filled_ == frame_size_ && !deliver()) return;
    if (got > missing && !take({scratch(), got - missing})) return;
    if (got < missing + more) break;
  }
}

// Cuts at the lengths. Frames that the owner does not want yet are kept as they came.
bool Connection::take(ByteView bytes) {
  while (!bytes.empty()) {
    if (!frame_ && length_filled_ == 0 && !owner_.wants_frames(*this)) {
      held_ = true;
      kept_.insert(kept_.end(), bytes.begin(), bytes.end());
      return true;
    }
    if (!frame_) {
      const std::size_t n = std::min(kLengthBytes - length_filled_, bytes.size());
      std::memcpy(length_.data() + length_filled_, bytes.data(), n);
      length_filled_ += n;
      bytes = bytes.subspan(n);
      if (length_filled_ < kLengthBytes) return true;
      if (!begin_frame()) return false;
    }
    const std::size_t n = std::min(frame_size_ - frame_filled_, bytes.size());
    std::memcpy(frame_.get() + frame_filled_, bytes.data(), n);
    frame_filled_ += n;
    bytes = bytes.subspan(n);
    if (frame_filled_ == frame_size_ && !deliver()) return false;
  }
  return true;
}

bool Connection::begin_frame() {
  std::uint32_t length = 0;
  for (const std::byte b : length_) length = length << 8 | static_cast<std::uint32_t>(b);
  length_filled_ = 0;
  if (length > frame_bytes_max_) {
    const auto number = static_cast<std::int32_t>(length);
    return broken("it announced a frame of " + std::to_string(number) + " bytes, and " +
                  std::to_string(frame_bytes_max_) + " are allowed");
  }
  // Not touched before it is filled, so a frame that is announced and never sent costs no memory.
  frame_ = take_buffer(length);
  if (!frame_) {
    return broken("there is no memory for its frame of " + std::to_string(length) + " bytes");
  }
  frame_size_ = length;
  frame_filled_ = 0;
  return true;
}

bool Connection::deliver() {
  const Bytes frame(std::move(frame_), frame_size_);
  frame_ = nullptr;
  frame_size_ = 0;
  frame_filled_ = 0;
  owner_.on_frame(*this, frame);
  return !broken_;
}

void Connection::resume() {
  if (!std::exchange(held_, false) || broken_) return;
  if (deliver_held() && !held_) descriptor_.await_readable();
}

bool Connection::deliver_held() {
  if (kept_.empty()) return true;
  const std::vector<std::byte> kept = std::exchange(kept_, {});
  take(kept);
  owner_.on_read(*this);
  return !broken_;
}

// ---- writing ------------------------------------------------------------------------------------

void Connection::send(Bytes piece) {
  if (broken_ || piece.empty()) return;
  unsent_bytes_ += piece.size();
  unsent_.push_back(std::move(piece));
}

bool Connection::flush() {
  while (!unsent_.empty() && !broken_) {
    std::array<iovec, kPiecesPerWrite> parts;
    const std::size_t count = std::min(unsent_.size(), kPiecesPerWrite);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t from = i == 0 ? sent_of_first_ : 0;
      const ByteView piece = unsent_[i].view().subspan(from);
      parts[i] = {const_cast<std::byte*>(piece.data()), piece.size()};
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const ssize_t n = ::sendmsg(descriptor_.fd(), &message, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      descriptor_.await_writable();
      return true;
    }
    if (n < 0) return broken(words(errno));
    auto left = static_cast<std::size_t>(n);
    unsent_bytes_ -= left;
    while (left > 0) {
      const std::size_t first = unsent_.front().size() - sent_of_first_;
      if (left < first) {
        sent_of_first_ += left;
        break;
      }
      left -= first;
      sent_of_first_ = 0;
      unsent_.pop_front();
    }
  }
  return !broken_;
}

void Connection::writable() {
  if (broken_ || !flush()) return;
  owner_.on_read(*this);
}

}  // namespace logarium::live

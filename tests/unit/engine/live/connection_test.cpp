#include "engine/live/connection.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/live/dialer.hpp"
#include "engine/live/listener.hpp"

namespace logarium::live {
namespace {

constexpr std::size_t kFrameMax = 10 * 1024 * 1024;

std::string framed(const std::string& body) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += static_cast<char>(body.size() >> static_cast<unsigned>(shift) & 0xff);
  }
  return out + body;
}

// Blocking, for the thread that plays the peer.
void send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (n < 0) {
      pollfd wait{fd, POLLOUT, 0};
      if (errno != EAGAIN || ::poll(&wait, 1, 10'000) != 1) return;
      continue;
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}
std::size_t read_some(int fd, std::size_t most) {
  std::string buffer(std::min<std::size_t>(most, 65536), 0);
  pollfd wait{fd, POLLIN, 0};
  if (::poll(&wait, 1, 10'000) != 1) return 0;
  const ssize_t n = ::recv(fd, buffer.data(), buffer.size(), 0);
  return n <= 0 ? 0 : static_cast<std::size_t>(n);
}

// A connection and what its owner hears; the peer is a plain descriptor.
class Pair final : public Connection::Owner {
 public:
  Pair() {
    auto listener = Listener::open(loop, {"127.0.0.1", 0}).value();
    listener->start(
        [this](OwnedFd socket) {
          connection = std::make_unique<Connection>(loop, std::move(socket), ConnectionId(1),
                                                    kFrameMax, *this);
          loop.stop();
        },
        [](const std::string&) {});
    peer = begin_connect(listener->endpoint()).value();
    loop.run();
    loop.restart();
    connection->start();
  }
  void on_frame(Connection&, const Bytes& frame) override {
    frames.emplace_back(text_of(frame.view()));
    if (on_each) on_each();
  }
  bool wants_frames(const Connection&) override { return wanted > frames.size(); }
  void on_read(Connection&) override {
    if (frames.size() >= stop_at) loop.stop();
  }
  void on_broken(Connection&, const std::string& reason) override {
    broken = reason.empty() ? "in order" : reason;
    loop.stop();
  }
  void run() {
    loop.restart();
    loop.run();
  }

  Loop loop;
  OwnedFd peer;
  std::unique_ptr<Connection> connection;
  std::vector<std::string> frames;
  std::function<void()> on_each;
  std::size_t wanted = SIZE_MAX;
  std::size_t stop_at = SIZE_MAX;
  std::string broken;
};

}  // namespace

TEST_CASE("frames arrive whole wherever the stream is cut") {
  Pair pair;
  const std::vector<std::string> sent{"first", "", std::string(300, 'x'), "last"};
  std::string stream;
  for (const std::string& body : sent) stream += framed(body);
  std::thread peer([&] {
    for (const char c : stream) send_all(pair.peer.get(), std::string_view(&c, 1));
  });
  pair.stop_at = sent.size();
  pair.run();
  peer.join();
  CHECK(pair.frames == sent);
  CHECK(pair.broken.empty());
}

TEST_CASE("long frames and many short ones come through together") {
  Pair pair;
  std::vector<std::string> sent;
  std::string stream;
  for (int i = 0; i < 2000; ++i) {
    sent.emplace_back(i % 500 == 7 ? std::size_t{3'000'000} : static_cast<std::size_t>(i % 90),
                      static_cast<char>('a' + i % 26));
    stream += framed(sent.back());
  }
  std::thread peer([&] { send_all(pair.peer.get(), stream); });
  pair.stop_at = sent.size();
  pair.run();
  peer.join();
  CHECK((pair.frames == sent));
}

TEST_CASE("a length beyond the limit, and a negative one, end the connection") {
  for (const std::string& length : {std::string("\x00\xa0\x00\x01", 4), std::string(4, '\xff')}) {
    Pair pair;
    send_all(pair.peer.get(), framed("fine") + length);
    pair.run();
    CHECK(pair.frames.size() == 1);
    CHECK(pair.broken.find("are allowed") != std::string::npos);
  }
}

TEST_CASE("the end of the stream is told, and whether it came within a frame") {
  Pair whole;
  send_all(whole.peer.get(), framed("one"));
  whole.peer.reset();
  whole.run();
  CHECK(whole.broken == "in order");
  Pair half;
  send_all(half.peer.get(), framed("one").substr(0, 5));
  half.peer.reset();
  half.run();
  CHECK(half.broken == "it ended within a frame");
}

TEST_CASE("nothing is read beyond what is wanted, and nothing is lost by waiting") {
  Pair pair;
  pair.wanted = 3;
  std::string stream;
  for (int i = 0; i < 10; ++i) stream += framed(std::to_string(i));
  send_all(pair.peer.get(), stream);
  pair.stop_at = 3;
  pair.run();
  CHECK(pair.frames.size() == 3);
  CHECK(pair.connection->held());
  pair.wanted = 7;
  pair.connection->resume();
  CHECK(pair.frames.size() == 7);
  CHECK(pair.connection->held());
  pair.wanted = SIZE_MAX;
  pair.stop_at = 11;
  send_all(pair.peer.get(), framed("10"));
  pair.connection->resume();
  pair.run();
  REQUIRE(pair.frames.size() == 11);
  for (std::size_t i = 0; i < 11; ++i) CHECK(pair.frames[i] == std::to_string(i));
}

TEST_CASE("pieces leave in order, also to a peer that reads late") {
  Pair pair;
  constexpr std::size_t kPieces = 300;
  const Bytes piece = Bytes::copy_of(std::string(100'000, 'p'));
  for (std::size_t i = 0; i < kPieces; ++i) pair.connection->send(piece);
  REQUIRE(pair.connection->flush());
  CHECK(pair.connection->unsent_bytes() > 0);
  std::size_t got = 0;
  std::thread peer([&] {
    while (got < kPieces * piece.size()) {
      const std::size_t n = read_some(pair.peer.get(), kPieces * piece.size() - got);
      if (n == 0) return;
      got += n;
    }
    send_all(pair.peer.get(), framed("done"));
  });
  pair.stop_at = 1;
  pair.run();
  peer.join();
  CHECK(got == kPieces * piece.size());
  CHECK(pair.connection->unsent_bytes() == 0);
}

TEST_CASE("a dialer says when nobody listens, and finds a name's address") {
  Loop loop;
  auto listener = Listener::open(loop, {"127.0.0.1", 0}).value();
  const std::uint16_t port = listener->endpoint().port;
  int reached = 0;
  Dialer works(loop, [&](OwnedFd socket) {
    reached = socket.get() >= 0 ? 1 : -1;
    loop.stop();
  });
  works.start({"localhost", port});
  loop.run();
  CHECK(reached == 1);
  loop.restart();
  listener.reset();
  Dialer fails(loop, [&](OwnedFd socket) {
    reached = socket.get() >= 0 ? 1 : -1;
    loop.stop();
  });
  fails.start({"127.0.0.1", port});
  loop.run();
  CHECK(reached == -1);
  const auto taken = Listener::open(loop, {"192.0.2.1", 1});
  REQUIRE_FALSE(taken.ok());
  CHECK(taken.error().message.starts_with("cannot listen on 192.0.2.1:1: "));
}

}  // namespace logarium::live

#include "engine/live/loop.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace logarium::live {
namespace asio = boost::asio;
using boost::system::error_code;

// ---- the loop -----------------------------------------------------------------------------------

struct Loop::Core {
  // One thread runs it; others only post.
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::signal_set signals{context};
  asio::ip::tcp::resolver resolver{context};
  std::function<void(int)> on_signal;

  void await_signal() {
    signals.async_wait([this](const error_code& error, int number) {
      if (error) return;
      await_signal();
      on_signal(number);
    });
  }
};

Loop::Loop() : core_(std::make_unique<Core>()) {}
Loop::~Loop() = default;

void Loop::run() { core_->context.run(); }
void Loop::stop() { core_->context.stop(); }
void Loop::restart() { core_->context.restart(); }
void Loop::post(Task task) { asio::post(core_->context, std::move(task)); }

void Loop::on_signals(const std::vector<int>& signals, std::function<void(int)> task) {
  core_->on_signal = std::move(task);
  for (const int number : signals) core_->signals.add(number);
  core_->await_signal();
}

void Loop::resolve(const Endpoint& name, std::function<void(Addresses)> task) {
  error_code error;
  const auto numeric = asio::ip::make_address(name.host, error);
  if (!error) {
    task({{numeric.to_string(), name.port}});
    return;
  }
  core_->resolver.async_resolve(
      name.host, std::to_string(name.port),
      [name, task = std::move(task)](const error_code& failed,
                                     const asio::ip::tcp::resolver::results_type& results) {
        Addresses addresses;
        if (!failed) {
          for (const auto& entry : results) {
            const auto endpoint = entry.endpoint();
            addresses.push_back({endpoint.address().to_string(), endpoint.port()});
          }
        }
        // A machine without /etc/hosts knows it all the same (RFC 6761, 6.3).
        if (addresses.empty() && name.host == "localhost") {
          addresses = {{"127.0.0.1", name.port}, {"::1", name.port}};
        }
        task(std::move(addresses));
      });
}

// ---- timers -------------------------------------------------------------------------------------

struct LoopTimer::State {
  explicit State(Loop& loop) : timer(loop.core().context) {}
  asio::steady_timer timer;
  Loop::Task task;
  std::uint64_t armed = 0;  // counts arm() and cancel(): an older expiry is stale
};

LoopTimer::LoopTimer(Loop& loop) : state_(std::make_shared<State>(loop)) {}
LoopTimer::~LoopTimer() { cancel(); }

void LoopTimer::arm(std::chrono::steady_clock::time_point when, Loop::Task task) {
  state_->task = std::move(task);
  const std::uint64_t mine = ++state_->armed;
  state_->timer.expires_at(when);
  state_->timer.async_wait([state = state_, mine](const error_code& error) {
    if (error || state->armed != mine) return;
    const Loop::Task due = std::exchange(state->task, nullptr);
    due();
  });
}

void LoopTimer::cancel() {
  ++state_->armed;
  state_->task = nullptr;
  state_->timer.cancel();
}

// ---- descriptors --------------------------------------------------------------------------------

struct Descriptor::State {
  State(Loop& loop, int fd, Owner& to) : stream(loop.core().context, fd), owner(&to) {
    stream.non_blocking(true);
  }
  asio::posix::stream_descriptor stream;
  Owner* owner;  // null once the descriptor is gone
  bool awaits_readable = false;
  bool awaits_writable = false;
};

Descriptor::Descriptor(Loop& loop, int fd, Owner& owner)
    : state_(std::make_shared<State>(loop, fd, owner)) {}

Descriptor::~Descriptor() {
  state_->owner = nullptr;
  error_code ignored;
  if (state_->stream.is_open()) state_->stream.close(ignored);
}

int Descriptor::release() {
  state_->owner = nullptr;
  return state_->stream.release();
}

int Descriptor::fd() const { return state_->stream.native_handle(); }

void Descriptor::await_readable() {
  if (std::exchange(state_->awaits_readable, true)) return;
  state_->stream.async_wait(asio::posix::stream_descriptor::wait_read,
                            [state = state_](const error_code& error) {
                              state->awaits_readable = false;
                              if (!error && state->owner != nullptr) state->owner->readable();
                            });
}

void Descriptor::await_writable() {
  if (std::exchange(state_->awaits_writable, true)) return;
  state_->stream.async_wait(asio::posix::stream_descriptor::wait_write,
                            [state = state_](const error_code& error) {
                              state->awaits_writable = false;
                              if (!error && state->owner != nullptr) state->owner->writable();
                            });
}

}  // namespace logarium::live

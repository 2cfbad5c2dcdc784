#include "engine/live/sockets.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include "engine/live/system.hpp"

namespace logarium::live {
namespace {

constexpr int kBacklog = 1024;

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Result<AddressList> addresses_of(const Endpoint& endpoint, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string host = endpoint.host.empty() ? "0.0.0.0" : endpoint.host;
  const std::string port = std::to_string(endpoint.port);
  const int failed = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  // As in Loop::resolve(): a machine without /etc/hosts knows it all the same.
  if (failed != 0 && host == "localhost") return addresses_of({"127.0.0.1", endpoint.port}, flags);
  if (failed != 0) return Error{"cannot look up " + host + ": " + ::gai_strerror(failed)};
  return AddressList(found, &::freeaddrinfo);
}

OwnedFd open_socket(const addrinfo& address) {
  return OwnedFd(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

void set_option(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

Endpoint named(const sockaddr_storage& address, socklen_t length) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  const int failed =
      ::getnameinfo(reinterpret_cast<const sockaddr*>(&address), length, host.data(), host.size(),
                    port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV);
  const bool internet = address.ss_family == AF_INET || address.ss_family == AF_INET6;
  if (failed != 0 || !internet) return {"?", 0};
  return {host.data(), static_cast<std::uint16_t>(std::stoi(port.data()))};
}

}  // namespace

void OwnedFd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<OwnedFd> listen_on(const Endpoint& endpoint) {
  const std::string where = "cannot listen on " + to_string(endpoint) + ": ";
  const auto found = addresses_of(endpoint, AI_PASSIVE);
  if (!found) return Error{where + found.error().message};
  const addrinfo& address = *found.value();
  OwnedFd fd = open_socket(address);
  if (fd.get() < 0) return Error{where + words(errno)};
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (::bind(fd.get(), address.ai_addr, address.ai_addrlen) != 0 ||
      ::listen(fd.get(), kBacklog) != 0) {
    const int error = errno;
    const bool in_use = error == EADDRINUSE;
    return Error{where + words(error) + (in_use ? " (another process listens there)" : "")};
  }
  return fd;
}

Endpoint local_endpoint(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return {"?", 0};
  return named(address, length);
}

Endpoint remote_endpoint(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return {"?", 0};
  return named(address, length);
}

Result<OwnedFd> begin_connect(const Endpoint& numeric) {
  const auto found = addresses_of(numeric, AI_NUMERICHOST);
  if (!found) return found.error();
  const addrinfo& address = *found.value();
  OwnedFd fd = open_socket(address);
  if (fd.get() < 0) return Error{"cannot open a socket: " + words(errno)};
  set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) != 0 && errno != EINPROGRESS) {
    return Error{"cannot connect to " + to_string(numeric) + ": " + words(errno)};
  }
  return fd;
}

int connect_error(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
  return error;
}

int accept_from(int listener, int& error) {
  const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  error = fd < 0 ? errno : 0;
  if (fd >= 0) set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  return fd;
}

std::string to_string(const Endpoint& endpoint) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + endpoint.host + "]" : endpoint.host;
  return host + ":" + std::to_string(endpoint.port);
}

}  // namespace logarium::live

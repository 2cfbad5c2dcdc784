#include "tests/live/bench/kafka_peer.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace logarium::bench {
namespace {

constexpr int kNodes = 3;
constexpr std::chrono::seconds kFormatPatience{60};

// Ports that are free now.
std::vector<std::uint16_t> free_ports(int count) {
  std::vector<int> sockets;
  std::vector<std::uint16_t> ports;
  for (int i = 0; i < count; ++i) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockets.push_back(fd);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no free port");
    }
    ports.push_back(ntohs(address.sin_port));
  }
  for (const int fd : sockets) ::close(fd);
  return ports;
}

}  // namespace

KafkaPeer::KafkaPeer(const PeerSetup& setup)
    : class_path_(setup.peers + "/kafka/lib/*"), folder_(setup.work + "/kafka") {
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directories(folder_);
  const auto ports = free_ports(2 * kNodes);
  const auto at = [&](std::size_t i) { return "127.0.0.1:" + std::to_string(ports[i]); };
  std::string voters;
  for (std::size_t i = 0; i < kNodes; ++i) {
    const char* comma = i == 0 ? "" : ",";
    bootstrap_ += comma + at(i);
    voters += comma + std::to_string(i + 1) + "@" + at(kNodes + i);
  }
  for (std::size_t i = 0; i < kNodes; ++i) {
    const std::string node = std::to_string(i + 1);
    files_.push_back(folder_ + "/node-" + node + ".properties");
    std::ofstream(files_.back()) << "node.id=" << node << "\nprocess.roles=broker,controller\n"
                                 << "controller.quorum.voters=" << voters << "\n"
                                 << "listeners=PLAINTEXT://" << at(i) << ",CONTROLLER://"
                                 << at(kNodes + i) << "\n"
                                 << "controller.listener.names=CONTROLLER\n"
                                 << "offsets.topic.replication.factor=3\n"
                                 << "log.dirs=" << folder_ << "/data-" << node << "\n";
    Child format(java({"kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c",
                       files_.back()}),
                 folder_ + "/format.log");
    while (format.line(kFormatPatience)) {
    }
  }
}

std::vector<std::string> KafkaPeer::java(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv{
      "java", "-Xms1g", "-Xmx1g", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-cp", class_path_};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

std::string KafkaPeer::start() {
  // Orphans that all stop at once would wait minutes for a controller that lets them go.
  for (const std::string& file : files_) {
    spawn(java({"kafka.Kafka", file}), folder_ + "/node.log", SIGKILL);
  }
  return bootstrap_;
}

}  // namespace logarium::bench

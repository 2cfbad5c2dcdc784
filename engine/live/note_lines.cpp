// Which notes are worth a line of the log, and their words.

#include <fmt/format.h>

#include "engine/live/cluster.hpp"
#include "engine/metadata/image.hpp"
#include "engine/protocol/api_table.hpp"

namespace logarium::live {
namespace {

using note::BrokerState;
using note::ElectionKind;
using note::QuorumRole;

struct Wording {
  const metadata::Image* image;

  [[nodiscard]] std::string name(const PartitionRef& partition) const {
    const metadata::Topic* topic = image == nullptr ? nullptr : image->topic(partition.topic);
    const std::string text = topic == nullptr ? to_string(partition.topic) : topic->name;
    return fmt::format("{}-{}", text, partition.partition.value());
  }

  template <class Other>
  NoteLine operator()(const Other&) const {
    return {};
  }
  NoteLine operator()(const note::QuorumRoleChanged& n) const {
    if (n.role != QuorumRole::kLeader) return {};
    return {Level::kInfo, fmt::format("leads the metadata quorum in epoch {}", n.epoch.value())};
  }
  NoteLine operator()(const note::BrokerStateChanged& n) const {
    switch (n.state) {
      case BrokerState::kRunning:
        return {Level::kInfo, "serves"};
      case BrokerState::kPendingControlledShutdown:
        return {Level::kInfo, "controlled shutdown"};
      case BrokerState::kNotRunning:
      case BrokerState::kStarting:
      case BrokerState::kRecovery:
      case BrokerState::kShuttingDown:
        return {};
    }
    return {};
  }
  NoteLine operator()(const note::BrokerFenced& n) const {
    return {Level::kWarning, fmt::format("fenced broker {}", n.broker.value())};
  }
  NoteLine operator()(const note::BrokerUnfenced& n) const {
    return {Level::kInfo, fmt::format("unfenced broker {}", n.broker.value())};
  }
  NoteLine operator()(const note::PartitionCommitted& n) const {
    switch (n.election) {
      case ElectionKind::kNoLeader:
        return {Level::kWarning, name(n.partition) + " has no leader"};
      case ElectionKind::kUnclean:
        return {Level::kWarning,
                fmt::format("unclean election: {} is led by {} in epoch {}", name(n.partition),
                            n.leader.value(), n.leader_epoch.value())};
      case ElectionKind::kClean:
      case ElectionKind::kPreferred:
      case ElectionKind::kElr:
      case ElectionKind::kLastKnown:
        return {Level::kInfo, fmt::format("{} is led by {} in epoch {}", name(n.partition),
                                          n.leader.value(), n.leader_epoch.value())};
      case ElectionKind::kInitial:
      case ElectionKind::kKeep:
        return {};
    }
    return {};
  }
  NoteLine operator()(const note::Truncated& n) const {
    return {Level::kInfo,
            fmt::format("cut {} from {} to {}", name(n.partition), n.from.value(), n.to.value())};
  }
  NoteLine operator()(const note::RequestRefused& n) const {
    const protocol::ApiEntry* api = protocol::find_api(static_cast<protocol::ApiKey>(n.api_key));
    return {Level::kWarning,
            fmt::format("closes a connection: version {} of {} is not served at its listener",
                        n.api_version, api == nullptr ? "an unknown API" : api->name)};
  }
  NoteLine operator()(const note::DirectoryOffline&) const {
    return {Level::kError, "the log directory failed and is offline"};
  }
};

}  // namespace

NoteLine line_of(const Note& note, const metadata::Image* image) {
  return std::visit(Wording{image}, note);
}

}  // namespace logarium::live

#pragma once
// Cluster panel: every server as a box with what it is doing, the metadata quorum, and where faults
// lie between them.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "viz/model/labels.hpp"

namespace logarium::viz {

// What a server is, as its box shows it by colour, border and glyph.
enum class ServerState : std::uint8_t {
  kWell,      // runs, and brokers are unfenced
  kStarting,  // runs, not yet registered, or its logs are being read
  kFenced,    // runs, but the controller does not count on it
  kStopping,  // in controlled shutdown
  kDown,      // its process does not run
};

// A replica on a broker.
enum class ReplicaMark : std::uint8_t { kLeads, kFollows, kOutOfSync };

struct ReplicaSquare {
  PartitionRef partition;
  ReplicaMark mark = ReplicaMark::kFollows;
};

struct ServerBox {
  std::uint32_t node = 0;
  std::string title;  // "b2", "b2 controller"
  ServerState state = ServerState::kWell;
  std::string doing;  // "leader of 4", "fenced: no heartbeat", "down"
  bool broker = false;
  bool controls = false;                // the active controller
  std::vector<ReplicaSquare> replicas;  // by partition
};

// A member of the metadata quorum.
struct VoterLine {
  std::uint32_t node = 0;
  std::string name;
  std::string role;  // "leader", "follower", "candidate", ..., "down"
  bool leads = false;
  std::int32_t epoch = 0;
  Offset log_end, high_watermark;  // of its metadata log
};

// What a fault does to the messages between two servers.
enum class LinkHarm : std::uint8_t { kCut, kSlow, kLossy, kFiltered };
struct HarmedLink {
  std::uint32_t a = 0, b = 0;
  LinkHarm harm = LinkHarm::kCut;
  std::string label;  // "cut", "loss"
};

struct ClusterModel {
  std::string headline;            // "controller c1002 (epoch 3), 3 of 3 brokers, 1 fault"
  std::vector<ServerBox> servers;  // brokers first
  std::vector<VoterLine> voters;
  std::vector<HarmedLink> links;
  std::vector<std::string> faults;  // that go on: "crash of b3 since 12.396 s"
};

[[nodiscard]] ClusterModel make_cluster(const trace::View& view, const Labels& labels);
// The same as text, a line per server, voter, link and fault.
[[nodiscard]] std::string dump(const ClusterModel& model);

}  // namespace logarium::viz

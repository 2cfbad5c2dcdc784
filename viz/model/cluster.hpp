#pragma once
// Cluster panel: every server as a box with what it is doing, the metadata quorum, and where faults
// lie between them.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "viz/model/flight.hpp"
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
  int recovering = -1;                  // percent of its logs read while it starts; -1: no matter
};

// A member of the metadata quorum.
struct VoterLine {
  std::uint32_t node = 0;
  std::string name;
  std::string role;  // "leader", "follower", "candidate", ..., "down"
  bool leads = false;
  std::int32_t epoch = 0;
  Offset log_end, high_watermark;  // of its metadata log
  std::int64_t behind = 0;         // records that the leader has and it lacks
  std::string voted;               // whom it last voted for, and in which epoch: "c1002 in 4"
  std::string fetched;             // "12 ms ago": when it last asked the leader for records
};

// What a fault does to the messages between two servers.
enum class LinkHarm : std::uint8_t { kCut, kSlow, kLossy, kFiltered };
struct HarmedLink {
  std::uint32_t a = 0, b = 0;
  LinkHarm harm = LinkHarm::kCut;
  bool one_way = false;  // only from a to b
  std::string label;     // "cut", "loss 10 %", "delay +40 ms"
};

// A message that is under way.
struct MessageDot {
  std::uint32_t from = 0, to = 0;
  float fraction = 0;  // of its way, 0 to 1
  bool response = false;
  bool lost = false;       // it will not arrive
  std::uint64_t sent = 0;  // event
  std::string text;        // "Fetch request b4 -> b2"
};

struct ClusterModel {
  std::string headline;            // "controller c1002 (epoch 3), 3 of 3 brokers, 1 fault"
  std::vector<ServerBox> servers;  // brokers first
  std::vector<VoterLine> voters;
  std::vector<HarmedLink> links;
  std::vector<MessageDot> messages;  // in order of sending
  std::vector<std::string> faults;   // that go on: "crash of b3 since 12.396 s"
};

// `under_way`: messages on their way at that instant.
[[nodiscard]] ClusterModel make_cluster(const trace::View& view, const Labels& labels,
                                        const std::vector<Flight>& under_way = {});
// The same as text, a line per server, voter, link and fault.
[[nodiscard]] std::string dump(const ClusterModel& model);

}  // namespace logarium::viz

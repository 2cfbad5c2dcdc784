#pragma once
// Links: one per direction between two nodes that ever talked, each with its options, its own
// random stream and what the running faults make of it. A link without faults pays one branch.

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/hash.hpp"
#include "engine/base/message.hpp"
#include "engine/base/random.hpp"
#include "sim/world/options.hpp"
#include "sim/world/types.hpp"

namespace logarium::world {

using LinkIndex = std::uint32_t;

// What the link does with one message, decided when it is sent.
struct Passage {
  Duration delay;        // from sending to arrival, retransmissions included
  bool dropped = false;  // filtered, or lost as a datagram
  bool filtered = false;
  bool gave_up = false;       // tcp: lost too often; the connection is reset after `delay`
  bool duplicated = false;    // datagram: arrives twice
  bool out_of_order = false;  // datagram: does not wait for earlier messages
};

class Links {
 public:
  Links(const NetworkOptions& options, Random root) : options_(options), root_(root) {}

  // Nodes are numbered in the order of adding. A link's random stream comes from both names.
  void add_node(std::string_view name) { names_.push_back(hash_text(name)); }
  // The link from one node to another; made when it is new.
  [[nodiscard]] LinkIndex get(std::uint32_t from, std::uint32_t to);
  [[nodiscard]] bool cut(LinkIndex link) const { return links_[link].cut; }
  // One latency without message faults: handshakes and resets.
  [[nodiscard]] Duration latency(LinkIndex link);
  // `bytes` is 0 unless measured(link).
  [[nodiscard]] Passage pass(LinkIndex link, Instant now, const Frame& frame, std::int64_t bytes,
                             FaultCounts& counts);
  // The link has a bandwidth limit, so that message sizes matter.
  [[nodiscard]] bool measured(LinkIndex link) const { return links_[link].bytes_per_second > 0; }
  // False: no link has, or ever had, a limit.
  [[nodiscard]] bool any_measured() const { return any_measured_; }

  // Sets the options of one direction, now and for good.
  void set_options(std::uint32_t from, std::uint32_t to, const LinkOptions& options);
  void begin_fault(FaultId id, const LinkFault& fault);
  void end_fault(FaultId id);
  [[nodiscard]] const NetworkOptions& options() const { return options_; }

 private:
  struct Link {
    std::uint32_t from = 0, to = 0;
    LinkOptions options;
    Random random;
    // What the faults make of it:
    bool cut = false;
    bool plain = true;  // no fault beside cuts
    std::int64_t bytes_per_second = 0;
    bool limited_by_fault = false;
    std::vector<FaultId> faults;  // beside cuts, in order
    Instant busy_until{0};        // serialisation of earlier messages
  };
  struct Running {
    LinkFault fault;
    std::uint64_t messages = 0;  // hit so far
  };

  [[nodiscard]] static bool covers(const LinkFault& fault, std::uint32_t from, std::uint32_t to);
  void apply_faults(Link& link);
  void pass_faults(Link& link, const Frame& frame, Passage& passage, FaultCounts& counts);
  void lose(Link& link, std::int64_t ppm, Passage& passage, FaultCounts& counts);

  NetworkOptions options_;
  bool any_measured_ = false;
  Random root_;
  std::vector<std::uint64_t> names_;  // hashed
  std::vector<Link> links_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, LinkIndex> index_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, LinkOptions> pairs_;
  std::map<FaultId, Running> faults_;
};

}  // namespace logarium::world

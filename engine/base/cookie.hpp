#pragma once
// Cookie: who inside a node asked for something (a timer, a file operation, a request to a peer)
// and which of its questions this is. The host and the rpc layer carry it back unread.

#include <compare>
#include <cstdint>

namespace logarium {

// The machines inside a node that own timers, file operations and requests.
enum class Machine : std::uint8_t {
  kProcess,     // start, stop, publishing of metadata
  kRpc,         // connections, request timeouts, backoff
  kRaft,        // the metadata quorum
  kController,  // the active controller
  kLoader,      // metadata loader and snapshot writer
  kLog,         // a partition's log: writes, reads, recovery
  kReplica,     // replica manager: fetchers, purgatory, ISR, AlterPartition
  kLifecycle,   // broker registration and heartbeats
  kHandler,     // request handlers that wait for something
  kProducer,
  kConsumer,
  kAdmin,
  kApplication,
};

struct Cookie {
  Machine machine = Machine::kProcess;
  std::uint8_t what = 0;    // the machine's own enum
  std::uint32_t slot = 0;   // e.g. index of a log, of a peer
  std::uint64_t value = 0;  // e.g. a generation, an offset, a request number
  constexpr auto operator<=>(const Cookie&) const = default;
};

}  // namespace logarium

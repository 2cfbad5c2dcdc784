#pragma once
// AssignReplicasToDirs (KIP-858): a broker says in which log directory its replicas lie. A broker
// whose disk was replaced has a new directory: until the controller knows that its replicas lie
// there, it takes them for offline and elects none of them.

#include "engine/controller/decision.hpp"
#include "engine/protocol/messages/assign_replicas_to_dirs.hpp"

namespace logarium::controller {

// A replica in a directory that is not online leaves ISR and leadership. Else an election is tried
// with the replica where it now lies, among ISR and ELR; the last known leader is not elected here.
[[nodiscard]] Decision assign_replicas_to_directories(
    const View& view, const protocol::AssignReplicasToDirsRequest& request);

}  // namespace logarium::controller

#pragma once
// The life of a broker as the controller sees it (KIP-631): registration, heartbeats, fencing,
// unfencing, controlled shutdown, unregistration; and the registration of controllers (KIP-919).

#include <optional>

#include "engine/controller/decision.hpp"
#include "engine/controller/sessions.hpp"
#include "engine/protocol/messages/broker_heartbeat.hpp"
#include "engine/protocol/messages/broker_registration.hpp"
#include "engine/protocol/messages/controller_registration.hpp"
#include "engine/protocol/messages/unregister_broker.hpp"

namespace logarium::controller {

struct RegistrationContext {
  std::string_view cluster_id;  // empty: not checked
  const Sessions& sessions;
  Instant now;
  BrokerEpoch new_epoch;  // offset of the batch that will hold the registration
  // logarium.registration.replace.silent
  bool silent_may_be_replaced = false;
};
// A live session of another incarnation: DUPLICATE_BROKER_REGISTRATION, unless it is one of a
// silent broker that may be replaced. The same incarnation keeps
// its broker epoch. A new one starts fenced and leaves every ISR first; when it does not bring the
// epoch of its predecessor from a clean stop, it leaves every ELR as well (KIP-966).
[[nodiscard]] Decision register_broker(const View& view, const RegistrationContext& context,
                                       const protocol::BrokerRegistrationRequest& request);
// The standing that a registered broker has after the decision; empty when it was refused.
[[nodiscard]] std::optional<metadata::RegisterBrokerRecord> registration_in(
    const Decision& decision);

struct HeartbeatDecision {
  Decision decision;
  bool accepted = false;  // the broker epoch is the registered one: counts as a contact
  Sessions::Standing standing = Sessions::Standing::kFenced;  // from now on
  bool stops = false;                                         // its shutdown offset is to be fixed
};
[[nodiscard]] HeartbeatDecision heartbeat(const View& view, const Sessions& sessions,
                                          const protocol::BrokerHeartbeatRequest& request);

// The broker leaves every ISR, leads nothing, and is fenced, all in one batch.
[[nodiscard]] Decision fence_broker(const View& view, NodeId broker);

[[nodiscard]] Decision unregister_broker(const View& view,
                                         const protocol::UnregisterBrokerRequest& request);
[[nodiscard]] Decision register_controller(const View& view,
                                           const protocol::ControllerRegistrationRequest& request);

[[nodiscard]] Sessions::Standing standing_of(const metadata::Broker& broker);

// NONE, or STALE_BROKER_EPOCH when the broker is not registered under this epoch.
[[nodiscard]] protocol::ErrorCode check_broker_epoch(const View& view, NodeId broker,
                                                     BrokerEpoch epoch);

}  // namespace logarium::controller

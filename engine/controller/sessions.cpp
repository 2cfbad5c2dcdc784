#include "engine/controller/sessions.hpp"

#include <limits>

#include "engine/base/state_visitor.hpp"

namespace logarium::controller {

void Sessions::untrack(NodeId broker, const Session& session) {
  if (session.standing != Standing::kFenced) by_contact_.erase({session.last_contact, broker});
  active_offsets_.erase({session.metadata_offset, broker});
}

void Sessions::track(NodeId broker, const Session& session) {
  if (session.standing != Standing::kFenced) by_contact_.insert({session.last_contact, broker});
  if (session.standing == Standing::kUnfenced) {
    active_offsets_.insert({session.metadata_offset, broker});
  }
}

void Sessions::touch(NodeId broker, Standing standing, std::int64_t metadata_offset, Instant now) {
  Session& session = sessions_[broker];
  untrack(broker, session);
  session.last_contact = now;
  session.metadata_offset = metadata_offset;
  session.standing = standing;
  session.heard_of = true;
  if (standing == Standing::kFenced) session.shutdown_offset = std::nullopt;
  track(broker, session);
}

void Sessions::grant(NodeId broker, Standing standing, Instant now) {
  touch(broker, standing, -1, now);
  sessions_[broker].heard_of = false;
}

void Sessions::set_standing(NodeId broker, Standing standing) {
  const auto found = sessions_.find(broker);
  if (found == sessions_.end()) return;
  Session& session = found->second;
  untrack(broker, session);
  session.standing = standing;
  if (standing == Standing::kFenced) session.shutdown_offset = std::nullopt;
  track(broker, session);
}

void Sessions::remove(NodeId broker) {
  const auto found = sessions_.find(broker);
  if (found == sessions_.end()) return;
  untrack(broker, found->second);
  sessions_.erase(found);
}

bool Sessions::has_valid_session(NodeId broker, Instant now) const {
  const auto found = sessions_.find(broker);
  if (found == sessions_.end() || found->second.standing == Standing::kFenced) return false;
  return found->second.last_contact + timeout_ > now;
}

bool Sessions::heard_of(NodeId broker) const {
  const auto found = sessions_.find(broker);
  return found != sessions_.end() && found->second.heard_of;
}

std::optional<NodeId> Sessions::stale(Instant now) const {
  if (next_expiry() > now) return std::nullopt;
  return by_contact_.begin()->second;
}

Instant Sessions::next_expiry() const {
  return by_contact_.empty() ? kNever : by_contact_.begin()->first + timeout_;
}

void Sessions::set_shutdown_offset(NodeId broker, std::int64_t offset) {
  const auto found = sessions_.find(broker);
  if (found != sessions_.end()) found->second.shutdown_offset = offset;
}

std::optional<std::int64_t> Sessions::shutdown_offset(NodeId broker) const {
  const auto found = sessions_.find(broker);
  return found == sessions_.end() ? std::nullopt : found->second.shutdown_offset;
}

std::int64_t Sessions::lowest_active_offset() const {
  return active_offsets_.empty() ? std::numeric_limits<std::int64_t>::max()
                                 : active_offsets_.begin()->first;
}

void Sessions::Session::describe(StateVisitor& v) const {
  visit(v, "last contact", last_contact);
  visit(v, "metadata offset", metadata_offset);
  visit(v, "standing", standing);
  visit(v, "shutdown offset", shutdown_offset);
  visit(v, "heard of", heard_of);
}

void Sessions::describe(StateVisitor& v) const { visit(v, "sessions", sessions_); }

}  // namespace logarium::controller

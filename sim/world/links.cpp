#include "sim/world/links.hpp"

#include <algorithm>

#include "engine/base/ensure.hpp"

namespace logarium::world {
namespace {

constexpr std::int64_t kAlwaysPpm = 1'000'000;

[[nodiscard]] bool contains(const std::vector<NodeIndex>& set, std::uint32_t node) {
  return set.empty() || std::find(set.begin(), set.end(), NodeIndex(node)) != set.end();
}

// Draws nothing when it always happens.
[[nodiscard]] bool happens(Random& random, std::int64_t ppm) {
  return ppm >= kAlwaysPpm || random.chance_ppm(ppm);
}

[[nodiscard]] bool matches(const LinkFault& fault, const Frame& frame) {
  if (fault.api_key && *fault.api_key != frame.body->api_key()) return false;
  return !fault.direction || *fault.direction == frame.body->direction();
}

}  // namespace

LinkIndex Links::get(std::uint32_t from, std::uint32_t to) {
  const auto [found, fresh] = index_.try_emplace({from, to}, static_cast<LinkIndex>(links_.size()));
  if (!fresh) return found->second;
  Link link;
  link.from = from;
  link.to = to;
  const auto pair = pairs_.find({from, to});
  link.options = pair == pairs_.end() ? options_.link : pair->second;
  link.random = root_.derive("link", fold(names_[from], names_[to]));
  links_.push_back(std::move(link));
  apply_faults(links_.back());
  return found->second;
}

bool Links::covers(const LinkFault& fault, std::uint32_t from, std::uint32_t to) {
  if (from == to) return false;
  if (contains(fault.from, from) && contains(fault.to, to)) return true;
  return fault.ways == Ways::kBoth && contains(fault.from, to) && contains(fault.to, from);
}

void Links::apply_faults(Link& link) {
  link.cut = false;
  link.bytes_per_second = link.options.bytes_per_second;
  link.limited_by_fault = false;
  link.faults.clear();
  for (const auto& [id, running] : faults_) {
    const LinkFault& fault = running.fault;
    if (!covers(fault, link.from, link.to)) continue;
    if (fault.kind == FaultKind::kCut) {
      link.cut = true;
    } else if (fault.kind == FaultKind::kBandwidth) {
      if (link.bytes_per_second == 0 || fault.bytes_per_second < link.bytes_per_second) {
        link.bytes_per_second = fault.bytes_per_second;
        link.limited_by_fault = true;
      }
    } else {
      link.faults.push_back(id);
    }
  }
  if (link.bytes_per_second > 0) any_measured_ = true;
  link.plain = link.faults.empty() && link.bytes_per_second == 0 && link.options.loss_ppm == 0;
}

Duration Links::latency(LinkIndex index) {
  Link& link = links_[index];
  return link.options.latency.draw(link.random);
}

void Links::lose(Link& link, std::int64_t ppm, Passage& passage, FaultCounts& counts) {
  if (options_.transport == Transport::kDatagram) {
    if (!happens(link.random, ppm)) return;
    passage.dropped = true;
    counts.add(FaultKind::kLoss);
    return;
  }
  Duration wait = options_.retransmit_timeout;
  for (std::int32_t attempt = 0; happens(link.random, ppm); ++attempt) {
    if (attempt == options_.retransmits_max) {
      passage.gave_up = true;
      return;
    }
    counts.add(FaultKind::kLoss);
    passage.delay = passage.delay + wait;
    wait = std::min(wait * 2, options_.retransmit_timeout_max);
  }
}

void Links::pass_faults(Link& link, const Frame& frame, Passage& passage, FaultCounts& counts) {
  const bool datagram = options_.transport == Transport::kDatagram;
  for (const FaultId id : link.faults) {
    Running& running = faults_.find(id)->second;
    const LinkFault& fault = running.fault;
    switch (fault.kind) {
      case FaultKind::kLoss:
        lose(link, fault.ppm, passage, counts);
        break;
      case FaultKind::kDelay:
        if (!happens(link.random, fault.ppm)) break;
        passage.delay = passage.delay + fault.delay.draw(link.random);
        counts.add(FaultKind::kDelay);
        break;
      case FaultKind::kReorder:
        // Over tcp a connection keeps its order; messages of other connections overtake.
        if (!happens(link.random, fault.ppm)) break;
        passage.delay = passage.delay + fault.delay.draw(link.random);
        passage.out_of_order = datagram;
        counts.add(FaultKind::kReorder);
        break;
      case FaultKind::kDuplicate:
        // Over tcp duplicates arise from retries of requests only.
        if (!datagram || !happens(link.random, fault.ppm)) break;
        passage.duplicated = true;
        counts.add(FaultKind::kDuplicate);
        break;
      case FaultKind::kFilter:
        if (fault.messages_max && running.messages >= *fault.messages_max) break;
        if (!matches(fault, frame) || !happens(link.random, fault.ppm)) break;
        ++running.messages;
        passage.filtered = true;
        counts.add(FaultKind::kFilter);
        break;
      default:
        break;
    }
  }
}

Passage Links::pass(LinkIndex index, Instant now, const Frame& frame, std::int64_t bytes,
                    FaultCounts& counts) {
  Link& link = links_[index];
  Passage passage;
  passage.delay = link.options.latency.draw(link.random);
  if (link.plain) return passage;
  if (link.bytes_per_second > 0) {
    constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
    const Duration wire = microseconds(bytes * kMicrosecondsPerSecond / link.bytes_per_second);
    link.busy_until = std::max(link.busy_until, now) + wire;
    passage.delay = passage.delay + (link.busy_until - now);
    if (link.limited_by_fault) counts.add(FaultKind::kBandwidth);
  }
  if (link.options.loss_ppm > 0) lose(link, link.options.loss_ppm, passage, counts);
  pass_faults(link, frame, passage, counts);
  return passage;
}

void Links::set_options(std::uint32_t from, std::uint32_t to, const LinkOptions& options) {
  pairs_[{from, to}] = options;
  const auto found = index_.find({from, to});
  if (found == index_.end()) return;
  links_[found->second].options = options;
  apply_faults(links_[found->second]);
}

void Links::begin_fault(FaultId id, const LinkFault& fault) {
  ENSURE(fault.kind != FaultKind::kBandwidth || fault.bytes_per_second > 0);
  faults_.emplace(id, Running{fault, 0});
  for (Link& link : links_) apply_faults(link);
}

void Links::end_fault(FaultId id) {
  faults_.erase(id);
  for (Link& link : links_) {
    const bool limited = link.limited_by_fault;
    apply_faults(link);
    // What a narrow link still had to send goes out at once.
    if (limited && !link.limited_by_fault) link.busy_until = Instant{0};
  }
}

}  // namespace logarium::world

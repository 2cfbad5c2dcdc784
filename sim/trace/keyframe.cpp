// Views as bytes. One list of fields serves both ways, so that encoder and decoder cannot differ.

#include <type_traits>

#include "engine/base/varint.hpp"
#include "sim/trace/coder.hpp"
#include "sim/trace/view.hpp"

namespace logarium::trace {
namespace {

class KeyframeEncoder {
 public:
  template <class T>
  void field(T& value) {
    if constexpr (std::is_same_v<T, std::uint64_t>) {
      put_varint(bytes, value);
    } else {
      put_varint(bytes, zigzag(plain(value)));
    }
  }
  template <class T>
  void limited(T& value, std::int64_t /*last*/) {
    field(value);
  }
  std::size_t size(std::size_t count) {
    put_varint(bytes, count);
    return count;
  }
  [[nodiscard]] bool good() const { return true; }

  std::vector<std::byte> bytes;
};

class KeyframeDecoder {
 public:
  explicit KeyframeDecoder(ByteView in) : in_(in) {}

  template <class T>
  void field(T& value) {
    if constexpr (std::is_same_v<T, std::uint64_t>) {
      value = number();
    } else {
      const std::int64_t read = unzigzag(number());
      set_plain(value, read);
      if (plain(value) != read) fail();
    }
  }
  // An enum or a place in a list: 0 to `last`.
  template <class T>
  void limited(T& value, std::int64_t last) {
    const std::int64_t read = unzigzag(number());
    if (read < 0 || read > last) return fail();
    set_plain(value, read);
  }
  // Every element takes a byte at least.
  std::size_t size(std::size_t /*count*/) {
    const std::uint64_t count = number();
    if (count > in_.size() - at_) {
      fail();
      return 0;
    }
    return static_cast<std::size_t>(count);
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool at_end() const { return at_ == in_.size(); }
  void fail() { good_ = false; }

 private:
  std::uint64_t number() {
    std::uint64_t value = 0;
    if (good_ && get_varint(in_, at_, value, kVarlongBytesMax)) return value;
    fail();
    return 0;
  }
  ByteView in_;
  std::size_t at_ = 0;
  bool good_ = true;
};

template <class C, class T, class F>
void list(C& c, std::vector<T>& values, F&& each) {
  values.resize(c.size(values.size()));
  for (T& value : values) {
    if (!c.good()) return;
    each(value);
  }
}
template <class C, class T, class F>
void maybe(C& c, std::optional<T>& value, F&& each) {
  const std::size_t there = c.size(value ? 1 : 0);
  if (there == 0) return value.reset();
  if (!value) value.emplace();
  each(*value);
}

}  // namespace

// The fields of a view, in order, for either direction.
class KeyframeCoder {
 public:
  template <class C>
  static void code(C& c, View& view) {
    c.field(view.event_);
    c.field(view.time_);
    c.field(view.last_fault_);
    counts(c, view.counts_);
    const auto last_node = static_cast<std::int64_t>(view.nodes_.size()) - 1;
    for (NodeView& one : view.nodes_) node(c, one, last_node);
    list(c, view.partitions_, [&](PartitionView& one) { partition(c, one, last_node); });
    list(c, view.faults_, [&](FaultView& one) { fault(c, one, last_node); });
  }
  // What a view finds its partitions by. False when one comes twice.
  static bool index(View& view) {
    for (std::size_t i = 0; i < view.partitions_.size(); ++i) {
      if (!view.index_.emplace(view.partitions_[i].ref, i).second) return false;
    }
    return true;
  }

 private:
  template <class C>
  static void ref(C& c, PartitionRef& one) {
    c.field(one.topic.high);
    c.field(one.topic.low);
    c.field(one.partition);
  }
  template <class C>
  static void counts(C& c, CountsView& one) {
    for (std::uint64_t* count :
         {&one.records_in, &one.requests, &one.failed_produces, &one.isr_shrinks, &one.isr_expands,
          &one.elections, &one.unclean_elections, &one.controllers, &one.truncations, &one.falls,
          &one.batches_acked, &one.ack_ns, &one.messages_lost}) {
      c.field(*count);
    }
  }
  template <class C>
  static void node(C& c, NodeView& one, std::int64_t last_node) {
    flag(c, one.up);
    c.field(one.since);
    c.limited(one.ended, static_cast<std::int64_t>(note::EndCause::kEnsure));
    c.field(one.incarnation);
    c.limited(one.broker_state, static_cast<std::int64_t>(note::BrokerState::kShuttingDown));
    maybe(c, one.quorum, [&](QuorumView& quorum) {
      c.limited(quorum.role, static_cast<std::int64_t>(note::QuorumRole::kObserver));
      c.field(quorum.epoch);
      maybe(c, quorum.leader, [&](NodeId& id) { c.field(id); });
    });
    maybe(c, one.controls, [&](QuorumEpoch& epoch) { c.field(epoch); });
    c.field(one.metadata_next);
    maybe(c, one.vote, [&](VoteView& vote) {
      c.field(vote.epoch);
      c.field(vote.candidate);
    });
    maybe(c, one.broker_epoch, [&](BrokerEpoch& epoch) { c.field(epoch); });
    flag(c, one.fenced);
    flag(c, one.in_controlled_shutdown);
    c.field(one.acked);
    c.field(one.failed);
    c.field(one.delivered);
    list(c, one.positions, [&](PositionView& position) {
      ref(c, position.partition);
      c.field(position.next);
    });
    list(c, one.in_flight, [&](InFlightView& batch) {
      ref(c, batch.partition);
      c.field(batch.content);
      c.field(batch.records);
      c.field(batch.attempt);
      c.field(batch.sent);
    });
    list(c, one.heard, [&](HeardView& heard) {
      c.limited(heard.from, last_node);
      c.field(heard.at);
    });
  }
  template <class C>
  static void partition(C& c, PartitionView& one, std::int64_t last_node) {
    ref(c, one.ref);
    list(c, one.replicas, [&](NodeId& id) { c.field(id); });
    maybe(c, one.leader, [&](NodeId& id) { c.field(id); });
    c.field(one.leader_epoch);
    c.field(one.partition_epoch);
    c.field(one.isr);
    c.field(one.elr);
    flag(c, one.deleted);
    list(c, one.logs, [&](LogView& replica) { log(c, replica, last_node); });
  }
  template <class C>
  static void log(C& c, LogView& one, std::int64_t last_node) {
    c.limited(one.node, last_node);
    flag(c, one.open);
    flag(c, one.leading);
    c.field(one.leader_epoch);
    c.field(one.log_start);
    // The others are near the end.
    c.field(one.log_end);
    distance(c, one.log_end, one.high_watermark);
    distance(c, one.log_end, one.synced_end);
    c.field(one.caught_up);
    c.field(one.isr);
    c.field(one.maximal_isr);
    list(c, one.epochs, [&](EpochRange& range) {
      c.field(range.epoch);
      c.field(range.start);
    });
  }
  template <class C>
  static void fault(C& c, FaultView& one, std::int64_t last_node) {
    c.field(one.fault);
    c.field(one.kind);
    c.field(one.since);
    flag(c, one.one_way);
    c.field(one.untold);
    for (std::vector<std::uint32_t>* nodes : {&one.nodes, &one.from, &one.to}) {
      list(c, *nodes, [&](std::uint32_t& number) { c.limited(number, last_node); });
    }
  }
  template <class C>
  static void flag(C& c, bool& value) {
    std::int64_t number = value ? 1 : 0;
    c.limited(number, 1);
    value = number == 1;
  }
  template <class C>
  static void distance(C& c, Offset from, Offset& to) {
    auto number = static_cast<std::int64_t>(static_cast<std::uint64_t>(from.value()) -
                                            static_cast<std::uint64_t>(to.value()));
    c.field(number);
    to = Offset(static_cast<std::int64_t>(static_cast<std::uint64_t>(from.value()) -
                                          static_cast<std::uint64_t>(number)));
  }
};

std::vector<std::byte> encode_keyframe(const View& view) {
  View copy = view;
  KeyframeEncoder encoder;
  KeyframeCoder::code(encoder, copy);
  return std::move(encoder.bytes);
}

Result<View> decode_keyframe(ByteView bytes, const std::vector<NodeInfo>& nodes) {
  View view(nodes);
  KeyframeDecoder decoder(bytes);
  KeyframeCoder::code(decoder, view);
  if (!decoder.good() || !decoder.at_end() || !KeyframeCoder::index(view)) {
    return Error{"damaged: a keyframe"};
  }
  return view;
}

}  // namespace logarium::trace

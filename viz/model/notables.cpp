#include "viz/model/notables.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <utility>
#include <variant>

#include "viz/model/events.hpp"

namespace logarium::viz {
namespace {

constexpr std::array<std::string_view, kNotableKinds> kNotableWords = {
    "fault",          "end of a fault", "crash",      "start",   "election",
    "controller",     "quorum role",    "ISR change", "fencing", "truncation",
    "high watermark", "storage",        "client",     "topic",   "violation"};

// What was last committed of a partition.
struct Committed {
  std::vector<NodeId> replicas;
  std::optional<NodeId> leader;
  LeaderEpoch epoch{-1};
  ReplicaSet isr;
};

class Collector {
 public:
  explicit Collector(const Labels& labels) : labels_(labels) {}

  void add(const trace::Event& event) {
    event_ = &event;
    for (const Note& note : event.notes) {
      note_ = &note;
      std::visit(*this, note);
    }
  }
  [[nodiscard]] std::vector<Notable> take() { return std::move(out_); }

  void operator()(const note::FaultBegan&) { tell(NotableKind::kFaultBegan); }
  void operator()(const note::FaultEnded&) { tell(NotableKind::kFaultEnded); }
  void operator()(const note::ProcessEnded&) { tell(NotableKind::kCrash); }
  void operator()(const note::ProcessStarted& n) {
    if (n.incarnation.value() > 1) tell(NotableKind::kRestart);
  }
  void operator()(const note::ControllerActive&) { tell(NotableKind::kController); }
  void operator()(const note::QuorumRoleChanged& n) {
    using note::QuorumRole;
    if (n.role == QuorumRole::kObserver || n.role == QuorumRole::kFollower) return;
    if (n.role != QuorumRole::kUnattached) tell(NotableKind::kQuorum);
  }
  void operator()(const note::BrokerFenced&) { tell(NotableKind::kFencing); }
  void operator()(const note::BrokerUnfenced&) { tell(NotableKind::kFencing); }
  void operator()(const note::Truncated& n) { tell(NotableKind::kTruncation, n.partition); }
  void operator()(const note::HighWatermarkMoved& n) {
    tell(NotableKind::kHighWatermark, n.partition,
         fmt::format("high watermark of {} falls to {}", labels_.partition(n.partition),
                     n.high_watermark.value()));
  }
  void operator()(const note::BytesLost&) { tell(NotableKind::kStorage); }
  void operator()(const note::DiskWiped&) { tell(NotableKind::kStorage); }
  void operator()(const note::DirectoryOffline&) { tell(NotableKind::kStorage); }
  void operator()(const note::BatchFailed& n) { tell(NotableKind::kClient, n.partition); }
  void operator()(const note::PositionReset& n) {
    if (n.cause != note::ResetCause::kNoPosition && n.cause != note::ResetCause::kSeek) {
      tell(NotableKind::kClient, n.partition);
    }
  }
  void operator()(const note::TruncationDetected& n) { tell(NotableKind::kClient, n.partition); }
  void operator()(const note::TopicCreated&) { tell(NotableKind::kTopic); }
  void operator()(const note::TopicDeleted&) { tell(NotableKind::kTopic); }
  void operator()(const note::ReassignmentCompleted& n) { tell(NotableKind::kTopic, n.partition); }
  void operator()(const note::ReplicaPlaced& n) {
    if (n.count < 0 || n.count > 32 || n.position < 0 || n.position >= n.count) return;
    Committed& one = committed_[n.partition];
    one.replicas.resize(static_cast<std::size_t>(n.count));
    one.replicas[static_cast<std::size_t>(n.position)] = n.node;
  }
  void operator()(const note::PartitionCommitted& n) {
    Committed& one = committed_[n.partition];
    const Committed before = one;
    one.leader = n.leader.value() < 0 ? std::nullopt : std::optional(n.leader);
    one.epoch = n.leader_epoch;
    one.isr = n.isr;
    if (before.epoch.value() < 0) return;  // its creation
    if (before.leader != one.leader) return election(n, before, one);
    if (before.isr != one.isr) {
      tell(NotableKind::kIsrChange, n.partition,
           fmt::format("{}: ISR {} -> {}", labels_.partition(n.partition), set_of_nodes(before),
                       set_of_nodes(one)));
    }
  }
  template <class T>
  void operator()(const T&) {}

 private:
  void election(const note::PartitionCommitted& n, const Committed& before, const Committed& one) {
    const bool unclean = n.election == note::ElectionKind::kUnclean;
    std::string text =
        fmt::format("{}: leader {} -> {}, epoch {} -> {}", labels_.partition(n.partition),
                    name(before.leader), name(one.leader), before.epoch.value(), one.epoch.value());
    if (before.isr != one.isr) {
      text += fmt::format(", ISR {} -> {}", set_of_nodes(before), set_of_nodes(one));
    }
    tell(NotableKind::kElection, n.partition, text + (unclean ? ", unclean" : ""));
  }
  [[nodiscard]] std::string name(std::optional<NodeId> id) const {
    return id ? labels_.brief_of(*id) : std::string("none");
  }
  [[nodiscard]] std::string set_of_nodes(const Committed& one) const {
    std::string out;
    for (std::size_t i = 0; i < one.replicas.size(); ++i) {
      if ((one.isr.value() >> i & 1) == 0) continue;
      out += (out.empty() ? "" : ",") + labels_.brief_of(one.replicas[i]);
    }
    return "{" + out + "}";
  }
  void tell(NotableKind kind, std::optional<PartitionRef> partition = {}, std::string text = {}) {
    if (text.empty()) text = words_of(*note_, labels_);
    out_.push_back({kind, event_->number, event_->time, event_->node, partition, std::move(text)});
  }

  const Labels& labels_;
  const trace::Event* event_ = nullptr;
  const Note* note_ = nullptr;
  std::map<PartitionRef, Committed> committed_;
  std::vector<Notable> out_;
};

}  // namespace

std::string_view word(NotableKind kind) { return kNotableWords[static_cast<std::size_t>(kind)]; }

std::vector<Notable> make_notables(const trace::Summary& summary, const Labels& labels) {
  Collector collector(labels);
  for (const trace::Event& event : summary.highlights) collector.add(event);
  return collector.take();
}

}  // namespace logarium::viz

// The kinds of actions and the keys of each: the one description of what a fault can do.

#include <array>

#include "sim/scenario/action.hpp"
#include "sim/scenario/binding.hpp"

namespace logarium::scenario {
namespace {

constexpr NumberRule kAboveZeroShare{Unit::kShare, 1, 1'000'000, Draws::kOnce};
constexpr NumberRule kAddedDelay{Unit::kDuration, 0, seconds(600).ns, Draws::kPerMessage};
constexpr NumberRule kWallChange{Unit::kDuration, -seconds(86'400 * 400LL).ns,
                                 seconds(86'400 * 400LL).ns, Draws::kOnce};
constexpr NumberRule kFactor{Unit::kCount, 1, 1'000'000, Draws::kOnce};

constexpr std::array<std::string_view, 2> kWaysWords = {"both", "one way"};
constexpr std::array<std::string_view, 3> kMessageWords = {"any", "request", "response"};
constexpr std::array<std::string_view, 2> kElectionWords = {"preferred", "unclean"};

// In the order of ActionKind.
constexpr std::array<ChoiceInfo, kActionKinds> kKinds = {{
    {"crash", "The process dies; its machine and page cache live on.", "target"},
    {"power loss", "The machine dies; what is not synced is lost, the last write may be torn.",
     "target"},
    {"restart", "Starts a process that is down; a running one is stopped in order first.",
     "target"},
    {"stop", "Asks for an orderly stop (controlled shutdown).", "target"},
    {"wipe", "The process dies and its disk is emptied.", "target"},
    {"pause", "The process stands still (SIGSTOP).", "target"},
    {"resume", "A paused process goes on.", "target"},
    {"slow node", "Each input costs so many times the usual time.", "target"},
    {"cut", "Nothing passes between the nodes."},
    {"loss", "A share of the messages is lost."},
    {"latency", "A share of the messages takes longer."},
    {"duplicate", "A share of the messages comes twice; needs datagram."},
    {"reorder", "A share of the messages overtakes others, across connections only with tcp."},
    {"bandwidth", "The links carry no more than a limit."},
    {"filter", "Messages of an API are dropped; with tcp their connection is reset."},
    {"reset", "Connections between the nodes are reset once."},
    {"disk slow", "Every operation takes so many times longer.", "target"},
    {"disk full", "Writes fail for want of space.", "target"},
    {"disk error", "A share of the operations fails.", "target"},
    {"bit rot", "One bit of a file flips.", "target"},
    {"clock offset", "The wall clock is wrong by so much."},
    {"clock drift", "Both clocks run faster (or slower)."},
    {"clock step", "The wall clock jumps."},
    {"error code", "Servers answer requests of an API with an error instead of handling them."},
    {"end", "Ends the labelled fault that goes on.", "fault"},
    {"heal", "Ends faults at these nodes and starts them when they are down.", "target"},
    {"move leader", "Has the preferred leader elected, or an unclean one.", "partition"},
    {"reassign", "Moves a partition to other brokers."},
    {"change config", "Changes configs of a topic."},
    {"create topic", "Creates a topic."},
    {"delete topic", "Deletes a topic.", "topic"},
    {"add partitions", "Gives a topic more partitions."},
    {"delete records", "Deletes a partition's records before an offset.", "partition"},
    {"remove broker", "Unregisters a broker.", "target"},
}};

void target_field(Action& a, Visitor& v) {
  v.texts({"target", "Nodes.", Need::kRequired}, a.target, TextKind::kTarget);
}
void link_fields(Action& a, Visitor& v) {
  v.texts({"from", "One side; without it all nodes."}, a.from, TextKind::kTarget);
  v.texts({"to", "The other side; without it all nodes."}, a.to, TextKind::kTarget);
  v.word({"ways", "Both ways, or only from `from` to `to`."}, words(a.ways, kWaysWords));
}
void share_field(Action& a, Visitor& v) {
  v.number({"share", "Of the messages or operations."}, a.share, kAboveZeroShare);
}
void by_field(Action& a, Visitor& v, const NumberRule& rule) {
  v.number({"by", "How much.", Need::kRequired}, a.by, rule);
}
void partition_field(Action& a, Visitor& v) {
  v.text({"partition", "Which partition.", Need::kRequired}, a.partition, TextKind::kPartition);
}
void topic_field(Action& a, Visitor& v) {
  v.text({"topic", "Which topic.", Need::kRequired}, a.topic, TextKind::kTopic);
}

void network_fields(ActionKind kind, Action& a, Visitor& v) {
  link_fields(a, v);
  if (kind == ActionKind::kCut || kind == ActionKind::kReset) return;
  if (kind == ActionKind::kBandwidth) {
    v.number({"limit", "Of each link.", Need::kRequired}, a.limit,
             {Unit::kByteRate, 1, std::int64_t{1} << 50});
    return;
  }
  share_field(a, v);
  if (kind == ActionKind::kLatency || kind == ActionKind::kReorder) by_field(a, v, kAddedDelay);
  if (kind == ActionKind::kFilter) {
    v.text({"api", "Kafka's name of the API; without it any."}, a.api, TextKind::kApi);
    v.word({"messages", "Requests, responses, or both."}, words(a.messages, kMessageWords));
    v.number({"count", "At most so many messages; 0: no limit."}, a.count,
             {Unit::kCount, 0, 1'000'000});
  }
}

void disk_fields(ActionKind kind, Action& a, Visitor& v) {
  target_field(a, v);
  if (kind == ActionKind::kDiskSlow) {
    v.number({"factor", "How many times longer."}, a.factor, kFactor);
  }
  if (kind == ActionKind::kDiskError) {
    share_field(a, v);
    v.texts({"operations", "write, read, sync, other; without it all."}, a.operations,
            TextKind::kFree);
  }
  if (kind == ActionKind::kDiskError || kind == ActionKind::kBitRot) {
    v.text({"path", "Files whose path begins so; without it all."}, a.path, TextKind::kFree);
  }
}

void clock_fields(ActionKind kind, Action& a, Visitor& v) {
  target_field(a, v);
  if (kind == ActionKind::kClockDrift) {
    v.number({"drift", "How much faster.", Need::kRequired}, a.drift,
             {Unit::kDrift, -500'000, 500'000});
  } else {
    by_field(a, v, kWallChange);
  }
}

void admin_fields(ActionKind kind, Action& a, Visitor& v) {
  switch (kind) {
    case ActionKind::kMoveLeader:
      partition_field(a, v);
      v.word({"election", "preferred: the first replica; unclean: any that lives."},
             words(a.election, kElectionWords));
      return;
    case ActionKind::kReassign:
      partition_field(a, v);
      v.integers({"replicas", "Its brokers from now on.", Need::kRequired}, a.replicas);
      return;
    case ActionKind::kChangeConfig:
      topic_field(a, v);
      v.config({"config", "What changes.", Need::kRequired}, a.config, ConfigKind::kTopic);
      return;
    case ActionKind::kCreateTopic:
      a.new_topic.fields(v);
      return;
    case ActionKind::kAddPartitions:
      topic_field(a, v);
      v.integer({"partitions", "The new total.", Need::kRequired}, a.partitions,
                {Unit::kCount, 1, 100'000});
      return;
    case ActionKind::kDeleteRecords:
      partition_field(a, v);
      v.integer({"before", "An offset; -1: the high watermark."}, a.before,
                {Unit::kCount, -1, std::int64_t{1} << 60});
      return;
    default:
      topic_field(a, v);
  }
}

}  // namespace

std::string_view action_name(ActionKind kind) {
  return kKinds[static_cast<std::size_t>(kind)].name;
}
bool is_admin(ActionKind kind) { return kind >= ActionKind::kMoveLeader; }
bool loses_state(ActionKind kind) {
  return kind == ActionKind::kPowerLoss || kind == ActionKind::kWipe || kind == ActionKind::kBitRot;
}

void Action::fields_of(int which, Visitor& v) {
  const auto k = static_cast<ActionKind>(which);
  if (k == ActionKind::kRemoveBroker || k <= ActionKind::kResume || k == ActionKind::kHeal) {
    target_field(*this, v);
  } else if (k == ActionKind::kSlowNode) {
    target_field(*this, v);
    v.number({"factor", "How many times longer."}, factor, kFactor);
  } else if (k >= ActionKind::kCut && k <= ActionKind::kReset) {
    network_fields(k, *this, v);
  } else if (k >= ActionKind::kDiskSlow && k <= ActionKind::kBitRot) {
    disk_fields(k, *this, v);
  } else if (k >= ActionKind::kClockOffset && k <= ActionKind::kClockStep) {
    clock_fields(k, *this, v);
  } else if (k == ActionKind::kErrorCode) {
    v.text({"api", "Kafka's name of the API.", Need::kRequired}, api, TextKind::kApi);
    v.text({"error", "Kafka's name of the error.", Need::kRequired}, error, TextKind::kError);
    target_field(*this, v);
    v.number({"share", "Of the requests."}, share, kAboveZeroShare);
    v.number({"count", "At most so many answers; 0: no limit."}, count,
             {Unit::kCount, 0, 1'000'000});
  } else if (k == ActionKind::kEnd) {
    v.text({"fault", "The label.", Need::kRequired}, fault, TextKind::kLabel);
  } else {
    admin_fields(k, *this, v);
  }
}

void Action::fields(Visitor& v) {
  v.choice({kKinds, this,
            [](const void* a) { return static_cast<int>(static_cast<const Action*>(a)->kind); },
            [](void* a, int i) { static_cast<Action*>(a)->kind = static_cast<ActionKind>(i); },
            [](void* a, int i, Visitor& inner) { static_cast<Action*>(a)->fields_of(i, inner); },
            []() -> std::shared_ptr<void> { return std::make_shared<Action>(); }});
}

}  // namespace logarium::scenario

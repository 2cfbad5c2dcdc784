// The keys of a scenario file, each with its meaning: the one description of the format. The
// actions of faults are in action_fields.cpp.

#include <array>
#include <variant>

#include "engine/base/note.hpp"
#include "sim/scenario/binding.hpp"
#include "sim/scenario/model.hpp"

namespace logarium::scenario {
namespace {

constexpr NumberRule kTime{Unit::kDuration, 0, std::int64_t{1} << 60, Draws::kOnce};
constexpr NumberRule kLatency{Unit::kDuration, 0, seconds(3600).ns, Draws::kPerMessage};
constexpr NumberRule kShareRule{Unit::kShare, 0, 1'000'000, Draws::kOnce};
constexpr NumberRule kBandwidth{Unit::kByteRate, 0, std::int64_t{1} << 50, Draws::kOnce};
constexpr NumberRule kOneOrMore{Unit::kCount, 1, 1'000'000'000, Draws::kOnce};
constexpr NumberRule kZeroOrMore{Unit::kCount, 0, 1'000'000'000'000, Draws::kOnce};

constexpr std::array<std::string_view, 2> kRoleWords = {"separate", "combined"};
constexpr std::array<std::string_view, 2> kModeWords = {"tcp", "datagram"};
constexpr std::array<std::string_view, 2> kTruncationWords = {"diverging-epoch", "high-watermark"};
constexpr std::array<std::string_view, 2> kFromWords = {"earliest", "latest"};
constexpr std::array<std::string_view, 2> kSpacingWords = {"constant", "poisson"};
constexpr std::array<std::string_view, 2> kHealWords = {"all", "quorum"};
constexpr std::array<std::string_view, 2> kBudgetWords = {"off", "keep"};
constexpr std::array<std::string_view, 2> kReadBackWords = {"any", "all acked"};
constexpr std::array<std::string_view, 1> kProfileWords = {"kafka-4"};

constexpr std::array<ChoiceInfo, 2> kClientKinds = {
    {{"producer", "Sends records at a rate."}, {"consumer", "Reads assigned partitions."}}};
constexpr std::array<ChoiceInfo, 3> kPhaseKinds = {
    {{"chaos", "Faults happen for so long.", "for"},
     {"heal", "Ends what goes on: all faults, or only so many that a quorum works.", "what"},
     {"quiesce", "Producers stop; all must come to rest by the deadline.", "within"}}};

constexpr std::size_t kNotes = std::variant_size_v<Note>;
constexpr std::size_t kWhens = kNotes + 2;

// The notes' names, then the state predicates.
const std::array<ChoiceInfo, kWhens>& when_kinds() {
  static const std::array<ChoiceInfo, kWhens> table = [] {
    std::array<ChoiceInfo, kWhens> out;
    for (std::size_t i = 0; i < kNotes; ++i) {
      out[i] = {note_name(i), "A node said this of the partition, or of itself.", "of"};
    }
    out[kNotes] = {"isr", "The partition's committed ISR has a size.", "of"};
    out[kNotes + 1] = {"high watermark", "The leader's high watermark reaches an offset.", "of"};
    return out;
  }();
  return table;
}

}  // namespace

void BrokerOverride::fields(Visitor& v) {
  v.integer({"broker", "Its number, from 1.", Need::kRequired}, broker, {Unit::kCount, 1, 1000});
  v.text({"rack", "Its rack."}, rack, TextKind::kName);
  v.config({"config", "Its configs beyond those of all servers."}, config, ConfigKind::kServer);
}

void Cluster::fields(Visitor& v) {
  v.number({"brokers", "How many; they are broker(1), broker(2), ..."}, brokers,
           {Unit::kCount, 1, 100});
  v.number({"controllers", "Voters of the metadata quorum; controller(1001), ..."}, controllers,
           {Unit::kCount, 1, 15});
  v.word({"roles", "Processes of their own for controllers, or in the first brokers."},
         words(roles, kRoleWords));
  v.texts({"racks", "Names of racks; brokers are put into them in turn."}, racks, TextKind::kName);
  v.config({"config", "Kafka's server configs, of all servers."}, config, ConfigKind::kServer);
  v.list({"per broker", "What differs at single brokers."}, bound(per_broker));
  v.flag({"elr", "Eligible leader replicas (KIP-966)."}, elr);
}

void Link::fields(Visitor& v) {
  v.texts({"from", "Senders; known before the start.", Need::kRequired}, from, TextKind::kTarget);
  v.texts({"to", "Receivers; known before the start.", Need::kRequired}, to, TextKind::kTarget);
  v.number({"latency", "One way, drawn per message."}, latency, kLatency);
  v.number({"loss", "Of messages; with tcp each costs a retransmission."}, loss, kShareRule);
  v.number({"bandwidth", "0B/s: no limit."}, bandwidth, kBandwidth);
}

void Network::fields(Visitor& v) {
  v.word({"mode",
          "tcp: ordered, nothing vanishes singly. datagram: beyond what Kafka's transport "
          "does."},
         words(mode, kModeWords, &mode_picks));
  v.number({"latency", "One way, drawn per message."}, latency, kLatency);
  v.number({"loss", "Of messages; with tcp each costs a retransmission."}, loss, kShareRule);
  v.number({"bandwidth", "Of each link; 0B/s: no limit."}, bandwidth, kBandwidth);
  v.list({"links", "Links that differ."}, bound(links));
}

void Disk::fields(Visitor& v) {
  v.number({"write latency", "Per write, into the page cache."}, write_latency, kLatency);
  v.number({"read latency", "Per read."}, read_latency, kLatency);
  v.number({"sync latency", "Per sync."}, sync_latency, kLatency);
  v.number({"capacity", "Of each server's disk."}, capacity,
           {Unit::kBytes, 1 << 20, std::int64_t{1} << 50});
  v.flag({"torn", "A power loss may tear unfinished writes."}, torn);
}

void Clocks::fields(Visitor& v) {
  constexpr std::int64_t kDay = seconds(86'400).ns;
  v.number({"offset", "Of each server's wall clock, drawn per server."}, offset,
           {Unit::kDuration, -400 * kDay, 400 * kDay, Draws::kPerNode});
  v.number({"drift", "Of each server's clocks, drawn per server."}, drift,
           {Unit::kDrift, -100'000, 100'000, Draws::kPerNode});
}

void RuleSwitches::fields(Visitor& v) {
  v.texts({"off", "Rules of the protocol that do not hold (logarium rules)."}, off,
          TextKind::kRule);
  v.word({"truncation", "How followers truncate; high-watermark is Kafka before KIP-101."},
         words(truncation, kTruncationWords));
}

void Topic::fields(Visitor& v) {
  v.text({"name", "Its name.", Need::kRequired}, name, TextKind::kName);
  v.number({"partitions", "How many."}, partitions, {Unit::kCount, 1, 100'000});
  v.number({"replication.factor", "Copies of each partition."}, replication_factor,
           {Unit::kCount, 1, 32});
  v.integer_lists({"assignment", "Brokers of each partition; the first is preferred as leader."},
                  assignment);
  v.config({"config", "Kafka's topic configs."}, config, ConfigKind::kTopic);
}

void Client::fields_of(int which, Visitor& v) {
  const bool produces = which == static_cast<int>(ClientKind::kProducer);
  v.text({"name", "Its nodes are name-1, name-2, ..."}, name, TextKind::kName);
  if (produces) {
    v.text({"topic", "Where it sends.", Need::kRequired}, topic, TextKind::kTopic);
    v.number({"count", "How many clients."}, count, {Unit::kCount, 1, 1000});
    v.number({"rate", "Records, of all `count` together."}, rate,
             {Unit::kRate, 1, 100'000'000LL * 3600});
    v.word({"spacing", "Records at equal distances, or at random ones."},
           words(spacing, kSpacingWords));
    v.number({"records", "At most so many per client; 0: no limit."}, records, kZeroOrMore);
    v.number({"value size", "Of its records."}, value_size, {Unit::kBytes, 8, 16 << 20});
    v.number({"keys", "A record's key: {\"zipf\": n}, or {\"uniform\": [0, n]}; without it none."},
             keys, {Unit::kCount, 0, 1'000'000, Draws::kPerRecord});
    v.number({"start", "After ready."}, start, kTime);
    v.config({"config", "Kafka's producer configs."}, config, ConfigKind::kProducer);
    return;
  }
  v.texts({"assign", "Partitions (\"orders-0\"), or topics with all their partitions."}, assign,
          TextKind::kPartition);
  v.text({"group", "Consumer group; not supported yet."}, group, TextKind::kName);
  v.texts({"topics", "What the group reads; not supported yet."}, topics, TextKind::kTopic);
  v.word({"from", "Where it starts to read."}, words(from, kFromWords));
  v.number({"count", "How many clients; each reads all of `assign`."}, count,
           {Unit::kCount, 1, 1000});
  v.number({"start", "After ready."}, start, kTime);
  v.config({"config", "Kafka's consumer configs."}, config, ConfigKind::kConsumer);
}

void Client::fields(Visitor& v) {
  v.choice({kClientKinds, this,
            [](const void* c) { return static_cast<int>(static_cast<const Client*>(c)->kind); },
            [](void* c, int i) { static_cast<Client*>(c)->kind = static_cast<ClientKind>(i); },
            [](void* c, int i, Visitor& inner) { static_cast<Client*>(c)->fields_of(i, inner); },
            []() -> std::shared_ptr<void> { return std::make_shared<Client>(); }});
}

void When::fields(Visitor& v) {
  v.choice({when_kinds(), this, [](const void* w) { return static_cast<const When*>(w)->what; },
            [](void* w, int i) { static_cast<When*>(w)->what = i; },
            [](void* w, int, Visitor& inner) {
              inner.text({"of", "A partition (\"orders-0\"), or \"any\".", Need::kRequired},
                         static_cast<When*>(w)->of, TextKind::kPartition);
            },
            []() -> std::shared_ptr<void> { return std::make_shared<When>(); }});
  v.texts({"on", "Only what these nodes say."}, on, TextKind::kTarget);
  v.number({"nth", "The how-manieth time; batches, not records, for \"appended\"."}, nth,
           kOneOrMore);
  v.number({"size", "Of isr: when it has exactly so many members."}, size, {Unit::kCount, 0, 32});
  v.number({"at least", "Of high watermark: when it has reached this offset."}, at_least,
           kZeroOrMore);
}

int when_isr() { return static_cast<int>(kNotes); }
int when_high_watermark() { return static_cast<int>(kNotes + 1); }

void Fault::fields(Visitor& v) {
  v.text({"label", "A name for `after`, `end` and targets (\"label.target\")."}, label,
         TextKind::kName);
  v.number({"at", "Trigger: so long after ready."}, at, kTime);
  v.number({"every", "Trigger: again and again; a distribution is drawn anew each time."}, every,
           {Unit::kDuration, milliseconds(1).ns, std::int64_t{1} << 60});
  v.text({"after", "Trigger: the fault with this label has been applied."}, after,
         TextKind::kLabel);
  v.object({"when", "Trigger: something happened in the run."}, bound(when));
  v.number({"delay", "Between the trigger and the fault."}, delay, kTime);
  v.number({"times", "Of every: at most so often."}, times, kOneOrMore);
  v.number({"for", "Then it ends by itself; a crashed node is started again."}, lasts, kTime);
  v.number({"chance", "That this fault is in the run at all, drawn once."}, chance, kShareRule);
  action.fields(v);
}

void Phase::fields(Visitor& v) {
  v.choice({kPhaseKinds, this,
            [](const void* p) { return static_cast<int>(static_cast<const Phase*>(p)->kind); },
            [](void* p, int i) { static_cast<Phase*>(p)->kind = static_cast<PhaseKind>(i); },
            [](void* p, int i, Visitor& inner) {
              Phase& phase = *static_cast<Phase*>(p);
              if (i == static_cast<int>(PhaseKind::kChaos)) {
                inner.number({"for", "How long.", Need::kRequired}, phase.lasts, kTime);
              } else if (i == static_cast<int>(PhaseKind::kHeal)) {
                inner.word({"what", "Everything, or a random quorum.", Need::kRequired},
                           words(phase.heal, kHealWords));
              } else {
                inner.number({"within", "The deadline.", Need::kRequired}, phase.within, kTime);
              }
            },
            []() -> std::shared_ptr<void> { return std::make_shared<Phase>(); }});
}

void Expect::fields(Visitor& v) {
  v.text(
      {"verdict", "pass, explained loss, pass or explained loss, or fail: with a property's id."},
      verdict, TextKind::kFree);
  v.counts({"at least", "Counts that must be reached, or the run is inconclusive."}, at_least);
  v.counts({"at most", "Counts that must not be passed."}, at_most);
  v.texts({"happened", "Notes that must have come, or labels of faults that must have applied."},
          happened, TextKind::kFree);
  v.word({"read back", "Whether all that was acknowledged must be read after chaos."},
         words(read_back, kReadBackWords));
}

void Model::fields(Visitor& v) {
  v.text({"$schema", "For editors."}, schema, TextKind::kFree);
  v.text({"name", "The scenario's name, as that of its file.", Need::kRequired}, name,
         TextKind::kName);
  v.text({"story", "What happens and what must hold, in sentences."}, story, TextKind::kFree);
  v.integer({"seed", "Of all random choices, unless the command line gives another."}, seed,
            {Unit::kCount, 0, std::int64_t{1} << 62});
  v.number({"duration", "Of the run after ready, with all its phases."}, duration,
           {Unit::kDuration, seconds(1).ns, seconds(86'400).ns});
  v.word({"profile", "The era of the protocol."}, words(profile, kProfileWords));
  v.text({"proves", "The property that it violates with its rules off, and only then."}, proves,
         TextKind::kFree);
  v.flag({"wire", "Messages are encoded and decoded on their way."}, wire);
  v.object({"cluster", "Servers."}, bound(cluster));
  v.object({"network", "Links."}, bound(network));
  v.object({"disk", "Disks of all servers."}, bound(disk));
  v.object({"clocks", "Clocks of all servers."}, bound(clocks));
  v.object({"rules", "Rules of the protocol that are switched."}, bound(rules));
  v.list({"topics", "Created before time counts."}, bound(topics));
  v.list({"clients", "Producers and consumers."}, bound(clients));
  v.list({"faults", "What goes wrong, and what an administrator does."}, bound(faults));
  v.word({"budget", "keep: no fault that loses more than the protocol promises to bear."},
         words(budget, kBudgetWords));
  v.list({"phases", "chaos, heal, quiesce, in this order."}, bound(phases));
  v.object({"expect", "What the run must come to."}, bound(expect));
}

}  // namespace logarium::scenario

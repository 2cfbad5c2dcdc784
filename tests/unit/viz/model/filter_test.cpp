#include "viz/model/filter.hpp"

#include <catch2/catch_test_macros.hpp>

#include "engine/base/random.hpp"
#include "tests/unit/viz/model/orders.hpp"

namespace logarium::viz {
namespace {

const Labels kNames({{"broker-1", "broker", NodeId(1)},
                     {"broker-2", "broker", NodeId(2)},
                     {"controller-1001", "controller", NodeId(1001)},
                     {"producer-1", "client", NodeId(-1)}},
                    {{kOrders, "orders"}});

trace::Event event_of(std::uint32_t node, std::int64_t ms, std::vector<Note> notes) {
  trace::Event out;
  out.number = 8412;
  out.time = Instant{ms * 1'000'000};
  out.node = node;
  out.notes = std::move(notes);
  return out;
}

const PartitionRef kThree{kOrders, PartitionIndex(3)};
const trace::Event kElection =
    event_of(2, 12'420,
             {note::PartitionCommitted{kThree, NodeId(2), LeaderEpoch(7), PartitionEpoch(9),
                                       ReplicaSet(6), ReplicaSet(0), note::ElectionKind::kClean}});
const trace::Event kCrash =
    event_of(0, 12'396, {note::ProcessEnded{Incarnation(1), note::EndCause::kCrash}});

trace::Event fetch() {
  trace::Event out = event_of(1, 100, {});
  out.input.kind = trace::InputKind::kReceived;
  out.input.api_key = 1;
  out.input.sent = 8000;
  out.input.sender = 0;
  return out;
}

bool passes(const std::string& text, const trace::Event& event) {
  const Filter::Parsed parsed = Filter::parse(text, kNames);
  INFO(text << ": " << (parsed.error ? dump(*parsed.error, text) : ""));
  REQUIRE_FALSE(parsed.error);
  return parsed.filter.passes(event, kNames);
}

std::string error_of(const std::string& text) {
  const Filter::Parsed parsed = Filter::parse(text, kNames);
  if (!parsed.error) return "no error";
  CHECK(parsed.filter.everything());
  return std::to_string(parsed.error->at) + ": " + parsed.error->message +
         (parsed.error->suggestion.empty() ? "" : " (" + parsed.error->suggestion + ")");
}

}  // namespace

TEST_CASE("a filter without anything lets everything through") {
  for (const char* text : {"", "  ", "\t\n"}) {
    CHECK(Filter::parse(text, kNames).filter.everything());
    CHECK(passes(text, kCrash));
  }
}

TEST_CASE("fields pick events by kind, node, partition, time and number") {
  CHECK(passes("kind=ELECT", kElection));
  CHECK(passes("kind=elect", kElection));
  CHECK_FALSE(passes("kind=ELECT", kCrash));
  CHECK(passes("kind=CRASH,ELECT", kCrash));
  CHECK(passes("kind!=ELECT", kCrash));
  CHECK(passes("part=orders-3", kElection));
  CHECK_FALSE(passes("part=orders-2", kElection));
  CHECK(passes("topic=orders", kElection));
  CHECK_FALSE(passes("topic=orders", kCrash));
  for (const char* node : {"node=b1", "node=broker-1", "node=1", "broker=1", "broker=B1"}) {
    CHECK(passes(node, kCrash));
    CHECK_FALSE(passes(node, kElection));
  }
  CHECK(passes("controller=1001", kElection));
  CHECK(passes("t>12.4", kElection));
  CHECK_FALSE(passes("t>12.4", kCrash));
  CHECK(passes("t>=12396ms t<=12.396s", kCrash));
  CHECK_FALSE(passes("t<12396ms", kCrash));
  CHECK(passes("event=8412", kCrash));
  CHECK(passes("event>#8411", kCrash));
  CHECK(passes("api=Fetch from=b1", fetch()));
  CHECK_FALSE(passes("api=Produce", fetch()));
  CHECK_FALSE(passes("from=b1", kCrash));
}

TEST_CASE("words are looked for in the event's line") {
  CHECK(passes("crashed", kCrash));
  CHECK(passes("\"leader B2, epoch 7\"", kElection));
  CHECK_FALSE(passes("\"leader b1\"", kElection));
  CHECK(passes("fetch", fetch()));
}

TEST_CASE("and, or, not and brackets bind as one expects") {
  CHECK(passes("kind=CRASH node=b1", kCrash));
  CHECK(passes("kind=CRASH & node=b1", kCrash));
  CHECK_FALSE(passes("kind=CRASH node=b2", kCrash));
  CHECK(passes("node=b2 | node=b1", kCrash));
  CHECK(passes("kind=ELECT node=b1 | kind=CRASH", kCrash));
  CHECK_FALSE(passes("kind=ELECT (node=b1 | kind=CRASH)", kCrash));
  CHECK(passes("!kind=ELECT", kCrash));
  CHECK(passes("!!kind=CRASH", kCrash));
  CHECK_FALSE(passes("!(kind=CRASH | kind=ELECT)", kCrash));
}

TEST_CASE("an error says where, what, and what would be right") {
  CHECK(error_of("kind=ELCT") == "5: there is no kind \"ELCT\" (ELECT)");
  CHECK(error_of("knd=ELECT") == "0: there is no field \"knd\" (kind)");
  CHECK(error_of("kind=CRASH node=b9") == "16: there is no node \"b9\" (b1)");
  CHECK(error_of("broker=7") == "7: there is no broker \"7\" (b1)");
  CHECK(error_of("part=ordrs-3") == "5: there is no topic \"ordrs\" (orders)");
  CHECK(error_of("part=orders") == "5: \"orders\" is no partition (orders-0)");
  CHECK(error_of("t>soon") == "2: \"soon\" is no time (12.4, 12.4s or 80ms)");
  CHECK(error_of("t>99999999999999") == "2: \"99999999999999\" is no time (12.4, 12.4s or 80ms)");
  CHECK(error_of("kind>ELECT") == "4: kind is no number: it is compared by = or != (kind=)");
  CHECK(error_of("kind=") == "5: kind has no value (kind=ELECT)");
  CHECK(error_of("t>1,2") == "3: only = and != take a list");
  CHECK(error_of("(kind=CRASH") == "0: this ( has no )");
  CHECK(error_of("kind=CRASH)") == "10: there is no ( for this )");
  CHECK(error_of("kind=CRASH |") == "12: something is missing at the end");
  CHECK(error_of("| kind=CRASH") == "0: something is missing before this");
  CHECK(error_of("\"crash") == "0: this text has no end (\"crash\")");
  CHECK(error_of("api=Fech") == "4: there is no API \"Fech\" (Fetch)");
  CHECK(error_of(std::string(200, '(')) == "61: too many ( within one another");
  const Filter::Parsed parsed = Filter::parse("node=b1 kind=ELCT", kNames);
  CHECK(dump(*parsed.error, "node=b1 kind=ELCT") ==
        "node=b1 kind=ELCT\n"
        "             ^^^^\n"
        "there is no kind \"ELCT\"; did you mean ELECT?\n");
}

TEST_CASE("a filter's own text means the same") {
  for (const char* text :
       {"kind=ELECT part=orders-3 broker=2 t>12.4 \"text\"", "a | b c", "(a | b) c", "!(a b)",
        "!a !!b", "kind=CRASH,START & !node=p1", "((a))"}) {
    const Filter first = Filter::parse(text, kNames).filter;
    const Filter second = Filter::parse(first.text(), kNames).filter;
    INFO(text << " -> " << first.text());
    CHECK(first.text() == second.text());
    for (const trace::Event& event : {kElection, kCrash, fetch()}) {
      CHECK(first.passes(event, kNames) == second.passes(event, kNames));
    }
  }
}

TEST_CASE("kinds that a filter needs are a promise") {
  const auto kinds = [](const char* text) { return Filter::parse(text, kNames).filter.kinds(); };
  CHECK(kinds("kind=ELECT") == set_of(EventKind::kElect));
  CHECK(kinds("kind=ELECT node=b1") == set_of(EventKind::kElect));
  CHECK(kinds("kind=ELECT | kind=ISR") == (set_of(EventKind::kElect) | set_of(EventKind::kIsr)));
  CHECK(kinds("kind=ELECT | node=b1") == kAnyKind);
  CHECK(kinds("!kind=ELECT") == kAnyKind);
}

TEST_CASE("whatever is typed gives a filter or an error within the text, and never a crash") {
  static constexpr std::string_view kPieces[] = {
      "kind=", "ELECT",         "node=b1", "(",  ")",      "!",  "|",   "&",       "\"", " ", "t>",
      "12.4",  "event=",        "#",       ",",  "=",      "!=", "<=",  "-",       "99", ".", "ms",
      "x",     "part=orders-3", "\xc3",    "\n", "topic=", "=>", "api", "metadata"};
  Random random(11);
  int errors = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (std::uint64_t n = random.below(12); n > 0; --n) {
      text += kPieces[random.below(std::size(kPieces))];
    }
    const Filter::Parsed parsed = Filter::parse(text, kNames);
    if (parsed.error) {
      ++errors;
      if (parsed.error->at > text.size()) FAIL(text);
      if (parsed.error->at + parsed.error->length > text.size() + 1) FAIL(text);
      if (parsed.error->message.empty()) FAIL(text);
      continue;
    }
    const Filter again = Filter::parse(parsed.filter.text(), kNames).filter;
    for (const trace::Event& event : {kElection, kCrash}) {
      if (parsed.filter.passes(event, kNames) != again.passes(event, kNames)) FAIL(text);
      const bool has_kind = (kinds_of(event) & parsed.filter.kinds()) != 0;
      if (parsed.filter.passes(event, kNames) && !has_kind) FAIL(text);
    }
  }
  CHECK(errors > 1000);
  CHECK(errors < 49'000);
}

}  // namespace logarium::viz

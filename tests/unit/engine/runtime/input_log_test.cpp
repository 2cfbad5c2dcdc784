#include <catch2/catch_test_macros.hpp>
#include <string>

#include "engine/base/state_visitor.hpp"
#include "engine/runtime/event_hash.hpp"
#include "engine/runtime/input_log_reader.hpp"
#include "engine/runtime/input_log_writer.hpp"
#include "tests/unit/engine/runtime/memory_log.hpp"
#include "tests/unit/engine/runtime/scripted_node.hpp"

namespace logarium::runtime::test {
namespace {

constexpr Now kFirst{Instant{1'000'000}, WallTime{1'700'000'000'000'000'000}};
constexpr Now kLater{Instant{1'000'450}, WallTime{1'699'999'999'000'000'000}};

struct Written {
  std::shared_ptr<Script> script = std::make_shared<Script>();
  ScriptedNode node{script};
  MemorySink sink;
  InputLogWriter log{sink, {.state_digest_every = 3}};

  void append(const Now& now, const Input& input, const Effects& effects = {}) {
    script->seen.push_back(input);
    REQUIRE(log.append(now, input, effects, node).ok());
  }
};

InputEntry entry_of(InputLogReader& reader) {
  InputLogReader::Step step = reader.next();
  REQUIRE(std::holds_alternative<InputEntry>(step));
  return std::get<InputEntry>(step);
}

}  // namespace

TEST_CASE("the start comes back with identity, addresses, configs, rules and files") {
  Written written;
  const InputLogStart start = some_start();
  REQUIRE(written.log.start(start).ok());
  REQUIRE(written.log.file_content(1, 2, view_of("abc")).ok());
  MemorySource source(written.sink.bytes);
  InputLogReader reader(source);
  const InputLogReader::Start read = reader.start();
  REQUIRE(std::holds_alternative<InputLogStart>(read));
  const auto& back = std::get<InputLogStart>(read);
  CHECK(back.fingerprint == start.fingerprint);
  CHECK(back.name == "node-2");
  CHECK(back.incarnation == Incarnation(3));
  CHECK(back.seed == start.seed);
  CHECK(back.setup->node_id == NodeId(2));
  CHECK(back.setup->roles.broker);
  CHECK(back.setup->roles.controller);
  CHECK(back.setup->cluster_id == "cluster");
  REQUIRE(back.setup->listeners.size() == 2);
  CHECK(back.setup->listeners[1].name == "QUORUM");
  CHECK(back.setup->listeners[1].advertised == Endpoint{"127.0.0.1", 9094});
  CHECK(back.setup->listeners[1].serves.controller);
  CHECK_FALSE(back.setup->listeners[1].serves.broker);
  CHECK(back.setup->inter_broker_listener == "CLIENTS");
  CHECK(back.setup->voters == start.setup->voters);
  CHECK(config_entries(back.setup->config.broker).size() > 40);
  CHECK(config_overrides(back.setup->config.broker) ==
        config_overrides(start.setup->config.broker));
  CHECK(back.setup->config.topic_defaults.segment_bytes == 12345);
  CHECK(back.setup->rules == start.setup->rules);
  CHECK(back.setup->empty_image != nullptr);
  CHECK(back.contents == FileContents::kStored);
  CHECK(back.files == start.files);
  const InputLogReader::Step piece = reader.next();
  REQUIRE(std::holds_alternative<FilePiece>(piece));
  CHECK(std::get<FilePiece>(piece).file == 1);
  CHECK(std::get<FilePiece>(piece).position == 2);
  CHECK(text_of(std::get<FilePiece>(piece).content.view()) == "abc");
  CHECK(std::holds_alternative<LogEnd>(reader.next()));
}

TEST_CASE("inputs come back with clocks, contents and what came of them") {
  Written written;
  REQUIRE(written.log.start(some_start()).ok());
  Effects effects;
  effects.add(Connect{ConnectionId(2), {"host", 9092}});
  effects.add(Disconnect{ConnectionId(4)});
  effects.note(note::ProcessStarted{});
  written.append(kFirst, Started{}, effects);
  IoDone done;
  done.id = IoId(9);
  done.status = IoStatus::kNoSpace;
  done.length = 17;
  done.data = Bytes::copy_of("content");
  written.append(kLater, done);
  written.script->random = 99;
  written.append(kFirst, Accepted{ConnectionId(5), 3});
  const std::string frame(300, 'f');
  REQUIRE(written.log.append_frame(kLater, ConnectionId(5), view_of(frame), {}, written.node).ok());
  done.id = IoId(4);
  done.data = {};
  written.append(kLater, done);
  REQUIRE(written.log.append_failure(kLater, Wake{}, "x > 0").ok());
  CHECK(written.log.inputs() == 6);
  CHECK(written.log.bytes() == written.sink.bytes.size());

  MemorySource source(written.sink.bytes);
  InputLogReader reader(source);
  REQUIRE(std::holds_alternative<InputLogStart>(reader.start()));
  const InputEntry first = entry_of(reader);
  CHECK(first.kind == EntryKind::kStarted);
  CHECK(first.now.monotonic == kFirst.monotonic);
  CHECK(first.now.wall == kFirst.wall);
  REQUIRE(first.actions.size() == 2);
  CHECK(first.actions[0] == recorded(effects.actions[0]));
  CHECK(action_name(first.actions[1].kind) == "Disconnect");
  CHECK(first.notes == notes_hash(effects.notes));
  CHECK(first.notes != 0);
  CHECK(first.random == 1);
  CHECK_FALSE(first.state);
  const InputEntry second = entry_of(reader);
  CHECK(second.now.monotonic == kLater.monotonic);
  CHECK(second.now.wall == kLater.wall);
  CHECK(second.io.id == IoId(9));
  CHECK(second.io.status == IoStatus::kNoSpace);
  CHECK(second.io.length == 17);
  CHECK(second.io.content != 0);
  CHECK(second.random == 1);
  CHECK(second.notes == 0);
  const InputEntry third = entry_of(reader);
  CHECK(third.kind == EntryKind::kAccepted);
  CHECK(third.connection == ConnectionId(5));
  CHECK(third.listener == 3);
  CHECK(third.random == 99);
  CHECK(third.state.has_value());
  const InputEntry fourth = entry_of(reader);
  CHECK(fourth.kind == EntryKind::kReceived);
  CHECK(text_of(fourth.frame.view()) == frame);
  const InputEntry fifth = entry_of(reader);
  CHECK(fifth.io.id == IoId(4));
  CHECK(fifth.io.content == 0);
  const InputEntry sixth = entry_of(reader);
  CHECK(sixth.kind == EntryKind::kWake);
  CHECK(sixth.failure == "x > 0");
  CHECK(std::holds_alternative<LogEnd>(reader.next()));
}

TEST_CASE("a frame that was to be answered with an error comes back with that error") {
  Written written;
  REQUIRE(written.log.start(some_start()).ok());
  const std::string frame(30, 'f');
  const ByteView bytes = view_of(frame);
  REQUIRE(written.log.append_frame(kFirst, ConnectionId(5), bytes, {}, written.node, -1).ok());
  REQUIRE(written.log.append_frame(kLater, ConnectionId(5), bytes, {}, written.node).ok());
  REQUIRE(written.log.append_frame_failure(kLater, ConnectionId(7), bytes, "x > 0", 19).ok());
  MemorySource source(written.sink.bytes);
  InputLogReader reader(source);
  REQUIRE(std::holds_alternative<InputLogStart>(reader.start()));
  const InputEntry injected = entry_of(reader);
  CHECK(injected.injected_error == -1);
  CHECK(text_of(injected.frame.view()) == frame);
  CHECK_FALSE(entry_of(reader).injected_error);
  const InputEntry failed = entry_of(reader);
  CHECK(failed.connection == ConnectionId(7));
  CHECK(failed.injected_error == 19);
  CHECK(failed.failure == "x > 0");
}

TEST_CASE("the last entry of a process has a digest of its state") {
  Written written;
  REQUIRE(written.log.start(some_start()).ok());
  Effects effects;
  effects.add(Exit{});
  written.append(kFirst, Started{}, effects);
  MemorySource source(written.sink.bytes);
  InputLogReader reader(source);
  static_cast<void>(reader.start());
  CHECK(entry_of(reader).state == state_hash(written.node));
}

TEST_CASE("an entry that is missing or stands elsewhere is damage") {
  Written written;
  REQUIRE(written.log.start(some_start()).ok());
  const std::size_t first = written.sink.bytes.size();
  written.append(kFirst, Wake{});
  const std::size_t second = written.sink.bytes.size();
  written.append(kLater, ShutdownRequested{});
  std::vector<std::byte> bytes = written.sink.bytes;
  bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(first),
              bytes.begin() + static_cast<std::ptrdiff_t>(second));
  MemorySource source(bytes);
  InputLogReader reader(source);
  static_cast<void>(reader.start());
  const InputLogReader::Step step = reader.next();
  REQUIRE(std::holds_alternative<LogDamage>(step));
  CHECK(std::get<LogDamage>(step).input == 1);
}

TEST_CASE("a log of another format is none, an empty one was cut") {
  const std::string other = "LGRMIN02";
  MemorySource wrong(view_of(other));
  InputLogReader first(wrong);
  CHECK(std::holds_alternative<NotALog>(first.start()));
  MemorySource empty({});
  InputLogReader second(empty);
  CHECK(std::holds_alternative<LogEnd>(second.start()));
}

}  // namespace logarium::runtime::test

#include "engine/runtime/runner.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "engine/protocol/framing.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "engine/runtime/input_log_writer.hpp"
#include "tests/unit/engine/runtime/memory_log.hpp"
#include "tests/unit/engine/runtime/scripted_node.hpp"

namespace logarium::runtime::test {
namespace {

// Writes down what it is asked for, and how long the log was by then.
struct LoggingHost final : Host {
  const MemorySink* sink = nullptr;
  std::vector<std::string> calls;
  std::vector<std::size_t> log_bytes;

  void say(std::string what) {
    calls.push_back(std::move(what));
    log_bytes.push_back(sink == nullptr ? 0 : sink->bytes.size());
  }
  void connect(Connect&) override { say("connect"); }
  void disconnect(Disconnect&) override { say("disconnect"); }
  void send(Send&) override { say("send"); }
  void file(FileOp& effect) override { say("file " + std::to_string(effect.id.value())); }
  void answer(Answer&) override { say("answer"); }
  void exit(Exit&) override { say("exit"); }
  void notes(std::span<const Note> notes) override { say(std::to_string(notes.size()) + " notes"); }
  void bad_frame(ConnectionId, const Error&) override { say("bad frame"); }
  void recording_failed(const Error& error) override { say(error.message); }
};

struct Running {
  std::shared_ptr<Script> script = std::make_shared<Script>();
  LoggingHost host;
  MemorySink sink;
  InputLogWriter log{sink};
  Runner runner{std::make_unique<ScriptedNode>(script), host, &log};
  Now now{Instant{5}, WallTime{7}};

  Running() {
    host.sink = &sink;
    REQUIRE(log.start(some_start()).ok());
  }
};

FileOp operation(std::uint64_t id) {
  FileOp op;
  op.id = IoId(id);
  return op;
}

}  // namespace

TEST_CASE("effects are performed in list order, after the input's entry was written") {
  Running r;
  r.script->next.add(operation(1));
  r.script->next.add(Connect{ConnectionId(2), {}});
  r.script->next.add(operation(2));
  r.script->next.add(Disconnect{ConnectionId(2)});
  r.script->next.note(note::ProcessStarted{});
  const std::size_t before = r.sink.bytes.size();
  r.runner.step(r.now, Started{});
  CHECK(r.host.calls ==
        std::vector<std::string>{"file 1", "connect", "file 2", "disconnect", "1 notes"});
  CHECK(r.sink.bytes.size() > before);
  for (const std::size_t bytes : r.host.log_bytes) CHECK(bytes == r.sink.bytes.size());
}

TEST_CASE("a frame reaches the node decoded; one that cannot be decoded ends its connection") {
  Running r;
  std::vector<std::byte> bytes;
  protocol::encode_request({std::make_shared<protocol::MetadataRequest>(), 1, 12, nullptr}, bytes);
  bytes.erase(bytes.begin(), bytes.begin() + 4);
  r.runner.receive(r.now, ConnectionId(1), Bytes(bytes));
  REQUIRE(std::holds_alternative<Received>(r.script->seen.at(0)));
  r.runner.receive(r.now, ConnectionId(1), Bytes::copy_of("junk"));
  REQUIRE(std::holds_alternative<Disconnected>(r.script->seen.at(1)));
  CHECK(r.host.calls == std::vector<std::string>{"bad frame"});
  CHECK(r.log.inputs() == 2);
}

TEST_CASE("the answer to a request of the node is decoded by what was asked") {
  Running r;
  r.script->next.add(
      Send{ConnectionId(2), {std::make_shared<protocol::MetadataRequest>(), 1, 12, nullptr}});
  r.runner.step(r.now, Started{});
  std::vector<std::byte> bytes;
  protocol::encode_response({std::make_shared<protocol::MetadataResponse>(), 1, 12, nullptr},
                            bytes);
  bytes.erase(bytes.begin(), bytes.begin() + 4);
  r.runner.receive(r.now, ConnectionId(2), Bytes(bytes));
  CHECK(std::holds_alternative<Received>(r.script->seen.at(1)));
}

TEST_CASE("a failed ENSURE is recorded and thrown on") {
  Running r;
  r.script->fails = true;
  CHECK_THROWS_AS(r.runner.step(r.now, Wake{}), EnsureFailure);
  CHECK(r.runner.ended());
  MemorySource source(r.sink.bytes);
  InputLogReader reader(source);
  static_cast<void>(reader.start());
  const InputLogReader::Step step = reader.next();
  REQUIRE(std::holds_alternative<InputEntry>(step));
  CHECK(std::get<InputEntry>(step).failure.has_value());
}

TEST_CASE("the node runs on when its log cannot be written") {
  Running r;
  r.sink.fails = true;
  r.runner.step(r.now, Wake{});
  r.runner.step(r.now, Wake{});
  CHECK(r.host.calls == std::vector<std::string>{"the disk is full"});
  CHECK(r.script->seen.size() == 2);
}

TEST_CASE("a node that asks for its end has ended") {
  Running r;
  r.script->next.add(Exit{});
  r.runner.step(r.now, ShutdownRequested{});
  CHECK(r.runner.ended());
  CHECK_THROWS_AS(r.runner.step(r.now, Wake{}), EnsureFailure);
}

}  // namespace logarium::runtime::test

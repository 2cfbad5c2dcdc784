#include "engine/live/server_properties.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "engine/live/directory.hpp"

namespace logarium::live {
namespace {

constexpr std::string_view kCombined =
    "process.roles=broker,controller\n"
    "node.id=1\n"
    "controller.quorum.voters=1@localhost:9093,2@[::1]:9193\n"
    "listeners=PLAINTEXT://:9092,CONTROLLER://:9093\n"
    "advertised.listeners=PLAINTEXT://localhost:9092\n"
    "controller.listener.names=CONTROLLER\n"
    "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT\n"
    "log.dirs=/tmp/kraft-combined-logs\n";

class File {
 public:
  explicit File(std::string_view text) { std::ofstream(path()) << text; }
  [[nodiscard]] std::string path() const { return directory_.path() + "/server.properties"; }
  [[nodiscard]] Result<ClusterPlan> plan() const { return plan_from_file({.path = path()}); }

 private:
  TemporaryDirectory directory_ = TemporaryDirectory::make().value();
};

// The error without the folder of the file.
std::string error_of(std::string_view text) {
  const File file(text);
  const auto plan = file.plan();
  REQUIRE_FALSE(plan.ok());
  const std::string& message = plan.error().message;
  return message.substr(message.find("server.properties"));
}

}  // namespace

TEST_CASE("a properties file is read as Java reads it") {
  const auto entries = parse_properties(
      "# a comment\n! another\n\n a = 1 \nb:2\nc 3\nlong=one,\\\n   "
      "two\nescaped\\=name=x\\ty\nlast");
  REQUIRE(entries.size() == 6);
  CHECK(entries[0].name == "a");
  CHECK(entries[0].value == "1");
  CHECK(entries[0].line == 4);
  CHECK(entries[1].value == "2");
  CHECK(entries[2].value == "3");
  CHECK(entries[3].value == "one,two");
  CHECK(entries[3].line == 7);
  CHECK(entries[4].name == "escaped=name");
  CHECK(entries[4].value == "x\ty");
  CHECK(entries[5].name == "last");
  CHECK(entries[5].value.empty());
}

TEST_CASE("a combined node's file becomes its plan") {
  const File file(std::string(kCombined) + "log.retention.hours=168\nnum.network.threads=3\n");
  const auto plan = file.plan();
  REQUIRE((plan.ok() ? "" : plan.error().message) == "");
  REQUIRE(plan.value().nodes.size() == 1);
  const NodePlan& node = plan.value().nodes.front();
  CHECK(node.id == NodeId(1));
  CHECK((node.roles.broker && node.roles.controller));
  CHECK(node.directory == "/tmp/kraft-combined-logs");
  REQUIRE(node.listeners.size() == 2);
  CHECK(node.listeners[0].serves.broker);
  CHECK_FALSE(node.listeners[0].serves.controller);
  CHECK(node.listeners[0].bind == Endpoint{"", 9092});
  CHECK(node.listeners[0].advertised == Endpoint{"localhost", 9092});
  CHECK(node.listeners[1].serves.controller);
  CHECK(plan.value().voters.at(NodeId(2)) == Endpoint{"::1", 9193});
  CHECK(node.config.topic_defaults.retention_ms == 168LL * 3600 * 1000);
  REQUIRE(plan.value().remarks.size() == 1);
  CHECK(plan.value().remarks.front().find("num.network.threads has no effect here") !=
        std::string::npos);
}

TEST_CASE("what is wrong is named with file and line") {
  const std::string base(kCombined);
  CHECK(error_of(base + "num.partition=3\n") ==
        "server.properties:9: num.partition=3: unknown config; did you mean num.partitions?");
  CHECK(error_of(base + "num.partitions=many\n")
            .starts_with("server.properties:9: num.partitions=many: "));
  CHECK(error_of("process.roles=broker,boss\nnode.id=1\n") ==
        "server.properties:1: process.roles=broker,boss: expected broker, controller or "
        "broker,controller");
  CHECK(error_of("process.roles=broker\n") ==
        "server.properties: node.id is missing; set it, or give --node ID");
  CHECK(error_of(base + "controller.quorum.voters=1@localhost\n") ==
        "server.properties:9: controller.quorum.voters=1@localhost: expected ID@HOST:PORT, found "
        "1@localhost");
  CHECK(error_of(base + "controller.quorum.voters=2@localhost:9093\n")
            .ends_with("node 1 is a controller and must be among the voters"));
  CHECK(error_of(base + "listeners=SSL://:9092,CONTROLLER://:9093\n")
            .ends_with("listener SSL has the protocol SSL; only PLAINTEXT is supported"));
  CHECK(error_of(base + "log.dirs=/a,/b\n").ends_with("one log directory per node is supported"));
  CHECK(error_of(base + "listeners=PLAINTEXT://:99999,CONTROLLER://:9093\n")
            .ends_with("expected NAME://HOST:PORT, found PLAINTEXT://:99999"));
  const auto missing = plan_from_file({.path = "/nowhere/server.properties"});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().message == "cannot read /nowhere/server.properties");
}

TEST_CASE("settings of the command line come after the file's") {
  const File file{kCombined};
  auto plan = plan_from_file(
      {.path = file.path(), .overrides = {{"num.partitions", "7"}}, .log_dir = "/elsewhere"});
  REQUIRE(plan.ok());
  CHECK(plan.value().nodes.front().config.broker.num_partitions == 7);
  CHECK(plan.value().nodes.front().directory == "/elsewhere");
  plan = plan_from_file({.path = file.path(), .overrides = {{"num.partitoins", "7"}}});
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().message ==
        "--set num.partitoins=7: unknown config; did you mean num.partitions?");
  plan = plan_from_file({.path = file.path(), .node = NodeId(2)});
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().message.ends_with("but --node says 2"));
}

TEST_CASE("a quick cluster has a port for every broker and at most five voters") {
  const auto plan = plan_quick_cluster({.brokers = 7, .port = 9092, .data = "/d"});
  REQUIRE(plan.ok());
  REQUIRE(plan.value().nodes.size() == 7);
  CHECK(plan.value().nodes[6].listeners.front().bind.port == 9098);
  CHECK(plan.value().nodes[4].roles.controller);
  CHECK_FALSE(plan.value().nodes[5].roles.controller);
  // Clients are not told of the quorum's port, which is any free one.
  CHECK_FALSE(plan.value().nodes[4].listeners[0].serves.controller);
  CHECK(plan.value().nodes[4].listeners[1].serves.controller);
  CHECK(plan.value().nodes[4].listeners[1].bind.port == 0);
  CHECK(plan.value().nodes[5].listeners.size() == 1);
  CHECK(plan.value().nodes[2].directory == "/d/node-3");
  CHECK_FALSE(plan_quick_cluster({.brokers = 3, .port = 65534}).ok());
  CHECK_FALSE(plan_quick_cluster({.config = {{"num.partitions", "x"}}}).ok());
}

}  // namespace logarium::live

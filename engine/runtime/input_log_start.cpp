// The start of an input log: everything that the same node can be made from again.

#include <fmt/format.h>

#include "engine/config/rules.hpp"
#include "engine/runtime/input_log_coding.hpp"

namespace logarium::runtime {
namespace {

constexpr std::uint8_t kBrokerRole = 1;
constexpr std::uint8_t kControllerRole = 2;

void put_endpoint(std::vector<std::byte>& out, const Endpoint& endpoint) {
  put_text(out, endpoint.host);
  put_varint(out, endpoint.port);
}

Endpoint get_endpoint(FieldReader& in, std::string_view name) {
  Endpoint endpoint;
  endpoint.host = in.text(name);
  const std::uint64_t port = in.number(name);
  if (port > 0xffff) in.fail("is no port");
  endpoint.port = static_cast<std::uint16_t>(port);
  return endpoint;
}

// All rows, defaults too: a default that changes later does not change a recording.
template <class C>
void put_config(std::vector<std::byte>& out, const C& config) {
  const std::vector<ConfigEntry> entries = config_entries(config);
  put_varint(out, entries.size());
  for (const ConfigEntry& entry : entries) {
    put_text(out, entry.name);
    put_text(out, entry.value);
  }
}

template <class C>
void get_config(FieldReader& in, std::string_view name, C& config) {
  Properties properties;
  for (std::size_t n = in.count(name, 2); n > 0 && !in.failed(); --n) {
    std::string key = in.text(name);
    properties[std::move(key)] = in.text(name);
  }
  if (in.failed()) return;
  Result<C> parsed = parse_config<C>(properties);
  if (!parsed) return in.fail(parsed.error().message);
  config = std::move(parsed).value();
}

std::byte roles_byte(server::Roles roles) {
  return static_cast<std::byte>((roles.broker ? kBrokerRole : 0) |
                                (roles.controller ? kControllerRole : 0));
}
server::Roles get_roles(FieldReader& in, std::string_view name) {
  const std::uint8_t roles = in.byte(name);
  return {(roles & kBrokerRole) != 0, (roles & kControllerRole) != 0};
}

void put_listeners(std::vector<std::byte>& out, const server::ServerSetup& setup) {
  put_varint(out, setup.listeners.size());
  for (const server::Listener& listener : setup.listeners) {
    put_text(out, listener.name);
    put_endpoint(out, listener.advertised);
    out.push_back(roles_byte(listener.serves));
    put_signed(out, listener.security_protocol);
  }
  put_text(out, setup.inter_broker_listener);
}
void get_listeners(FieldReader& in, server::ServerSetup& setup) {
  constexpr std::size_t kListenerBytesMin = 5;
  for (std::size_t n = in.count("listeners", kListenerBytesMin); n > 0 && !in.failed(); --n) {
    server::Listener listener;
    listener.name = in.text("listeners");
    listener.advertised = get_endpoint(in, "listeners");
    listener.serves = get_roles(in, "listeners");
    const std::int64_t protocol = in.signed_number("listeners");
    if (protocol < 0 || protocol > 0x7fff) in.fail("have an unknown security protocol");
    listener.security_protocol = static_cast<std::int16_t>(protocol);
    setup.listeners.push_back(std::move(listener));
  }
  setup.inter_broker_listener = in.text("inter.broker.listener.name");
}

void put_setup(std::vector<std::byte>& out, const server::ServerSetup& setup) {
  put_signed(out, setup.node_id.value());
  out.push_back(roles_byte(setup.roles));
  put_text(out, setup.cluster_id);
  put_listeners(out, setup);
  put_varint(out, setup.voters.size());
  for (const auto& [node, endpoint] : setup.voters) {
    put_signed(out, node.value());
    put_endpoint(out, endpoint);
  }
  put_config(out, setup.config.broker);
  put_config(out, setup.config.topic_defaults);
  std::vector<std::string_view> off;
  for (const RuleInfo& rule : rule_table()) {
    if (!setup.rules.on(rule.rule)) off.push_back(rule.name);
  }
  put_varint(out, off.size());
  for (const std::string_view name : off) put_text(out, name);
}

NodeId get_node_id(FieldReader& in, std::string_view name) {
  const std::int64_t id = in.signed_number(name);
  if (id < 0 || id > 0x7fffffff) in.fail("is no node id");
  return NodeId(static_cast<std::int32_t>(id));
}

std::shared_ptr<const server::ServerSetup> get_setup(FieldReader& in) {
  auto setup = std::make_shared<server::ServerSetup>();
  setup->node_id = get_node_id(in, "node.id");
  setup->roles = get_roles(in, "process.roles");
  setup->cluster_id = in.text("cluster.id");
  get_listeners(in, *setup);
  for (std::size_t n = in.count("voters", 3); n > 0 && !in.failed(); --n) {
    const NodeId node = get_node_id(in, "voters");
    setup->voters[node] = get_endpoint(in, "voters");
  }
  get_config(in, "broker config", setup->config.broker);
  get_config(in, "topic defaults", setup->config.topic_defaults);
  for (std::size_t n = in.count("rules", 1); n > 0 && !in.failed(); --n) {
    const std::string name = in.text("rules");
    const std::optional<Rule> rule = find_rule(name);
    if (!rule) {
      in.fail(fmt::format("there is no rule \"{}\"", name));
      break;
    }
    setup->rules.switch_off(*rule);
  }
  setup->empty_image = metadata::Image::empty();
  return setup;
}

}  // namespace

void put_start(std::vector<std::byte>& out, const InputLogStart& start) {
  put_text(out, start.fingerprint);
  put_text(out, start.name);
  put_varint(out, start.incarnation.value());
  put_fixed64(out, start.seed);
  put_setup(out, *start.setup);
  out.push_back(static_cast<std::byte>(start.contents));
  put_varint(out, start.files.size());
  for (const RecordedFile& file : start.files) {
    put_text(out, file.path);
    put_signed(out, file.size);
    put_fixed64(out, file.hash);
  }
}

InputLogStart get_start(FieldReader& in) {
  constexpr std::size_t kFileBytesMin = 1 + 1 + 8;
  InputLogStart start;
  start.fingerprint = in.text("fingerprint");
  start.name = in.text("name");
  const std::uint64_t incarnation = in.number("incarnation");
  if (incarnation > 0xffffffff) in.fail("is no incarnation");
  start.incarnation = Incarnation(static_cast<std::uint32_t>(incarnation));
  start.seed = in.fixed64("seed");
  start.setup = get_setup(in);
  const std::uint8_t contents = in.byte("file contents");
  if (contents > static_cast<std::uint8_t>(FileContents::kStored)) in.fail("is unknown");
  start.contents = static_cast<FileContents>(contents);
  for (std::size_t n = in.count("files", kFileBytesMin); n > 0 && !in.failed(); --n) {
    RecordedFile file;
    file.path = in.text("files");
    file.size = in.signed_number("files");
    file.hash = in.fixed64("files");
    if (file.size < 0) in.fail("size is negative");
    start.files.push_back(std::move(file));
  }
  if (!in.failed() && in.left() > 0) in.fail("more follows than belongs to a start");
  return start;
}

}  // namespace logarium::runtime

#include "engine/live/server_properties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>

#include "engine/base/uuid.hpp"
#include "engine/live/kafka_configs.hpp"

namespace logarium::live {
namespace {

using Entries = std::vector<PropertyLine>;

bool blank(char c) { return c == ' ' || c == '\t' || c == '\f' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(separator), text.size());
    if (const auto part = trimmed(text.substr(0, at)); !part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(at + 1, text.size()));
  }
  return parts;
}

// Odd number of backslashes at the end: the next line belongs to this one.
bool goes_on(std::string_view line) {
  std::size_t count = 0;
  while (count < line.size() && line[line.size() - 1 - count] == '\\') ++count;
  return count % 2 == 1;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    out += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
  }
  return out;
}

// Where the name ends: at the first '=', ':' or blank that no backslash protects.
std::size_t name_end(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && line[at] != '=' && line[at] != ':' && !blank(line[at])) {
    at += line[at] == '\\' ? 2U : 1U;
  }
  return std::min(at, line.size());
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "host:port", "[v6]:port"; an empty host is allowed.
std::optional<Endpoint> parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_number(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 0xffff) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return Endpoint{std::string(host), static_cast<std::uint16_t>(*port)};
}

// Reads one node out of the entries; each failure names the entry's line.
class Reader {
 public:
  Reader(const ServerFile& file, Entries entries) : file_(file), entries_(std::move(entries)) {}

  Result<ClusterPlan> read();

 private:
  struct Named {
    std::string name;
    Endpoint endpoint;
  };

  [[nodiscard]] const PropertyLine* find(std::string_view name) const {
    // The last one counts, as in Java.
    const auto at = std::find_if(entries_.rbegin(), entries_.rend(),
                                 [&](const PropertyLine& entry) { return entry.name == name; });
    return at == entries_.rend() ? nullptr : &*at;
  }
  [[nodiscard]] std::string value(std::string_view name, std::string_view otherwise = "") const {
    const PropertyLine* entry = find(name);
    return std::string(entry == nullptr ? otherwise : std::string_view(entry->value));
  }
  [[nodiscard]] Error at(std::string_view name, std::string_view what) const {
    const PropertyLine* entry = find(name);
    if (entry == nullptr) return Error{fmt::format("{}: {} {}", file_.path, name, what)};
    if (entry->line == 0) return Error{fmt::format("--set {}={}: {}", name, entry->value, what)};
    return Error{
        fmt::format("{}:{}: {}={}: {}", file_.path, entry->line, name, entry->value, what)};
  }

  Result<> read_identity();
  Result<> read_voters();
  Result<> read_listeners();
  Result<> read_directory();
  Result<> read_configs();
  [[nodiscard]] Result<std::vector<Named>> addresses(std::string_view name) const;
  [[nodiscard]] Result<> check_security(const std::vector<Named>& listeners) const;

  const ServerFile& file_;
  Entries entries_;
  ClusterPlan plan_;
  NodePlan node_;
};

Result<ClusterPlan> Reader::read() {
  for (const auto& step : {&Reader::read_configs, &Reader::read_identity, &Reader::read_voters,
                           &Reader::read_listeners, &Reader::read_directory}) {
    if (Result<> result = (this->*step)(); !result) return result.error();
  }
  plan_.nodes.push_back(std::move(node_));
  return std::move(plan_);
}

Result<> Reader::read_identity() {
  const std::string_view name =
      find("node.id") == nullptr && find("broker.id") ? "broker.id" : "node.id";
  if (find(name) != nullptr) {
    const auto id = parse_number(value(name));
    if (!id || *id < 0 || *id > INT32_MAX) return at(name, "expected a number from 0 on");
    node_.id = NodeId(static_cast<std::int32_t>(*id));
    if (file_.node && *file_.node != node_.id) {
      return at(name, fmt::format("but --node says {}", file_.node->value()));
    }
  } else if (file_.node) {
    node_.id = *file_.node;
  } else {
    return at("node.id", "is missing; set it, or give --node ID");
  }
  if (find("process.roles") == nullptr) {
    return at("process.roles", "is missing; expected broker, controller or broker,controller");
  }
  for (const std::string& role : split(value("process.roles"), ',')) {
    if (role == "broker") {
      node_.roles.broker = true;
    } else if (role == "controller") {
      node_.roles.controller = true;
    } else {
      return at("process.roles", "expected broker, controller or broker,controller");
    }
  }
  if (!node_.roles.broker && !node_.roles.controller) return at("process.roles", "names no role");
  return Ok{};
}

Result<> Reader::read_voters() {
  constexpr std::string_view kName = "controller.quorum.voters";
  if (find("controller.quorum.bootstrap.servers") != nullptr && find(kName) == nullptr) {
    return at("controller.quorum.bootstrap.servers",
              "dynamic quorums are not supported; give controller.quorum.voters");
  }
  if (find(kName) == nullptr) return at(kName, "is missing; expected ID@HOST:PORT,...");
  for (const std::string& voter : split(value(kName), ',')) {
    const std::size_t sign = voter.find('@');
    const auto id = parse_number(voter.substr(0, sign));
    const auto address = sign == std::string::npos
                             ? std::nullopt
                             : parse_address(std::string_view(voter).substr(sign + 1));
    if (!id || *id < 0 || *id > INT32_MAX || !address || address->host.empty()) {
      return at(kName, "expected ID@HOST:PORT, found " + voter);
    }
    plan_.voters[NodeId(static_cast<std::int32_t>(*id))] = *address;
  }
  if (node_.roles.controller != plan_.voters.contains(node_.id)) {
    return at(kName, node_.roles.controller
                         ? fmt::format("node {} is a controller and must be among the voters",
                                       node_.id.value())
                         : fmt::format("node {} is no controller and must not be among the voters",
                                       node_.id.value()));
  }
  return Ok{};
}

Result<std::vector<Reader::Named>> Reader::addresses(std::string_view name) const {
  std::vector<Named> out;
  for (const std::string& listener : split(value(name), ',')) {
    const std::size_t scheme = listener.find("://");
    const auto address = scheme == std::string::npos
                             ? std::nullopt
                             : parse_address(std::string_view(listener).substr(scheme + 3));
    if (!address) return at(name, "expected NAME://HOST:PORT, found " + listener);
    out.push_back({listener.substr(0, scheme), *address});
  }
  return out;
}

// listener.security.protocol.map, and names that are protocols by themselves.
Result<> Reader::check_security(const std::vector<Named>& listeners) const {
  std::map<std::string, std::string> protocols;
  for (const std::string& pair : split(value("listener.security.protocol.map"), ',')) {
    const std::size_t colon = pair.find(':');
    if (colon == std::string::npos) {
      return at("listener.security.protocol.map", "expected NAME:PROTOCOL, found " + pair);
    }
    protocols[pair.substr(0, colon)] = pair.substr(colon + 1);
  }
  for (const Named& listener : listeners) {
    const auto mapped = protocols.find(listener.name);
    const std::string& protocol = mapped == protocols.end() ? listener.name : mapped->second;
    if (protocol == "PLAINTEXT" || (protocol == "CONTROLLER" && mapped == protocols.end()))
      continue;
    return at(mapped == protocols.end() ? "listeners" : "listener.security.protocol.map",
              fmt::format("listener {} has the protocol {}; only PLAINTEXT is supported",
                          listener.name, protocol));
  }
  return Ok{};
}

Result<> Reader::read_listeners() {
  const std::vector<std::string> names = split(value("controller.listener.names"), ',');
  const std::set<std::string> of_controller(names.begin(), names.end());
  auto listed = addresses("listeners");
  if (!listed) return listed.error();
  std::vector<Named> listeners = std::move(listed).value();
  if (listeners.empty() && node_.roles.broker) listeners.push_back({"PLAINTEXT", {"", 9092}});
  const auto advertised = addresses("advertised.listeners");
  if (!advertised) return advertised.error();
  if (const Result<> checked = check_security(listeners); !checked) return checked;
  for (const Named& listener : listeners) {
    ListenerPlan plan{listener.name, {}, listener.endpoint, {}};
    plan.serves.controller = of_controller.contains(listener.name);
    plan.serves.broker = !plan.serves.controller;
    for (const Named& other : advertised.value()) {
      if (other.name == listener.name) plan.advertised = other.endpoint;
    }
    for (const ListenerPlan& other : node_.listeners) {
      if (other.name == plan.name) return at("listeners", "has two listeners named " + plan.name);
    }
    const bool wanted = plan.serves.controller ? node_.roles.controller : node_.roles.broker;
    if (wanted) node_.listeners.push_back(std::move(plan));
  }
  const auto any = [this](bool server::Roles::*role) {
    return std::any_of(node_.listeners.begin(), node_.listeners.end(),
                       [&](const ListenerPlan& plan) { return plan.serves.*role; });
  };
  if (node_.roles.controller && !any(&server::Roles::controller)) {
    return at("controller.listener.names",
              "must name the one of `listeners` that serves the quorum");
  }
  if (node_.roles.broker && !any(&server::Roles::broker)) {
    return at("listeners", "has none for clients beside the controller's");
  }
  node_.inter_broker_listener = value("inter.broker.listener.name");
  const bool known =
      node_.inter_broker_listener.empty() || !node_.roles.broker ||
      std::any_of(node_.listeners.begin(), node_.listeners.end(), [this](const ListenerPlan& plan) {
        return plan.serves.broker && plan.name == node_.inter_broker_listener;
      });
  if (!known) return at("inter.broker.listener.name", "is none of the brokers' `listeners`");
  return Ok{};
}

Result<> Reader::read_directory() {
  plan_.cluster_id = value("logarium.cluster.id");
  if (!plan_.cluster_id.empty() && !parse_uuid(plan_.cluster_id)) {
    return at("logarium.cluster.id", "expected 22 characters of URL-safe base64");
  }
  if (file_.log_dir) {
    node_.directory = *file_.log_dir;
    return Ok{};
  }
  const std::string_view name = find("log.dirs") != nullptr ? "log.dirs" : "log.dir";
  const std::vector<std::string> directories = split(value(name), ',');
  if (directories.empty()) return at("log.dirs", "is missing; where shall the node keep its logs?");
  if (directories.size() > 1) return at(name, "one log directory per node is supported");
  node_.directory = directories.front();
  return Ok{};
}

Result<> Reader::read_configs() {
  const std::vector<std::string> names = server_config_names();
  Properties properties;
  for (const PropertyLine& entry : entries_) {
    if (is_process_config(entry.name)) continue;
    if (std::find(names.begin(), names.end(), entry.name) == names.end()) {
      if (!without_effect(entry.name)) {
        const std::string nearest = nearest_config(entry.name);
        return at(entry.name,
                  "unknown config" + (nearest.empty() ? "" : "; did you mean " + nearest + "?"));
      }
      plan_.remarks.push_back(
          fmt::format("{}:{}: {} has no effect here", file_.path, entry.line, entry.name));
      continue;
    }
    // By itself, so that the error has a line.
    ServerConfig alone;
    alone.broker.broker_session_timeout_ms = INT64_MAX;
    alone.broker.broker_heartbeat_interval_ms = 0;
    if (const auto parsed = parse_server_config({{entry.name, entry.value}}, alone); !parsed) {
      return at(entry.name, parsed.error().message);
    }
    properties[entry.name] = entry.value;
  }
  ServerConfig start;
  start.broker.logarium_log_directory.clear();
  start.broker.logarium_quorum_first_election_ms = 100;
  start.broker.logarium_log_tail_unreplicated_bytes = kTailUnreplicatedBytes;
  const auto parsed = parse_server_config(properties, start);
  if (!parsed) return Error{file_.path + ": " + parsed.error().message};
  node_.config = parsed.value();
  return Ok{};
}

}  // namespace

std::vector<PropertyLine> parse_properties(std::string_view text) {
  std::vector<PropertyLine> entries;
  int number = 0;
  while (!text.empty()) {
    std::string whole;
    const int first = number + 1;
    bool more = true;
    while (more && !text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::string_view line = trimmed(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      ++number;
      const bool comment = whole.empty() && (line.starts_with('#') || line.starts_with('!'));
      more = !comment && goes_on(line);
      if (more) line.remove_suffix(1);
      if (!comment) whole += line;
    }
    if (whole.empty()) continue;
    const std::size_t end = name_end(whole);
    std::string_view rest = trimmed(std::string_view(whole).substr(end));
    if (rest.starts_with('=') || rest.starts_with(':')) rest = trimmed(rest.substr(1));
    entries.push_back({unescaped(std::string_view(whole).substr(0, end)), unescaped(rest), first});
  }
  return entries;
}

Result<ClusterPlan> plan_from_file(const ServerFile& file) {
  std::ifstream in(file.path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) return Error{"cannot read " + file.path};
  Entries entries = parse_properties(text.str());
  for (const auto& [name, value] : file.overrides) entries.push_back({name, value, 0});
  return Reader(file, std::move(entries)).read();
}

}  // namespace logarium::live

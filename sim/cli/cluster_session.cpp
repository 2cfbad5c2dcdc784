#include "sim/cli/cluster_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/client/admin.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/messages/list_offsets.hpp"
#include "sim/cli/output.hpp"

namespace logarium::cli {
namespace {

using protocol::ErrorCode;
using protocol::ListOffsetsRequest;
using protocol::ListOffsetsResponse;
using protocol::MetadataRequest;
using protocol::MetadataResponse;

constexpr Duration kPause = milliseconds(100);
// How long an unknown topic may take to appear.
constexpr std::chrono::seconds kTopicPatience{3};

Result<Endpoint> parse_endpoint(std::string_view text) {
  const Error error{fmt::format(
      "--bootstrap-server {}: expected HOST:PORT[,HOST:PORT], for example 127.0.0.1:9092", text)};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return error;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host.empty() || (host.find(':') != std::string_view::npos && text.front() != '[')) {
    return error;
  }
  Endpoint endpoint{std::string(host), 0};
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (failed != std::errc() || end != port.data() + port.size() || endpoint.port == 0) return error;
  return endpoint;
}

live::ClientPlan plan_of(std::string verb, const ClusterOptions& options,
                         std::vector<Endpoint> bootstrap) {
  AdminConfig config;
  config.client.client_id = "logarium-" + verb;
  config.default_api_timeout_ms = options.timeout_ms;
  return {std::move(verb), std::move(config), std::move(bootstrap)};
}

// Which partitions a request to leaders got no answer for, as " for a-0, a-2"; empty for others.
std::string left_out(const MessageRef& response) {
  if (response == nullptr || !protocol::is<ListOffsetsResponse>(*response)) return "";
  std::string out;
  for (const auto& topic : protocol::as<ListOffsetsResponse>(response).topics) {
    for (const auto& partition : topic.partitions) {
      if (partition.error_code != ErrorCode::kRequestTimedOut) continue;
      out += fmt::format("{}{}-{}", out.empty() ? " for " : ", ", topic.name,
                         partition.partition_index);
    }
  }
  return out;
}

}  // namespace

Result<std::vector<Endpoint>> parse_bootstrap(const std::string& text) {
  std::vector<Endpoint> endpoints;
  std::string_view rest = text;
  for (;;) {
    const std::size_t comma = rest.find(',');
    auto endpoint = parse_endpoint(rest.substr(0, comma));
    if (!endpoint) return endpoint.error();
    endpoints.push_back(std::move(endpoint).value());
    if (comma == std::string_view::npos) return endpoints;
    rest.remove_prefix(comma + 1);
  }
}

Result<Properties> parse_settings(const std::vector<std::string>& settings,
                                  std::string_view option) {
  Properties properties;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{fmt::format("{} {}: expected NAME=VALUE", option, setting)};
    }
    properties[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return properties;
}

std::string unreachable(const live::Reach& reach, const ClusterOptions& options,
                        protocol::ApiKey asked, const MessageRef& partly) {
  const std::string within = fmt::format("within {} ms (--timeout-ms)", options.timeout_ms);
  if (reach.answered && !reach.controller && client::goes_to_controller(asked)) {
    return fmt::format("the cluster named no controller, which {} goes to, {}",
                       protocol::find_api(asked)->name, within);
  }
  if (reach.answered) {
    return fmt::format("no usable answer of the cluster to {}{} {}",
                       protocol::find_api(asked)->name, left_out(partly), within);
  }
  if (reach.connected) {
    return fmt::format("{} took the connection but gave no answer of a Kafka broker {}",
                       options.bootstrap, within);
  }
  return fmt::format("cannot reach {} {}; --bootstrap-server takes HOST:PORT of a running broker",
                     options.bootstrap, within);
}

std::function<void(const Endpoint&)> report_refused(std::string verb) {
  return [verb = std::move(verb)](const Endpoint& endpoint) {
    complain(
        fmt::format("{}: cannot connect to {}, trying again", verb, live::to_string(endpoint)));
  };
}

ClusterSession::ClusterSession(live::Loop& loop, live::LogLines& log, std::string verb,
                               const ClusterOptions& options, std::vector<Endpoint> bootstrap)
    : options_(options),
      deadline_(std::chrono::steady_clock::now() + std::chrono::milliseconds(options.timeout_ms)),
      host_(loop, log, plan_of(verb, options, std::move(bootstrap)),
            {.on_answer = {}, .on_refused = report_refused(verb), .on_end = {}}) {}

Duration ClusterSession::left() const {
  const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(
      deadline_ - std::chrono::steady_clock::now());
  return std::max(nanoseconds(left.count()), milliseconds(1));
}

Result<MessageRef> ClusterSession::ask(MessageRef request) {
  auto call = std::make_shared<client::AdminCall>();
  call->request = std::move(request);
  call->timeout = left();
  const auto key = static_cast<protocol::ApiKey>(call->request->api_key());
  const CommandResultRef answer = host_.call(std::move(call));
  if (answer == nullptr) return Error{"interrupted"};
  const auto& result = static_cast<const client::AdminResult&>(*answer);
  unsupported_ = result.error == ErrorCode::kUnsupportedVersion;
  if (result.error == ErrorCode::kRequestTimedOut) {
    return Error{unreachable(host_.reach(), options_, key, result.response)};
  }
  if (unsupported_) {
    return Error{fmt::format("the broker asked offers {} in no version that is known here ({})",
                             protocol::find_api(key)->name, name_of(result.error))};
  }
  if (result.error != ErrorCode::kNone) return Error{std::string(name_of(result.error))};
  return result.response;
}

// A broker that has just started may know of nobody yet: it is asked again.
Result<MessageRef> ClusterSession::metadata(std::shared_ptr<MetadataRequest> request) {
  for (;;) {
    auto answer = ask(request);
    if (!answer) return answer;
    if (!protocol::as<MetadataResponse>(answer.value()).brokers.empty()) return answer;
    host_.pause(kPause);
  }
}

Result<ClusterSession::Topics> ClusterSession::all_topics() {
  auto request = std::make_shared<MetadataRequest>();
  request->topics.reset();
  request->allow_auto_topic_creation = false;
  const auto answer = metadata(std::move(request));
  if (!answer) return answer.error();
  Topics topics = protocol::as<MetadataResponse>(answer.value()).topics;
  std::sort(topics.begin(), topics.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return topics;
}

Result<std::int32_t> ClusterSession::partitions_of(const std::string& topic, AutoCreate create) {
  auto request = std::make_shared<MetadataRequest>();
  request->topics->push_back({kZeroUuid, topic});
  request->allow_auto_topic_creation = create == AutoCreate::kYes;
  const auto patience = std::min(deadline_, std::chrono::steady_clock::now() + kTopicPatience);
  for (;;) {
    const auto answer = metadata(request);
    if (!answer) return answer.error();
    ErrorCode error = ErrorCode::kUnknownTopicOrPartition;
    for (const auto& found : protocol::as<MetadataResponse>(answer.value()).topics) {
      if (found.name != topic) continue;
      error = found.error_code;
      if (error == ErrorCode::kNone) return static_cast<std::int32_t>(found.partitions.size());
    }
    if (!protocol::is_retriable(error)) {
      return Error{fmt::format("topic {}: {}", topic, name_of(error))};
    }
    if (std::chrono::steady_clock::now() < patience) {
      host_.pause(kPause);
      continue;
    }
    return Error{fmt::format("there is no topic {} ({}); `logarium topics create {}` makes one",
                             topic, name_of(error), topic)};
  }
}

Result<std::vector<Offset>> ClusterSession::ends_of(const std::string& topic,
                                                    const std::vector<PartitionIndex>& partitions,
                                                    std::int8_t isolation_level) {
  constexpr std::int64_t kLatest = -1;
  auto request = std::make_shared<ListOffsetsRequest>();
  request->replica_id = -1;
  request->isolation_level = isolation_level;
  ListOffsetsRequest::ListOffsetsTopic asked{topic, {}};
  for (const PartitionIndex partition : partitions) {
    asked.partitions.emplace_back();
    asked.partitions.back().partition_index = partition.value();
    asked.partitions.back().timestamp = kLatest;
  }
  request->topics.push_back(std::move(asked));
  const auto answer = ask(std::move(request));
  if (!answer) return answer.error();
  std::vector<Offset> ends(partitions.size());
  for (const auto& found : protocol::as<ListOffsetsResponse>(answer.value()).topics) {
    for (const auto& partition : found.partitions) {
      if (partition.error_code != ErrorCode::kNone) {
        return Error{fmt::format("the end of {}-{} is not known: {}", topic,
                                 partition.partition_index, name_of(partition.error_code))};
      }
      const auto at = std::find(partitions.begin(), partitions.end(),
                                PartitionIndex(partition.partition_index));
      if (at == partitions.end()) continue;
      ends[static_cast<std::size_t>(at - partitions.begin())] = Offset(partition.offset);
    }
  }
  return ends;
}

}  // namespace logarium::cli

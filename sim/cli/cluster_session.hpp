#pragma once
// ClusterSession: what the client verbs ask of a cluster before and besides records, one question
// after the other, with errors for people. All its errors mean exit code 1.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/definition.hpp"
#include "engine/live/client_host.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "sim/cli/client_verbs.hpp"

namespace logarium::cli {

// HOST:PORT[,HOST:PORT]; an IPv6 address stands in brackets. Error: what is wrong with it.
[[nodiscard]] Result<std::vector<Endpoint>> parse_bootstrap(const std::string& text);
// NAME=VALUE each. `option` is named in the error.
[[nodiscard]] Result<Properties> parse_settings(const std::vector<std::string>& settings,
                                                std::string_view option);
// Why a client could not have `asked` answered within the time. `partly`: what was answered of it;
// may be null.
[[nodiscard]] std::string unreachable(const live::Reach& reach, const ClusterOptions& options,
                                      protocol::ApiKey asked, const MessageRef& partly);
// Says on stderr that an endpoint could not be connected to, and that it is tried again.
[[nodiscard]] std::function<void(const Endpoint&)> report_refused(std::string verb);

class ClusterSession {
 public:
  // REQUIRES: loop and log outlive it.
  ClusterSession(live::Loop& loop, live::LogLines& log, std::string verb,
                 const ClusterOptions& options, std::vector<Endpoint> bootstrap);

  // The answer, which may hold errors of its own.
  [[nodiscard]] Result<MessageRef> ask(MessageRef request);
  // Whether the latest error was that the cluster does not know the API.
  [[nodiscard]] bool unsupported() const { return unsupported_; }

  using Topics = std::vector<protocol::MetadataResponse::MetadataResponseTopic>;
  // All topics, by name.
  [[nodiscard]] Result<Topics> all_topics();
  // How many partitions the topic has. A topic that is not known is asked for again for a short
  // while: another broker may have created it just now, or, with kYes, this request does.
  enum class AutoCreate : std::uint8_t { kNo, kYes };
  [[nodiscard]] Result<std::int32_t> partitions_of(const std::string& topic, AutoCreate create);
  // The ends of these partitions, by place in the list: the next offset to be written, or with
  // read_committed the last stable offset.
  [[nodiscard]] Result<std::vector<Offset>> ends_of(const std::string& topic,
                                                    const std::vector<PartitionIndex>& partitions,
                                                    std::int8_t isolation_level);

 private:
  [[nodiscard]] Result<MessageRef> metadata(std::shared_ptr<protocol::MetadataRequest> request);
  [[nodiscard]] Duration left() const;

  ClusterOptions options_;
  std::chrono::steady_clock::time_point deadline_;
  bool unsupported_ = false;
  live::ClientHost host_;
};

}  // namespace logarium::cli

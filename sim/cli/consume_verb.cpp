#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <utility>

#include "engine/protocol/records.hpp"
#include "sim/cli/client_verbs.hpp"
#include "sim/cli/cluster_session.hpp"
#include "sim/cli/output.hpp"
#include "sim/cli/record_text.hpp"

namespace logarium::cli {
namespace {

using client::SeekTarget;
using Clock = std::chrono::steady_clock;

// A poll without records is over after this, to look at the limits.
constexpr Duration kPollWait = milliseconds(200);
// Printed at once.
constexpr std::size_t kPrintedBytes = std::size_t{256} * 1024;

Result<SeekTarget> start_of(const ConsumeVerb& verb) {
  SeekTarget target;
  target.kind = SeekTarget::Kind::kBeginning;
  if (verb.from_beginning || verb.offset == "earliest") return target;
  target.kind = SeekTarget::Kind::kEnd;
  if (verb.offset == "latest") return target;
  target.kind = SeekTarget::Kind::kOffset;
  const char* end = verb.offset.data() + verb.offset.size();
  const auto [at, failed] = std::from_chars(verb.offset.data(), end, target.value);
  if (failed != std::errc() || at != end || target.value < 0) {
    return Error{
        fmt::format("--offset {}: expected earliest, latest, or a number from 0", verb.offset)};
  }
  if (!verb.partition) {
    return Error{
        fmt::format("--offset {}: an offset belongs to one partition: --partition N", verb.offset)};
  }
  return target;
}

Result<ConsumerConfig> config_of(const ConsumeVerb& verb, const SeekTarget& start) {
  const auto settings = parse_settings(verb.settings, "--set");
  if (!settings) return settings.error();
  // Where to go on when retention has removed the position: a number that is not there is an error.
  std::string reset = "none";
  if (start.kind == SeekTarget::Kind::kBeginning) reset = "earliest";
  if (start.kind == SeekTarget::Kind::kEnd) reset = "latest";
  Properties properties{{"client.id", "logarium-consume"},
                        {"auto.offset.reset", reset},
                        {"max.poll.records", "5000"},
                        {"allow.auto.create.topics", "false"}};
  for (const auto& [name, value] : settings.value()) properties[name] = value;
  return parse_consumer_config(properties);
}

std::string poll_error_text(const client::PollError& error) {
  using Kind = client::PollError::Kind;
  const std::string where = to_string(error.partition);
  const std::string at = error.position ? std::to_string(error.position->value()) : "none";
  switch (error.kind) {
    case Kind::kNoOffset:
      return fmt::format("{} has no position to read from, and auto.offset.reset is none", where);
    case Kind::kOutOfRange:
      return fmt::format("offset {} of {} is out of range: the log begins later or ends earlier",
                         at, where);
    case Kind::kTruncated:
      return fmt::format("{} was truncated below offset {}: records that were read are gone", where,
                         at);
    case Kind::kFatal:
      return fmt::format("{} cannot be read at offset {}: {}", where, at, name_of(error.error));
  }
  return where;
}

class Consuming {
 public:
  Consuming(const ConsumeVerb& verb, std::vector<Endpoint> bootstrap, ConsumerConfig config,
            SeekTarget start)
      : verb_(verb), bootstrap_(std::move(bootstrap)), config_(std::move(config)), start_(start) {}

  ExitCode run() {
    loop_.on_signals({SIGINT, SIGTERM}, [this](int) {
      interrupted_ = true;
      loop_.stop();
    });
    if (const auto error = look_up()) {
      if (interrupted_) return ExitCode::kAsExpected;
      return refused(*error);
    }
    live::ClientHost host(loop_, log_, {"consume", config_, bootstrap_},
                          {.on_answer = {}, .on_refused = report_refused("consume"), .on_end = {}});
    host_ = &host;
    auto assign = std::make_shared<client::Assign>();
    for (const PartitionIndex partition : partitions_) {
      assign->partitions.push_back({{verb_.topic, partition}, start_});
    }
    static_cast<void>(host.call(std::move(assign)));
    const ExitCode code = poll();
    host_ = nullptr;
    complain(fmt::format("Processed a total of {} messages", printed_));
    return code;
  }

 private:
  static ExitCode refused(const std::string& text) {
    complain("consume: " + text);
    return ExitCode::kNotAsExpected;
  }

  // Which partitions there are, and where they end.
  std::optional<std::string> look_up() {
    ClusterSession session(loop_, log_, "consume", verb_.cluster, bootstrap_);
    const auto count = session.partitions_of(verb_.topic, ClusterSession::AutoCreate::kNo);
    if (!count) return count.error().message;
    if (verb_.partition && *verb_.partition >= count.value()) {
      return fmt::format("--partition {}: {} has partitions 0 to {}", *verb_.partition, verb_.topic,
                         count.value() - 1);
    }
    for (std::int32_t i = 0; i < count.value(); ++i) {
      if (!verb_.partition || *verb_.partition == i) partitions_.emplace_back(i);
    }
    if (!verb_.exit_at_end) return std::nullopt;
    const std::int8_t isolation = config_.isolation_level == "read_committed" ? 1 : 0;
    const auto ends = session.ends_of(verb_.topic, partitions_, isolation);
    if (!ends) return ends.error().message;
    for (std::size_t i = 0; i < partitions_.size(); ++i) ends_[partitions_[i]] = ends.value()[i];
    return std::nullopt;
  }

  ExitCode poll() {
    auto idle_since = Clock::now();
    const auto idle_ms =
        verb_.idle_timeout_ms
            ? verb_.idle_timeout_ms
            : (verb_.exit_at_end ? std::optional(verb_.cluster.timeout_ms) : std::nullopt);
    while (!interrupted_) {
      if (full() || at_end()) return ExitCode::kAsExpected;
      auto command = std::make_shared<client::Poll>();
      command->wait = kPollWait;
      const CommandResultRef answer = host_->call(std::move(command));
      if (answer == nullptr) continue;
      const auto& result = static_cast<const client::PollResult&>(*answer);
      if (!result.batches.empty()) idle_since = Clock::now();
      for (const client::PolledBatch& batch : result.batches) {
        if (const auto code = take(batch)) return *code;
      }
      if (!flush()) return cannot_write();
      if (!result.errors.empty()) return refused(poll_error_text(result.errors.front()));
      if (idle_ms && Clock::now() - idle_since >= std::chrono::milliseconds(*idle_ms)) {
        return idle(*idle_ms);
      }
    }
    return ExitCode::kAsExpected;
  }

  ExitCode idle(std::int64_t idle_ms) const {
    const char* option = verb_.idle_timeout_ms ? "--idle-timeout-ms" : "--timeout-ms";
    return refused(fmt::format("no record came for {} ms ({})", idle_ms, option));
  }
  static ExitCode cannot_write() {
    complain("consume: cannot write to stdout");
    return ExitCode::kOwnFailure;
  }

  [[nodiscard]] bool full() const { return verb_.max_messages && printed_ >= *verb_.max_messages; }

  // Whether every partition was read up to where it ended in the beginning.
  [[nodiscard]] bool at_end() const {
    if (!verb_.exit_at_end) return false;
    const auto positions = host_->positions();
    return std::all_of(ends_.begin(), ends_.end(), [&positions](const auto& end) {
      return std::any_of(positions.begin(), positions.end(), [&end](const auto& at) {
        return at.first.partition == end.first && at.second >= end.second;
      });
    });
  }

  // Prints the batch's records. Set: the verb is over.
  std::optional<ExitCode> take(const client::PolledBatch& batch) {
    RecordText text{.topic = batch.partition.topic,
                    .partition = batch.partition.partition,
                    .timestamp_type = batch.batch.timestamp_type()};
    protocol::RecordReader reader(batch.batch);
    protocol::RecordView record;
    while (!full() && reader.next(record)) {
      if (record.offset < batch.from) continue;
      if (record.offset >= batch.next) break;
      if (verb_.format == Format::kJson) {
        append_json(text, record, out_);
      } else {
        append_text(text, record, columns_, out_);
      }
      ++printed_;
      if (out_.size() >= kPrintedBytes && !flush()) return cannot_write();
    }
    if (!reader.error()) return std::nullopt;
    flush();
    return refused(fmt::format("a batch of {} at offset {} is damaged: {}",
                               to_string(batch.partition), batch.batch.base_offset.value(),
                               reader.error()->message));
  }

  bool flush() {
    const bool written = out_.empty() || print(out_);
    out_.clear();
    return written;
  }

  const ConsumeVerb& verb_;
  std::vector<Endpoint> bootstrap_;
  ConsumerConfig config_;
  SeekTarget start_;
  RecordColumns columns_{.timestamp = verb_.print_timestamp,
                         .partition = verb_.print_partition,
                         .offset = verb_.print_offset,
                         .key = verb_.print_key};
  live::Loop loop_;
  live::LogLines log_;
  live::ClientHost* host_ = nullptr;
  std::vector<PartitionIndex> partitions_;
  std::map<PartitionIndex, Offset> ends_;  // with exit_at_end
  std::string out_;
  std::int64_t printed_ = 0;
  bool interrupted_ = false;
};

}  // namespace

ExitCode consume(const ConsumeVerb& verb) {
  std::signal(SIGPIPE, SIG_IGN);
  auto bootstrap = parse_bootstrap(verb.cluster.bootstrap);
  const auto start = start_of(verb);
  std::string wrong;
  if (!bootstrap) wrong = bootstrap.error().message;
  if (!start) wrong = start.error().message;
  if (wrong.empty()) {
    auto config = config_of(verb, start.value());
    if (config) {
      return Consuming(verb, std::move(bootstrap).value(), std::move(config).value(), start.value())
          .run();
    }
    wrong = config.error().message;
  }
  complain("consume: " + wrong);
  return ExitCode::kBadInput;
}

}  // namespace logarium::cli

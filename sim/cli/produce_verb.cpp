#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <deque>
#include <memory>
#include <utility>

#include "engine/base/json_string.hpp"
#include "engine/live/chunk_reader.hpp"
#include "sim/cli/client_verbs.hpp"
#include "sim/cli/cluster_session.hpp"
#include "sim/cli/output.hpp"

namespace logarium::cli {
namespace {

using protocol::ErrorCode;

// Bytes of lines that were read and are not acknowledged; beyond it stdin waits.
constexpr std::size_t kOutstandingBytesMax = std::size_t{8} * 1024 * 1024;
// More than any broker takes by default; without a limit a file without line breaks is held whole.
constexpr std::size_t kLineBytesMax = std::size_t{64} * 1024 * 1024;
constexpr std::int64_t kComplaintsMax = 10;

// The verb's options as producer configs; --set goes over them.
Result<ProducerConfig> config_of(const ProduceVerb& verb) {
  const auto settings = parse_settings(verb.settings, "--set");
  if (!settings) return settings.error();
  const std::string timeout = std::to_string(verb.cluster.timeout_ms);
  const bool all = verb.acks == "all" || verb.acks == "-1";
  // Room for linger.ms within delivery.timeout.ms.
  const std::int64_t request_ms = std::clamp<std::int64_t>(verb.cluster.timeout_ms - 5, 1, 30'000);
  Properties properties{
      {"client.id", "logarium-produce"},
      {"acks", verb.acks},
      {"compression.type", verb.compression},
      {"enable.idempotence", verb.idempotence.value_or(all) ? "true" : "false"},
      {"linger.ms", verb.cluster.timeout_ms > 5 ? "5" : "0"},
      {"request.timeout.ms", std::to_string(request_ms)},
      {"delivery.timeout.ms", timeout},
      {"max.block.ms", timeout},
  };
  for (const auto& [name, value] : settings.value()) properties[name] = value;
  return parse_producer_config(properties);
}

// "line 7", "lines 7 to 9"
std::string lines_text(const std::vector<std::uint64_t>& lines) {
  const auto [first, last] = std::minmax_element(lines.begin(), lines.end());
  if (*first == *last) return fmt::format("line {}", *first);
  return fmt::format("{} lines from {} to {}", lines.size(), *first, *last);
}

class Producing {
 public:
  Producing(const ProduceVerb& verb, std::vector<Endpoint> bootstrap, ProducerConfig config)
      : verb_(verb), bootstrap_(std::move(bootstrap)), config_(std::move(config)) {}

  ExitCode run() {
    loop_.on_signals({SIGINT, SIGTERM}, [this](int) { on_signal(); });
    if (!topic_is_there()) return ExitCode::kNotAsExpected;
    live::ClientPlan plan{"produce", config_, bootstrap_,
                          milliseconds(config_.delivery_timeout_ms) + seconds(1)};
    host_ = std::make_unique<live::ClientHost>(
        loop_, log_, std::move(plan),
        live::ClientHost::Callbacks{[this](CommandId, const CommandResultRef& result) {
                                      on_result(static_cast<const client::ProduceResult&>(*result));
                                    },
                                    report_refused("produce"), [this] { loop_.stop(); }});
    reader_ = std::make_unique<live::ChunkReader>(
        loop_, STDIN_FILENO,
        live::ChunkReader::Callbacks{
            [this](std::vector<std::byte> chunk) { on_chunk(std::move(chunk)); },
            [this](const std::string& error) { on_end_of_input(error); }});
    reader_->next();
    host_->run();
    return finish();
  }

 private:
  bool topic_is_there() {
    ClusterSession session(loop_, log_, "produce", verb_.cluster, bootstrap_);
    const auto count = session.partitions_of(verb_.topic, ClusterSession::AutoCreate::kYes);
    if (!count) {
      complain("produce: " + count.error().message);
      return false;
    }
    if (!verb_.partition || *verb_.partition < count.value()) return true;
    complain(fmt::format("produce: --partition {}: {} has partitions 0 to {}", *verb_.partition,
                         verb_.topic, count.value() - 1));
    return false;
  }

  // The first signal ends reading, the second all.
  void on_signal() {
    if (std::exchange(interrupted_, true) || !host_) return loop_.stop();
    close();
  }

  void close() {
    if (std::exchange(closing_, true)) return;
    reader_.reset();
    host_->close();
  }

  // ---- lines ------------------------------------------------------------------------------------

  void on_chunk(std::vector<std::byte> chunk) {
    const std::size_t before = kept_.size();
    if (before == 0) {
      kept_ = std::move(chunk);
    } else {
      kept_.insert(kept_.end(), chunk.begin(), chunk.end());
    }
    const std::string_view text = text_of(kept_);
    const std::size_t last = text.substr(before).rfind('\n');
    if (last != std::string_view::npos) {
      const std::size_t whole = before + last + 1;
      std::vector<std::byte> rest(kept_.begin() + static_cast<std::ptrdiff_t>(whole), kept_.end());
      kept_.resize(whole);
      send_lines(Bytes(std::exchange(kept_, std::move(rest))));
    } else if (kept_.size() > kLineBytesMax) {
      complain(fmt::format("produce: line {} is longer than {} bytes; reading ends there",
                           next_line_, kLineBytesMax));
      input_failed_ = true;
      return close();
    }
    want_more();
  }

  void on_end_of_input(const std::string& error) {
    if (!error.empty()) {
      complain("produce: cannot read stdin: " + error);
      input_failed_ = true;
    }
    // The last line may lack its end.
    if (!kept_.empty()) send_lines(Bytes(std::move(kept_)));
    close();
  }

  void want_more() {
    if (closing_ || outstanding_bytes_ > kOutstandingBytesMax) {
      waits_ = !closing_;
      return;
    }
    reader_->next();
  }

  // One or more lines, each with its line break but perhaps the last.
  void send_lines(const Bytes& block) {
    auto call = std::make_shared<client::Produce>();
    call->topic = verb_.topic;
    if (verb_.partition) call->partition = PartitionIndex(*verb_.partition);
    const std::string_view text = text_of(block.view());
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      std::size_t length = end - at;
      if (length > 0 && text[at + length - 1] == '\r') --length;
      add_record(*call, block, at, length);
      at = end + 1;
    }
    if (!call->records.empty()) host_->give(std::move(call));
  }

  void add_record(client::Produce& call, const Bytes& block, std::size_t at, std::size_t length) {
    const std::uint64_t line = next_line_++;
    client::ProduceRecord record;
    record.tag = line;
    std::size_t value_at = at;
    if (verb_.key_separator) {
      const std::string_view text = text_of(block.view()).substr(at, length);
      const std::size_t separator = text.find(*verb_.key_separator);
      if (separator == std::string_view::npos) {
        failed({line}, fmt::format("has no key separator '{}'", *verb_.key_separator));
        return;
      }
      record.key = block.slice(at, separator);
      value_at = at + separator + verb_.key_separator->size();
    }
    record.value = block.slice(value_at, at + length - value_at);
    sizes_.push_back(static_cast<std::uint32_t>(length));
    outstanding_bytes_ += length;
    ++outstanding_;
    call.records.push_back(std::move(record));
  }

  // ---- results ----------------------------------------------------------------------------------

  void on_result(const client::ProduceResult& result) {
    settle(result.tags.size());
    if (result.error == ErrorCode::kNone) {
      delivered_ += static_cast<std::int64_t>(result.tags.size());
    } else {
      const bool unknown = result.certainty == client::ProduceResult::Certainty::kUnknown;
      std::string where;
      if (result.partition.partition.value() >= 0) {
        where = fmt::format(" in {}-{}", verb_.topic, result.partition.partition.value());
      }
      failed(result.tags,
             fmt::format("{}: {}{}", unknown ? "may or may not be in the log" : "not written",
                         name_of(result.error), where));
    }
    if (waits_ && !closing_ && outstanding_bytes_ <= kOutstandingBytesMax / 2) {
      waits_ = false;
      reader_->next();
    }
  }

  // Room for so many lines; which ones they were does not matter here.
  void settle(std::size_t count) {
    outstanding_ -= static_cast<std::int64_t>(count);
    for (; count > 0; --count) {
      outstanding_bytes_ -= sizes_.front();
      sizes_.pop_front();
    }
  }

  void failed(const std::vector<std::uint64_t>& lines, const std::string& why) {
    failed_ += static_cast<std::int64_t>(lines.size());
    if (++complaints_ > kComplaintsMax) return;
    complain(fmt::format("produce: {} {}", lines_text(lines), why));
  }

  ExitCode finish() {
    reader_.reset();
    if (complaints_ > kComplaintsMax) {
      complain(fmt::format("produce: and {} more such failures", complaints_ - kComplaintsMax));
    }
    if (outstanding_ > 0) {
      complain(fmt::format("produce: ended before {} records were acknowledged", outstanding_));
    }
    if (failed_ > 0) complain(fmt::format("produce: {} records failed", failed_));
    if (verb_.format == Format::kJson &&
        !print(fmt::format("{{\"topic\":{},\"delivered\":{},\"failed\":{}}}\n",
                           json_quoted(verb_.topic), delivered_, failed_ + outstanding_))) {
      complain("produce: cannot write to stdout");
      return ExitCode::kOwnFailure;
    }
    if (failed_ > 0 || outstanding_ > 0) return ExitCode::kNotAsExpected;
    return input_failed_ ? ExitCode::kOwnFailure : ExitCode::kAsExpected;
  }

  const ProduceVerb& verb_;
  std::vector<Endpoint> bootstrap_;
  ProducerConfig config_;
  live::Loop loop_;
  live::LogLines log_;
  std::unique_ptr<live::ClientHost> host_;
  std::unique_ptr<live::ChunkReader> reader_;
  std::vector<std::byte> kept_;  // of a line whose end has not come
  std::uint64_t next_line_ = 1;
  std::deque<std::uint32_t> sizes_;  // of lines that are outstanding, about in order
  std::size_t outstanding_bytes_ = 0;
  std::int64_t outstanding_ = 0;
  std::int64_t delivered_ = 0;
  std::int64_t failed_ = 0;
  std::int64_t complaints_ = 0;
  bool waits_ = false;  // stdin waits for acknowledgements
  bool closing_ = false;
  bool interrupted_ = false;
  bool input_failed_ = false;
};

}  // namespace

ExitCode produce(const ProduceVerb& verb) {
  std::signal(SIGPIPE, SIG_IGN);
  auto bootstrap = parse_bootstrap(verb.cluster.bootstrap);
  auto config = config_of(verb);
  std::string wrong;
  if (verb.key_separator && verb.key_separator->empty()) wrong = "--key-separator: it is empty";
  if (!config) wrong = config.error().message;
  if (!bootstrap) wrong = bootstrap.error().message;
  if (!wrong.empty()) {
    complain("produce: " + wrong);
    return ExitCode::kBadInput;
  }
  return Producing(verb, std::move(bootstrap).value(), std::move(config).value()).run();
}

}  // namespace logarium::cli

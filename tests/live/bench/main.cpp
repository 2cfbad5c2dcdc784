// live_bench: what `logarium bench live` runs: a live cluster of logarium beside other clusters,
// all under the load of librdkafka, in alternating runs.
//
//   live_bench PROGRAM [--json] [--rounds N] [--scale PERCENT] [--peers NAME,...]
//   live_bench --mock-cluster TOPIC PARTITIONS ...     (started by itself)

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>

#include "tests/live/bench/interruption.hpp"
#include "tests/live/bench/report.hpp"

namespace {

using namespace logarium::bench;

struct Options {
  std::string program;
  bool json = false;
  int rounds = 3;
  int scale = 100;
  std::vector<std::string> peers;
};

int number_of(const std::string& text, int least, int most) {
  std::size_t used = 0;
  int value = least - 1;
  try {
    value = std::stoi(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used != text.size() || value < least || value > most) {
    throw std::invalid_argument(
        fmt::format("\"{}\" is not a number from {} to {}", text, least, most));
  }
  return value;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find(',', from), text.size());
    parts.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

Options options_of(const std::vector<std::string>& words) {
  if (words.empty()) throw std::invalid_argument("the program's path is missing");
  Options options;
  options.program = words.front();
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto value = [&] {
      if (i + 1 == words.size()) throw std::invalid_argument(words[i] + " needs a value");
      return words[++i];
    };
    if (words[i] == "--json") {
      options.json = true;
    } else if (words[i] == "--rounds") {
      options.rounds = number_of(value(), 1, 1000);
    } else if (words[i] == "--scale") {
      options.scale = number_of(value(), 1, 10'000);
    } else if (words[i] == "--peers") {
      options.peers = split(value());
    } else {
      throw std::invalid_argument("unknown option " + words[i]);
    }
  }
  return options;
}

// Removed with what is in it.
class WorkFolder {
 public:
  WorkFolder() {
    path_ = (std::filesystem::temp_directory_path() / "live-bench-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
  }
  ~WorkFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::vector<PeerRuns> chosen(const Options& options, const PeerSetup& setup) {
  std::vector<PeerRuns> peers;
  std::vector<std::string> wanted = options.peers;
  for (const Candidate& candidate : candidates(setup)) {
    const auto at = std::find(wanted.begin(), wanted.end(), candidate.name);
    if (at != wanted.end()) {
      wanted.erase(at);
    } else if (!options.peers.empty() && candidate.name != "logarium") {
      continue;
    }
    peers.push_back({candidate.name, candidate.missing, {}, {}});
  }
  if (!wanted.empty()) {
    throw std::invalid_argument("there is no peer \"" + wanted.front() + "\"");
  }
  return peers;
}

void run_round(std::vector<PeerRuns>& peers, const PeerSetup& setup, const Amounts& amounts,
               int round) {
  for (PeerRuns& runs : peers) {
    if (!runs.missing.empty() || !runs.failure.empty()) continue;
    std::fprintf(stderr, "round %d: %s\n", round, runs.name.c_str());
    try {
      const auto peer = make_peer(runs.name, setup);
      runs.samples.push_back(measure(*peer, amounts));
    } catch (const std::runtime_error& error) {
      runs.failure = fmt::format("{} (round {})", error.what(), round);
    }
  }
}

int run(const Options& options) {
  const WorkFolder work;
  act_on_signals(work.path());
  PeerSetup setup;
  setup.program = options.program;
  setup.self = std::filesystem::read_symlink("/proc/self/exe").string();
  const char* folder = std::getenv("LOGARIUM_BENCH_PEERS");
  if (folder != nullptr && *folder != 0) setup.peers = std::filesystem::absolute(folder).string();
  setup.work = work.path();
  setup.topics = bench_topics();
  std::vector<PeerRuns> peers = chosen(options, setup);
  Amounts amounts;
  amounts.small_records = amounts.small_records * options.scale / 100;
  amounts.large_records = amounts.large_records * options.scale / 100;
  for (int round = 1; round <= options.rounds; ++round) run_round(peers, setup, amounts, round);
  const std::string text = options.json ? json_of(peers, options.rounds) : text_of(peers);
  std::fputs(text.c_str(), stdout);
  return peers.front().samples.empty() ? 1 : 0;
}

int run_mock(const std::vector<std::string>& words) {
  std::vector<PeerTopic> topics;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    topics.push_back({words[i], number_of(words[i + 1], 1, 1000)});
  }
  return serve_mock_cluster(topics);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (!words.empty() && words.front() == "--mock-cluster") {
      words.erase(words.begin());
      return run_mock(words);
    }
    const Options options = options_of(words);
    hold_signals();
    return run(options);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "live_bench: %s\n", error.what());
    return 3;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "live_bench: %s\n", error.what());
    return 4;
  }
}

#include "sim/run/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/base/digest.hpp"
#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/runtime/event_hash.hpp"
#include "engine/runtime/runner.hpp"
#include "engine/server/server_node.hpp"

namespace logarium::run {
namespace {

using runtime::EntryKind;
using runtime::InputEntry;

std::string both(std::string_view recorded, std::string_view replayed) {
  return fmt::format("recorded: {}; replayed: {}", recorded, replayed);
}

std::string_view status_name(IoStatus status) {
  switch (status) {
    case IoStatus::kOk:
      return "ok";
    case IoStatus::kNotFound:
      return "not found";
    case IoStatus::kNoSpace:
      return "no space";
    case IoStatus::kIoError:
      return "I/O error";
  }
  return "?";
}

// One incarnation while it is replayed.
class IncarnationRun {
 public:
  IncarnationRun(const runtime::InputLogStart& start, const ReplayOptions& options,
                 ReplayDisk& disk, IncarnationReplay& out)
      : start_(start),
        disk_(disk),
        out_(out),
        host_(disk),
        runner_(std::make_unique<server::ServerNode>(), host_) {
    auto setup = std::make_shared<server::ServerSetup>(*start.setup);
    for (const Rule rule : options.off) setup->rules.switch_off(rule);
    setup_ = std::move(setup);
  }

  void to_end(runtime::InputLogReader& reader) {
    std::vector<std::string> files = disk_.restart(start_.files);
    while (out_.end == ReplayEnd::kNotReplayed) {
      runtime::InputLogReader::Step step = reader.next();
      if (auto* piece = std::get_if<runtime::FilePiece>(&step)) {
        store(*piece);
        continue;
      }
      if (const auto* entry = std::get_if<InputEntry>(&step)) {
        if (out_.inputs == 0 && !finds_its_files(files)) return;
        take(*entry);
      } else if (const auto* end = std::get_if<runtime::LogEnd>(&step)) {
        out_.cut_bytes = end->cut_bytes;
        out_.end = host_.exited() ? ReplayEnd::kStopped : ReplayEnd::kKilled;
      } else if (auto* damage = std::get_if<runtime::LogDamage>(&step)) {
        differs({damage->input, std::move(damage->field), std::move(damage->text)});
      } else {
        out_.end = ReplayEnd::kUnreadable;
        out_.unreadable = std::get<runtime::NotALog>(step).text;
      }
    }
    out_.effects = host_.effects();
  }

 private:
  // `files`: what was not as listed before the contents of files were stored.
  bool finds_its_files(std::vector<std::string>& files) {
    if (start_.contents == runtime::FileContents::kStored) {
      files = disk_.differences(start_.files);
    }
    if (!files.empty()) differs({0, "files", text_of(files)});
    return files.empty();
  }

  static std::string text_of(const std::vector<std::string>& files) {
    if (files.size() == 1) return files[0];
    return fmt::format("{}; and {} more", files[0], files.size() - 1);
  }

  void differs(ReplayDifference difference) {
    out_.end = ReplayEnd::kDiffers;
    out_.difference = std::move(difference);
  }

  void store(runtime::FilePiece& piece) {
    if (piece.file >= start_.files.size()) {
      return differs({0, "file", fmt::format("there is no file {}", piece.file)});
    }
    disk_.store(start_.files[piece.file].path, piece.position, std::move(piece.content));
  }

  void take(const InputEntry& entry) {
    std::optional<ReplayDifference> difference = before(entry);
    if (!difference) difference = step(entry);
    if (difference) {
      difference->input = out_.inputs + 1;
      return differs(std::move(*difference));
    }
    ++out_.inputs;
    if (entry.state) ++out_.state_digests;
    if (entry.failure) out_.end = ReplayEnd::kFailed;
  }

  // What can be said before the node has seen the input.
  std::optional<ReplayDifference> before(const InputEntry& entry) const {
    if ((entry.kind == EntryKind::kStarted) != (out_.inputs == 0)) {
      return ReplayDifference{
          0, "kind", fmt::format("{} as input {}", entry_name(entry.kind), out_.inputs + 1)};
    }
    if (host_.exited()) {
      return ReplayDifference{0, "kind", "an input after the process ended itself"};
    }
    if (entry.kind == EntryKind::kWake && runner_.next_deadline() > entry.now.monotonic) {
      const Instant deadline = runner_.next_deadline();
      return ReplayDifference{
          0, "monotonic clock",
          fmt::format("recorded: a Wake at {} ns; replayed: the next timer is at {}",
                      entry.now.monotonic.ns,
                      deadline == kNever ? "no time" : fmt::format("{} ns", deadline.ns))};
    }
    return std::nullopt;
  }

  std::optional<ReplayDifference> step(const InputEntry& entry) {
    host_.begin_step(entry);
    std::optional<std::string> failure;
    try {
      std::optional<ReplayDifference> refused = give(entry);
      if (refused) return refused;
    } catch (const EnsureFailure& failed) {
      failure = failed.what();
    }
    if (failure != entry.failure) {
      return ReplayDifference{0, "failure",
                              both(entry.failure.value_or("none"), failure.value_or("none"))};
    }
    if (failure) return std::nullopt;
    std::optional<ReplayDifference> difference = host_.end_step();
    if (!difference) difference = after(entry);
    return difference;
  }

  std::optional<ReplayDifference> give(const InputEntry& entry) {
    switch (entry.kind) {
      case EntryKind::kStarted:
        runner_.step(entry.now, Started{setup_, start_.seed, start_.incarnation});
        break;
      case EntryKind::kShutdownRequested:
        runner_.step(entry.now, ShutdownRequested{});
        break;
      case EntryKind::kAccepted:
        runner_.step(entry.now, Accepted{entry.connection, entry.listener});
        break;
      case EntryKind::kConnected:
        runner_.step(entry.now, Connected{entry.connection});
        break;
      case EntryKind::kConnectFailed:
        runner_.step(entry.now, ConnectFailed{entry.connection});
        break;
      case EntryKind::kDisconnected:
        runner_.step(entry.now, Disconnected{entry.connection});
        break;
      case EntryKind::kReceived:
        runner_.receive(entry.now, entry.connection, entry.frame, entry.injected_error);
        break;
      case EntryKind::kWake:
        runner_.step(entry.now, Wake{});
        break;
      case EntryKind::kIoDone:
        return give_answer(entry);
    }
    return std::nullopt;
  }

  std::optional<ReplayDifference> give_answer(const InputEntry& entry) {
    const runtime::RecordedIo& io = entry.io;
    Result<IoDone> answer = disk_.answer(io);
    if (!answer) return ReplayDifference{0, "io id", answer.error().message};
    const IoDone& done = answer.value();
    if (done.status != io.status) {
      return ReplayDifference{0, "io status",
                              both(status_name(io.status), status_name(done.status))};
    }
    if (done.length != io.length) {
      return ReplayDifference{0, "io length",
                              both(std::to_string(io.length), std::to_string(done.length))};
    }
    const std::uint64_t content = runtime::io_content_hash(done);
    if (content != io.content) {
      return ReplayDifference{0, "io content", both(to_hex(io.content), to_hex(content))};
    }
    runner_.step(entry.now, done);
    return std::nullopt;
  }

  std::optional<ReplayDifference> after(const InputEntry& entry) const {
    const std::uint64_t random = runner_.node().random_fingerprint();
    if (random != entry.random) {
      return ReplayDifference{0, "random stream", both(to_hex(entry.random), to_hex(random))};
    }
    if (!entry.state) return std::nullopt;
    const std::uint64_t state = state_hash(runner_.node());
    if (state == *entry.state) return std::nullopt;
    return ReplayDifference{0, "state", both(to_hex(*entry.state), to_hex(state))};
  }

  const runtime::InputLogStart& start_;
  ReplayDisk& disk_;
  IncarnationReplay& out_;
  ReplayHost host_;
  runtime::Runner runner_;
  NodeSetupRef setup_;
};

// The incarnation that a path names: "node-1/00000002.inputs" is the second.
Incarnation number_in(const std::string& path) {
  const std::size_t name = path.rfind('/') + 1;
  std::uint32_t number = 0;
  std::from_chars(path.data() + name, path.data() + path.size(), number);
  return Incarnation(number);
}

bool unreadable(IncarnationReplay& out, std::string text) {
  out.end = ReplayEnd::kUnreadable;
  out.unreadable = std::move(text);
  return false;
}

// `known`: the disk is as the incarnation before left it. Returns whether it is as this one left
// it.
bool replay_log(const RecordedLog& log, const ReplayOptions& options, bool known, ReplayDisk& disk,
                IncarnationReplay& out) {
  Result<std::unique_ptr<runtime::LogSource>> source = log.open();
  if (!source) return unreadable(out, source.error().message);
  runtime::InputLogReader reader(*source.value());
  runtime::InputLogReader::Start start = reader.start();
  if (const auto* end = std::get_if<runtime::LogEnd>(&start)) {
    // Killed before its start was written whole: it had touched nothing yet.
    out.cut_bytes = end->cut_bytes;
    out.end = ReplayEnd::kKilled;
    return known;
  }
  if (auto* damage = std::get_if<runtime::LogDamage>(&start)) {
    out.end = ReplayEnd::kDiffers;
    out.difference = ReplayDifference{0, std::move(damage->field), std::move(damage->text)};
    return false;
  }
  if (auto* bad = std::get_if<runtime::NotALog>(&start)) {
    return unreadable(out, std::move(bad->text));
  }
  const auto& begun = std::get<runtime::InputLogStart>(start);
  out.node = begun.name;
  out.incarnation = begun.incarnation;
  out.same_sources = begun.fingerprint == options.fingerprint;
  if (begun.contents == runtime::FileContents::kStored) {
    disk = ReplayDisk();
  } else if (!known) {
    return false;
  }
  IncarnationRun(begun, options, disk, out).to_end(reader);
  if (out.end == ReplayEnd::kKilled && log.path.ends_with(runtime::kEndedLogExtension)) {
    out.end = ReplayEnd::kEnded;
  }
  return out.end == ReplayEnd::kStopped || out.end == ReplayEnd::kKilled ||
         out.end == ReplayEnd::kFailed;
}

}  // namespace

bool ReplayReport::equal() const {
  return std::all_of(incarnations.begin(), incarnations.end(), [](const IncarnationReplay& one) {
    return one.end == ReplayEnd::kStopped || one.end == ReplayEnd::kKilled ||
           one.end == ReplayEnd::kEnded || one.end == ReplayEnd::kFailed;
  });
}

bool ReplayReport::readable() const {
  return std::none_of(incarnations.begin(), incarnations.end(), [](const IncarnationReplay& one) {
    return one.end == ReplayEnd::kUnreadable;
  });
}

ReplayReport replay(const std::vector<RecordedLog>& logs, const ReplayOptions& options) {
  ReplayReport report;
  std::string folder;
  ReplayDisk disk;
  bool known = true;
  for (const RecordedLog& log : logs) {
    const std::string here = log.path.substr(0, log.path.rfind('/'));
    if (here != folder) {
      folder = here;
      disk = ReplayDisk();
      known = true;
    }
    IncarnationReplay& out = report.incarnations.emplace_back();
    out.path = log.path;
    out.node = here;
    out.incarnation = number_in(log.path);
    known = replay_log(log, options, known, disk, out);
  }
  return report;
}

}  // namespace logarium::run

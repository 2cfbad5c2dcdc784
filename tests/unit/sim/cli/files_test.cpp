// Real files and simulated ones answer the same operations alike; a live recording can be replayed
// because of that.

#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "engine/base/random.hpp"
#include "engine/live/files.hpp"
#include "engine/runtime/event_hash.hpp"
#include "sim/run/replay_disk.hpp"

namespace logarium {
namespace {

struct Folder {
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "files-test-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

// The same operations on both.
class Pair {
 public:
  void perform(FileOp op) {
    op.id = IoId(++issued_);
    INFO("operation " << issued_ << " of kind " << static_cast<int>(op.kind) << " " << op.path
                      << " " << op.to << " file " << op.file.value());
    disk_.submit(op);
    const IoDone live = on_files(op);
    // What only the environment decides would be taken over from the recording.
    const auto simulated = disk_.answer({op.id, IoStatus::kOk, live.length, 0});
    REQUIRE(simulated.ok());
    REQUIRE(live.status == simulated.value().status);
    REQUIRE(live.length == simulated.value().length);
    REQUIRE(live.names == simulated.value().names);
    REQUIRE(runtime::io_content_hash(live) == runtime::io_content_hash(simulated.value()));
  }

 private:
  IoDone on_files(const FileOp& op) {
    IoDone done;
    if (live::Files::lasting(op.kind)) {
      std::string error;
      done.status = live::Files::perform(files_.prepare(op), error);
    } else {
      files_.perform(op, done);
    }
    return done;
  }

  Folder folder_;
  live::Files files_{folder_.path};
  run::ReplayDisk disk_;
  std::uint64_t issued_ = 0;
};

// Names that are close to each other; one of the directories is never made.
std::string some_directory(Random& random) {
  constexpr std::string_view kDirectories[] = {"a", "a-0", "a.x", "none"};
  return std::string(kDirectories[random.below(4)]);
}
std::string some_path(Random& random) {
  constexpr std::string_view kNames[] = {"b", "b-0", "b.x", "0.log", "0.log.tmp"};
  const std::string directory = random.below(3) == 0 ? "" : some_directory(random) + "/";
  return directory + std::string(kNames[random.below(5)]);
}

}  // namespace

TEST_CASE("a directory's entries come in the order of their names on both disks") {
  Pair pair;
  for (const char* path : {"orders-0", "orders-0.abc-delete", "orders-0-x", "orders"}) {
    pair.perform({.kind = FileOpKind::kMakeDir, .path = path});
  }
  pair.perform({.kind = FileOpKind::kOpen, .file = FileId(1), .path = "orders-0.log"});
  pair.perform({.kind = FileOpKind::kList, .path = ""});
}

TEST_CASE("both disks answer any sequence of operations alike") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed);
    Pair pair;
    std::uint32_t files = 0;
    const auto some_file = [&] {
      return FileId(1 + static_cast<std::uint32_t>(random.below(files + 1)));
    };
    for (int i = 0; i < 200; ++i) {
      INFO("seed " << seed);
      FileOp op;
      op.position = random.between(0, 40);
      op.length = random.between(0, 60);
      switch (random.below(10)) {
        case 0:
        case 1:
          op.kind = FileOpKind::kOpen;
          op.file = FileId(++files);
          op.path = some_path(random);
          break;
        case 2:
          op.kind = FileOpKind::kMakeDir;
          op.path = some_directory(random);
          if (op.path == "none") op.path = "none/below";
          break;
        case 3:
        case 4:
          op.kind = FileOpKind::kWrite;
          op.file = some_file();
          op.bytes = FileBytes::of(Bytes::copy_of(fmt::format("written as number {}", i)));
          break;
        case 5:
          op.kind = FileOpKind::kRead;
          op.file = some_file();
          break;
        case 6:
          op.kind = FileOpKind::kTruncate;
          op.file = some_file();
          break;
        case 7:
          op.kind = FileOpKind::kRename;
          op.path = some_path(random);
          op.to = some_path(random);
          break;
        case 8:
          op.kind = random.below(4) == 0 ? FileOpKind::kRemove : FileOpKind::kList;
          op.path = random.below(2) == 0 ? some_directory(random) : "";
          if (op.kind == FileOpKind::kRemove && op.path.empty()) op.path = some_path(random);
          break;
        default:
          op.kind = random.below(2) == 0 ? FileOpKind::kClose : FileOpKind::kSync;
          op.file = some_file();
          break;
      }
      pair.perform(std::move(op));
    }
  }
}

}  // namespace logarium

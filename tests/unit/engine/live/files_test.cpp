#include <catch2/catch_test_macros.hpp>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "engine/live/directory.hpp"
#include "engine/live/disk.hpp"

namespace logarium::live {
namespace {

namespace fs = std::filesystem;

// A disk over a directory of its own, driven as the loop does it.
class Bench {
 public:
  explicit Bench(Durability durability = Durability::kDevice)
      : disk_(directory_.path(), durability, [this] {
          const std::lock_guard<std::mutex> lock(mutex_);
          woken_ = true;
          changed_.notify_one();
        }) {}

  IoId issue(FileOp op) {
    op.id = IoId(next_++);
    const IoId id = op.id;
    disk_.submit(std::move(op));
    return id;
  }
  IoId on(FileOpKind kind, std::uint32_t file) {
    FileOp op;
    op.kind = kind;
    op.file = FileId(file);
    return issue(std::move(op));
  }
  IoId at(FileOpKind kind, const std::string& path, const std::string& to = "") {
    FileOp op;
    op.kind = kind;
    op.path = path;
    op.to = to;
    return issue(std::move(op));
  }
  IoId open(std::uint32_t file, const std::string& path) {
    FileOp op;
    op.kind = FileOpKind::kOpen;
    op.file = FileId(file);
    op.path = path;
    return issue(std::move(op));
  }
  IoId write(std::uint32_t file, std::int64_t position, const std::string& text) {
    FileOp op;
    op.kind = FileOpKind::kWrite;
    op.file = FileId(file);
    op.position = position;
    // The head holds the first bytes, as it does with a batch's header.
    op.bytes.head_size = 1;
    op.bytes.head[0] = static_cast<std::byte>(text[0]);
    op.bytes.body = Bytes::copy_of(text.substr(1));
    return issue(std::move(op));
  }
  IoId read(std::uint32_t file, std::int64_t position, std::int64_t length) {
    FileOp op;
    op.kind = FileOpKind::kRead;
    op.file = FileId(file);
    op.position = position;
    op.length = length;
    return issue(std::move(op));
  }
  // Everything that is answered already.
  std::vector<IoDone> now() {
    std::vector<IoDone> out;
    IoDone done;
    while (disk_.take(done)) out.push_back(done);
    return out;
  }
  // Answers until nothing is pending.
  std::vector<IoDone> all() {
    std::vector<IoDone> out = now();
    while (disk_.pending() > 0) {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return woken_; });
      woken_ = false;
      lock.unlock();
      disk_.collect();
      for (IoDone& done : now()) out.push_back(std::move(done));
    }
    return out;
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return directory_.path() + "/" + name;
  }
  std::string error() { return disk_.take_error(); }

 private:
  TemporaryDirectory directory_ = TemporaryDirectory::make().value();
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  std::uint64_t next_ = 1;
  Disk disk_;
};

std::vector<std::uint64_t> ids(const std::vector<IoDone>& answers) {
  std::vector<std::uint64_t> out;
  for (const IoDone& done : answers) out.push_back(done.id.value());
  return out;
}

}  // namespace

TEST_CASE("what the page cache can do is answered at once and in order") {
  Bench bench;
  bench.at(FileOpKind::kMakeDir, "t-0");
  bench.at(FileOpKind::kMakeDir, "t-0");  // an existing directory is success
  bench.open(1, "t-0/a.log");
  bench.write(1, 0, "hello");
  bench.write(1, 5, " world");
  bench.read(1, 4, 100);
  bench.at(FileOpKind::kList, "");
  bench.at(FileOpKind::kList, "t-0");
  const auto answers = bench.now();
  REQUIRE(ids(answers) == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8});
  for (const IoDone& done : answers) CHECK(done.status == IoStatus::kOk);
  CHECK(answers[2].length == 0);
  CHECK(answers[3].length == 5);
  CHECK(text_of(answers[5].data.view()) == "o world");
  CHECK(answers[6].names == std::vector<std::string>{"t-0/"});
  CHECK(answers[7].names == std::vector<std::string>{"a.log"});
  CHECK(fs::file_size(bench.path("t-0/a.log")) == 11);
}

TEST_CASE("a sync holds back its own file and names, and nothing else") {
  Bench bench;
  bench.open(1, "a.log");
  bench.open(2, "b.log");
  bench.write(1, 0, "aaaa");
  CHECK(bench.now().size() == 3);
  const IoId sync = bench.on(FileOpKind::kSync, 1);
  const IoId held = bench.write(1, 4, "after");
  const IoId other = bench.write(2, 0, "bbbb");
  const IoId rename = bench.at(FileOpKind::kRename, "b.log", "c.log");
  const IoId free = bench.write(2, 4, "free");
  const IoId opened = bench.open(3, "b.log");
  const auto at_once = ids(bench.now());
  CHECK(at_once == std::vector<std::uint64_t>{other.value(), free.value()});
  const auto later = ids(bench.all());
  CHECK(later ==
        std::vector<std::uint64_t>{sync.value(), held.value(), rename.value(), opened.value()});
  CHECK(fs::file_size(bench.path("a.log")) == 9);
  CHECK(fs::file_size(bench.path("c.log")) == 8);
  CHECK(fs::file_size(bench.path("b.log")) == 0);
}

TEST_CASE("a file is replaced only after its content is synced") {
  Bench bench;
  bench.open(1, "checkpoint.tmp");
  bench.on(FileOpKind::kTruncate, 1);
  bench.write(1, 0, "0\n0\n");
  const IoId sync = bench.on(FileOpKind::kSync, 1);
  bench.on(FileOpKind::kClose, 1);
  bench.at(FileOpKind::kRename, "checkpoint.tmp", "checkpoint");
  bench.at(FileOpKind::kSyncDir, "");
  CHECK_FALSE(fs::exists(bench.path("checkpoint")));
  const auto answers = bench.all();
  REQUIRE(answers.size() == 7);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    CHECK(answers[i].id.value() == i + 1);
    CHECK(answers[i].status == IoStatus::kOk);
  }
  CHECK(answers[3].id == sync);
  CHECK(fs::file_size(bench.path("checkpoint")) == 4);
}

TEST_CASE("removing takes a directory with all it holds") {
  Bench bench;
  bench.at(FileOpKind::kMakeDir, "t-0");
  bench.open(1, "t-0/a.log");
  bench.on(FileOpKind::kClose, 1);
  bench.at(FileOpKind::kRemove, "t-0");
  bench.at(FileOpKind::kRemove, "t-0");
  bench.at(FileOpKind::kList, "t-0");
  const auto answers = bench.all();
  REQUIRE(answers.size() == 6);
  CHECK(answers[3].status == IoStatus::kOk);
  CHECK(answers[4].status == IoStatus::kNotFound);
  CHECK(answers[5].status == IoStatus::kNotFound);
}

TEST_CASE("failures are statuses, with the system's words for the log") {
  Bench bench;
  bench.open(1, "missing/a.log");
  bench.write(1, 0, "never");
  bench.on(FileOpKind::kSync, 1);
  bench.at(FileOpKind::kMakeDir, "file-or-directory");
  bench.open(2, "file-or-directory");
  const auto answers = bench.all();
  REQUIRE(answers.size() == 5);
  CHECK(answers[0].status == IoStatus::kNotFound);
  CHECK(bench.error().find("file-or-directory") != std::string::npos);
  for (const IoDone& done : answers) {
    if (done.id == IoId(5)) CHECK(done.status == IoStatus::kIoError);
    if (done.id == IoId(2) || done.id == IoId(3)) CHECK(done.status == IoStatus::kNotFound);
  }
}

TEST_CASE("a full disk is a status of its own") {
  REQUIRE(fs::exists("/dev/full"));
  Bench bench;
  fs::create_symlink("/dev/full", bench.path("full"));
  bench.open(1, "full");
  bench.write(1, 0, "something");
  const auto answers = bench.all();
  REQUIRE(answers.size() == 2);
  CHECK(answers[1].status == IoStatus::kNoSpace);
}

TEST_CASE("a directory that goes away with the process is not synced") {
  Bench bench(Durability::kPageCache);
  bench.open(1, "a.log");
  bench.on(FileOpKind::kSync, 1);
  bench.at(FileOpKind::kSyncDir, "");
  CHECK(bench.now().size() == 3);
}

TEST_CASE("a file replaces another whether or not the directory lasts") {
  for (const Durability durability : {Durability::kDevice, Durability::kPageCache}) {
    Bench bench(durability);
    bench.open(1, "old");
    bench.write(1, 0, "before");
    bench.open(2, "new");
    bench.write(2, 0, "after");
    bench.at(FileOpKind::kRename, "new", "old");
    for (const IoDone& done : bench.all()) CHECK(done.status == IoStatus::kOk);
    CHECK_FALSE(std::filesystem::exists(bench.path("new")));
    CHECK(std::filesystem::file_size(bench.path("old")) == 5);
  }
}

TEST_CASE("a data directory belongs to one holder at a time") {
  auto directory = TemporaryDirectory::make().value();
  const std::string path = directory.path() + "/deep/node-1";
  {
    const auto first = DirectoryLock::take(path);
    REQUIRE(first.ok());
    const auto second = DirectoryLock::take(path);
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().message.find("in use by another process") != std::string::npos);
  }
  CHECK(DirectoryLock::take(path).ok());
  CHECK_FALSE(DirectoryLock::take("/proc/nothing").ok());
  const std::string gone = directory.path();
  directory.remove();
  CHECK_FALSE(fs::exists(gone));
}

}  // namespace logarium::live

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/sim/world/probe.hpp"

namespace logarium::world::test {
namespace {

FileOp op(FileOpKind kind, std::uint32_t file, std::string path = {}) {
  FileOp out;
  out.kind = kind;
  out.file = FileId(file);
  out.path = std::move(path);
  return out;
}
FileOp open(std::uint32_t file, std::string path) {
  return op(FileOpKind::kOpen, file, std::move(path));
}
FileOp write(std::uint32_t file, std::int64_t position, const std::string& text) {
  FileOp out = op(FileOpKind::kWrite, file);
  out.position = position;
  out.bytes = FileBytes::of(Bytes::copy_of(text));
  return out;
}
FileOp sync(std::uint32_t file) { return op(FileOpKind::kSync, file); }
FileOp sync_dir(std::string path) { return op(FileOpKind::kSyncDir, 0, std::move(path)); }
FileOp truncate(std::uint32_t file, std::int64_t length) {
  FileOp out = op(FileOpKind::kTruncate, file);
  out.length = length;
  return out;
}
FileOp rename(std::string from, std::string to) {
  FileOp out = op(FileOpKind::kRename, 0, std::move(from));
  out.to = std::move(to);
  return out;
}

std::string content(const World& world, NodeIndex node, const std::string& path) {
  const FileSystem& files = world.files(node);
  const FileSystem::Inode inode = files.find(path);
  if (inode == FileSystem::kNone) return "(none)";
  return std::string(text_of(files.file(inode).read(0, 1 << 20).view()));
}

struct OneDisk : Bench {
  explicit OneDisk(DiskOptions options = {}) : node(add("a", options)) {}
  void perform(std::vector<Action> actions) {
    act(node, std::move(actions));
    run(seconds(1));
  }
  [[nodiscard]] std::string read(const std::string& path) const {
    return content(world, node, path);
  }
  [[nodiscard]] const IoDone& last() const { return probe(node).done().back(); }
  NodeIndex node;
};

DiskOptions untorn() {
  DiskOptions options;
  options.torn = false;
  return options;
}

TEST_CASE("operations are answered in issue order and do what they say") {
  OneDisk disk;
  FileOp read = op(FileOpKind::kRead, 1);
  read.position = 3;
  read.length = 100;
  disk.perform({op(FileOpKind::kMakeDir, 0, "logs"), open(1, "logs/x"), write(1, 0, "hello"),
                write(1, 5, " you"), read, op(FileOpKind::kList, 0, "logs"),
                op(FileOpKind::kList, 0, ""), op(FileOpKind::kClose, 1), open(2, "logs/x"),
                open(3, "missing/x"), op(FileOpKind::kRemove, 0, "logs"), open(4, "logs/x")});
  const auto& done = disk.probe(disk.node).done();
  REQUIRE(done.size() == 12);
  for (std::size_t i = 0; i < done.size(); ++i) CHECK(done[i].id == IoId(i + 1));
  CHECK(done[1].length == 0);
  CHECK(text_of(done[4].data.view()) == "lo you");
  CHECK(done[5].names == std::vector<std::string>{"x"});
  CHECK(done[6].names == std::vector<std::string>{"logs/"});
  CHECK(done[8].length == 9);
  CHECK(done[9].status == IoStatus::kNotFound);
  CHECK(done[11].status == IoStatus::kNotFound);
  CHECK(disk.read("logs/x") == "(none)");
}

TEST_CASE("overwriting, gaps and truncation give the bytes that a file would have") {
  OneDisk disk;
  disk.perform({open(1, "x"), write(1, 0, "abcdef"), write(1, 6, "ghijkl"), write(1, 4, "WXYZ"),
                write(1, 14, "!")});
  CHECK(disk.read("x") == std::string("abcdWXYZijkl\0\0!", 15));
  disk.perform({truncate(1, 5), write(1, 5, "-end")});
  CHECK(disk.read("x") == "abcdW-end");
  disk.perform({truncate(1, 11)});
  CHECK(disk.read("x") == std::string("abcdW-end\0\0", 11));
  CHECK(disk.world.files(disk.node).used_bytes() == 11);
}

TEST_CASE("a crash keeps the page cache, a power loss only what was synced") {
  OneDisk disk(untorn());
  disk.perform(
      {open(1, "x"), sync_dir(""), write(1, 0, "synced"), sync(1), write(1, 6, " cached")});
  disk.world.crash(disk.node);
  CHECK(disk.read("x") == "synced cached");
  disk.world.power_loss(disk.node);
  CHECK(disk.read("x") == "synced");
  CHECK(disk.world.fault_counts().bytes_lost == 7);
}

TEST_CASE("a power loss takes back an unsynced truncation and overwriting") {
  OneDisk disk(untorn());
  disk.perform({open(1, "x"), sync_dir(""), write(1, 0, "0123456789"), sync(1), write(1, 10, "new"),
                truncate(1, 4), write(1, 4, "other")});
  CHECK(disk.read("x") == "0123other");
  disk.world.power_loss(disk.node);
  CHECK(disk.read("x") == "0123456789");
}

TEST_CASE("names are durable after a sync of their directory") {
  OneDisk disk(untorn());
  disk.perform({op(FileOpKind::kMakeDir, 0, "d"), sync_dir(""), open(1, "d/old"),
                write(1, 0, "old"), sync(1), sync_dir("d"), open(2, "d/new"), write(2, 0, "new"),
                sync(2), rename("d/new", "d/old"), open(3, "d/other"), sync(3)});
  CHECK(disk.read("d/old") == "new");
  World copy = disk.world;
  disk.world.power_loss(disk.node);
  CHECK(disk.read("d/old") == "old");
  CHECK(disk.read("d/other") == "(none)");
  CHECK(content(copy, disk.node, "d/old") == "new");
  Bench again;
  again.world = copy;
  again.act(disk.node, {sync_dir("d")});
  again.run(seconds(1));
  again.world.power_loss(disk.node);
  CHECK(content(again.world, disk.node, "d/old") == "new");
  CHECK(content(again.world, disk.node, "d/other") == "");
  CHECK(content(again.world, disk.node, "d/new") == "(none)");
}

TEST_CASE("a removed file comes back when its removal was not synced") {
  OneDisk disk(untorn());
  disk.perform(
      {open(1, "x"), write(1, 0, "text"), sync(1), sync_dir(""), op(FileOpKind::kRemove, 0, "x")});
  CHECK(disk.read("x") == "(none)");
  disk.world.power_loss(disk.node);
  CHECK(disk.read("x") == "text");
  CHECK(disk.world.files(disk.node).used_bytes() == 4);
}

TEST_CASE("a torn tail never reaches into synced bytes and differs by seed") {
  std::vector<std::size_t> sizes;
  bool differs = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    WorldOptions options;
    options.seed = seed;
    Bench bench(options);
    const NodeIndex node = bench.add("a");
    bench.act(node, {open(1, "x"), sync_dir(""), write(1, 0, "synced"), sync(1),
                     write(1, 6, std::string(100, 'y'))});
    bench.run(seconds(1));
    bench.world.power_loss(node);
    const std::string left = content(bench.world, node, "x");
    CHECK(left.substr(0, 6) == "synced");
    CHECK(left.size() <= 106);
    sizes.push_back(left.size());
    differs = differs || left.size() != sizes.front();
  }
  CHECK(differs);
}

TEST_CASE("unfinished writes are applied as a prefix at a crash, the last one perhaps torn") {
  bool some = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    WorldOptions options;
    options.seed = seed;
    Bench bench(options);
    const NodeIndex node = bench.add("a");
    bench.act(node, {open(1, "x")});
    bench.run(seconds(1));
    bench.act(node, {write(1, 0, "aaaa"), write(1, 4, "bbbb"), write(1, 8, "cccc")});
    bench.world.crash(node);
    const std::string left = content(bench.world, node, "x");
    CHECK(std::string("aaaabbbbcccc").starts_with(left));
    some = some || (!left.empty() && left.size() < 12);
    bench.run(seconds(1));
    CHECK(content(bench.world, node, "x") == left);
  }
  CHECK(some);
}

TEST_CASE("errors, a full disk, slowness and their end") {
  OneDisk disk;
  disk.perform({open(1, "x")});
  DiskFault fault;
  fault.kind = FaultKind::kDiskError;
  fault.reads = fault.others = false;
  const FaultId error = disk.world.begin(disk.node, fault);
  disk.perform({write(1, 0, "text")});
  CHECK(disk.last().status == IoStatus::kIoError);
  CHECK(disk.read("x") == "");
  disk.world.end(error);
  fault.kind = FaultKind::kDiskFull;
  const FaultId full = disk.world.begin(disk.node, fault);
  disk.perform({write(1, 0, "text")});
  CHECK(disk.last().status == IoStatus::kNoSpace);
  CHECK(disk.last().length < 4);
  disk.world.end(full);
  fault.kind = FaultKind::kDiskSlow;
  fault.factor = 1000;
  disk.world.begin(disk.node, fault);
  const std::size_t before = disk.probe(disk.node).done().size();
  disk.act(disk.node, {sync(1)});
  disk.run(milliseconds(149));
  CHECK(disk.probe(disk.node).done().size() == before);
  disk.run(milliseconds(2));
  CHECK(disk.probe(disk.node).done().size() == before + 1);
  CHECK(disk.world.fault_counts().of(FaultKind::kDiskError) == 1);
  CHECK(disk.world.fault_counts().of(FaultKind::kDiskFull) == 1);
  CHECK(disk.world.fault_counts().of(FaultKind::kDiskSlow) == 1);
}

TEST_CASE("an operation that slowness caught goes on faster when that ends") {
  OneDisk disk;
  disk.perform({open(1, "x"), write(1, 0, "text")});
  DiskFault slow;
  slow.kind = FaultKind::kDiskSlow;
  slow.factor = 1000;
  const FaultId first = disk.world.begin(disk.node, slow);
  const FaultId second = disk.world.begin(disk.node, slow);
  const std::size_t before = disk.probe(disk.node).done().size();
  disk.act(disk.node, {sync(1)});  // 150 us, so 150 s
  disk.run(seconds(30));
  disk.world.end(first);
  disk.run(milliseconds(119));
  CHECK(disk.probe(disk.node).done().size() == before);
  disk.run(milliseconds(2));
  CHECK(disk.probe(disk.node).done().size() == before + 1);
  SECTION("only the one that was under way has another end") {
    disk.act(disk.node, {sync(1), sync(1)});
    disk.run(milliseconds(50));
    disk.world.end(second);
    disk.run(milliseconds(1));
    CHECK(disk.probe(disk.node).done().size() == before + 3);
  }
  SECTION("one that began before the fault is left alone") {
    disk.world.end(second);
    disk.act(disk.node, {sync(1)});
    disk.world.end(disk.world.begin(disk.node, slow));
    disk.run(microseconds(149));
    CHECK(disk.probe(disk.node).done().size() == before + 1);
    disk.run(microseconds(2));
    CHECK(disk.probe(disk.node).done().size() == before + 2);
  }
}

TEST_CASE("capacity is a limit; removing makes room") {
  DiskOptions small;
  small.capacity_bytes = 10;
  OneDisk disk(small);
  disk.perform({open(1, "x"), write(1, 0, "12345678"), open(2, "y"), write(2, 0, "1234")});
  CHECK(disk.last().status == IoStatus::kNoSpace);
  disk.perform({op(FileOpKind::kClose, 1), op(FileOpKind::kRemove, 0, "x"), sync_dir(""),
                write(2, 0, "123456789")});
  CHECK(disk.last().status == IoStatus::kOk);
}

TEST_CASE("bit rot flips one bit; a wipe leaves nothing; both are counted") {
  OneDisk disk;
  disk.perform({open(1, "logs"), write(1, 0, std::string(64, '\0'))});
  World copy = disk.world;
  CHECK(!disk.world.rot(disk.node, "other"));
  CHECK(disk.world.rot(disk.node, "lo"));
  REQUIRE(disk.world.rotten(disk.node).size() == 1);
  CHECK(disk.world.rotten(disk.node).front().path == "logs");
  CHECK(
      disk.read("logs")[static_cast<std::size_t>(disk.world.rotten(disk.node).front().position)] !=
      '\0');
  int bits = 0;
  for (const char c : disk.read("logs")) {
    for (int i = 0; i < 8; ++i) bits += (c >> i) & 1;
  }
  CHECK(bits == 1);
  CHECK(content(copy, disk.node, "logs") == std::string(64, '\0'));
  disk.world.wipe(disk.node);
  CHECK(disk.world.state(disk.node) == ProcessState::kDown);
  CHECK(disk.world.files(disk.node).files().empty());
  CHECK(disk.world.rotten(disk.node).empty());
  CHECK(disk.world.fault_counts().bytes_wiped == 64);
}

}  // namespace
}  // namespace logarium::world::test

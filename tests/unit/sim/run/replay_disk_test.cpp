#include "sim/run/replay_disk.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "engine/base/hash.hpp"

namespace logarium::run {
namespace {

// A node's operations in the order of issuing.
struct Node {
  ReplayDisk disk;
  std::uint64_t next = 1;

  IoId issue(FileOp op) {
    op.id = IoId(next++);
    disk.submit(op);
    return op.id;
  }
  IoId open(std::uint32_t file, std::string path) {
    return issue({.kind = FileOpKind::kOpen, .file = FileId(file), .path = std::move(path)});
  }
  IoId write(std::uint32_t file, std::int64_t position, std::string_view text) {
    return issue({.kind = FileOpKind::kWrite,
                  .file = FileId(file),
                  .position = position,
                  .bytes = FileBytes::of(Bytes::copy_of(text))});
  }
  IoId read(std::uint32_t file, std::int64_t length) {
    return issue({.kind = FileOpKind::kRead, .file = FileId(file), .length = length});
  }
  IoId make_dir(std::string path) {
    return issue({.kind = FileOpKind::kMakeDir, .path = std::move(path)});
  }
  IoId remove(std::string path) {
    return issue({.kind = FileOpKind::kRemove, .path = std::move(path)});
  }
  IoId rename(std::string path, std::string to) {
    return issue({.kind = FileOpKind::kRename, .path = std::move(path), .to = std::move(to)});
  }
  IoDone answered(IoId id, IoStatus status = IoStatus::kOk, std::int64_t length = 0) {
    Result<IoDone> done = disk.answer({id, status, length, 0});
    REQUIRE(done.ok());
    return done.value();
  }
};

runtime::RecordedFile file(std::string path, std::string_view content) {
  return {std::move(path), static_cast<std::int64_t>(content.size()), hash_text(content)};
}
runtime::RecordedFile directory(std::string path) { return {std::move(path), 0, 0}; }

using Files = std::vector<runtime::RecordedFile>;

}  // namespace

TEST_CASE("an operation is performed when its recorded answer comes") {
  Node node;
  node.answered(node.open(1, "a"));
  const IoId late = node.write(1, 0, "xyz");
  const IoId early = node.read(1, 10);
  CHECK(node.answered(early).data.empty());
  CHECK(node.answered(late).length == 3);
  CHECK(text_of(node.answered(node.read(1, 10)).data.view()) == "xyz");
  CHECK_FALSE(node.disk.answer({IoId(99), IoStatus::kOk, 0, 0}).ok());
}

TEST_CASE("what the environment refused is refused again, with the part that was written") {
  Node node;
  node.answered(node.open(1, "a"));
  const IoDone done = node.answered(node.write(1, 0, "abcdef"), IoStatus::kNoSpace, 2);
  CHECK(done.status == IoStatus::kNoSpace);
  CHECK(done.length == 2);
  CHECK(text_of(node.answered(node.read(1, 10)).data.view()) == "ab");
  CHECK(node.answered(node.open(2, "no/such")).status == IoStatus::kNotFound);
}

TEST_CASE("of unanswered writes those happened that the next start shows, the last in part") {
  for (const std::string found : {"", "ab", "abc", "abcd", "abcdef", "abcdefghi"}) {
    Node node;
    node.answered(node.open(1, "log"));
    node.write(1, 0, "abc");
    node.write(1, 3, "def");
    node.write(1, 6, "ghi");
    INFO(found);
    CHECK(node.disk.restart({file("log", found)}).empty());
    CHECK(node.disk.unanswered() == 0);
    node.answered(node.open(7, "log"));
    CHECK(text_of(node.answered(node.read(7, 100)).data.view()) == found);
  }
}

TEST_CASE("unanswered changes of names happened as far as the next start shows") {
  const Files before{file("checkpoint", "old")};
  const Files between{file("checkpoint", "old"), file("checkpoint.tmp", "new")};
  const Files after{file("checkpoint", "new")};
  for (const Files& found : {before, between, after}) {
    Node node;
    node.answered(node.open(1, "checkpoint"));
    node.answered(node.write(1, 0, "old"));
    node.open(2, "checkpoint.tmp");
    node.write(2, 0, "new");
    node.rename("checkpoint.tmp", "checkpoint");
    CHECK(node.disk.restart(found).empty());
  }
}

TEST_CASE("files are independent: one may be behind another") {
  Node node;
  node.answered(node.open(1, "a"));
  node.answered(node.open(2, "b"));
  node.write(1, 0, "first");
  node.write(2, 0, "second");
  CHECK(node.disk.restart({file("a", ""), file("b", "second")}).empty());
}

TEST_CASE("a directory that was half removed is found as it was left") {
  Node node;
  node.answered(node.make_dir("d"));
  node.answered(node.open(1, "d/1"));
  node.answered(node.open(2, "d/2"));
  node.remove("d");
  CHECK(node.disk.restart({directory("d/"), file("d/2", "")}).empty());
  node.remove("d");
  CHECK(node.disk.restart({}).empty());
}

TEST_CASE("what nobody wrote is said, what is gone is removed") {
  Node node;
  node.answered(node.make_dir("d"));
  node.answered(node.open(1, "d/1"));
  node.answered(node.write(1, 0, "abc"));
  const Files found{file("d2", "xx")};
  const auto different = node.disk.restart(found);
  REQUIRE(different.size() == 1);
  CHECK(different[0].starts_with("d2: not here"));
  node.answered(node.open(3, "d/1"), IoStatus::kOk);
  CHECK(node.disk.restart({directory("e/"), file("e/empty", "")}).empty());
  node.disk.store("e/empty", 0, Bytes::copy_of("1234"));
  CHECK(node.disk.differences({file("e/empty", "1234")}).empty());
  CHECK(node.disk.differences({file("e/empty", "1235")}).size() == 1);
}

}  // namespace logarium::run

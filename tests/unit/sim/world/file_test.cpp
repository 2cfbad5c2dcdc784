#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <string>

#include "sim/world/file_system.hpp"

namespace logarium::world::test {
namespace {

FileBytes bytes_of(Random& random, std::size_t length) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) text += static_cast<char>('a' + random.below(26));
  FileBytes bytes;
  const std::size_t head = random.below(2) == 0 ? 0 : std::min<std::size_t>(length, 61);
  for (std::size_t i = 0; i < head; ++i) bytes.head[i] = static_cast<std::byte>(text[i]);
  bytes.head_size = static_cast<std::uint8_t>(head);
  bytes.body = Bytes::copy_of(std::string_view(text).substr(head));
  return bytes;
}

std::string text_in(const FileBytes& bytes) {
  return std::string(text_of(bytes.head_view())) + std::string(text_of(bytes.body.view()));
}

std::string all(const File& file) { return std::string(text_of(file.read(0, 1 << 20).view())); }

// A file as two plain strings.
struct PlainFile {
  std::string cached;
  std::string synced;
  void write(std::size_t position, const std::string& text) {
    if (cached.size() < position + text.size()) cached.resize(position + text.size(), '\0');
    cached.replace(position, text.size(), text);
  }
};

TEST_CASE("a file reads as plain bytes do, after any operations and power losses") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed);
    File file;
    PlainFile plain;
    for (int i = 0; i < 300; ++i) {
      const std::size_t size = plain.cached.size();
      switch (random.below(9)) {
        case 0: {
          const std::size_t to = random.below(size + 1);
          file.truncate(static_cast<std::int64_t>(to));
          plain.cached.resize(to);
          break;
        }
        case 1: {
          const std::size_t at = random.below(size + 20);
          const FileBytes bytes = bytes_of(random, random.below(200));
          file.write(static_cast<std::int64_t>(at), bytes);
          if (bytes.size() > 0) plain.write(at, text_in(bytes));
          break;
        }
        case 2:
          file.sync();
          plain.synced = plain.cached;
          break;
        case 3:
          if (random.below(4) == 0) {
            file.lose_power(random, 0);
            plain.cached = plain.synced;
          }
          break;
        case 4: {
          const auto from = static_cast<std::int64_t>(random.below(size + 1));
          const auto length = static_cast<std::int64_t>(random.below(300));
          CHECK(text_of(file.read(from, length).view()) ==
                plain.cached.substr(static_cast<std::size_t>(from),
                                    static_cast<std::size_t>(length)));
          break;
        }
        default: {
          const FileBytes bytes = bytes_of(random, 1 + random.below(100));
          file.write(static_cast<std::int64_t>(size), bytes);
          plain.cached += text_in(bytes);
        }
      }
      REQUIRE(all(file) == plain.cached);
      REQUIRE(file.size() == static_cast<std::int64_t>(plain.cached.size()));
      if (file.clean()) REQUIRE(plain.cached == plain.synced);
    }
  }
}

TEST_CASE("a torn power loss keeps all that was synced and not touched since") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    File file;
    file.write(0, FileBytes::of(Bytes::copy_of(std::string(100, 's'))));
    file.sync();
    file.write(100, FileBytes::of(Bytes::copy_of(std::string(100, 'u'))));
    file.truncate(60);
    file.write(60, FileBytes::of(Bytes::copy_of(std::string(30, 'v'))));
    file.lose_power(random, 1'000'000);
    const std::string left = all(file);
    CHECK(left.substr(0, 60) == std::string(60, 's'));
    CHECK(left.size() <= 100);
    CHECK(file.clean());
  }
}

TEST_CASE("a file system's names and sizes stay right under random operations") {
  const std::string dirs[] = {"", "d/", "e/"};
  const std::string names[] = {"x", "y", "z"};
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed);
    FileSystem files;
    std::map<std::string, std::string> plain;  // files by path
    const auto path = [&] { return dirs[random.below(3)] + names[random.below(3)]; };
    REQUIRE(files.make_dir("d") == IoStatus::kOk);
    REQUIRE(files.make_dir("e") == IoStatus::kOk);
    REQUIRE(files.sync_dir("") == IoStatus::kOk);
    for (int i = 0; i < 300; ++i) {
      const std::string a = path();
      const std::string b = path();
      const std::uint64_t what = random.below(8);
      if (what < 4) {
        FileSystem::Inode inode = FileSystem::kNone;
        REQUIRE(files.open(a, inode) == IoStatus::kOk);
        const std::string text = std::to_string(i);
        files.write(inode, files.file(inode).size(), FileBytes::of(Bytes::copy_of(text)));
        files.sync(inode);
        files.release(inode);
        plain[a] += text;
      } else if (what == 4) {
        CHECK((files.remove(a) == IoStatus::kOk) == (plain.erase(a) == 1));
      } else if (what == 5) {
        const bool there = plain.contains(a);
        CHECK((files.rename(a, b) == IoStatus::kOk) == there);
        if (there && a != b) {
          plain[b] = plain[a];
          plain.erase(a);
        }
      } else if (what == 6) {
        // With all directories synced, a power loss changes nothing.
        for (const std::string& dir : dirs) CHECK(files.sync_dir(dir) == IoStatus::kOk);
        if (random.below(2) == 0) {
          CHECK(files.lose_power(random, true).bytes == 0);
        }
      }
      std::vector<std::string> paths;
      std::int64_t bytes = 0;
      for (const auto& [name, text] : plain) {
        paths.push_back(name);
        bytes += static_cast<std::int64_t>(text.size());
        REQUIRE(all(files.file(files.find(name))) == text);
      }
      std::vector<std::string> found = files.files();
      std::sort(found.begin(), found.end());
      REQUIRE(found == paths);
      // Removed files take room until their removal is durable.
      REQUIRE(files.used_bytes() >= bytes);
    }
    for (const std::string& dir : dirs) CHECK(files.sync_dir(dir) == IoStatus::kOk);
    std::int64_t bytes = 0;
    for (const auto& [name, text] : plain) bytes += static_cast<std::int64_t>(text.size());
    CHECK(files.used_bytes() == bytes);
  }
}

TEST_CASE("after a power loss at any moment nothing but the linked files takes room") {
  const std::string paths[] = {"x", "y", "d/x", "d/y", "d/s/x", "d"};
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    FileSystem files;
    std::vector<FileSystem::Inode> open;
    for (int i = 0; i < 60; ++i) {
      const std::string& a = paths[random.below(6)];
      const std::string& b = paths[random.below(5)];
      FileSystem::Inode inode = FileSystem::kNone;
      switch (random.below(7)) {
        case 0:
          (void)files.make_dir(random.below(2) == 0 ? "d" : "d/s");
          break;
        case 1:
          (void)files.remove(a);
          break;
        case 2:
          (void)files.sync_dir(random.below(2) == 0 ? "" : "d");
          break;
        case 3:
          (void)files.rename(a, b);
          break;
        default:
          if (files.open(a, inode) != IoStatus::kOk) break;
          open.push_back(inode);
          files.write(inode, files.file(inode).size(), bytes_of(random, random.below(50)));
          if (random.below(2) == 0) files.sync(inode);
      }
    }
    files.lose_power(random, true);
    // A rename across directories of which one half was durable leaves two names of one file.
    std::map<FileSystem::Inode, std::int64_t> sizes;
    for (const std::string& path : files.files()) {
      const FileSystem::Inode inode = files.find(path);
      CHECK(files.file(inode).clean());
      sizes[inode] = files.file(inode).size();
    }
    std::int64_t bytes = 0;
    for (const auto& [inode, size] : sizes) bytes += size;
    CHECK(files.used_bytes() == bytes);
  }
}

}  // namespace
}  // namespace logarium::world::test

#pragma once
// A disk in memory for tests: file operations in issue order, page cache apart from what is
// synced, directory entries that are durable after SyncDir only.

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/base/io.hpp"
#include "engine/base/random.hpp"

namespace logarium::raft::test {

class FakeDisk {
 public:
  [[nodiscard]] IoDone perform(const FileOp& op);
  // The process died: its files are closed, the page cache stays.
  void crash() { open_.clear(); }
  // The power failed: unsynced bytes and entries are gone, but for a random piece of what was
  // appended to a file.
  void power_loss(Random& random);
  [[nodiscard]] std::string text_of_file(const std::string& path) const;

 private:
  struct Inode {
    std::vector<std::byte> cached;
    std::vector<std::byte> synced;
    std::size_t dirty_from = 0;  // cached and synced agree below
  };
  using Entries = std::map<std::string, std::uint32_t>;
  IoStatus rename(const std::string& from, const std::string& to);
  void remove(const std::string& path);
  void sync_dir(const std::string& directory);
  void list(const std::string& directory, IoDone& done) const;
  void open(const FileOp& op, IoDone& done);
  static void perform_on(Inode& inode, const FileOp& op, IoDone& done);

  std::deque<Inode> inodes_;
  Entries entries_;
  Entries durable_;
  std::set<std::string> directories_{""};
  std::map<FileId, std::uint32_t> open_;
};

}  // namespace logarium::raft::test

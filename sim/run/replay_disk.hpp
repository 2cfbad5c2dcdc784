#pragma once
// ReplayDisk: the simulated disk of a replayed node: what a recording does not hold because the
// node itself wrote it. An operation is performed when its recorded answer comes, which is the
// order in which the live host performed them.
//
// What was issued and not answered when a process died may have been performed or not. The next
// incarnation's recording lists the files that it found: restart() performs of the unanswered
// operations what that list shows to have happened: of the changes of names a prefix in issue
// order, of each file's writes a prefix, the last perhaps in part.
//
// What it does not do: guess how a full or failing disk cut several unanswered writes of one file,
// each at another place. Such a file is reported as one that is not as it was found.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/io.hpp"
#include "engine/base/result.hpp"
#include "engine/runtime/input_log.hpp"
#include "sim/world/file_system.hpp"

namespace logarium::run {

class ReplayDisk {
 public:
  // An operation that the node issued.
  void submit(FileOp op) { issued_.push_back(std::move(op)); }
  // Performs the operation that the recorded answer is to, and answers it. Failures that a host's
  // environment made (no space, an I/O error) are taken over from the recording. Error: no such
  // operation waits.
  [[nodiscard]] Result<IoDone> answer(const runtime::RecordedIo& recorded);

  // The process is over and the next one found `files`. Returns what is not as it found it:
  // "orders-0/00000000000000000000.log: 100 bytes here, 90 recorded". Files and directories that
  // are gone are removed, new directories and empty files are made.
  [[nodiscard]] std::vector<std::string> restart(const std::vector<runtime::RecordedFile>& files);
  // A piece of a file that was there before the recording began.
  void store(const std::string& path, std::int64_t position, Bytes content);
  // Compares with the list without changing anything; as restart() returns.
  [[nodiscard]] std::vector<std::string> differences(
      const std::vector<runtime::RecordedFile>& files);

  [[nodiscard]] std::size_t unanswered() const { return issued_.size(); }

 private:
  using Inode = world::FileSystem::Inode;
  using Listing = std::map<std::string, const runtime::RecordedFile*, std::less<>>;

  void perform(const FileOp& op, IoDone& done);
  // What of a failed operation happened all the same.
  void perform_failed(const FileOp& op, const runtime::RecordedIo& recorded);
  [[nodiscard]] Inode inode_of(FileId file) const;
  // Every path with its inode; directories end in '/'.
  [[nodiscard]] std::map<std::string, Inode> paths() const;
  [[nodiscard]] std::uint64_t hash_of(Inode file);
  [[nodiscard]] bool matches(Inode file, const runtime::RecordedFile& recorded);

  // restart(): replay_disk_restart.cpp
  void perform_unanswered(const Listing& listing);
  [[nodiscard]] bool same_names(const Listing& listing) const;
  // Whether the process died within the removal of a directory; then removes what is recorded gone.
  bool perform_half_removal(const FileOp& removal, const Listing& listing);
  void perform_writes(const Listing& listing);
  void perform_writes_of(Inode file, const std::vector<FileOp>& writes,
                         const runtime::RecordedFile& recorded);
  void adopt_names(const Listing& listing);

  world::FileSystem files_;
  std::map<FileId, Inode> open_;
  std::deque<FileOp> issued_;
  // Hashes of whole files, by inode, as long as nothing changed them.
  std::map<Inode, std::uint64_t> hashes_;
};

}  // namespace logarium::run

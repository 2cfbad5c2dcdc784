#pragma once
// FileSystem: the files and directories of one simulated disk, as the running machine sees them,
// with what stable storage holds. A file's content is durable after its sync; a created, renamed
// or removed name is durable after a sync of its directory (POSIX promises no more). A power loss
// takes the rest. It knows no time and no faults; that is the Disk's part.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/io.hpp"
#include "engine/base/random.hpp"
#include "sim/world/cow.hpp"
#include "sim/world/file.hpp"

namespace logarium::world {

class FileSystem {
 public:
  // Names a file or directory independent of its path; an open file keeps its inode.
  using Inode = std::uint32_t;
  static constexpr Inode kNone = 0xffffffff;

  FileSystem();

  // Opens the file, creating it when it is missing, and holds it open until release().
  // kNotFound: its directory is missing; kIoError: it is a directory.
  IoStatus open(std::string_view path, Inode& out);
  void release(Inode file);
  [[nodiscard]] const File& file(Inode file) const { return *nodes_[file].file; }
  void write(Inode file, std::int64_t position, FileBytes bytes);
  void truncate(Inode file, std::int64_t length);
  void sync(Inode file);

  IoStatus make_dir(std::string_view path);
  IoStatus rename(std::string_view from, std::string_view to);
  IoStatus remove(std::string_view path);
  IoStatus list(std::string_view path, std::vector<std::string>& names) const;
  IoStatus sync_dir(std::string_view path);

  // Performs one operation of a node: on `file`, the inode that its open gave (kNone: none is open,
  // which answers kNotFound), or on the names it names. Fills in status, length, data and names of
  // the answer. Returns the inode it was about: of kOpen the one opened, kNone if that failed.
  Inode perform(const FileOp& op, Inode file, IoDone& done);

  // The inode at a path; kNone when there is none.
  [[nodiscard]] Inode find(std::string_view path) const;
  [[nodiscard]] bool is_directory(Inode inode) const { return nodes_[inode].directory; }
  // Paths of all files, in byte order.
  [[nodiscard]] std::vector<std::string> files() const;
  [[nodiscard]] std::int64_t used_bytes() const { return used_bytes_; }

  struct Loss {
    std::int64_t bytes = 0;
    std::int64_t files = 0;  // that lost bytes or their name
  };
  // Open files are gone. With `torn`, see DiskOptions::torn.
  Loss lose_power(Random& random, bool torn);
  // The machine goes on, the process is gone: nothing is open any more.
  void release_all();
  void flip_bit(Inode file, std::int64_t position, unsigned bit);

 private:
  // A change of a directory that is not durable yet: what the name stood for before.
  struct Undo {
    std::string name;
    Inode before = kNone;
    bool first = true;  // of an atomic group (a rename makes two)
  };
  struct Directory {
    std::map<std::string, Inode, std::less<>> entries;
    std::vector<Undo> unsynced;
  };
  struct Entry {
    bool directory = false;
    std::uint32_t refs = 0;     // entries, undos and opens that hold it
    std::uint32_t handles = 0;  // opens among them
    Cow<File> file;
    Cow<Directory> dir;
  };
  struct Place {
    Inode parent = kNone;
    std::string_view name;
  };

  void perform_on_file(const FileOp& op, Inode file, IoDone& done);
  [[nodiscard]] Place place(std::string_view path) const;
  [[nodiscard]] Inode child(Inode directory, std::string_view name) const;
  Inode make(bool directory);
  void hold(Inode inode) { ++nodes_[inode].refs; }
  void drop(Inode inode);
  void resize(Inode file, std::int64_t before);
  enum class Group : std::uint8_t { kStart, kJoin };
  // Points the name at `target` (kNone: nothing) and remembers how to undo it.
  void link(Inode directory, std::string_view name, Inode target, Group group);
  void forget_undos(Inode directory);
  std::int64_t undo_from(Inode directory, std::size_t keep);
  void collect(Inode directory, const std::string& prefix, std::vector<std::string>& out) const;

  std::vector<Entry> nodes_;
  std::vector<Inode> free_;
  std::int64_t used_bytes_ = 0;
};

}  // namespace logarium::world

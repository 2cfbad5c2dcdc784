#pragma once
// Disk: the file operations of one node in order, without letting the loop wait for the device.
// What the page cache answers is performed at once; syncs and removals run on a thread of the
// disk's own, one after the other.
//
// Order: an operation on an open file waits for the earlier ones on that file. A rename, a
// removal, a truncation and the sync of a directory wait for everything before them; opens, lists
// and new directories wait for earlier renames, removals and new directories. So each file's
// operations are performed in issue order, a name never changes before what it shall name is
// synced, and appends to one file go on while another is being synced.
//
// One owner: the loop's thread. The thread of the disk touches descriptors and paths only.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/io.hpp"
#include "engine/live/files.hpp"

namespace logarium::live {

class Disk {
 public:
  // `wake` is called from the disk's thread whenever collect() has something to do.
  Disk(std::string directory, Durability durability, std::function<void()> wake);
  // Waits for what runs; what has not begun is dropped, as when a process dies.
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  void submit(FileOp op);
  // Takes over what the thread has finished and starts what waited for it.
  void collect();
  // The next answer; false when there is none. Answers come in the order in which the operations
  // ended.
  [[nodiscard]] bool take(IoDone& done);
  // Operations that have no answer yet.
  [[nodiscard]] std::size_t pending() const { return pending_.size(); }
  // What the operating system said about the latest failure, once; empty when nothing failed.
  [[nodiscard]] std::string take_error() { return std::exchange(error_, {}); }

 private:
  struct Pending {
    FileOp op;
    bool running = false;
  };
  struct Job {
    IoId id;
    Files::Lasting lasting;
  };
  struct Finished {
    IoId id;
    IoStatus status = IoStatus::kOk;
    std::string error;
  };

  [[nodiscard]] static bool waits_for(const FileOp& later, const FileOp& earlier);
  // Performs it, or hands it to the thread; true when it is answered already.
  bool begin(const FileOp& op);
  void answer(const FileOp& op, IoStatus status);
  void begin_waiting();
  void work();

  Durability durability_;
  std::function<void()> wake_;
  Files files_;
  std::deque<Pending> pending_;
  std::deque<IoDone> done_;
  std::string error_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::vector<Finished> finished_;
  bool stopping_ = false;
  std::thread thread_;  // started with the first job
};

}  // namespace logarium::live

#pragma once
// File operations as data. The engine decides names, positions and bytes; the host performs a
// node's operations in the order in which they were issued and answers each with one IoDone.
// Paths are relative to the node's data directory, with '/' between the parts.
//
// *Written* means in the page cache, *synced* means durable. Rename and Remove are durable after
// SyncDir of their directory.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/cookie.hpp"
#include "engine/base/tagged.hpp"

namespace logarium {

// Names an open file of one incarnation; chosen by the node, never reused.
using FileId = Tagged<struct FileIdTag, std::uint32_t>;
// Numbers a node's operations in issue order, from 1.
using IoId = Tagged<struct IoIdTag, std::uint64_t>;

enum class FileOpKind : std::uint8_t {
  kOpen,      // path; creates the file when it is missing; answer: its length
  kClose,     // file
  kWrite,     // file, position, bytes
  kRead,      // file, position, length; answer: the bytes, fewer at the end of the file
  kTruncate,  // file, length
  kSync,      // file
  kSyncDir,   // path
  kRename,    // path, to; replaces an existing target
  kRemove,    // path of a file, or of a directory with all it holds
  kMakeDir,   // path; its parents must exist; an existing directory is success
  kList,      // path; answer: the entries' names in byte order, directories end in '/'
};

struct FileOp {
  FileOpKind kind = FileOpKind::kSync;
  IoId id;
  Cookie cookie;
  FileId file;
  std::int64_t position = 0;
  std::int64_t length = 0;  // of a read, or after a truncate
  FileBytes bytes;          // of a write
  // hash_bytes(bytes.body) where the writer knows it already, for the run's digest; else 0.
  std::uint64_t body_hash = 0;
  std::string path;
  std::string to;
};

enum class IoStatus : std::uint8_t {
  kOk,
  kNotFound,  // no such file or directory
  kNoSpace,   // the disk is full; nothing or a part was written
  kIoError,   // EIO
};

// The answer to one FileOp.
struct IoDone {
  IoId id;
  Cookie cookie;  // of the operation
  FileOpKind kind = FileOpKind::kSync;
  IoStatus status = IoStatus::kOk;
  std::int64_t length = 0;         // open: the file's length; read and write: bytes done
  Bytes data;                      // of a read
  std::vector<std::string> names;  // of a list
};

}  // namespace logarium

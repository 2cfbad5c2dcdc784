#pragma once
// Recording: the input log of one node's incarnation as a file: DIRECTORY/NAME/NNNNNNNN.inputs
// (engine/runtime/input_log.hpp), which `logarium replay DIRECTORY` runs again. The file appears
// under its name once its start is whole; from then on it grows by one write per input.
//
// Incarnations of a recorded node are numbered by the logs that are there. The first log that finds
// files in the data directory stores their contents; later ones go on from what the one before
// left, so a data directory belongs to one recording from its first incarnation on.
//
// A log that cannot be written any more (its disk is full) is renamed NNNNNNNN.ended.inputs before
// the node lives on unrecorded: nobody knows what it will leave, and the next log stores it.

#include <memory>
#include <string>

#include "engine/live/sockets.hpp"
#include "engine/runtime/input_log_writer.hpp"

namespace logarium::live {

struct RecordingOptions {
  std::string directory;    // of the recording; made with its parents
  std::string fingerprint;  // of the program's sources
  std::string name;         // of the node: "node-1"
  std::string data;         // the node's data directory, which is locked and not in use yet
  std::uint64_t seed = 0;   // of this incarnation
  std::shared_ptr<const server::ServerSetup> setup;
};

class Recording final : public runtime::LogSink {
 public:
  // Writes the start. Error: what cannot be read or written.
  [[nodiscard]] static Result<std::unique_ptr<Recording>> open(const RecordingOptions& options);

  [[nodiscard]] runtime::InputLogWriter& writer() { return writer_; }
  // What the node is to be started with.
  [[nodiscard]] Incarnation incarnation() const { return incarnation_; }

  // After an error the log is no more written to.
  [[nodiscard]] Result<> write(std::span<const ByteView> parts) override;

 private:
  [[nodiscard]] Result<> write_all(std::span<const ByteView> parts);
  Recording(OwnedFd file, std::string path, Incarnation incarnation)
      : file_(std::move(file)), path_(std::move(path)), incarnation_(incarnation), writer_(*this) {}
  [[nodiscard]] Result<> begin(const RecordingOptions& options, runtime::FileContents contents);
  [[nodiscard]] Result<> store(const std::string& data, const runtime::InputLogStart& start);

  OwnedFd file_;
  std::string path_;
  bool named_ = false;  // it stands at its path
  Incarnation incarnation_;
  runtime::InputLogWriter writer_;
};

}  // namespace logarium::live

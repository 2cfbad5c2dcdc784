#pragma once
// CheckpointText: one of the offset checkpoints of a log directory, kept as the text of its file,
// so that a save costs what changed and one copy instead of formatting every partition. The format
// is Kafka's ("0", count, then "topic partition offset" lines) with numbers of fixed width.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/ids.hpp"

namespace logarium {
class StateVisitor;
}

namespace logarium::replica {

class CheckpointText {
 public:
  CheckpointText();
  // Sets the line of the partition in this slot; adds it at first.
  void set(std::uint32_t slot, const TopicPartition& name, Offset offset);
  // Does nothing when the slot has no line. O(lines).
  void erase(std::uint32_t slot);
  // What its line says.
  [[nodiscard]] std::optional<Offset> get(std::uint32_t slot) const;
  // Whether anything differs from what was taken last.
  [[nodiscard]] bool changed() const { return changed_; }
  // The file's content.
  [[nodiscard]] Bytes take();
  void describe(StateVisitor& v) const;

 private:
  struct Line {
    std::uint32_t slot = 0;
    std::uint32_t begin = 0, number = 0;  // positions in the text
    Offset offset;
  };
  void write_count();

  std::string text_;
  std::vector<Line> lines_;             // in text order
  std::vector<std::uint32_t> by_slot_;  // index of the line + 1; 0: none
  bool changed_ = false;
};

}  // namespace logarium::replica

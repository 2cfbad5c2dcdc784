#include "engine/replica/checkpoint_text.hpp"

#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::replica {
namespace {

constexpr std::size_t kDigits = 19;  // of any 63-bit offset
constexpr std::string_view kVersionLine = "0\n";
constexpr std::size_t kCountDigits = 10;

void write_number(std::string& text, std::size_t at, std::size_t digits, std::int64_t value) {
  ENSURE(value >= 0);
  for (std::size_t i = digits; i > 0; --i, value /= 10) {
    text[at + i - 1] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace

CheckpointText::CheckpointText() {
  text_ = kVersionLine;
  text_.append(kCountDigits, '0');
  text_ += '\n';
}

void CheckpointText::write_count() {
  write_number(text_, kVersionLine.size(), kCountDigits, static_cast<std::int64_t>(lines_.size()));
}

void CheckpointText::set(std::uint32_t slot, const TopicPartition& name, Offset offset) {
  if (by_slot_.size() <= slot) by_slot_.resize(slot + 1U, 0);
  if (by_slot_[slot] == 0) {
    Line line;
    line.slot = slot;
    line.begin = static_cast<std::uint32_t>(text_.size());
    text_ += name.topic + " " + std::to_string(name.partition.value()) + " ";
    line.number = static_cast<std::uint32_t>(text_.size());
    text_.append(kDigits, '0');
    text_ += '\n';
    line.offset = Offset(0);
    lines_.push_back(line);
    by_slot_[slot] = static_cast<std::uint32_t>(lines_.size());
    write_count();
    changed_ = true;
  }
  Line& line = lines_[by_slot_[slot] - 1];
  if (line.offset == offset) return;
  line.offset = offset;
  write_number(text_, line.number, kDigits, offset.value());
  changed_ = true;
}

void CheckpointText::erase(std::uint32_t slot) {
  if (slot >= by_slot_.size() || by_slot_[slot] == 0) return;
  const std::size_t index = by_slot_[slot] - 1;
  const std::uint32_t end = index + 1 < lines_.size() ? lines_[index + 1].begin
                                                      : static_cast<std::uint32_t>(text_.size());
  const std::uint32_t length = end - lines_[index].begin;
  text_.erase(lines_[index].begin, length);
  lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(index));
  by_slot_[slot] = 0;
  for (std::size_t i = index; i < lines_.size(); ++i) {
    lines_[i].begin -= length;
    lines_[i].number -= length;
    by_slot_[lines_[i].slot] = static_cast<std::uint32_t>(i + 1);
  }
  write_count();
  changed_ = true;
}

std::optional<Offset> CheckpointText::get(std::uint32_t slot) const {
  if (slot >= by_slot_.size() || by_slot_[slot] == 0) return std::nullopt;
  return lines_[by_slot_[slot] - 1].offset;
}

Bytes CheckpointText::take() {
  changed_ = false;
  return Bytes::copy_of(text_);
}

void CheckpointText::describe(StateVisitor& v) const {
  visit(v, "text", text_), visit(v, "changed", changed_);
}

}  // namespace logarium::replica

#include "engine/base/state_visitor.hpp"

#include <fmt/format.h>

#include "engine/base/hash.hpp"

namespace logarium {

void visit(StateVisitor& v, std::string_view name, const Bytes& bytes) {
  v.open_struct(name);
  visit(v, "size", bytes.size());
  visit(v, "hash", hash_bytes(bytes.view()));
  v.close();
}

void visit(StateVisitor& v, std::string_view name, PartitionRef partition) {
  v.text(name, fmt::format("{}-{}", to_string(partition.topic), partition.partition.value()));
}

void visit(StateVisitor& v, std::string_view name, const TopicPartition& partition) {
  v.text(name, to_string(partition));
}

void StateHasher::number(std::string_view, std::int64_t value) {
  hash_ = fold(hash_, static_cast<std::uint64_t>(value));
}
void StateHasher::text(std::string_view, std::string_view value) {
  hash_ = fold(hash_, hash_text(value));
}
void StateHasher::absent(std::string_view) { hash_ = fold(hash_, 0xab5e47ULL); }
void StateHasher::open_struct(std::string_view) { hash_ = fold(hash_, 0x57c7ULL); }
void StateHasher::open_list(std::string_view, std::size_t size) { hash_ = fold(hash_, size); }
void StateHasher::close() { hash_ = fold(hash_, 0xc105eULL); }

std::string StateLines::child(std::string_view name) {
  std::string path = path_;
  if (!levels_.empty() && levels_.back().list) {
    path += fmt::format("[{}]", levels_.back().next_index++);
  } else if (!name.empty()) {
    if (!path.empty()) path += '.';
    path += name;
  }
  return path;
}

void StateLines::enter(std::string_view name, bool list) {
  std::string path = child(name);
  levels_.push_back({path_.size(), list, 0});
  path_ = std::move(path);
}

void StateLines::number(std::string_view name, std::int64_t value) {
  lines_.push_back({child(name), fmt::format("{}", value)});
}
void StateLines::text(std::string_view name, std::string_view value) {
  lines_.push_back({child(name), fmt::format("\"{}\"", value)});
}
void StateLines::absent(std::string_view name) { lines_.push_back({child(name), "none"}); }
void StateLines::open_struct(std::string_view name) { enter(name, false); }
void StateLines::open_list(std::string_view name, std::size_t) { enter(name, true); }
void StateLines::close() {
  path_.resize(levels_.back().path_size);
  levels_.pop_back();
}

std::string first_difference(const StateLines& left, const StateLines& right) {
  const auto& a = left.lines();
  const auto& b = right.lines();
  for (std::size_t i = 0; i < a.size() || i < b.size(); ++i) {
    if (i >= a.size()) return fmt::format("{}: left has none, right is {}", b[i].path, b[i].value);
    if (i >= b.size()) return fmt::format("{}: left is {}, right has none", a[i].path, a[i].value);
    if (a[i].path != b[i].path) {
      return fmt::format("left has {} = {}, right has {} = {}", a[i].path, a[i].value, b[i].path,
                         b[i].value);
    }
    if (a[i].value != b[i].value) {
      return fmt::format("{}: left is {}, right is {}", a[i].path, a[i].value, b[i].value);
    }
  }
  return {};
}

}  // namespace logarium

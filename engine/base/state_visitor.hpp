#pragma once
// How state describes itself. Every state struct has `void describe(StateVisitor& v) const` that
// names each field once; the state digest, the first differing field, JSON and the viewer's
// before/after all come from it.
//
//   void Follower::describe(StateVisitor& v) const {
//     visit(v, "leader", leader_);
//     visit(v, "fetch offset", fetch_offset_);
//   }

#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"

namespace logarium {

class StateVisitor {
 public:
  virtual ~StateVisitor() = default;
  virtual void number(std::string_view name, std::int64_t value) = 0;
  virtual void text(std::string_view name, std::string_view value) = 0;
  virtual void absent(std::string_view name) = 0;
  // A struct (list = false) or a sequence of `size` elements, named "" each.
  virtual void open_struct(std::string_view name) = 0;
  virtual void open_list(std::string_view name, std::size_t size) = 0;
  virtual void close() = 0;
};

template <class T>
concept Describable = requires(const T& t, StateVisitor& v) {
  t.describe(v);
};

template <class T>
requires(std::integral<T> || std::is_enum_v<T>) void visit(StateVisitor& v, std::string_view name,
                                                           T value) {
  v.number(name, static_cast<std::int64_t>(value));
}
template <class Tag, class Rep>
void visit(StateVisitor& v, std::string_view name, Tagged<Tag, Rep> value) {
  v.number(name, static_cast<std::int64_t>(value.value()));
}
template <class Tag>
void visit(StateVisitor& v, std::string_view name, Position<Tag> value) {
  v.number(name, value.value());
}
inline void visit(StateVisitor& v, std::string_view name, Duration d) { v.number(name, d.ns); }
inline void visit(StateVisitor& v, std::string_view name, Instant t) { v.number(name, t.ns); }
inline void visit(StateVisitor& v, std::string_view name, WallTime t) { v.number(name, t.ns); }
inline void visit(StateVisitor& v, std::string_view name, const std::string& s) { v.text(name, s); }
inline void visit(StateVisitor& v, std::string_view name, Uuid id) { v.text(name, to_string(id)); }
void visit(StateVisitor& v, std::string_view name, const Bytes& bytes);
void visit(StateVisitor& v, std::string_view name, PartitionRef partition);
void visit(StateVisitor& v, std::string_view name, const TopicPartition& partition);

template <Describable T>
void visit(StateVisitor& v, std::string_view name, const T& value) {
  v.open_struct(name);
  value.describe(v);
  v.close();
}
template <class T>
void visit(StateVisitor& v, std::string_view name, const std::optional<T>& value);
template <class T>
void visit(StateVisitor& v, std::string_view name, const std::shared_ptr<T>& value);
template <class A, class B>
void visit(StateVisitor& v, std::string_view name, const std::pair<A, B>& value);
template <class K, class T>
void visit(StateVisitor& v, std::string_view name, const std::map<K, T>& values);
template <class T>
void visit(StateVisitor& v, std::string_view name, const std::set<T>& values);

// Any sequence with size() and iteration: vector, deque, array, ChunkedVector.
template <class Range>
requires(requires(const Range& r) {
  r.size();
  r.begin();
  r.end();
} && !std::convertible_to<const Range&, std::string_view> &&
         !Describable<Range>) void visit(StateVisitor& v, std::string_view name,
                                         const Range& values) {
  v.open_list(name, values.size());
  for (const auto& value : values) visit(v, "", value);
  v.close();
}
template <class T>
void visit(StateVisitor& v, std::string_view name, const std::optional<T>& value) {
  if (value) {
    visit(v, name, *value);
  } else {
    v.absent(name);
  }
}
template <class T>
void visit(StateVisitor& v, std::string_view name, const std::shared_ptr<T>& value) {
  if (value) {
    visit(v, name, *value);
  } else {
    v.absent(name);
  }
}
template <class A, class B>
void visit(StateVisitor& v, std::string_view name, const std::pair<A, B>& value) {
  v.open_struct(name);
  visit(v, "first", value.first);
  visit(v, "second", value.second);
  v.close();
}
template <class K, class T>
void visit(StateVisitor& v, std::string_view name, const std::map<K, T>& values) {
  v.open_list(name, values.size());
  for (const auto& entry : values) visit(v, "", entry);
  v.close();
}
template <class T>
void visit(StateVisitor& v, std::string_view name, const std::set<T>& values) {
  v.open_list(name, values.size());
  for (const auto& value : values) visit(v, "", value);
  v.close();
}

// Folds everything visited into one 64-bit hash.
class StateHasher final : public StateVisitor {
 public:
  void number(std::string_view name, std::int64_t value) override;
  void text(std::string_view name, std::string_view value) override;
  void absent(std::string_view name) override;
  void open_struct(std::string_view name) override;
  void open_list(std::string_view name, std::size_t size) override;
  void close() override;
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0;
};

// Renders state as one "path = value" line per leaf; comparing two of these finds the first
// differing field.
class StateLines final : public StateVisitor {
 public:
  struct Line {
    std::string path;
    std::string value;
    bool operator==(const Line&) const = default;
  };
  void number(std::string_view name, std::int64_t value) override;
  void text(std::string_view name, std::string_view value) override;
  void absent(std::string_view name) override;
  void open_struct(std::string_view name) override;
  void open_list(std::string_view name, std::size_t size) override;
  void close() override;
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

 private:
  struct Level {
    std::size_t path_size = 0;  // of the parent's path
    bool list = false;
    std::size_t next_index = 0;
  };
  void enter(std::string_view name, bool list);
  std::string child(std::string_view name);
  std::string path_;
  std::vector<Level> levels_;
  std::vector<Line> lines_;
};

// "path: left is X, right is Y" of the first difference; empty when equal.
[[nodiscard]] std::string first_difference(const StateLines& left, const StateLines& right);

template <class T>
[[nodiscard]] std::uint64_t state_hash(const T& state) {
  StateHasher hasher;
  visit(hasher, "", state);
  return hasher.value();
}

}  // namespace logarium

#pragma once
// Filter tree: a filter as it was read; filter.cpp makes it, filter_match.cpp asks it.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/ids.hpp"
#include "viz/model/event_kind.hpp"

namespace logarium::viz {

enum class FilterOp : std::uint8_t { kTerm, kAnd, kOr, kNot };
enum class FilterField : std::uint8_t {
  kText,
  kKind,
  kNode,
  kPartition,
  kTopic,
  kApi,
  kFrom,
  kTime,
  kEvent,
};
enum class Compare : std::uint8_t { kIs, kIsNot, kLess, kAtMost, kMore, kAtLeast };

struct FilterNode;
using FilterTree = std::shared_ptr<const FilterNode>;

struct FilterNode {
  FilterOp op = FilterOp::kTerm;
  FilterTree left, right;  // kNot has the left one only
  // Of a term:
  FilterField field = FilterField::kText;
  Compare compare = Compare::kIs;
  EventKindSet kinds = 0;
  std::vector<std::int64_t> numbers;     // nodes, APIs, a time in ns, events
  std::vector<PartitionRef> partitions;  // or topics, by their ids alone
  std::string text;                      // small letters
  std::string written;                   // as the person wrote it
};

}  // namespace logarium::viz

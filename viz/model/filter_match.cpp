// Filter: asking whether an event passes.

#include <algorithm>

#include "viz/model/events.hpp"
#include "viz/model/filter.hpp"
#include "viz/model/filter_tree.hpp"
#include "viz/model/partitions_of.hpp"

namespace logarium::viz {
namespace {

class Matcher {
 public:
  Matcher(const trace::Event& event, const Labels& labels) : event_(event), labels_(labels) {}

  bool passes(const FilterNode& node) {
    switch (node.op) {
      case FilterOp::kAnd:
        return passes(*node.left) && passes(*node.right);
      case FilterOp::kOr:
        return passes(*node.left) || passes(*node.right);
      case FilterOp::kNot:
        return !passes(*node.left);
      case FilterOp::kTerm:
        return node.compare == Compare::kIsNot ? !is(node) : is(node);
    }
    return false;
  }

 private:
  bool is(const FilterNode& node) {
    switch (node.field) {
      case FilterField::kText:
        return line().find(node.text) != std::string::npos;
      case FilterField::kKind:
        return (kinds_of(event_) & node.kinds) != 0;
      case FilterField::kNode:
        return has(node, event_.node);
      case FilterField::kFrom:
        return event_.input.sent != 0 && has(node, event_.input.sender);
      case FilterField::kApi:
        return event_.input.kind == trace::InputKind::kReceived && has(node, event_.input.api_key);
      case FilterField::kTime:
        return compares(node, event_.time.ns);
      case FilterField::kEvent:
        return compares(node, static_cast<std::int64_t>(event_.number));
      case FilterField::kPartition:
      case FilterField::kTopic:
        return about(node);
    }
    return false;
  }
  static bool has(const FilterNode& node, std::int64_t value) {
    return std::find(node.numbers.begin(), node.numbers.end(), value) != node.numbers.end();
  }
  static bool compares(const FilterNode& node, std::int64_t value) {
    const std::int64_t limit = node.numbers.front();
    switch (node.compare) {
      case Compare::kIs:
      case Compare::kIsNot:
        return has(node, value);
      case Compare::kLess:
        return value < limit;
      case Compare::kAtMost:
        return value <= limit;
      case Compare::kMore:
        return value > limit;
      case Compare::kAtLeast:
        return value >= limit;
    }
    return false;
  }
  bool about(const FilterNode& node) {
    const std::vector<PartitionRef> refs = partitions_of(event_);
    const bool whole = node.field == FilterField::kTopic;
    return std::any_of(refs.begin(), refs.end(), [&](const PartitionRef& ref) {
      return std::any_of(node.partitions.begin(), node.partitions.end(),
                         [&](const PartitionRef& wanted) {
                           return whole ? wanted.topic == ref.topic : wanted == ref;
                         });
    });
  }
  // Kind, node and line, in small letters.
  const std::string& line() {
    if (!line_.empty()) return line_;
    line_ = std::string(word(kind_of(event_))) + " " + labels_.brief(event_.node) + " " +
            labels_.name(event_.node);
    if (event_.notes.empty()) line_ += " " + line_of(event_, labels_);
    for (const Note& note : event_.notes) line_ += " " + words_of(note, labels_);
    for (char& c : line_) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return line_;
  }

  const trace::Event& event_;
  const Labels& labels_;
  std::string line_;
};

// Kinds one of which an event must have to pass.
EventKindSet needed(const FilterNode& node) {
  switch (node.op) {
    case FilterOp::kAnd: {
      // Either side's alone is right; the narrower one finds them sooner.
      const EventKindSet left = needed(*node.left);
      const EventKindSet right = needed(*node.right);
      return left == kAnyKind ? right : left;
    }
    case FilterOp::kOr:
      return needed(*node.left) | needed(*node.right);
    case FilterOp::kNot:
      return kAnyKind;
    case FilterOp::kTerm:
      return node.field == FilterField::kKind && node.compare == Compare::kIs ? node.kinds
                                                                              : kAnyKind;
  }
  return kAnyKind;
}

std::string print(const FilterNode& node) {
  const auto wrapped = [](const FilterNode& one) {
    return one.op == FilterOp::kOr ? "(" + print(one) + ")" : print(one);
  };
  switch (node.op) {
    case FilterOp::kAnd:
      return wrapped(*node.left) + " " + wrapped(*node.right);
    case FilterOp::kOr:
      return print(*node.left) + " | " + print(*node.right);
    case FilterOp::kNot:
      return node.left->op == FilterOp::kAnd || node.left->op == FilterOp::kOr
                 ? "!(" + print(*node.left) + ")"
                 : "!" + print(*node.left);
    case FilterOp::kTerm:
      return node.written;
  }
  return "";
}

}  // namespace

bool Filter::passes(const trace::Event& event, const Labels& labels) const {
  return root_ == nullptr || Matcher(event, labels).passes(*root_);
}

EventKindSet Filter::kinds() const { return root_ == nullptr ? kAnyKind : needed(*root_); }

std::string Filter::text() const { return root_ == nullptr ? std::string() : print(*root_); }

}  // namespace logarium::viz

#pragma once
// What every checker shares: its copy and the wording of a violation.

#include <memory>
#include <string>
#include <utility>

#include "sim/checkers/checker.hpp"

namespace logarium::checkers {

template <class Self>
class CheckerOf : public Checker {
 public:
  [[nodiscard]] std::unique_ptr<Checker> clone() const override {
    return std::make_unique<Self>(static_cast<const Self&>(*this));
  }

 protected:
  struct Words {
    std::string explanation, expected, seen;
    std::vector<Cause> causes = {};
  };
  void report(Findings& findings, const ClusterState::At& at, Words words) const {
    findings.violation({property(), at.event, at.time, at.node, std::move(words.explanation),
                        std::move(words.expected), std::move(words.seen), std::move(words.causes)});
  }
  [[nodiscard]] static ClusterState::At moment_of(const Moment& moment, NodeIndex node) {
    return {moment.event, moment.time, node};
  }
};

// The last causes that touched a partition, oldest first, at most eight.
[[nodiscard]] std::vector<Cause> recent_causes(const PartitionState& partition);

// "TOPICID-0", "node 2": how properties name things.
[[nodiscard]] std::string name_of(PartitionRef partition);
[[nodiscard]] std::string name_of(NodeId node);

}  // namespace logarium::checkers

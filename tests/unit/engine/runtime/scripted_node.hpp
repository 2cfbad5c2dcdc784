#pragma once
// A node that does what its script says, whatever it is told.

#include <memory>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/node.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::runtime::test {

struct Script {
  Effects next;              // of the next step
  std::vector<Input> seen;   // all inputs so far
  std::uint64_t random = 1;  // position of its random stream
  bool fails = false;        // the next step fails an ENSURE
  Instant deadline = kNever;
};

class ScriptedNode final : public Node {
 public:
  explicit ScriptedNode(std::shared_ptr<Script> script) : script_(std::move(script)) {}
  void step(const Now&, const Input& input, Effects& out) override {
    ENSURE(!script_->fails);
    script_->seen.push_back(input);
    out = std::exchange(script_->next, {});
  }
  [[nodiscard]] Instant next_deadline() const override { return script_->deadline; }
  [[nodiscard]] std::unique_ptr<Node> clone() const override {
    return std::make_unique<ScriptedNode>(*this);
  }
  void describe(StateVisitor& v) const override { visit(v, "inputs", script_->seen.size()); }
  [[nodiscard]] std::uint64_t random_fingerprint() const override { return script_->random; }

 private:
  std::shared_ptr<Script> script_;
};

}  // namespace logarium::runtime::test

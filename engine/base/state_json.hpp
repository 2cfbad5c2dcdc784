#pragma once
// StateJson: described state (state_visitor.hpp) as one JSON object. Names are those of `describe`;
// an absent value is null. Numbers are written in full: beyond 2^53 a reader that takes them for
// floats loses digits.

#include <string>
#include <vector>

#include "engine/base/state_visitor.hpp"

namespace logarium {

class StateJson final : public StateVisitor {
 public:
  StateJson() : levels_{Level{}}, out_("{") {}
  void number(std::string_view name, std::int64_t value) override;
  void text(std::string_view name, std::string_view value) override;
  void absent(std::string_view name) override;
  void open_struct(std::string_view name) override;
  void open_list(std::string_view name, std::size_t size) override;
  void close() override;
  // REQUIRES: everything that was opened is closed.
  [[nodiscard]] std::string take() &&;

 private:
  struct Level {
    bool list = false;
    bool any = false;
  };
  void begin(std::string_view name);

  std::vector<Level> levels_;
  std::string out_;
};

// The fields of a state, in braces.
template <Describable T>
[[nodiscard]] std::string state_json(const T& state) {
  StateJson json;
  state.describe(json);
  return std::move(json).take();
}

}  // namespace logarium

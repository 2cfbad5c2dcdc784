#include "engine/base/state_json.hpp"

#include <fmt/format.h>

#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/base/json_string.hpp"

namespace logarium {

void StateJson::begin(std::string_view name) {
  Level& level = levels_.back();
  if (std::exchange(level.any, true)) out_ += ", ";
  if (!level.list) out_ += json_quoted(name) + ": ";
}

void StateJson::number(std::string_view name, std::int64_t value) {
  begin(name);
  out_ += std::to_string(value);
}

void StateJson::text(std::string_view name, std::string_view value) {
  begin(name);
  out_ += json_quoted(value);
}

void StateJson::absent(std::string_view name) {
  begin(name);
  out_ += "null";
}

void StateJson::open_struct(std::string_view name) {
  begin(name);
  out_ += '{';
  levels_.push_back({.list = false});
}

void StateJson::open_list(std::string_view name, std::size_t /*size*/) {
  begin(name);
  out_ += '[';
  levels_.push_back({.list = true});
}

void StateJson::close() {
  ENSURE(levels_.size() > 1);
  out_ += levels_.back().list ? ']' : '}';
  levels_.pop_back();
}

std::string StateJson::take() && {
  ENSURE(levels_.size() == 1);
  return std::move(out_) + '}';
}

}  // namespace logarium

#pragma once
// Result<T>: a value, or what went wrong in the environment (bytes, files, peers). Protocol errors
// are ErrorCode values in messages, and our own bugs are ENSUREs; neither belongs here.

#include <string>
#include <utility>
#include <variant>

#include "engine/base/ensure.hpp"

namespace logarium {

// What was wrong, where, and what would be right, in one sentence for a person.
struct Error {
  std::string message;
};

struct Ok {};

template <class T = Ok>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT
  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // REQUIRES: ok().
  [[nodiscard]] const T& value() const& {
    ENSURE(ok());
    return std::get<0>(state_);
  }
  [[nodiscard]] T& value() & {
    ENSURE(ok());
    return std::get<0>(state_);
  }
  [[nodiscard]] T&& value() && {
    ENSURE(ok());
    return std::get<0>(std::move(state_));
  }
  // REQUIRES: !ok().
  [[nodiscard]] const Error& error() const {
    ENSURE(!ok());
    return std::get<1>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

}  // namespace logarium

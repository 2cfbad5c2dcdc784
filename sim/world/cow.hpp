#pragma once
// Cow: a value that copies share until one of them changes it, so that copying a world does not
// copy its disks. Sharing is never visible in what the value holds.

#include <memory>
#include <utility>

namespace logarium::world {

template <class T>
class Cow {
 public:
  Cow() = default;  // holds nothing; not to be read
  explicit Cow(T value) : value_(std::make_shared<T>(std::move(value))) {}
  [[nodiscard]] const T& operator*() const { return *value_; }
  [[nodiscard]] const T* operator->() const { return value_.get(); }
  // To change it; makes it this holder's own first.
  [[nodiscard]] T& edit() {
    if (value_.use_count() > 1) value_ = std::make_shared<T>(*value_);
    return *value_;
  }

 private:
  std::shared_ptr<T> value_;
};

}  // namespace logarium::world

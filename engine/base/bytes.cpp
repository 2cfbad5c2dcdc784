#include "engine/base/bytes.hpp"

#include <algorithm>

#include "engine/base/ensure.hpp"

namespace logarium {

Bytes::Bytes(std::vector<std::byte> storage) {
  if (storage.empty()) return;
  auto owner = std::make_shared<const std::vector<std::byte>>(std::move(storage));
  data_ = owner->data();
  size_ = owner->size();
  owner_ = std::move(owner);
}

Bytes::Bytes(std::shared_ptr<const std::byte[]> storage, std::size_t size) {
  if (size == 0) return;
  ENSURE(storage != nullptr);
  data_ = storage.get();
  size_ = size;
  owner_ = std::move(storage);
}

Bytes Bytes::copy_of(ByteView source) {
  return Bytes(std::vector<std::byte>(source.begin(), source.end()));
}

Bytes Bytes::slice(std::size_t from, std::size_t length) const {
  ENSURE(from <= size_);
  ENSURE(length <= size_ - from);
  Bytes part;
  if (length == 0) return part;
  part.owner_ = owner_;
  part.data_ = data_ + from;
  part.size_ = length;
  return part;
}

bool operator==(const Bytes& a, const Bytes& b) {
  return a.size_ == b.size_ && std::equal(a.data_, a.data_ + a.size_, b.data_);
}

}  // namespace logarium

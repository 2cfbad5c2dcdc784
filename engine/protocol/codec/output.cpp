#include <cstring>

#include "engine/protocol/codec/encoder.hpp"
#include "engine/protocol/codec/limits.hpp"

namespace logarium::protocol {

void Output::varint(std::uint64_t value) {
  while (value >= 0x80) {
    *at_++ = static_cast<std::byte>((value & 0x7f) | 0x80);
    value >>= 7;
  }
  *at_++ = static_cast<std::byte>(value);
}

void Output::raw(ByteView bytes) {
  if (bytes.empty()) return;
  std::memcpy(at_, bytes.data(), bytes.size());
  at_ += bytes.size();
}

void Output::string(std::string_view text, bool flexible) {
  ENSURE(text.size() <= kStringBytesMax);
  if (flexible) {
    varint(text.size() + 1);
  } else {
    number(static_cast<std::int16_t>(text.size()));
  }
  raw(view_of(text));
}

void Output::blob_length(std::size_t bytes, bool flexible) {
  ENSURE(bytes <= kBlobBytesMax);
  if (flexible) {
    varint(bytes + 1);
  } else {
    number(static_cast<std::int32_t>(bytes));
  }
}

void Output::null_blob(bool flexible) {
  if (flexible) {
    varint(0);
  } else {
    number(std::int32_t{-1});
  }
}

void Output::null_string(bool flexible) {
  if (flexible) {
    varint(0);
  } else {
    number(std::int16_t{-1});
  }
}

void Output::records(const Records& records, bool flexible) {
  blob_length(size_bytes(records), flexible);
  for (const Batch& batch : records) {
    if (batch.readable()) raw(batch.encoded_header());
    if (gathered_ != nullptr && batch.payload().size() >= Gathered::kSharedBytesMin) {
      const auto at = static_cast<std::size_t>(at_ - gathered_->bytes.data());
      gathered_->pieces.push_back({at, batch.payload()});
    } else {
      raw(batch.payload().view());
    }
  }
}

}  // namespace logarium::protocol

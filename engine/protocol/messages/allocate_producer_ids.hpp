#pragma once
// AllocateProducerIds (key 67): a broker asks the controller for a block of producer ids
// (KIP-730).

#include <cstdint>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct AllocateProducerIdsRequest final
    : Wire<AllocateProducerIdsRequest, ApiKey::kAllocateProducerIds, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 0};
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = -1;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct AllocateProducerIdsResponse final
    : Wire<AllocateProducerIdsResponse, ApiKey::kAllocateProducerIds,
           Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 0};
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::int64_t producer_id_start = 0;
  std::int32_t producer_id_len = 0;

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol

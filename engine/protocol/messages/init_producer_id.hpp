#pragma once
// InitProducerId (key 22): gives a producer its id and epoch (KIP-98, KIP-360; v6 is KIP-939).

#include <cstdint>
#include <optional>
#include <string>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct InitProducerIdRequest final
    : Wire<InitProducerIdRequest, ApiKey::kInitProducerId, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 6};
  static constexpr std::int16_t kFlexibleFrom = 2;

  std::optional<std::string> transactional_id = {};
  std::int32_t transaction_timeout_ms = 0;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  bool enable_2pc = false;
  bool keep_prepared_txn = false;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct InitProducerIdResponse final
    : Wire<InitProducerIdResponse, ApiKey::kInitProducerId, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 6};
  static constexpr std::int16_t kFlexibleFrom = 2;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = 0;
  std::int64_t ongoing_txn_producer_id = -1;
  std::int16_t ongoing_txn_producer_epoch = -1;

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol

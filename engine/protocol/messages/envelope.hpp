#pragma once
// Envelope (key 58): a request that a broker forwards to the controller for its client, and the
// answer (KIP-590).

#include <cstdint>
#include <optional>

#include "engine/base/bytes.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct EnvelopeRequest final
    : Wire<EnvelopeRequest, ApiKey::kEnvelope, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 0};
  static constexpr std::int16_t kFlexibleFrom = 0;

  Bytes request_data = {};
  std::optional<Bytes> request_principal = {};
  Bytes client_host_address = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct EnvelopeResponse final
    : Wire<EnvelopeResponse, ApiKey::kEnvelope, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 0};
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::optional<Bytes> response_data = {};
  ErrorCode error_code = ErrorCode::kNone;

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol

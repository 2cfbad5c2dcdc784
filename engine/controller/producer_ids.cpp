#include "engine/controller/producer_ids.hpp"

#include <limits>

#include "engine/controller/lifecycle.hpp"

namespace logarium::controller {

Decision allocate_producer_ids(const View& view,
                               const protocol::AllocateProducerIdsRequest& request) {
  Decision decision;
  auto response = std::make_shared<protocol::AllocateProducerIdsResponse>();
  decision.response = response;
  response->error_code =
      check_broker_epoch(view, NodeId(request.broker_id), BrokerEpoch(request.broker_epoch));
  if (response->error_code != protocol::ErrorCode::kNone) return decision;
  const std::int64_t first = view.image.next_producer_id().value();
  if (first > std::numeric_limits<std::int64_t>::max() - kProducerIdBlock) {
    response->error_code = protocol::ErrorCode::kUnknownServerError;
    return decision;
  }
  response->producer_id_start = first;
  response->producer_id_len = kProducerIdBlock;
  decision.records.emplace_back(metadata::ProducerIdsRecord{request.broker_id, request.broker_epoch,
                                                            first + kProducerIdBlock});
  return decision;
}

}  // namespace logarium::controller

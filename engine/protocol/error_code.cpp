#include "engine/protocol/error_code.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace logarium::protocol {

namespace {

// The row of -1 comes first.
constexpr std::string_view kErrorNames[] = {"UNKNOWN_SERVER_ERROR",
                                            "NONE",
                                            "OFFSET_OUT_OF_RANGE",
                                            "CORRUPT_MESSAGE",
                                            "UNKNOWN_TOPIC_OR_PARTITION",
                                            "INVALID_FETCH_SIZE",
                                            "LEADER_NOT_AVAILABLE",
                                            "NOT_LEADER_OR_FOLLOWER",
                                            "REQUEST_TIMED_OUT",
                                            "BROKER_NOT_AVAILABLE",
                                            "REPLICA_NOT_AVAILABLE",
                                            "MESSAGE_TOO_LARGE",
                                            "STALE_CONTROLLER_EPOCH",
                                            "OFFSET_METADATA_TOO_LARGE",
                                            "NETWORK_EXCEPTION",
                                            "COORDINATOR_LOAD_IN_PROGRESS",
                                            "COORDINATOR_NOT_AVAILABLE",
                                            "NOT_COORDINATOR",
                                            "INVALID_TOPIC_EXCEPTION",
                                            "RECORD_LIST_TOO_LARGE",
                                            "NOT_ENOUGH_REPLICAS",
                                            "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
                                            "INVALID_REQUIRED_ACKS",
                                            "ILLEGAL_GENERATION",
                                            "INCONSISTENT_GROUP_PROTOCOL",
                                            "INVALID_GROUP_ID",
                                            "UNKNOWN_MEMBER_ID",
                                            "INVALID_SESSION_TIMEOUT",
                                            "REBALANCE_IN_PROGRESS",
                                            "INVALID_COMMIT_OFFSET_SIZE",
                                            "TOPIC_AUTHORIZATION_FAILED",
                                            "GROUP_AUTHORIZATION_FAILED",
                                            "CLUSTER_AUTHORIZATION_FAILED",
                                            "INVALID_TIMESTAMP",
                                            "UNSUPPORTED_SASL_MECHANISM",
                                            "ILLEGAL_SASL_STATE",
                                            "UNSUPPORTED_VERSION",
                                            "TOPIC_ALREADY_EXISTS",
                                            "INVALID_PARTITIONS",
                                            "INVALID_REPLICATION_FACTOR",
                                            "INVALID_REPLICA_ASSIGNMENT",
                                            "INVALID_CONFIG",
                                            "NOT_CONTROLLER",
                                            "INVALID_REQUEST",
                                            "UNSUPPORTED_FOR_MESSAGE_FORMAT",
                                            "POLICY_VIOLATION",
                                            "OUT_OF_ORDER_SEQUENCE_NUMBER",
                                            "DUPLICATE_SEQUENCE_NUMBER",
                                            "INVALID_PRODUCER_EPOCH",
                                            "INVALID_TXN_STATE",
                                            "INVALID_PRODUCER_ID_MAPPING",
                                            "INVALID_TRANSACTION_TIMEOUT",
                                            "CONCURRENT_TRANSACTIONS",
                                            "TRANSACTION_COORDINATOR_FENCED",
                                            "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
                                            "SECURITY_DISABLED",
                                            "OPERATION_NOT_ATTEMPTED",
                                            "KAFKA_STORAGE_ERROR",
                                            "LOG_DIR_NOT_FOUND",
                                            "SASL_AUTHENTICATION_FAILED",
                                            "UNKNOWN_PRODUCER_ID",
                                            "REASSIGNMENT_IN_PROGRESS",
                                            "DELEGATION_TOKEN_AUTH_DISABLED",
                                            "DELEGATION_TOKEN_NOT_FOUND",
                                            "DELEGATION_TOKEN_OWNER_MISMATCH",
                                            "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED",
                                            "DELEGATION_TOKEN_AUTHORIZATION_FAILED",
                                            "DELEGATION_TOKEN_EXPIRED",
                                            "INVALID_PRINCIPAL_TYPE",
                                            "NON_EMPTY_GROUP",
                                            "GROUP_ID_NOT_FOUND",
                                            "FETCH_SESSION_ID_NOT_FOUND",
                                            "INVALID_FETCH_SESSION_EPOCH",
                                            "LISTENER_NOT_FOUND",
                                            "TOPIC_DELETION_DISABLED",
                                            "FENCED_LEADER_EPOCH",
                                            "UNKNOWN_LEADER_EPOCH",
                                            "UNSUPPORTED_COMPRESSION_TYPE",
                                            "STALE_BROKER_EPOCH",
                                            "OFFSET_NOT_AVAILABLE",
                                            "MEMBER_ID_REQUIRED",
                                            "PREFERRED_LEADER_NOT_AVAILABLE",
                                            "GROUP_MAX_SIZE_REACHED",
                                            "FENCED_INSTANCE_ID",
                                            "ELIGIBLE_LEADERS_NOT_AVAILABLE",
                                            "ELECTION_NOT_NEEDED",
                                            "NO_REASSIGNMENT_IN_PROGRESS",
                                            "GROUP_SUBSCRIBED_TO_TOPIC",
                                            "INVALID_RECORD",
                                            "UNSTABLE_OFFSET_COMMIT",
                                            "THROTTLING_QUOTA_EXCEEDED",
                                            "PRODUCER_FENCED",
                                            "RESOURCE_NOT_FOUND",
                                            "DUPLICATE_RESOURCE",
                                            "UNACCEPTABLE_CREDENTIAL",
                                            "INCONSISTENT_VOTER_SET",
                                            "INVALID_UPDATE_VERSION",
                                            "FEATURE_UPDATE_FAILED",
                                            "PRINCIPAL_DESERIALIZATION_FAILURE",
                                            "SNAPSHOT_NOT_FOUND",
                                            "POSITION_OUT_OF_RANGE",
                                            "UNKNOWN_TOPIC_ID",
                                            "DUPLICATE_BROKER_REGISTRATION",
                                            "BROKER_ID_NOT_REGISTERED",
                                            "INCONSISTENT_TOPIC_ID",
                                            "INCONSISTENT_CLUSTER_ID",
                                            "TRANSACTIONAL_ID_NOT_FOUND",
                                            "FETCH_SESSION_TOPIC_ID_ERROR",
                                            "INELIGIBLE_REPLICA",
                                            "NEW_LEADER_ELECTED",
                                            "OFFSET_MOVED_TO_TIERED_STORAGE",
                                            "FENCED_MEMBER_EPOCH",
                                            "UNRELEASED_INSTANCE_ID",
                                            "UNSUPPORTED_ASSIGNOR",
                                            "STALE_MEMBER_EPOCH",
                                            "MISMATCHED_ENDPOINT_TYPE",
                                            "UNSUPPORTED_ENDPOINT_TYPE",
                                            "UNKNOWN_CONTROLLER_ID",
                                            "UNKNOWN_SUBSCRIPTION_ID",
                                            "TELEMETRY_TOO_LARGE",
                                            "INVALID_REGISTRATION",
                                            "TRANSACTION_ABORTABLE",
                                            "INVALID_RECORD_STATE",
                                            "SHARE_SESSION_NOT_FOUND",
                                            "INVALID_SHARE_SESSION_EPOCH",
                                            "FENCED_STATE_EPOCH",
                                            "INVALID_VOTER_KEY",
                                            "DUPLICATE_VOTER",
                                            "VOTER_NOT_FOUND",
                                            "INVALID_REGULAR_EXPRESSION",
                                            "REBOOTSTRAP_REQUIRED",
                                            "STREAMS_INVALID_TOPOLOGY",
                                            "STREAMS_INVALID_TOPOLOGY_EPOCH",
                                            "STREAMS_TOPOLOGY_FENCED",
                                            "SHARE_SESSION_LIMIT_REACHED"};

}  // namespace

std::string_view name_of(ErrorCode code) {
  const auto index = static_cast<std::size_t>(static_cast<int>(code) + 1);
  return index < std::size(kErrorNames) ? kErrorNames[index] : "unknown";
}

std::optional<ErrorCode> find_error(std::string_view name) {
  const auto* const found = std::find(std::begin(kErrorNames), std::end(kErrorNames), name);
  if (found == std::end(kErrorNames)) return std::nullopt;
  return static_cast<ErrorCode>(found - std::begin(kErrorNames) - 1);
}

std::span<const std::string_view> error_names() { return kErrorNames; }

bool is_retriable(ErrorCode code) {
  switch (code) {
    case ErrorCode::kCorruptMessage:
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kLeaderNotAvailable:
    case ErrorCode::kNotLeaderOrFollower:
    case ErrorCode::kRequestTimedOut:
    case ErrorCode::kReplicaNotAvailable:
    case ErrorCode::kNetworkException:
    case ErrorCode::kCoordinatorLoadInProgress:
    case ErrorCode::kCoordinatorNotAvailable:
    case ErrorCode::kNotCoordinator:
    case ErrorCode::kNotEnoughReplicas:
    case ErrorCode::kNotEnoughReplicasAfterAppend:
    case ErrorCode::kNotController:
    case ErrorCode::kConcurrentTransactions:
    case ErrorCode::kKafkaStorageError:
    case ErrorCode::kFetchSessionIdNotFound:
    case ErrorCode::kInvalidFetchSessionEpoch:
    case ErrorCode::kListenerNotFound:
    case ErrorCode::kFencedLeaderEpoch:
    case ErrorCode::kUnknownLeaderEpoch:
    case ErrorCode::kOffsetNotAvailable:
    case ErrorCode::kPreferredLeaderNotAvailable:
    case ErrorCode::kEligibleLeadersNotAvailable:
    case ErrorCode::kElectionNotNeeded:
    case ErrorCode::kUnstableOffsetCommit:
    case ErrorCode::kThrottlingQuotaExceeded:
    case ErrorCode::kUnknownTopicId:
    case ErrorCode::kInconsistentTopicId:
    case ErrorCode::kFetchSessionTopicIdError:
    case ErrorCode::kShareSessionNotFound:
    case ErrorCode::kInvalidShareSessionEpoch:
      return true;
    default:
      return false;
  }
}

bool is_stale_metadata(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kLeaderNotAvailable:
    case ErrorCode::kNotLeaderOrFollower:
    case ErrorCode::kReplicaNotAvailable:
    case ErrorCode::kNetworkException:
    case ErrorCode::kKafkaStorageError:
    case ErrorCode::kListenerNotFound:
    case ErrorCode::kFencedLeaderEpoch:
    case ErrorCode::kPreferredLeaderNotAvailable:
    case ErrorCode::kEligibleLeadersNotAvailable:
    case ErrorCode::kElectionNotNeeded:
    case ErrorCode::kUnknownTopicId:
    case ErrorCode::kInconsistentTopicId:
      return true;
    default:
      return false;
  }
}

}  // namespace logarium::protocol

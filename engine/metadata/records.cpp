#include "engine/metadata/records.hpp"

#include <array>

#include "engine/base/varint.hpp"
#include "engine/protocol/codec/described.hpp"

namespace logarium::metadata {

using protocol::since;

template <class V, class M>
void RegisterBrokerRecord::BrokerEndpoint::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Host", m.host, since(0));
  v("Port", m.port, since(0));
  v("SecurityProtocol", m.security_protocol, since(0));
}

template <class V, class M>
void RegisterBrokerRecord::BrokerFeature::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("MinSupportedVersion", m.min_supported_version, since(0));
  v("MaxSupportedVersion", m.max_supported_version, since(0));
}

template <class V, class M>
void RegisterBrokerRecord::describe(V& v, M& m) {
  v("BrokerId", m.broker_id, since(0));
  v("IsMigratingZkBroker", m.is_migrating_zk_broker, since(2));
  v("IncarnationId", m.incarnation_id, since(0));
  v("BrokerEpoch", m.broker_epoch, since(0));
  v("EndPoints", m.end_points, since(0));
  v("Features", m.features, since(0));
  v("Rack", m.rack, since(0).nullable());
  v("Fenced", m.fenced, since(0));
  v("InControlledShutdown", m.in_controlled_shutdown, since(1));
  v("LogDirs", m.log_dirs, since(3).tagged(0));
}

template <class V, class M>
void UnregisterBrokerRecord::describe(V& v, M& m) {
  v("BrokerId", m.broker_id, since(0));
  v("BrokerEpoch", m.broker_epoch, since(0));
}

template <class V, class M>
void TopicRecord::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("TopicId", m.topic_id, since(0));
}

template <class V, class M>
void PartitionRecord::describe(V& v, M& m) {
  v("PartitionId", m.partition_id, since(0));
  v("TopicId", m.topic_id, since(0));
  v("Replicas", m.replicas, since(0));
  v("Isr", m.isr, since(0));
  v("RemovingReplicas", m.removing_replicas, since(0));
  v("AddingReplicas", m.adding_replicas, since(0));
  v("Leader", m.leader, since(0));
  v("LeaderRecoveryState", m.leader_recovery_state, since(0).tagged(0));
  v("LeaderEpoch", m.leader_epoch, since(0));
  v("PartitionEpoch", m.partition_epoch, since(0));
  v("Directories", m.directories, since(1));
  v("EligibleLeaderReplicas", m.eligible_leader_replicas, since(2).nullable().tagged(1));
  v("LastKnownElr", m.last_known_elr, since(2).nullable().tagged(2));
}

template <class V, class M>
void ConfigRecord::describe(V& v, M& m) {
  v("ResourceType", m.resource_type, since(0));
  v("ResourceName", m.resource_name, since(0));
  v("Name", m.name, since(0));
  v("Value", m.value, since(0).nullable());
}

template <class V, class M>
void PartitionChangeRecord::describe(V& v, M& m) {
  v("PartitionId", m.partition_id, since(0));
  v("TopicId", m.topic_id, since(0));
  v("Isr", m.isr, since(0).nullable().tagged(0));
  v("Leader", m.leader, since(0).tagged(1, kNoLeaderChange));
  v("Replicas", m.replicas, since(0).nullable().tagged(2));
  v("RemovingReplicas", m.removing_replicas, since(0).nullable().tagged(3));
  v("AddingReplicas", m.adding_replicas, since(0).nullable().tagged(4));
  v("LeaderRecoveryState", m.leader_recovery_state, since(0).tagged(5, kNoRecoveryChange));
  v("EligibleLeaderReplicas", m.eligible_leader_replicas, since(2).nullable().tagged(6));
  v("LastKnownElr", m.last_known_elr, since(2).nullable().tagged(7));
  v("Directories", m.directories, since(1).nullable().tagged(8));
}

template <class V, class M>
void FenceBrokerRecord::describe(V& v, M& m) {
  v("Id", m.id, since(0));
  v("Epoch", m.epoch, since(0));
}

template <class V, class M>
void UnfenceBrokerRecord::describe(V& v, M& m) {
  v("Id", m.id, since(0));
  v("Epoch", m.epoch, since(0));
}

template <class V, class M>
void RemoveTopicRecord::describe(V& v, M& m) {
  v("TopicId", m.topic_id, since(0));
}

template <class V, class M>
void FeatureLevelRecord::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("FeatureLevel", m.feature_level, since(0));
}

template <class V, class M>
void ProducerIdsRecord::describe(V& v, M& m) {
  v("BrokerId", m.broker_id, since(0));
  v("BrokerEpoch", m.broker_epoch, since(0));
  v("NextProducerId", m.next_producer_id, since(0));
}

template <class V, class M>
void BrokerRegistrationChangeRecord::describe(V& v, M& m) {
  v("BrokerId", m.broker_id, since(0));
  v("BrokerEpoch", m.broker_epoch, since(0));
  v("Fenced", m.fenced, since(0).tagged(0));
  v("InControlledShutdown", m.in_controlled_shutdown, since(1).tagged(1));
  v("LogDirs", m.log_dirs, since(2).tagged(2));
}

template <class V, class M>
void NoOpRecord::describe(V& /*v*/, M& /*m*/) {}

template <class V, class M>
void RegisterControllerRecord::ControllerEndpoint::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("Host", m.host, since(0));
  v("Port", m.port, since(0));
  v("SecurityProtocol", m.security_protocol, since(0));
}

template <class V, class M>
void RegisterControllerRecord::ControllerFeature::describe(V& v, M& m) {
  v("Name", m.name, since(0));
  v("MinSupportedVersion", m.min_supported_version, since(0));
  v("MaxSupportedVersion", m.max_supported_version, since(0));
}

template <class V, class M>
void RegisterControllerRecord::describe(V& v, M& m) {
  v("ControllerId", m.controller_id, since(0));
  v("IncarnationId", m.incarnation_id, since(0));
  v("ZkMigrationReady", m.zk_migration_ready, since(0));
  v("EndPoints", m.end_points, since(0));
  v("Features", m.features, since(0));
}

namespace {

constexpr std::uint64_t kFrameVersion = 1;

constexpr protocol::Layout layout(std::int16_t version) {
  return {version, protocol::Lengths::kFlexible};
}

// In the order of the variant's alternatives.
constexpr std::array<std::string_view, std::variant_size_v<Record>> kNames = {
    "RegisterBrokerRecord", "UnregisterBrokerRecord",
    "TopicRecord",          "PartitionRecord",
    "ConfigRecord",         "PartitionChangeRecord",
    "FenceBrokerRecord",    "UnfenceBrokerRecord",
    "RemoveTopicRecord",    "FeatureLevelRecord",
    "ProducerIdsRecord",    "BrokerRegistrationChangeRecord",
    "NoOpRecord",           "RegisterControllerRecord",
};

template <class T>
Result<Record> decode_fields(const Bytes& fields, std::int16_t version, std::string_view name) {
  if (version > T::kVersion) {
    return Error{std::string(name) + ": version " + std::to_string(version) + " is not known"};
  }
  T record;
  const std::optional<Error> failed = protocol::decode_described(
      record, fields, layout(version), protocol::Tail::kKeepPartial, protocol::Rest::kDamage);
  if (failed) return Error{std::string(name) + ": " + failed->message};
  return Record(std::move(record));
}

template <std::size_t... I>
Result<Record> decode_key(std::index_sequence<I...>, std::uint64_t key, const Bytes& fields,
                          std::int16_t version) {
  Result<Record> result = Error{"metadata record with the unknown key " + std::to_string(key)};
  const auto attempt = [&]<class T>(std::type_identity<T>, std::string_view name) {
    if (key != static_cast<std::uint64_t>(T::kApiKey)) return false;
    result = decode_fields<T>(fields, version, name);
    return true;
  };
  static_cast<void>(
      (attempt(std::type_identity<std::variant_alternative_t<I, Record>>{}, kNames[I]) || ...));
  return result;
}

}  // namespace

void fill(Record& record, protocol::FieldVisitor& visitor, std::int16_t version) {
  protocol::Walker walker(visitor, version);
  std::visit([&]<class T>(T& r) { T::describe(walker, r); }, record);
}

std::int16_t api_key(const Record& record) {
  return std::visit([]<class T>(const T&) { return T::kApiKey; }, record);
}

std::string_view record_name(const Record& record) { return kNames[record.index()]; }

Bytes encode_record(const Record& record) {
  std::vector<std::byte> out;
  std::visit(
      [&]<class T>(const T& r) {
        put_varint(out, kFrameVersion);
        put_varint(out, static_cast<std::uint64_t>(T::kApiKey));
        put_varint(out, static_cast<std::uint64_t>(T::kVersion));
        protocol::encode_described(r, layout(T::kVersion), out);
      },
      record);
  return Bytes(std::move(out));
}

Result<Record> decode_record(const Bytes& bytes) {
  std::size_t at = 0;
  std::uint64_t frame = 0;
  std::uint64_t key = 0;
  std::uint64_t version = 0;
  if (!get_varint(bytes.view(), at, frame, kVarintBytesMax) ||
      !get_varint(bytes.view(), at, key, kVarintBytesMax) ||
      !get_varint(bytes.view(), at, version, kVarintBytesMax)) {
    return Error{"metadata record ends in its frame"};
  }
  if (frame != kFrameVersion) {
    return Error{"metadata record with the unknown frame version " + std::to_string(frame)};
  }
  if (version > 0x7fff) return Error{"metadata record with a version that cannot be"};
  return decode_key(std::make_index_sequence<std::variant_size_v<Record>>{}, key,
                    bytes.slice(at, bytes.size() - at), static_cast<std::int16_t>(version));
}

}  // namespace logarium::metadata

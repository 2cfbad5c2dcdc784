#pragma once
// The records of the metadata log, with Kafka's names, API keys and versions (the definitions are
// those of Kafka's metadata message files; the newest version is written, every one is read).
// Fields and wire sentinels are as on the wire; an image translates them.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/result.hpp"
#include "engine/base/uuid.hpp"

namespace logarium::protocol {
class FieldVisitor;
}

namespace logarium::metadata {

// PartitionChangeRecord.leader: the leader and its epoch stay.
inline constexpr std::int32_t kNoLeaderChange = -2;
inline constexpr std::int32_t kNoLeader = -1;
// PartitionChangeRecord.leader_recovery_state: stays.
inline constexpr std::int8_t kNoRecoveryChange = -1;

// A broker process registered (or amended its registration).
struct RegisterBrokerRecord {
  static constexpr std::int16_t kApiKey = 0;
  static constexpr std::int16_t kVersion = 3;
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct BrokerEndpoint {
    std::string name = {};
    std::string host = {};
    std::uint16_t port = 0;
    std::int16_t security_protocol = 0;
    bool operator==(const BrokerEndpoint&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct BrokerFeature {
    std::string name = {};
    std::int16_t min_supported_version = 0;
    std::int16_t max_supported_version = 0;
    bool operator==(const BrokerFeature&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t broker_id = 0;
  bool is_migrating_zk_broker = false;
  Uuid incarnation_id = {};
  std::int64_t broker_epoch = 0;
  std::vector<BrokerEndpoint> end_points = {};
  std::vector<BrokerFeature> features = {};
  std::optional<std::string> rack = {};
  bool fenced = true;
  bool in_controlled_shutdown = false;
  std::vector<Uuid> log_dirs = {};

  bool operator==(const RegisterBrokerRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

// A registration was removed.
struct UnregisterBrokerRecord {
  static constexpr std::int16_t kApiKey = 1;
  static constexpr std::int16_t kVersion = 0;
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = 0;

  bool operator==(const UnregisterBrokerRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

// A topic was created; its partitions follow.
struct TopicRecord {
  static constexpr std::int16_t kApiKey = 2;
  static constexpr std::int16_t kVersion = 0;
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::string name = {};
  Uuid topic_id = {};

  bool operator==(const TopicRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

// A partition was created; in a snapshot, its whole state.
struct PartitionRecord {
  static constexpr std::int16_t kApiKey = 3;
  static constexpr std::int16_t kVersion = 2;
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t partition_id = -1;
  Uuid topic_id = {};
  std::vector<std::int32_t> replicas = {};
  std::vector<std::int32_t> isr = {};
  std::vector<std::int32_t> removing_replicas = {};
  std::vector<std::int32_t> adding_replicas = {};
  std::int32_t leader = -1;
  std::int8_t leader_recovery_state = 0;
  std::int32_t leader_epoch = -1;
  std::int32_t partition_epoch = -1;
  std::vector<Uuid> directories = {};
  std::optional<std::vector<std::int32_t>> eligible_leader_replicas = {};
  std::optional<std::vector<std::int32_t>> last_known_elr = {};

  bool operator==(const PartitionRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

// One config of a resource was set, or deleted when the value is null.
struct ConfigRecord {
  static constexpr std::int16_t kApiKey = 4;
  static constexpr std::int16_t kVersion = 0;
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int8_t resource_type = 0;
  std::string resource_name = {};
  std::string name = {};
  std::optional<std::string> value = {};

  bool operator==(const ConfigRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

// What changed in a partition; absent fields stay. The partition epoch goes up by one,
// and the leader epoch with it when `leader` is set.
struct PartitionChangeRecord {
  static constexpr std::int16_t kApiKey = 5;
  static constexpr std::int16_t kVersion = 2;
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t partition_id = -1;
  Uuid topic_id = {};
  std::optional<std::vector<std::int32_t>> isr = {};
  std::int32_t leader = -2;
  std::optional<std::vector<std::int32_t>> replicas = {};
  std::optional<std::vector<std::int32_t>> removing_replicas = {};
  std::optional<std::vector<std::int32_t>> adding_replicas = {};
  std::int8_t leader_recovery_state = -1;
  std::optional<std::vector<Uuid>> directories = {};
  std::optional<std::vector<std::int32_t>> eligible_leader_replicas = {};
  std::optional<std::vector<std::int32_t>> last_known_elr = {};

  bool operator==(const PartitionChangeRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

// The broker is fenced (older form of BrokerRegistrationChange).
struct FenceBrokerRecord {
  static constexpr std::int16_t kApiKey = 7;
  static constexpr std::int16_t kVersion = 0;
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t id = 0;
  std::int64_t epoch = 0;

  bool operator==(const FenceBrokerRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

// The broker is unfenced (older form of BrokerRegistrationChange).
struct UnfenceBrokerRecord {
  static constexpr std::int16_t kApiKey = 8;
  static constexpr std::int16_t kVersion = 0;
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t id = 0;
  std::int64_t epoch = 0;

  bool operator==(const UnfenceBrokerRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

// A topic was deleted with all its partitions and configs.
struct RemoveTopicRecord {
  static constexpr std::int16_t kApiKey = 9;
  static constexpr std::int16_t kVersion = 0;
  static constexpr std::int16_t kFlexibleFrom = 0;

  Uuid topic_id = {};

  bool operator==(const RemoveTopicRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

// The finalized level of a feature; 0 removes it.
struct FeatureLevelRecord {
  static constexpr std::int16_t kApiKey = 12;
  static constexpr std::int16_t kVersion = 0;
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::string name = {};
  std::int16_t feature_level = 0;

  bool operator==(const FeatureLevelRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

// A block of producer ids was handed out.
struct ProducerIdsRecord {
  static constexpr std::int16_t kApiKey = 15;
  static constexpr std::int16_t kVersion = 0;
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = -1;
  std::int64_t next_producer_id = 0;

  bool operator==(const ProducerIdsRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

// A broker is fenced or unfenced, stops, or lost log directories.
struct BrokerRegistrationChangeRecord {
  static constexpr std::int16_t kApiKey = 17;
  static constexpr std::int16_t kVersion = 2;
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = 0;
  std::int8_t fenced = 0;
  std::int8_t in_controlled_shutdown = 0;
  std::vector<Uuid> log_dirs = {};

  bool operator==(const BrokerRegistrationChangeRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

// Nothing; lets the high watermark move while idle (KIP-835).
struct NoOpRecord {
  static constexpr std::int16_t kApiKey = 20;
  static constexpr std::int16_t kVersion = 0;
  static constexpr std::int16_t kFlexibleFrom = 0;

  bool operator==(const NoOpRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

// A controller process registered (KIP-919).
struct RegisterControllerRecord {
  static constexpr std::int16_t kApiKey = 27;
  static constexpr std::int16_t kVersion = 0;
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct ControllerEndpoint {
    std::string name = {};
    std::string host = {};
    std::uint16_t port = 0;
    std::int16_t security_protocol = 0;
    bool operator==(const ControllerEndpoint&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct ControllerFeature {
    std::string name = {};
    std::int16_t min_supported_version = 0;
    std::int16_t max_supported_version = 0;
    bool operator==(const ControllerFeature&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t controller_id = 0;
  Uuid incarnation_id = {};
  bool zk_migration_ready = false;
  std::vector<ControllerEndpoint> end_points = {};
  std::vector<ControllerFeature> features = {};

  bool operator==(const RegisterControllerRecord&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

using Record =
    std::variant<RegisterBrokerRecord, UnregisterBrokerRecord, TopicRecord, PartitionRecord,
                 ConfigRecord, PartitionChangeRecord, FenceBrokerRecord, UnfenceBrokerRecord,
                 RemoveTopicRecord, FeatureLevelRecord, ProducerIdsRecord,
                 BrokerRegistrationChangeRecord, NoOpRecord, RegisterControllerRecord>;

[[nodiscard]] std::int16_t api_key(const Record& record);
// "PartitionChangeRecord", ...
[[nodiscard]] std::string_view record_name(const Record& record);

// Kafka's framing of a metadata record, the value of a log record: frame version (1), API key and
// version as unsigned varints, then the fields.
[[nodiscard]] Bytes encode_record(const Record& record);
// Error: damaged bytes, or a record or version that is not known.
[[nodiscard]] Result<Record> decode_record(const Bytes& bytes);

// Walks the fields of a version; what the visitor writes stays. protocol::kAllVersions: all.
void fill(Record& record, protocol::FieldVisitor& visitor, std::int16_t version);

}  // namespace logarium::metadata

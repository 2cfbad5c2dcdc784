#pragma once
// Features: behaviour that a whole cluster agrees on by a level in its metadata log (KIP-584). What
// is here is what this program knows: the levels it can work at, told in ApiVersions, and the ones
// that a new cluster begins with. Of Kafka 4.0's features these are two: there are no consumer or
// share groups and no transactions yet (group.version, transaction.version), and the voters are
// those of the configuration (kraft.version 0, which Kafka does not tell either).

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/config/rules.hpp"

namespace logarium::metadata {

// Kafka 4.0-IV3. Every record and request has the form of this level, so no other is supported.
inline constexpr std::string_view kMetadataVersion = "metadata.version";
inline constexpr std::int16_t kMetadataVersionLevel = 25;
// KIP-966; on in new clusters unless the rule is switched off, which then hides the feature.
inline constexpr std::string_view kElrVersion = "eligible.leader.replicas.version";
inline constexpr std::int16_t kElrVersionLevel = 1;

struct SupportedFeature {
  std::string_view name;
  // Inclusive. A minimum of 0 means that a cluster may be without it.
  std::int16_t min = 0;
  std::int16_t max = 0;
};

// What this program can do under these rules. A new cluster begins with the highest level of each.
[[nodiscard]] std::vector<SupportedFeature> supported_features(const Rules& rules);

}  // namespace logarium::metadata

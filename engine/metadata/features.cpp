#include "engine/metadata/features.hpp"

namespace logarium::metadata {

std::vector<SupportedFeature> supported_features(const Rules& rules) {
  std::vector<SupportedFeature> features{
      {kMetadataVersion, kMetadataVersionLevel, kMetadataVersionLevel}};
  if (rules.on(Rule::kElr)) features.push_back({kElrVersion, 0, kElrVersionLevel});
  return features;
}

}  // namespace logarium::metadata

#pragma once
// Lab: an image, an index over it and configs, for testing decisions without a quorum. Records of
// a decision are taken over by apply().

#include <catch2/catch_test_macros.hpp>
#include <initializer_list>

#include "engine/base/random.hpp"
#include "engine/controller/index.hpp"
#include "engine/controller/leadership.hpp"
#include "engine/controller/lifecycle.hpp"
#include "engine/metadata/apply.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::controller {

inline constexpr Uuid kOrders{1, 2};

[[nodiscard]] metadata::Nodes nodes(std::initializer_list<std::int32_t> ids);

struct PartitionSpec {
  metadata::Nodes replicas, isr;
  std::int32_t leader = -1;  // none
  metadata::Nodes elr{}, last_known_elr{}, adding{}, removing{};
  metadata::Recovery recovery = metadata::Recovery::kRecovered;
  std::int32_t leader_epoch = 5, partition_epoch = 10;
};

class Lab {
 public:
  metadata::ImageRef image = metadata::Image::empty();
  Index index;
  ServerConfig config;
  Rules rules;
  Sessions sessions;
  Random random{1};
  Instant now{};
  metadata::DeltaRef last_delta;

  [[nodiscard]] View view() const { return {*image, index, config, rules}; }
  void apply(const std::vector<metadata::Record>& records);
  void apply(const Decision& decision) { apply(decision.records); }

  // Registers a broker of epoch 100 + id; unfenced unless told.
  void broker(std::int32_t id, const std::string& rack = "");
  void fence(std::int32_t id);
  void shut_down(std::int32_t id);
  // Topic "orders" with one partition.
  void orders(const PartitionSpec& spec);
  void topic_config(const std::string& name, const std::string& value);

  [[nodiscard]] const metadata::Partition& partition(std::int32_t index = 0) const;
  // Indexes rebuilt from the image equal those that followed it; R11 and C1 hold.
  void check_invariants() const;
};

template <class T>
[[nodiscard]] const T& response_of(const Decision& decision) {
  return protocol::as<T>(*decision.response);
}

}  // namespace logarium::controller

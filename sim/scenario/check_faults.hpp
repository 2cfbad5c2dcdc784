#pragma once
// The part of checking that concerns names and faults (check.hpp).

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/scenario/binding.hpp"
#include "sim/scenario/reader.hpp"
#include "sim/scenario/target.hpp"

namespace logarium::scenario {

// kAtOnce: in the run, without a random choice.
enum class WhenKnown : std::uint8_t { kBeforeStart, kAtOnce, kInTheRun };

// What a scenario's texts may name.
class Names {
 public:
  explicit Names(const Model& model);
  [[nodiscard]] bool has_topic(const std::string& name) const { return topics_.contains(name); }
  [[nodiscard]] bool has_label(const std::string& name) const { return labels_.contains(name); }
  [[nodiscard]] std::vector<std::string> labels() const { return {labels_.begin(), labels_.end()}; }
  [[nodiscard]] std::int64_t brokers_least() const { return brokers_least_; }
  // Complain at `path` when there is no such thing.
  void topic(const std::string& name, const std::string& path, Findings& findings) const;
  void partition(const std::string& text, const std::string& path, Findings& findings) const;
  void label(const std::string& name, const std::string& path, Findings& findings) const;
  void broker(std::int64_t id, const std::string& path, Findings& findings) const;
  void targets(const std::vector<std::string>& texts, const std::string& path, WhenKnown known,
               Findings& findings) const;

 private:
  [[nodiscard]] std::string problem_of(const Target& target, WhenKnown known) const;
  [[nodiscard]] std::string partition_problem(const std::string& topic,
                                              std::int64_t partition) const;

  std::map<std::string, std::int64_t> topics_;  // greatest number of partitions
  std::set<std::string> labels_;
  std::set<std::string> racks_;
  std::map<std::string, std::int64_t> clients_;  // name to greatest count
  std::int64_t brokers_ = 0;
  std::int64_t brokers_least_ = 0;
  std::int64_t controllers_ = 0;
  bool combined_ = false;
};

// Configs that are constant, judged together; empty when they are fine.
[[nodiscard]] std::string check_configs(ConfigKind kind, const ConfigMap& config);
void check_topic(const Topic& topic, const std::string& path, const Names& names,
                 Findings& findings);
void check_faults(const Model& model, const Names& names, Findings& findings);

}  // namespace logarium::scenario

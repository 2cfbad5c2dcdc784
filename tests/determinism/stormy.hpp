#pragma once
// A short run in which much happens: a leader's crash, a power loss in the quorum and a cut give
// elections, recoveries of logs, truncations and changes of ISRs.

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string_view>

#include "sim/scenario/scenario_file.hpp"

namespace logarium::test {

inline constexpr std::string_view kStormy = R"json({
  "name": "stormy", "story": "Much happens in a short time.", "seed": 5, "duration": "40s",
  "cluster": { "config": { "replica.lag.time.max.ms": 2000, "broker.session.timeout.ms": 3000 } },
  "topics": [ { "name": "orders", "partitions": 3, "replication.factor": 3,
                "config": { "min.insync.replicas": 2 } } ],
  "clients": [
    { "producer": { "topic": "orders", "count": 2, "rate": "200/s" } },
    { "consumer": { "assign": "orders" } }
  ],
  "faults": [
    { "label": "kill", "at": "1s", "crash": "leader(orders-0)"
},
    { "after": "kill", "delay": "3s", "restart": "kill.target" },
    { "label": "dark", "at": "2s", "power loss": "controller" },
    { "after": "dark", "delay": "2s", "restart": "dark.target" },
    { "at": "5s", "for": "3s", "cut": { "from": "random(isr(orders-1))", "to": "brokers" } }
  ],
  "phases": [ { "chaos": "10s" }, { "heal": "all" }, { "quiesce": { "within": "30s" } } ]
})json";

inline scenario::PlanRef stormy() {
  const scenario::ReadResult read = scenario::read(kStormy, "stormy.json");
  for (const scenario::Problem& problem : read.problems) FAIL(to_string(problem));
  return std::make_shared<const scenario::Plan>(scenario::resolve(read.model, 5));
}

}  // namespace logarium::test

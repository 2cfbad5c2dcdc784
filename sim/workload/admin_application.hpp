#pragma once
// AdminApplication: waits until enough brokers are unfenced, creates the scenario's topics, waits
// until every partition has its leader and full ISR, and is then `ready`: from there scenario time
// counts. Afterwards it keeps the outcomes of administrative actions (admin_actions.hpp).
//
// Its client stands outside all faults: that is the world's business.

#include <cstdint>
#include <map>
#include <vector>

#include "engine/client/command.hpp"
#include "sim/workload/admin_actions.hpp"
#include "sim/workload/application.hpp"

namespace logarium::workload {

struct AdminLoad {
  std::int32_t brokers = 1;  // that must be unfenced before topics are created
  std::vector<TopicSpec> topics;
  Duration retry = milliseconds(50);
};

class AdminApplication final : public Application {
 public:
  struct Outcome {
    client::ErrorCode error = client::ErrorCode::kNone;  // of the call as a whole
    MessageRef response;                                 // null when there was none
    void describe(StateVisitor& v) const;
  };

  explicit AdminApplication(AdminLoad load);

  void started(const Now& now, Calls& out) override;
  void ended(const Now& now) override;
  void on_answer(const Now& now, CommandId id, const CommandResultRef& result, Calls& out) override;
  void wake(const Now& now, Calls& out) override;
  [[nodiscard]] Instant next_deadline() const override { return retry_at_; }
  [[nodiscard]] std::unique_ptr<Application> clone() const override;
  void describe(StateVisitor& v) const override;
  [[nodiscard]] std::uint64_t random_fingerprint() const override { return 0; }

  [[nodiscard]] bool ready() const { return phase_ == Phase::kReady; }
  // The topic cannot be created as the scenario has it; empty while all is well.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  // Of an action that the world's owner gave to the client directly: a command made by
  // admin_command(), with an id from kFirstOwnerCommand on. Null until it is answered.
  [[nodiscard]] const Outcome* outcome(CommandId id) const;

 private:
  // kBrokers -> kTopics -> kLeaders -> kReady; each asks again until it is content.
  enum class Phase : std::uint8_t { kBrokers, kTopics, kLeaders, kReady };

  void ask(Calls& out);
  // True when the phase's answer is good enough to go on.
  bool content(const client::AdminResult& result);
  bool topics_created(const Message& response);
  [[nodiscard]] bool leaders_there(const Message& response) const;

  AdminLoad load_;
  Phase phase_ = Phase::kBrokers;
  CommandId asked_;
  Instant retry_at_ = kNever;
  std::string failure_;
  std::map<CommandId, Outcome> outcomes_;
  std::uint64_t next_command_ = 1;
};

}  // namespace logarium::workload

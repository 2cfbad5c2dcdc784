#pragma once
// Cluster: the nodes of one process, from their directories and sockets to the end of the last one.
//
//   open() --> start() --> on_ready once every node serves --> stop() --> on_end
//
// Clients that come before a broker is unfenced wait in its sockets' queues, as with Kafka: it does
// not know yet which topics there are, and would say that there are none.
//
// A stop is a controlled shutdown of every node. When those left in this process can have no quorum
// any more (all its voters are or were here), nobody can let them go: they end as they stand, and
// their logs are recovered at the next start. So do those that were not let go in time
// (ClusterPlan::stop_patience).

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/live/directory.hpp"
#include "engine/live/listener.hpp"
#include "engine/live/node_host.hpp"
#include "engine/live/plan.hpp"
#include "engine/live/recording.hpp"

namespace logarium::live {

class Cluster final : public NodeWatcher {
 public:
  struct Callbacks {
    std::function<void()> on_ready;
    // All nodes have ended; `clean` when each went by its own exit in good order.
    std::function<void(bool clean)> on_end;
  };

  // REQUIRES: loop and log outlive it.
  Cluster(Loop& loop, LogLines& log, ClusterPlan plan, Callbacks callbacks);
  ~Cluster() override;

  // Locks directories and binds sockets. Error: what cannot be had.
  [[nodiscard]] Result<> open();
  void start();
  void stop();

  struct Address {
    NodeId id;
    Endpoint endpoint;  // as advertised
  };
  // The brokers of this process. After open().
  [[nodiscard]] const std::vector<Address>& brokers() const { return brokers_; }
  [[nodiscard]] const std::string& cluster_id() const { return cluster_id_; }
  [[nodiscard]] bool stopping() const { return stopping_; }

 private:
  struct Member {
    NodePlan plan;
    std::unique_ptr<DirectoryLock> lock;
    std::vector<std::unique_ptr<Listener>> listeners;
    std::vector<server::Listener> advertised;  // as `listeners`
    std::unique_ptr<Recording> recording;      // null: it is not recorded
    std::unique_ptr<NodeHost> host;
    bool admits_clients = false;  // its brokers' listeners are served
  };

  void on_notes(NodeHost& node, std::span<const Note> notes) override;
  void on_answer(NodeHost& node, const Answer& answer) override;
  void on_exit(NodeHost& node, const Exit& exit) override;

  [[nodiscard]] Result<> open(Member& member);
  [[nodiscard]] Result<> listen(Member& member, const ListenerPlan& plan);
  [[nodiscard]] Result<> choose_cluster_id();
  [[nodiscard]] Result<> make_host(Member& member, const std::map<NodeId, Endpoint>& voters,
                                   const metadata::ImageRef& empty);
  [[nodiscard]] bool serves(const Member& member) const;
  [[nodiscard]] static bool unfenced(const Member& member);
  void admit_clients();
  void check_ready();
  [[nodiscard]] bool quorum_is_lost() const;
  void drop_the_rest(Level level, const std::string& why);
  void check_over();
  void tidy();

  Loop& loop_;
  LogLines& log_;
  ClusterPlan plan_;
  Callbacks callbacks_;
  std::string cluster_id_;
  std::vector<Member> members_;
  std::vector<Address> brokers_;
  std::size_t running_ = 0;
  bool ready_ = false;
  bool stopping_ = false;
  bool clean_ = true;
  bool ended_ = false;
  LoopTimer stop_timer_;
  LoopTimer tidy_timer_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

// A note as a line for people; empty for those that are not worth one. `image` names topics; null:
// they are named by their ids.
struct NoteLine {
  Level level = Level::kInfo;
  std::string text;
};
[[nodiscard]] NoteLine line_of(const Note& note, const metadata::Image* image);

}  // namespace logarium::live

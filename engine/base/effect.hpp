#pragma once
// What a node asks of its host. A step appends to an Effects; the host performs the actions in
// list order after the step and shows the notes to whoever watches.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/input.hpp"
#include "engine/base/io.hpp"
#include "engine/base/message.hpp"
#include "engine/base/note.hpp"

namespace logarium {

// Where a node listens. In a simulation `host` is the node's name.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
};

// The answer to a Command; downcast by the application.
class CommandResult {
 public:
  virtual ~CommandResult() = default;
  [[nodiscard]] virtual std::uint64_t hash() const = 0;
};
using CommandResultRef = std::shared_ptr<const CommandResult>;

struct Connect {
  ConnectionId connection;
  Endpoint to;
};
// Closes a connection from this end; nothing more arrives on it, not even Disconnected.
struct Disconnect {
  ConnectionId connection;
};
struct Send {
  ConnectionId connection;
  Frame frame;
};
struct Answer {
  CommandId command;
  CommandResultRef result;
};
// The process ends after this step. A stop by itself (log directory lost) is not `clean`.
struct Exit {
  bool clean = true;
  std::string reason;
};

using Action = std::variant<Connect, Disconnect, Send, Answer, FileOp, Exit>;

struct Effects {
  std::vector<Action> actions;
  std::vector<Note> notes;

  // Takes an Action or one of its alternatives, made in place.
  template <class A>
  void add(A&& action) {
    actions.emplace_back(std::forward<A>(action));
  }
  void note(Note note) { notes.push_back(note); }
  void clear() {
    actions.clear();
    notes.clear();
  }
};

}  // namespace logarium

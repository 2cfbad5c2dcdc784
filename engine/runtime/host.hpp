#pragma once
// Host: what a Runner needs of the host that it runs in (engine/live, and the replay of a live
// run). All calls come from within Runner::step and Runner::receive, in the order of the step's
// effects, after the step's entry was written; a host must not call the runner back from them.

#include <span>

#include "engine/base/effect.hpp"
#include "engine/base/result.hpp"

namespace logarium::runtime {

class Host {
 public:
  virtual ~Host() = default;
  // Ends in Connected or ConnectFailed.
  virtual void connect(Connect& effect) = 0;
  // Closes the connection; nothing more of it is given to the node.
  virtual void disconnect(Disconnect& effect) = 0;
  // Encodes and sends the frame: protocol::encode_request on connections of the node's own,
  // encode_response on accepted ones. Frames of one connection leave in the order of the calls.
  virtual void send(Send& effect) = 0;
  // Performed in the order of the calls; ends in one IoDone. The host may move from it.
  virtual void file(FileOp& effect) = 0;
  virtual void answer(Answer& effect) = 0;
  // The process ends; the runner is given nothing more.
  virtual void exit(Exit& effect) = 0;

  // What the step noted, after its effects. Not called for a step without notes.
  virtual void notes(std::span<const Note> notes) = 0;
  // A peer sent what cannot be decoded: the host closes the connection and says so in its log. The
  // node has been told that it is disconnected.
  virtual void bad_frame(ConnectionId connection, const Error& error) = 0;
  // The input log cannot be written any more. The node runs on, unrecorded.
  virtual void recording_failed(const Error& error) = 0;
};

}  // namespace logarium::runtime

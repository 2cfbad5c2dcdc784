#pragma once
// perform: hands a step's actions to a host in list order. Both hosts use it, so that the order of
// effects is decided once: what a node sends before it asks for a write leaves before that write.
//
// A host has one member function per action: connect, disconnect, send, file, answer, exit. File
// operations reach it in the order in which the node issued them, and it performs them in that
// order; each ends in one IoDone. It gives the node no input before perform has returned.

#include <variant>

#include "engine/base/effect.hpp"

namespace logarium::runtime {

// `effects` is const, or not: then the host may move from what it is handed.
template <class E, class H>
void perform(E& effects, H& host) {
  for (auto& action : effects.actions) {
    if (auto* send = std::get_if<Send>(&action)) {
      host.send(*send);
    } else if (auto* op = std::get_if<FileOp>(&action)) {
      host.file(*op);
    } else if (auto* connect = std::get_if<Connect>(&action)) {
      host.connect(*connect);
    } else if (auto* disconnect = std::get_if<Disconnect>(&action)) {
      host.disconnect(*disconnect);
    } else if (auto* answer = std::get_if<Answer>(&action)) {
      host.answer(*answer);
    } else if (auto* exit = std::get_if<Exit>(&action)) {
      host.exit(*exit);
    }
  }
}

}  // namespace logarium::runtime

#pragma once
// Interruption: what SIGINT, SIGTERM and SIGHUP do to the benchmark: its children are ended, its
// folder is removed, and it ends by that signal. (Children end with it however it ends; child.hpp.)

#include <string>

namespace logarium::bench {

// To be called before any thread is there, so that all of them leave these signals alone.
void hold_signals();

// From now on the signals held are acted upon. `folder`: removed with what is in it.
void act_on_signals(const std::string& folder);

}  // namespace logarium::bench

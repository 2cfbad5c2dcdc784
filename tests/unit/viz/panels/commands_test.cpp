#include "viz/panels/commands.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

namespace logarium::viz {
namespace {

FrameInput pressed(Key key, Modifiers modifiers = {}) { return {{{key, modifiers}}, {}}; }
FrameInput typed(char32_t character) { return {{}, {character}}; }

}  // namespace

TEST_CASE("every command has an id, words and a key of its own") {
  std::set<std::string_view> ids;
  std::map<std::string, std::string_view> keys;
  for (const CommandInfo& each : commands()) {
    INFO(each.id);
    CHECK(ids.insert(each.id).second);
    CHECK(find_command(each.id) == each.command);
    CHECK_FALSE(each.text.empty());
    CHECK(each.tooltip.ends_with("."));
    const std::string key = to_string(each.shortcut);
    CHECK_FALSE(key.empty());
    CHECK(keys.emplace(key, each.id).second);
  }
}

TEST_CASE("pressing a command's key asks for that command alone") {
  for (const CommandInfo& each : commands()) {
    INFO(each.id);
    const Shortcut& shortcut = each.shortcut;
    const FrameInput input = shortcut.character != 0 ? typed(shortcut.character)
                                                     : pressed(shortcut.key, shortcut.modifiers);
    CHECK(commands_of(input, false) == std::vector{each.command});
  }
}

TEST_CASE("while text is typed, letters are text and Escape is still heard") {
  CHECK(commands_of(typed(U'n'), true).empty());
  CHECK(commands_of(pressed(Key::kSpace), true).empty());
  CHECK(commands_of(pressed(Key::kLeft), true).empty());
  CHECK(commands_of(pressed(Key::kEscape), true) == std::vector{Command::kClear});
  CHECK(commands_of(pressed(Key::kP, {.ctrl = true}), true) == std::vector{Command::kPalette});
}

TEST_CASE("the palette finds every command by its words and by its id") {
  CHECK(matching_commands("").size() == commands().size());
  for (const CommandInfo& each : commands()) {
    INFO(each.id);
    for (const std::string_view query : {each.text, each.id}) {
      const std::vector<Command> found = matching_commands(query);
      CHECK(std::count(found.begin(), found.end(), each.command) == 1);
    }
  }
  CHECK(matching_commands("next elec").front() == Command::kNextElection);
  CHECK(matching_commands("no such words").empty());
}

}  // namespace logarium::viz

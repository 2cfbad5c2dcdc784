#pragma once
// The names of a server.properties file: which configs have a meaning here, and which are Kafka's
// and have none (yet), so that a file written for Kafka can be used as it is.

#include <string>
#include <string_view>
#include <vector>

namespace logarium::live {

// Read by the process itself: identity, roles, listeners, voters, directory.
[[nodiscard]] bool is_process_config(std::string_view name);
// The names that parse_server_config() understands.
[[nodiscard]] std::vector<std::string> server_config_names();
// Kafka's, but without effect here.
[[nodiscard]] bool without_effect(std::string_view name);
// The nearest of all of them; empty when none is near.
[[nodiscard]] std::string nearest_config(std::string_view name);

}  // namespace logarium::live

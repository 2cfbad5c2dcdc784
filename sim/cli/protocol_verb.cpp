#include <fmt/format.h>

#include "engine/protocol/documentation.hpp"
#include "sim/cli/output.hpp"
#include "sim/cli/verbs.hpp"

namespace logarium::cli {

ExitCode protocol(const ProtocolVerb& verb) {
  const bool json = verb.format == Format::kJson;
  std::string out;
  if (verb.api.empty()) {
    out = json ? protocol::api_list_json() : protocol::api_list_text();
  } else {
    const protocol::ApiEntry* entry = protocol::find_api(std::string_view(verb.api));
    if (entry == nullptr) {
      complain(
          fmt::format("protocol: there is no API \"{}\" here; `logarium protocol` lists the "
                      "names and keys",
                      verb.api));
      return ExitCode::kBadInput;
    }
    const protocol::ApiDoc doc = protocol::document(*entry);
    out = json ? protocol::to_json(doc) : protocol::to_text(doc);
  }
  if (!out.ends_with('\n')) out += '\n';
  return print(out) ? ExitCode::kAsExpected : ExitCode::kOwnFailure;
}

}  // namespace logarium::cli

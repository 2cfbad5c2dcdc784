#include "viz/app/save.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace logarium::viz {

Result<std::string> save_view(const Viewer& viewer, const Picture& picture,
                              const std::string& folder) {
  // A scenario's name may hold anything; a file's may not.
  std::string run = viewer.index().info().scenario_name;
  for (char& c : run) c = c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 ? '-' : c;
  const std::string name =
      (std::filesystem::path(folder) / fmt::format("{}-{}", run, viewer.state().event)).string();
  if (const Result<> written = write_png(name + ".png", picture); !written) return written.error();
  std::ofstream text(name + ".txt");
  for (int i = 0; i < kPanels; ++i) {
    const auto panel = static_cast<PanelId>(i);
    text << "== " << panel_name(panel) << "\n" << viewer.dump(panel) << "\n";
  }
  if (!text.flush()) return Error{"cannot write " + name + ".txt"};
  return name;
}

}  // namespace logarium::viz

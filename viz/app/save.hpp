#pragma once
// Save: what is shown, as files: a picture and the text of every panel.

#include <string>

#include "viz/app/picture.hpp"
#include "viz/app/viewer.hpp"

namespace logarium::viz {

// "FOLDER/NAME-EVENT" of the run and the instant: writes it with .png and with .txt, and returns
// it. Fails with which of them cannot be written.
[[nodiscard]] Result<std::string> save_view(const Viewer& viewer, const Picture& picture,
                                            const std::string& folder);

}  // namespace logarium::viz

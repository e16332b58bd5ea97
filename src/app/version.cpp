#include "app/version.h"

namespace fz::app {

std::string_view version() noexcept { return FZ_VERSION; }

}  // namespace fz::app

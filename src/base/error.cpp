#include "base/error.h"

#include <cstring>

namespace fz {

std::string Error::to_string() const {
    return os_errno == 0 ? what : what + ": " + std::strerror(os_errno);
}

}  // namespace fz

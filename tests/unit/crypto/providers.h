// Tests that run with every AEAD provider of this machine.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "crypto/aead_primitive.h"

namespace fz::crypto {

inline auto every_provider() {
    const auto all = aead_providers();
    return ::testing::ValuesIn(all.begin(), all.end());
}

/// GoogleTest wants no hyphens.
inline std::string test_name(const ::testing::TestParamInfo<AeadProvider>& provider) {
    std::string name(name_of(provider.param));
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

}  // namespace fz::crypto

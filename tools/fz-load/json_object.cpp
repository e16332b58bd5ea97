#include "json_object.h"

#include <cmath>
#include <cstdio>

namespace fz::load {

JsonObject& JsonObject::number(std::string_view key, double value) {
    if (!std::isfinite(value)) return raw(key, "null");
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.6g", value);
    return raw(key, digits);
}

JsonObject& JsonObject::raw(std::string_view key, std::string_view value) {
    if (!inner_.empty()) inner_ += ", ";
    inner_ += '"';
    inner_ += key;
    inner_ += "\": ";
    inner_ += value;
    return *this;
}

}  // namespace fz::load

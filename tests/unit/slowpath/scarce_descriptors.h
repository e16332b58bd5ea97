// A ring whose requests find no free descriptor, while a test says so: the limit counts when the
// kernel takes a request in. In between, sanitizers need descriptors of their own.
#pragma once

namespace fz::test {

inline bool descriptors_are_scarce = false;

}  // namespace fz::test

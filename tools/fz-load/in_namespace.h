// Runs a function in another network namespace; what it opens there stays usable from here.
#pragma once

#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <optional>
#include <string>
#include <thread>

#include "base/expected.h"
#include "os/unique_fd.h"

namespace fz::load {

/// `name` is one of `ip netns`, or a path; empty means here. A thread of its own enters the
/// namespace, because setns(2) cannot be taken back without the right to.
template <typename Function>
[[nodiscard]] auto in_namespace(const std::string& name, Function function)
    -> decltype(function()) {
    if (name.empty()) return function();
    const std::string path = name.front() == '/' ? name : "/run/netns/" + name;
    const os::UniqueFd there(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!there) return Unexpected{Error("cannot open the namespace " + path, errno)};
    std::optional<decltype(function())> result;
    std::thread([&] {
        if (::setns(there.get(), CLONE_NEWNET) == 0)
            result.emplace(function());
        else
            result.emplace(Unexpected{Error("cannot enter the namespace " + path, errno)});
    }).join();
    return *std::move(result);
}

}  // namespace fz::load

// A value or the reason why there is none: the names of std::expected, for g++ 12 in C++20.
//
// The standard header is shut out of C++20 by g++ 12 and of every mode by Clang 16; the day the
// toolchain moves, this becomes an alias.
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "base/assert.h"
#include "base/error.h"

namespace fz {

template <typename E>
struct Unexpected {
    E error;
};
template <typename E>
Unexpected(E) -> Unexpected<E>;

template <typename T, typename E = Error>
class [[nodiscard]] Expected {
  public:
    using value_type = T;
    using error_type = E;

    // Implicit on purpose: `return value;` and `return Unexpected{error};` are the whole interface.
    Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT
    template <typename G>
    Expected(Unexpected<G> reason)  // NOLINT
        : state_(std::in_place_index<1>, std::move(reason.error)) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    T& value() & { return FZ_ASSERT(has_value()), *std::get_if<0>(&state_); }
    const T& value() const& { return FZ_ASSERT(has_value()), *std::get_if<0>(&state_); }
    T&& value() && { return FZ_ASSERT(has_value()), std::move(*std::get_if<0>(&state_)); }
    E& error() & { return FZ_ASSERT(!has_value()), *std::get_if<1>(&state_); }
    const E& error() const& { return FZ_ASSERT(!has_value()), *std::get_if<1>(&state_); }
    E&& error() && { return FZ_ASSERT(!has_value()), std::move(*std::get_if<1>(&state_)); }

    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    template <typename U>
    T value_or(U&& fallback) const& {
        return has_value() ? value() : static_cast<T>(std::forward<U>(fallback));
    }

  private:
    std::variant<T, E> state_;
};

template <typename E>
class [[nodiscard]] Expected<void, E> {
  public:
    using value_type = void;
    using error_type = E;

    Expected() = default;
    template <typename G>
    Expected(Unexpected<G> reason)
        : error_(std::in_place_index<1>, std::move(reason.error)) {}  // NOLINT

    [[nodiscard]] bool has_value() const noexcept { return error_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }
    E& error() & { return FZ_ASSERT(!has_value()), *std::get_if<1>(&error_); }
    const E& error() const& { return FZ_ASSERT(!has_value()), *std::get_if<1>(&error_); }
    E&& error() && { return FZ_ASSERT(!has_value()), std::move(*std::get_if<1>(&error_)); }

  private:
    std::variant<std::monostate, E> error_;
};

}  // namespace fz

/// Evaluates an Expected and leaves the enclosing function with its error if it holds one.
#define FZ_TRY(expression)                                              \
    do {                                                                \
        if (auto fz_try_result_ = (expression); !fz_try_result_)        \
            return ::fz::Unexpected{std::move(fz_try_result_).error()}; \
    } while (false)

#define FZ_CONCAT_(a, b) a##b
#define FZ_CONCAT(a, b) FZ_CONCAT_(a, b)

/// `FZ_ASSIGN(auto x, compute());` declares x from the value or leaves with the error.
#define FZ_ASSIGN(declaration, expression) \
    FZ_ASSIGN_(declaration, expression, FZ_CONCAT(fz_assign_result_, __LINE__))
#define FZ_ASSIGN_(declaration, expression, result)                  \
    auto result = (expression);                                      \
    if (!result) return ::fz::Unexpected{std::move(result).error()}; \
    declaration = std::move(result).value()

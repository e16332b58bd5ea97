#include "admission.h"

#include <algorithm>

#include "base/take_front.h"

namespace fz::load {
namespace {

constexpr std::size_t kPortion = 100;

}  // namespace

Expected<void> Admission::poll(bool want_more, Instant now) {
    if (answer_.valid()) {
        if (answer_.wait_for(0s) != std::future_status::ready) return {};
        FZ_TRY(answer_.get());
        authorizing_ += now - asked_at_;
        for (std::size_t i = 0; i < portion_.count; ++i) admitted_.push_back(portion_.begin + i);
    }
    if (const auto portion = next_portion(want_more)) {
        portion_ = *portion;
        asked_at_ = now;
        answer_ = std::async(std::launch::async,
                             [this, from = first_ + portion->begin, count = portion->count] {
                                 return portal_.authorize(from, count);
                             });
    }
    return {};
}

std::optional<Admission::Portion> Admission::next_portion(bool want_more) {
    if (const auto failed = take_front(failed_)) return Portion{*failed, 1};
    if (!want_more || asked_ == count_) return std::nullopt;
    const Portion portion{asked_, std::min(kPortion, count_ - asked_)};
    asked_ += portion.count;
    return portion;
}

std::optional<std::size_t> Admission::take() { return take_front(admitted_); }

}  // namespace fz::load

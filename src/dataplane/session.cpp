#include "dataplane/session.h"

#include "base/assert.h"
#include "base/inplace_vector.h"

namespace fz::dataplane {
namespace {

constexpr std::size_t kCounterAt = 8;

}  // namespace

bool Session::alive(Instant now) const noexcept {
    return now - keys_.created_at < noise::kRejectAfterTime &&
           next_counter_.load(std::memory_order_relaxed) < noise::kRejectAfterMessages;
}

std::optional<std::uint64_t> Session::take_counters(std::uint64_t count) noexcept {
    const std::uint64_t first = next_counter_.fetch_add(count, std::memory_order_relaxed);
    if (first + count > noise::kRejectAfterMessages) return std::nullopt;
    return first;
}

void Session::seal(std::uint64_t counter, Bytes text, MutBytes message,
                   crypto::AeadEngine& aead) const noexcept {
    FZ_ASSERT(message.size() == noise::kDataHeaderSize + noise::sealed(text.size()));
    Writer header(message.first(noise::kDataHeaderSize));
    header.le(static_cast<std::uint32_t>(noise::MessageType::data));
    header.le(keys_.remote_index);
    header.le(counter);
    const crypto::SealJob job{counter, text, message.data() + noise::kDataHeaderSize};
    aead.seal(keys_.send_key, {&job, 1});
}

void Session::open(std::span<DataMessage> messages, crypto::AeadEngine& aead, PeerGuard& guard,
                   std::uint64_t& contended) noexcept {
    InplaceVector<crypto::OpenJob, kRun> jobs;
    InplaceVector<DataMessage*, kRun> of_job;
    {
        const PeerGuard::Lock lock(guard, contended);
        for (DataMessage& message : messages) {
            const auto counter = load_le<std::uint64_t>(message.bytes.data() + kCounterAt);
            if (counter >= noise::kRejectAfterMessages) {
                message.drop = Drop::session_expired;
            } else if (!window_.check(counter)) {
                message.drop = Drop::replayed;
            } else {
                message.bytes = message.bytes.subspan(noise::kDataHeaderSize);
                jobs.push_back({counter, message.bytes});
                of_job.push_back(&message);
            }
        }
    }
    aead.open(keys_.receive_key, {jobs.data(), jobs.size()});
    const PeerGuard::Lock lock(guard, contended);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        DataMessage& message = *of_job[i];
        if (jobs[i].result == crypto::Open::rejected) {
            message.drop = Drop::bad_tag;
        } else if (!window_.accept(jobs[i].counter)) {
            message.drop = Drop::replayed;
        } else {
            message.bytes = message.bytes.first(message.bytes.size() - crypto::kAeadTagSize);
        }
    }
}

}  // namespace fz::dataplane

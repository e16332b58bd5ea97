// A TURN server without manners: any answers, right or wrong signatures, any order, any delay.
//
// The input is a list of steps: an opcode, a length, that many bytes. Answers get the id of a
// request that was really sent, and on demand a right signature, or nothing beyond the first check
// would be reached.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/assert.h"
#include "stun/builder.h"
#include "stun/credentials.h"
#include "turn/allocation.h"

using namespace fz;

namespace {

const wire::SocketAddr kServer{wire::IpAddr::v4(192, 0, 2, 10), 3478};
const wire::SocketAddr kLocal{wire::IpAddr::v4(10, 0, 0, 5), 52625};

class Scene {
  public:
    void step(std::uint8_t opcode, Bytes bytes) {
        switch (opcode % 8) {
            case 0:
                deliver(answer_to_latest(bytes));
                break;
            case 1:
                deliver(signed_answer_to_latest(bytes));
                break;
            case 2:
                deliver(bytes);
                break;
            case 3:
                static_cast<void>(allocation_.decapsulate(kServer, bytes, now_));
                break;
            case 4:
                static_cast<void>(allocation_.channel_to(peer_of(bytes), now_));
                break;
            case 5:
                wait();
                break;
            case 6:
                bytes.empty() ? allocation_.refresh(now_) : allocation_.restart(now_);
                break;
            default:
                allocation_.release(now_);
                break;
        }
        drain();
    }

  private:
    static wire::SocketAddr peer_of(Bytes bytes) {
        Reader reader(bytes);
        return {wire::IpAddr::v4(198, 51, 100, reader.u8()), reader.be<std::uint16_t>()};
    }

    /// The bytes with the transaction id of the latest request in their header.
    std::vector<std::byte> answer_to_latest(Bytes bytes) const {
        std::vector<std::byte> answer(bytes.begin(), bytes.end());
        if (answer.size() >= stun::kHeaderSize)
            std::copy(latest_id_.bytes.begin(), latest_id_.bytes.end(), answer.begin() + 8);
        return answer;
    }

    /// A success or error response to the latest request, whose attributes are type, length, value
    /// octets from `bytes`, signed as our server would.
    std::vector<std::byte> signed_answer_to_latest(Bytes bytes) const {
        Reader reader(bytes);
        const auto cls = reader.u8() % 2 == 0 ? stun::Class::success : stun::Class::error;
        wire::DatagramBytes out;
        stun::Builder builder(out, cls, latest_method_, latest_id_);
        while (reader.ok() && !reader.at_end()) {
            const auto type = reader.be<std::uint16_t>();
            builder.attribute(type, reader.bytes(reader.u8()));
        }
        builder.integrity(stun::long_term_key("user", "firezone", "password"));
        const Bytes view = out.view();
        return {view.begin(), view.end()};
    }

    void deliver(Bytes bytes) {
        static_cast<void>(allocation_.handle_response(kServer, kLocal, bytes, now_));
    }

    void wait() {
        const auto next = allocation_.poll_timeout();
        if (!next) return;
        now_ = std::max(now_, *next);
        for (int i = 0; i < 2; ++i) allocation_.handle_timeout(now_);
        const auto after = allocation_.poll_timeout();
        FZ_ASSERT(!after || *after > now_);
    }

    void drain() {
        int transmits = 0;
        while (const auto transmit = allocation_.poll_transmit()) {
            const auto message = stun::Message::parse(transmit->payload.view());
            FZ_ASSERT(message && message->cls() == stun::Class::request);
            latest_id_ = message->transaction_id();
            latest_method_ = message->method();
            FZ_ASSERT(++transmits < 5000);
        }
        while (allocation_.poll_event()) {
        }
    }

    Instant now_{1000s};
    crypto::Random random_{crypto::Secret{}};
    turn::Allocation allocation_{turn::Server{{kServer, std::nullopt}, "user", "password"}, random_,
                                 now_};
    stun::TransactionId latest_id_;
    stun::Method latest_method_ = stun::Method::binding;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Scene scene;
    Reader reader(std::as_bytes(std::span(data, size)));
    scene.step(5, {});
    while (!reader.at_end() && reader.ok()) {
        const std::uint8_t opcode = reader.u8();
        const std::size_t length =
            std::min<std::size_t>(reader.be<std::uint16_t>(), reader.rest().size());
        scene.step(opcode, reader.bytes(length));
    }
    return 0;
}

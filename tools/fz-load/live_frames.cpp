#include "live_frames.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <cerrno>
#include <utility>
#include <vector>

#include "in_namespace.h"

namespace fz::load {
namespace {

constexpr std::size_t kPage = 4096;

constexpr std::size_t round_up(std::size_t size, std::size_t to) {
    return (size + to - 1) / to * to;
}
/// What a value of an array map takes.
constexpr std::size_t stride(std::size_t value_size) { return round_up(value_size, 8); }

bpf_insn instruction(int code, int to, int from, int offset, int value) {
    return {.code = static_cast<__u8>(code),
            .dst_reg = static_cast<__u8>(to & 0xf),
            .src_reg = static_cast<__u8>(from & 0xf),
            .off = static_cast<__s16>(offset),
            .imm = value};
}

}  // namespace

LiveFrames::Mapped::Mapped(Mapped&& other) noexcept
    : fd_(std::move(other.fd_)), data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}

LiveFrames::Mapped::~Mapped() {
    if (data_ != nullptr) ::munmap(data_, size_);
}

Expected<void> LiveFrames::Mapped::open(std::size_t value_size, std::size_t values) {
    LIBBPF_OPTS(bpf_map_create_opts, shared, .map_flags = BPF_F_MMAPABLE);
    fd_ = os::UniqueFd(bpf_map_create(BPF_MAP_TYPE_ARRAY, "fz_load", sizeof(int),
                                      static_cast<__u32>(value_size), static_cast<__u32>(values),
                                      &shared));
    if (!fd_) return Unexpected{Error("cannot create a map", errno)};
    size_ = round_up(stride(value_size) * values, kPage);
    void* const memory = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
    if (memory == MAP_FAILED) return Unexpected{Error("cannot map a map", errno)};
    data_ = static_cast<std::byte*>(memory);
    return {};
}

LiveFrames::LiveFrames(const Injection& where, std::size_t frames, std::size_t frame_size)
    : where_(where), frames_(frames), frame_size_(frame_size) {
    assert(std::has_single_bit(frames));
}
LiveFrames::LiveFrames(LiveFrames&&) noexcept = default;
LiveFrames::~LiveFrames() = default;

Expected<LiveFrames> LiveFrames::open(const Injection& where, std::size_t frames,
                                      std::size_t frame_size) {
    LiveFrames live(where, frames, frame_size);
    FZ_TRY(live.pace_.open(sizeof(Pace), 1));
    FZ_TRY(live.room_.open(frame_size, frames));
    FZ_TRY(live.load());
    return live;
}

Expected<void> LiveFrames::load() {
    constexpr int kLoad = BPF_LDX | BPF_MEM | BPF_DW, kStore = BPF_STX | BPF_MEM | BPF_DW;
    constexpr int kStoreWord = BPF_STX | BPF_MEM | BPF_W, kCall = BPF_JMP | BPF_CALL;
    constexpr int kAdd = BPF_ALU64 | BPF_ADD | BPF_K, kAnd = BPF_ALU64 | BPF_AND | BPF_K;
    constexpr int kSet = BPF_ALU64 | BPF_MOV | BPF_K, kCopy = BPF_ALU64 | BPF_MOV | BPF_X;
    constexpr int kIfNotLess = BPF_JMP | BPF_JGE | BPF_X, kIfZero = BPF_JMP | BPF_JEQ | BPF_K;
    constexpr int kLoadMap = BPF_LD | BPF_DW | BPF_IMM, kReturn = BPF_JMP | BPF_EXIT;
    constexpr int kSent = offsetof(Pace, sent), kLimit = offsetof(Pace, limit);
    constexpr int kNumber = -4;  // on the stack
    const int mask = static_cast<int>(frames_ - 1), size = static_cast<int>(frame_size_);
    const bpf_insn second_half = instruction(0, 0, 0, 0, 0);
    const std::array code{
        instruction(kCopy, BPF_REG_6, BPF_REG_1, 0, 0),
        // Is one allowed?
        instruction(kLoadMap, BPF_REG_1, BPF_PSEUDO_MAP_VALUE, 0, pace_.fd()), second_half,
        instruction(kLoad, BPF_REG_2, BPF_REG_1, kSent, 0),
        instruction(kLoad, BPF_REG_3, BPF_REG_1, kLimit, 0),
        instruction(kIfNotLess, BPF_REG_2, BPF_REG_3, 18, 0),
        // Count it.
        instruction(kCopy, BPF_REG_4, BPF_REG_2, 0, 0), instruction(kAdd, BPF_REG_4, 0, 0, 1),
        instruction(kStore, BPF_REG_1, BPF_REG_4, kSent, 0),
        // Find it.
        instruction(kAnd, BPF_REG_2, 0, 0, mask),
        instruction(kStoreWord, BPF_REG_10, BPF_REG_2, kNumber, 0),
        instruction(kLoadMap, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, room_.fd()), second_half,
        instruction(kCopy, BPF_REG_2, BPF_REG_10, 0, 0),
        instruction(kAdd, BPF_REG_2, 0, 0, kNumber),
        instruction(kCall, 0, 0, 0, BPF_FUNC_map_lookup_elem),
        instruction(kIfZero, BPF_REG_0, 0, 7, 0),
        // Send it.
        instruction(kCopy, BPF_REG_1, BPF_REG_6, 0, 0), instruction(kSet, BPF_REG_2, 0, 0, 0),
        instruction(kCopy, BPF_REG_3, BPF_REG_0, 0, 0), instruction(kSet, BPF_REG_4, 0, 0, size),
        instruction(kCall, 0, 0, 0, BPF_FUNC_xdp_store_bytes),
        instruction(kSet, BPF_REG_0, 0, 0, XDP_TX), instruction(kReturn, 0, 0, 0, 0),
        // Or do not.
        instruction(kSet, BPF_REG_0, 0, 0, XDP_DROP), instruction(kReturn, 0, 0, 0, 0)};
    program_ = os::UniqueFd(bpf_prog_load(BPF_PROG_TYPE_XDP, "fz_load", "Apache-2.0", code.data(),
                                          code.size(), nullptr));
    if (!program_) return Unexpected{Error("cannot load the sending program", errno)};
    return {};
}

MutBytes LiveFrames::frame(std::size_t number) noexcept {
    return {room_.data() + (number & (frames_ - 1)) * stride(frame_size_), frame_size_};
}

Expected<void> LiveFrames::run(std::uint32_t tries) {
    return in_namespace(where_.netns, [this, tries] { return run_here(tries); });
}

Expected<void> LiveFrames::run_here(std::uint32_t tries) const {
    const std::vector<std::byte> blank(frame_size_);
    xdp_md context{};
    context.data_end = static_cast<__u32>(frame_size_);
    context.ingress_ifindex = ::if_nametoindex(where_.device.c_str());
    if (context.ingress_ifindex == 0)
        return Unexpected{Error("no interface " + where_.device, errno)};
    LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = blank.data(),
                .data_size_in = static_cast<__u32>(frame_size_), .ctx_in = &context,
                .ctx_size_in = sizeof context, .repeat = static_cast<int>(tries),
                .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
    if (const int failed = bpf_prog_test_run_opts(program_.get(), &options))
        return Unexpected{Error("cannot send live frames", -failed)};
    return {};
}

std::uint64_t LiveFrames::sent() const noexcept {
    return std::atomic_ref(pace().sent).load(std::memory_order_relaxed);
}

void LiveFrames::allow_up_to(std::uint64_t limit) noexcept {
    std::atomic_ref(pace().limit).store(limit, std::memory_order_relaxed);
}

}  // namespace fz::load

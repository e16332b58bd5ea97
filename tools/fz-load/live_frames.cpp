#include "live_frames.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <utility>

namespace fz::load {
namespace {

constexpr std::size_t kPage = 4096;
constexpr int kFramesPerRun = 1 << 22;  ///< sent or not

bpf_insn instruction(int code, int to, int from, int offset, int value) {
    return {.code = static_cast<__u8>(code),
            .dst_reg = static_cast<__u8>(to & 0xf),
            .src_reg = static_cast<__u8>(from & 0xf),
            .off = static_cast<__s16>(offset),
            .imm = value};
}

}  // namespace

Expected<LiveFrames> LiveFrames::open(const std::string& device, Bytes frame) {
    LiveFrames frames;
    frames.interface_ = ::if_nametoindex(device.c_str());
    if (frames.interface_ == 0) return Unexpected{Error("no interface " + device, errno)};
    frames.frame_.assign(frame.begin(), frame.end());
    FZ_TRY(frames.load());
    return frames;
}

LiveFrames::LiveFrames(LiveFrames&& other) noexcept
    : map_(std::move(other.map_)),
      program_(std::move(other.program_)),
      pace_(std::exchange(other.pace_, nullptr)),
      interface_(other.interface_),
      frame_(std::move(other.frame_)) {}

LiveFrames::~LiveFrames() {
    if (pace_ != nullptr) ::munmap(pace_, kPage);
}

Expected<void> LiveFrames::load() {
    LIBBPF_OPTS(bpf_map_create_opts, shared, .map_flags = BPF_F_MMAPABLE);
    map_ = os::UniqueFd(
        bpf_map_create(BPF_MAP_TYPE_ARRAY, "fz_load", sizeof(int), sizeof(Pace), 1, &shared));
    if (!map_) return Unexpected{Error("cannot create a map", errno)};
    void* const page = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, map_.get(), 0);
    if (page == MAP_FAILED) return Unexpected{Error("cannot map a map", errno)};
    pace_ = static_cast<Pace*>(page);

    constexpr int kLoad = BPF_LDX | BPF_MEM | BPF_DW, kStore = BPF_STX | BPF_MEM | BPF_DW;
    constexpr int kAdd = BPF_ALU64 | BPF_ADD | BPF_K, kSet = BPF_ALU64 | BPF_MOV | BPF_K;
    constexpr int kIfNotLess = BPF_JMP | BPF_JGE | BPF_X, kReturn = BPF_JMP | BPF_EXIT;
    constexpr int kSent = offsetof(Pace, sent), kLimit = offsetof(Pace, limit);
    const std::array code{
        instruction(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_VALUE, 0, map_.get()),
        instruction(0, 0, 0, 0, 0),  // its second half: offset 0
        instruction(kLoad, BPF_REG_2, BPF_REG_1, kSent, 0),
        instruction(kLoad, BPF_REG_3, BPF_REG_1, kLimit, 0),
        instruction(kIfNotLess, BPF_REG_2, BPF_REG_3, 4, 0),
        instruction(kAdd, BPF_REG_2, 0, 0, 1),
        instruction(kStore, BPF_REG_1, BPF_REG_2, kSent, 0),
        instruction(kSet, BPF_REG_0, 0, 0, XDP_TX),
        instruction(kReturn, 0, 0, 0, 0),
        instruction(kSet, BPF_REG_0, 0, 0, XDP_DROP),
        instruction(kReturn, 0, 0, 0, 0),
    };
    program_ = os::UniqueFd(bpf_prog_load(BPF_PROG_TYPE_XDP, "fz_load", "Apache-2.0", code.data(),
                                          code.size(), nullptr));
    if (!program_) return Unexpected{Error("cannot load the sending program", errno)};
    return {};
}

Expected<void> LiveFrames::run() {
    xdp_md context{};
    context.data_end = static_cast<__u32>(frame_.size());
    context.ingress_ifindex = interface_;
    LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame_.data(),
                .data_size_in = static_cast<__u32>(frame_.size()), .ctx_in = &context,
                .ctx_size_in = sizeof context, .repeat = kFramesPerRun,
                .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
    if (const int failed = bpf_prog_test_run_opts(program_.get(), &options))
        return Unexpected{Error("cannot send live frames", -failed)};
    return {};
}

std::uint64_t LiveFrames::sent() const noexcept {
    return std::atomic_ref(pace_->sent).load(std::memory_order_relaxed);
}

void LiveFrames::allow_up_to(std::uint64_t limit) noexcept {
    std::atomic_ref(pace_->limit).store(limit, std::memory_order_relaxed);
}

}  // namespace fz::load

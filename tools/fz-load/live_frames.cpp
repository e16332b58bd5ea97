#include "live_frames.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <net/if.h>

#include <array>
#include <cerrno>

namespace fz::load {

Expected<LiveFrames> LiveFrames::open(const std::string& device, Bytes frame) {
    const unsigned interface = ::if_nametoindex(device.c_str());
    if (interface == 0) return Unexpected{Error("no interface " + device, errno)};
    // return XDP_TX;
    const std::array<bpf_insn, 2> code{{
        {.code = BPF_ALU64 | BPF_MOV | BPF_K,
         .dst_reg = BPF_REG_0,
         .src_reg = 0,
         .off = 0,
         .imm = XDP_TX},
        {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
    }};
    os::UniqueFd program(bpf_prog_load(BPF_PROG_TYPE_XDP, "fz_load", "Apache-2.0", code.data(),
                                       code.size(), nullptr));
    if (!program) return Unexpected{Error("cannot load the sending program", errno)};
    return LiveFrames(std::move(program), interface, frame);
}

Expected<void> LiveFrames::send(std::uint32_t count) {
    xdp_md context{};
    context.data_end = static_cast<__u32>(frame_.size());
    context.ingress_ifindex = interface_;
    LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame_.data(),
                .data_size_in = static_cast<__u32>(frame_.size()), .ctx_in = &context,
                .ctx_size_in = sizeof context, .repeat = static_cast<int>(count),
                .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
    if (const int failed = bpf_prog_test_run_opts(program_.get(), &options))
        return Unexpected{Error("cannot send live frames", -failed)};
    return {};
}

}  // namespace fz::load

// The program itself, in the kernel's test run: packet in, verdict, packet out.
#include "fastpath/steering.h"

#include <bpf/bpf.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <net/if.h>

#include "fastpath/xsk.h"
#include "unit/fastpath/frames.h"
#include "unit/os/private_netns.h"

namespace fz::fastpath {
namespace {

using namespace fz::test;

class SteeringTest : public PrivateNetns {
  protected:
    void SetUp() override {
        PrivateNetns::SetUp();
        if (IsSkipped()) return;
        output_of(
            "ip link add here type veth peer name there; ip link set here up;"
            "ip link set there up");
        auto loaded = Steering::load();
        ASSERT_TRUE(loaded) << loaded.error().to_string();
        steering_ = std::make_unique<Steering>(std::move(loaded).value());
        const std::vector ours{ip("198.51.100.1"), ip("2001:db8::1")};
        const std::vector<std::uint16_t> ports{kOurPort};
        const std::vector relays{kRelay};
        ASSERT_TRUE(steering_->set_addresses(ours));
        ASSERT_TRUE(steering_->set_ports(ports));
        ASSERT_TRUE(steering_->set_relays(relays));
    }
    void open_socket() {
        auto opened = Xsk::open("here", 0);
        ASSERT_TRUE(opened) << opened.error().to_string();
        xsk_ = std::move(opened).value();
        ASSERT_TRUE(steering_->set_socket(0, xsk_->fd()));
    }

    /// What the program answers, on receive queue 0; it must leave the frame as it is.
    xdp_action run(const Buffer& frame) {
        Buffer out(frame.size() + 256);
        LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame.data(), .data_out = out.data(),
                    .data_size_in = static_cast<__u32>(frame.size()),
                    .data_size_out = static_cast<__u32>(out.size()), .repeat = 1);
        EXPECT_EQ(bpf_prog_test_run_opts(steering_->program_fd(), &options), 0);
        out.resize(options.data_size_out);
        EXPECT_EQ(out, frame);
        return static_cast<xdp_action>(options.retval);
    }
    /// As another tool would: by the kernel's list of all attachments.
    void detach_from_outside() {
        bpf_prog_info program{};
        __u32 size = sizeof program;
        ASSERT_EQ(bpf_obj_get_info_by_fd(steering_->program_fd(), &program, &size), 0);
        for (__u32 id = 0; bpf_link_get_next_id(id, &id) == 0;) {
            const os::UniqueFd link(bpf_link_get_fd_by_id(id));
            bpf_link_info info{};
            size = sizeof info;
            if (!link || bpf_obj_get_info_by_fd(link.get(), &info, &size) != 0) continue;
            if (info.prog_id != program.id) continue;
            EXPECT_EQ(bpf_link_detach(link.get()), 0);
        }
    }
    /// The one verdict that was counted since the last call.
    std::vector<fz_verdict> take_verdicts() {
        const fz_verdicts now = steering_->verdicts(0);
        std::vector<fz_verdict> counted;
        for (std::size_t i = 0; i < FZ_VERDICT_COUNT; ++i)
            for (; seen_.frames[i] < now.frames[i]; ++seen_.frames[i])
                counted.push_back(static_cast<fz_verdict>(i));
        return counted;
    }

    std::unique_ptr<Xsk> xsk_;
    std::unique_ptr<Steering> steering_;
    fz_verdicts seen_{};
};

TEST_F(SteeringTest, GivesEachFrameItsVerdict) {
    open_socket();
    for (const FrameCase& each : frame_cases()) {
        const bool steered =
            each.verdict == fz_steered_data || each.verdict == fz_steered_channel_data;
        EXPECT_EQ(run(each.frame), steered ? XDP_REDIRECT : XDP_PASS) << each.name;
        EXPECT_EQ(take_verdicts(), std::vector{each.verdict}) << each.name;
    }
}

TEST_F(SteeringTest, PassesEverythingWhereNoSocketIs) {
    for (const FrameCase& each : frame_cases()) {
        const bool steered =
            each.verdict == fz_steered_data || each.verdict == fz_steered_channel_data;
        EXPECT_EQ(run(each.frame), XDP_PASS) << each.name;
        EXPECT_EQ(take_verdicts(), std::vector{steered ? fz_passed_no_socket : each.verdict})
            << each.name;
    }
}

TEST_F(SteeringTest, AFrameCutAnywherePasses) {
    open_socket();
    constexpr std::size_t kShortestTestRun = 14;
    const Sent from_relay{.source = "192.0.2.10", .source_port = 3478};
    for (const Buffer& whole : {v4_frame(data_message()), v6_frame(data_message()),
                                v4_frame(channel_data(data_message()), from_relay)})
        for (std::size_t size = kShortestTestRun; size < whole.size(); ++size)
            EXPECT_EQ(run({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}),
                      XDP_PASS)
                << size;
}

TEST_F(SteeringTest, FollowsWhatIsOurs) {
    open_socket();
    const std::vector others{ip("198.51.100.2")};
    ASSERT_TRUE(steering_->set_addresses(others));
    EXPECT_EQ(run(v4_frame(data_message())), XDP_PASS);
    EXPECT_EQ(run(v4_frame(data_message(), {.destination = "198.51.100.2"})), XDP_REDIRECT);
    const std::vector<std::uint16_t> ports{1};
    ASSERT_TRUE(steering_->set_ports(ports));
    EXPECT_EQ(run(v4_frame(data_message(), {.destination = "198.51.100.2"})), XDP_PASS);
    EXPECT_EQ(run(v4_frame(data_message(), {.destination = "198.51.100.2", .port = 1})),
              XDP_REDIRECT);
}

TEST_F(SteeringTest, ARelayThatLeftIsAStranger) {
    open_socket();
    const Buffer frame =
        v4_frame(channel_data(data_message()), {.source = "192.0.2.10", .source_port = 3478});
    EXPECT_EQ(run(frame), XDP_REDIRECT);
    ASSERT_TRUE(steering_->set_relays({}));
    EXPECT_EQ(run(frame), XDP_PASS);
}

TEST_F(SteeringTest, AFullSetGivesWayToAnother) {
    std::vector<wire::SocketAddr> first, second;
    for (std::uint16_t i = 0; i < FZ_MAX_RELAYS; ++i) {
        first.push_back({ip("192.0.2.20"), i});
        second.push_back({ip("192.0.2.30"), i});
    }
    EXPECT_TRUE(steering_->set_relays(first));
    EXPECT_TRUE(steering_->set_relays(second));
    second.push_back(kRelay);
    EXPECT_EQ(steering_->set_relays(second).error().os_errno, E2BIG);
}

TEST_F(SteeringTest, AttachesToOneInterfaceOnce) {
    const unsigned index = ::if_nametoindex("here");
    ASSERT_TRUE(steering_->attach(index, AttachMode::native));
    auto second = Steering::load();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->attach(index, AttachMode::native).error().os_errno, EBUSY);
    steering_->detach();
    EXPECT_TRUE(second->attach(index, AttachMode::native));
}

TEST_F(SteeringTest, NoticesThatItWasDetached) {
    ASSERT_TRUE(steering_->attach(::if_nametoindex("here"), AttachMode::native));
    EXPECT_TRUE(steering_->attached());
    detach_from_outside();
    EXPECT_FALSE(steering_->attached());
}

TEST_F(SteeringTest, NothingStaysAttached) {
    ASSERT_TRUE(steering_->attach(::if_nametoindex("here"), AttachMode::native));
    EXPECT_NE(output_of("ip link show here").find("xdp"), std::string::npos);
    steering_.reset();
    EXPECT_EQ(output_of("ip link show here").find("xdp"), std::string::npos);
}

}  // namespace
}  // namespace fz::fastpath

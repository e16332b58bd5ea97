#include "doors/refusal.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace fz::doors {
namespace {

std::string why(Step step, int refusal, unsigned mtu = 1500, bool lro = false) {
    os::Interface interface;
    interface.name = "eth0";
    interface.mtu = mtu;
    interface.large_receive_offload = lro;
    return explain(step, Error("the kernel's words", refusal), interface);
}

TEST(Refusal, NamesTheReasonAndTheRemedy) {
    struct Case {
        Step step;
        int refusal;
        const char* reason;
        const char* remedy;
    };
    for (const Case& each : {
             Case{Step::find, 0, "no interface eth0", "eth0"},
             Case{Step::load, EPERM, "CAP_BPF", "setcap"},
             Case{Step::load, EINVAL, "does not take the XDP program", "5.15"},
             Case{Step::open_ring, EPERM, "CAP_NET_RAW", "setcap"},
             Case{Step::open_ring, EAFNOSUPPORT, "no AF_XDP", "CONFIG_XDP_SOCKETS"},
             Case{Step::open_ring, ENOBUFS, "memory that may be locked", "LimitMEMLOCK"},
             Case{Step::open_ring, EBUSY, "another program", "--xdp-interface"},
             Case{Step::attach, EPERM, "CAP_BPF", "setcap"},
             Case{Step::attach, EBUSY, "another XDP program", "ip link set dev eth0 xdp off"},
             Case{Step::attach, EEXIST, "another XDP program", "ip link set dev eth0 xdp off"},
             Case{Step::attach, EOPNOTSUPP, "driver of eth0 has no XDP", "newer kernel"},
             Case{Step::attach, ERANGE, "MTU of eth0", "lower it"},
         }) {
        const std::string sentence = why(each.step, each.refusal);
        EXPECT_NE(sentence.find(each.reason), std::string::npos) << sentence;
        EXPECT_NE(sentence.find(each.remedy), std::string::npos) << sentence;
    }
}

TEST(Refusal, BlamesWhatIsInTheWayBeforeTheDriver) {
    EXPECT_NE(why(Step::attach, EOPNOTSUPP, 1500, true).find("ethtool -K eth0 lro off"),
              std::string::npos);
    EXPECT_NE(why(Step::attach, EINVAL, 9000).find("lower it to 1770"), std::string::npos);
}

TEST(Refusal, KeepsTheKernelsWordsWhereItKnowsNoBetter) {
    EXPECT_EQ(why(Step::attach, EIO), "the kernel's words: Input/output error");
    EXPECT_EQ(why(Step::open_ring, EINVAL), "the kernel's words: Invalid argument");
}

}  // namespace
}  // namespace fz::doors

#include <gtest/gtest.h>

#include <random>

#include "unit/policy/naive_policy.h"
#include "unit/policy/resources.h"

namespace fz::policy {
namespace {

using test::Buffer;

/// Random resources and packets from a small world, so that networks nest and packets hit them.
class World {
  public:
    explicit World(unsigned seed) : random_(seed) {}

    std::vector<Resource> resources() {
        std::vector<Resource> out;
        const unsigned count = below(12);
        for (unsigned i = 0; i < count; ++i) out.push_back(resource(static_cast<int>(i)));
        return out;
    }

    Buffer any_packet() {
        const bool v4 = below(2) == 0;
        const wire::IpAddr client = v4 ? *test::kClient.v4 : *test::kClient.v6;
        const bool out = below(2) == 0;
        const wire::IpAddr near = below(11) == 0 ? address(v4) : client;
        const wire::IpAddr far = address(v4);
        const wire::IpAddr& src = out ? near : far;
        const wire::IpAddr& dst = out ? far : near;
        const auto [protocol, payload] = transport(v4, client);
        return v4 ? test::ipv4(src, dst, protocol, payload)
                  : test::ipv6(src, dst, protocol, payload);
    }

  private:
    unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
    std::uint16_t port() { return static_cast<std::uint16_t>(below(20)); }

    wire::IpAddr address(bool v4) {
        static constexpr const char* kV4[] = {"10.0.0.0",        "10.1.0.0",   "8.8.8.0",
                                              "100.64.0.0",      "100.96.0.0", "127.0.0.0",
                                              "255.255.255.252", "224.0.0.0",  "192.168.7.0"};
        static constexpr const char* kV6[] = {
            "2001:db8::", "2001:db8:1::", "fd00:2021:1111::", "fd00:2021:1111:8000::",
            "::",         "::ffff:0:0",   "fe80::",           "ff02::",
            "fdab::"};
        const wire::IpAddr base = test::ip(v4 ? kV4[below(9)] : kV6[below(9)]);
        Buffer bytes(base.bytes().begin(), base.bytes().end());
        bytes.back() = static_cast<std::byte>(std::to_integer<unsigned>(bytes.back()) | below(4));
        return wire::IpAddr::from_bytes(bytes);
    }

    wire::Cidr network() {
        const bool v4 = below(2) == 0;
        const wire::IpAddr ip = address(v4);
        const unsigned bits = v4 ? 32 : 128;
        unsigned length = below(3) == 0 ? below(bits + 1) : bits - below(4);
        while (true) {
            if (const auto cidr = wire::Cidr::from(ip, length)) return *cidr;
            ++length;
        }
    }

    Resource resource(int number) {
        if (below(8) == 0) return test::internet(number);
        if (below(8) == 0) return test::dns(number);
        test::Filters filters;
        for (unsigned i = below(4); i > 0; --i)
            filters.push_back({static_cast<FilterProtocol>(below(3)), port(), port()});
        return {test::id(number), "network", CidrTarget{network()}, std::move(filters)};
    }

    std::pair<int, Buffer> transport(bool v4, const wire::IpAddr& client) {
        switch (below(5)) {
            case 0:
                return {test::kTcp, test::tcp(port(), port())};
            case 1:
                return {test::kUdp, test::udp(port(), port())};
            case 2:
                return {47, Buffer(4)};
            case 3: {
                const wire::IpAddr quoted = below(3) == 0 ? address(v4) : client;
                const Buffer udp = test::udp(port(), port());
                const Buffer quote = v4 ? test::ipv4(quoted, address(v4), test::kUdp, udp)
                                        : test::ipv6(quoted, address(v4), test::kUdp, udp);
                return {
                    v4 ? test::kIcmp : test::kIcmpV6,
                    test::icmp(static_cast<int>(below(12)), static_cast<int>(below(3)), 0, quote)};
            }
            default:
                return {
                    v4 ? test::kIcmp : test::kIcmpV6,
                    test::icmp(static_cast<int>(v4 ? 8 * below(2) : 128 + below(2)), 0, port())};
        }
    }

    std::mt19937 random_;
};

TEST(AccessProperty, AgreesWithTheNaivePolicy) {
    std::array<std::size_t, 16> seen{};
    for (unsigned seed = 0; seed < 400; ++seed) {
        World world(seed);
        const auto resources = world.resources();
        const Access compiled = test::access(resources);
        const test::NaivePolicy naive{test::kClient, test::kGateway, resources};
        for (int i = 0; i < 200; ++i) {
            const Buffer bytes = world.any_packet();
            const auto packet = wire::IpPacketView::parse(bytes).value();
            const Verdict out = compiled.outbound(packet);
            const Verdict in = compiled.inbound(packet);
            ASSERT_EQ(out, naive.outbound(packet)) << "seed " << seed << " packet " << i;
            ASSERT_EQ(in, naive.inbound(packet)) << "seed " << seed << " packet " << i;
            ++seen[static_cast<std::size_t>(out)];
            ++seen[static_cast<std::size_t>(in)];
        }
    }
    for (std::size_t verdict = 0; verdict <= static_cast<std::size_t>(Verdict::reply_filtered);
         ++verdict)
        EXPECT_GT(seen[verdict], 100u) << "verdict " << verdict << " hardly occurs";
}

}  // namespace
}  // namespace fz::policy

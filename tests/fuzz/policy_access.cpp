// Arbitrary resources and an arbitrary packet: the compiled policy and the naive one agree.
//
// Input: a count of resources; for each a kind (0 Internet, 1 DNS, even IPv4, odd IPv6), a prefix
// length, an address of 4 or 16 bytes (host bits are cut), a count of filters of 5 bytes (protocol,
// first port, last port); then the packet.
#include "policy/access.h"

#include <cstdint>
#include <vector>

#include "base/assert.h"
#include "unit/policy/naive_policy.h"
#include "unit/policy/resources.h"

namespace {

using namespace fz;

wire::Cidr network_of(Reader& input, bool v4) {
    const unsigned length = input.u8() % (v4 ? 33u : 129u);
    const Bytes address = input.bytes(v4 ? 4 : 16);
    std::vector<std::byte> base(address.begin(), address.end());
    base.resize(v4 ? 4 : 16);
    for (std::size_t bit = length; bit < base.size() * 8; ++bit)
        base[bit / 8] &= static_cast<std::byte>(~(0x80 >> bit % 8));
    return wire::Cidr::from(wire::IpAddr::from_bytes(base), length).value();
}

policy::Resource resource_of(Reader& input, int number) {
    const std::uint8_t kind = input.u8();
    if (kind == 0) return test::internet(number);
    if (kind == 1) return test::dns(number);
    const wire::Cidr network = network_of(input, kind % 2 == 0);
    test::Filters filters(input.u8() % 8);
    for (policy::Filter& filter : filters) {
        filter.protocol = static_cast<policy::FilterProtocol>(input.u8() % 3);
        filter.first_port = input.be<std::uint16_t>();
        filter.last_port = input.be<std::uint16_t>();
    }
    return {test::id(number), "network", policy::CidrTarget{network}, std::move(filters)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Reader input(std::as_bytes(std::span(data, size)));
    std::vector<policy::Resource> resources;
    const int count = input.u8() % 32;
    for (int i = 0; i < count; ++i) resources.push_back(resource_of(input, i));
    const auto packet = wire::IpPacketView::parse(input.rest());
    if (!packet) return 0;

    const policy::Access compiled = test::access(resources);
    const test::NaivePolicy naive{test::kClient, test::kGateway, resources};
    FZ_ASSERT(compiled.outbound(*packet) == naive.outbound(*packet));
    FZ_ASSERT(compiled.inbound(*packet) == naive.inbound(*packet));
    return 0;
}

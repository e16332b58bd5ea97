// One table of what a client may send, over every door: sockets, XDP in the driver, XDP behind it;
// over either family, with either family inside. Each frame crosses a real cable; what reaches the
// private network, what is lost under which name, what the client is told and what control hears
// must be the same whatever the way in.
#include "unit/worker/doors_agree.h"

namespace fz::worker {
namespace {

TEST_P(DoorsAgree, OnData) {
    send(frame(sealed(request())));
    expect({.delivered = {request()}, .steered = 1});
}

TEST_P(DoorsAgree, OnPaddedFrames) {
    Buffer padded = frame(sealed(request()));
    padded.resize(padded.size() + 18);
    send(padded);
    expect({.delivered = {request()}, .steered = 1});
}

TEST_P(DoorsAgree, OnKeepalives) {
    send(frame(sealed({})));
    expect({.steered = 1});
}

/// Not-ECT is 0, ECT(0) 2, congestion experienced 3 (RFC 3168 5).
TEST_P(DoorsAgree, OnCongestionMarks) {
    const Buffer capable = request_to(inside().open, 2);
    const Buffer marked = request_to(inside().open, 3);
    send(frame(sealed(capable), outside().from_client, {.tos = 3}, {.traffic_class = 3}));
    send(frame(sealed(capable), outside().from_client, {.tos = 2}, {.traffic_class = 2}));
    send(frame(sealed(request()), outside().from_client, {.tos = 3}, {.traffic_class = 3}));
    expect({.delivered = {marked, capable, request()}, .steered = 3});
}

TEST_P(DoorsAgree, OnReplays) {
    const Buffer once = frame(sealed(request()));
    send(once);
    send(once);
    expect({.delivered = {request()}, .drops = {{"replayed", 1}}, .steered = 2});
}

TEST_P(DoorsAgree, OnForgeries) {
    Buffer message = sealed(request());
    message.back() ^= std::byte{1};
    send(frame(message));
    expect({.drops = {{"bad_tag", 1}}, .steered = 1});
}

TEST_P(DoorsAgree, OnSessionsThatNobodyHas) {
    Buffer message = sealed(request());
    message[4] ^= std::byte{0x80};
    send(frame(message));
    expect({.drops = {{"unknown_session", 1}}, .steered = 1});
}

TEST_P(DoorsAgree, OnTheSessionsOfARekey) {
    const Buffer before = frame(sealed(request()));
    session_ = install_session(3);
    const Buffer after = request_to(inside().also_open);
    send(frame(sealed(after)));
    send(before);
    expect({.delivered = {after, request()}, .steered = 2});
}

TEST_P(DoorsAgree, OnWhatPolicyRefuses) {
    send(frame(sealed(request_to(inside().unknown))));
    expect({.drops = {{"no_resource", 1}}, .answers = {inside().prohibited}, .steered = 1});
}

TEST_P(DoorsAgree, OnWhatFiltersExclude) {
    send(frame(sealed(request_to(inside().filtered))));
    expect({.drops = {{"filtered", 1}}, .answers = {inside().prohibited}, .steered = 1});
}

TEST_P(DoorsAgree, OnForeignSources) {
    send(frame(sealed(request_between(inside().another_client, inside().open))));
    expect({.drops = {{"source_not_client", 1}}, .answers = {inside().prohibited}, .steered = 1});
}

TEST_P(DoorsAgree, OnMalformedInnerPackets) {
    Buffer cut = request();
    cut.resize(inner_is_v4() ? 19 : 39);
    send(frame(sealed(cut)));
    expect({.drops = {{"malformed_inner", 1}}, .steered = 1});
}

TEST_P(DoorsAgree, OnRelayedData) {
    send(frame(channel_data(sealed(request())), outside().from_relay));
    expect({.delivered = {request()}, .steered = 1});
}

TEST_P(DoorsAgree, OnChannelsThatAreNotBound) {
    send(frame(channel_data(sealed(request()), 0, 0x4002), outside().from_relay));
    expect({.drops = {{"unknown_channel", 1}}, .steered = 1});
}

TEST_P(DoorsAgree, OnDatagramsThatAreTooLong) {
    send(frame(data_message(1317)));
    expect({.drops = {{"oversized", 1}}});
}

TEST_P(DoorsAgree, OnHandshakes) {
    Buffer initiation = data_message(148);
    initiation[0] = std::byte{1};
    send(frame(initiation));
    expect({.controls = 1});
}

TEST_P(DoorsAgree, OnFramesCutShort) {
    Buffer cut = frame(sealed(request()));
    cut.resize(cut.size() - 1);
    send(cut);
    expect({});
}

/// Of IPv4: no operation, four times. Of IPv6: a header of options for the destination, padded.
TEST_P(DoorsAgree, OnOptionsThatTheKernelReads) {
    send(frame(sealed(request()), outside().from_client, {.options = hex("01010101")},
               {.extension = 60, .extension_header = hex("1100 010400000000")}));
    expect({.delivered = {request()}});
}

TEST_P(DoorsAgree, OnFragments) {
    send(frame(sealed(request()), outside().from_client, {.fragment = 0x2000},
               {.extension = 44, .extension_header = hex("1100 0001 00000007")}));
    expect({});
}

TEST_P(DoorsAgree, OnOtherHosts) {
    send(frame(sealed(request()), outside().to_another_host));
    expect({});
}

std::vector<Journey> journeys() {
    std::vector<Journey> all;
    for (const Way way : {Way::sockets, Way::native, Way::generic})
        for (const wire::Family outer : {wire::Family::v4, wire::Family::v6})
            for (const wire::Family inner : {wire::Family::v4, wire::Family::v6})
                all.push_back({way, outer, inner});
    return all;
}

std::string name_of(const ::testing::TestParamInfo<Journey>& info) {
    const auto version = [](wire::Family family) { return family == wire::Family::v4 ? "4" : "6"; };
    const char* const doors[] = {"Sockets", "NativeXdp", "GenericXdp"};
    const Journey& journey = info.param;
    return doors[static_cast<std::size_t>(journey.way)] + std::string("Ip") +
           version(journey.inner) + "InIp" + version(journey.outer);
}

INSTANTIATE_TEST_SUITE_P(Over, DoorsAgree, ::testing::ValuesIn(journeys()), name_of);

}  // namespace
}  // namespace fz::worker

#include "worker/mailbox.h"

#include <gtest/gtest.h>

#include <memory>

#include "unit/wire/packets.h"

namespace fz::worker {
namespace {

class MailboxTest : public ::testing::Test {
  protected:
    void set_aside(std::size_t datagrams) {
        for (std::size_t i = 0; i < datagrams; ++i)
            output->datagrams.push_back({as_bytes("hello"), source, local});
    }

    const wire::SocketAddr source{test::ip("192.0.2.1"), 3478};
    const wire::SocketAddr local{test::ip("198.51.100.1"), 52625};
    const std::unique_ptr<dataplane::Output> output = std::make_unique<dataplane::Output>();
    Mailbox box;
};

TEST_F(MailboxTest, CopiesWhatTheDoorWillReuse) {
    test::Buffer bytes = test::bytes_of({1, 2, 3});
    output->datagrams.push_back({bytes, source, local});
    output->packets.push_back({bytes, 7});
    output->active.push_back(9);
    EXPECT_EQ(box.post(*output).packets, 0U);
    bytes.assign(3, std::byte{0});

    ASSERT_NE(box.datagrams.front(), nullptr);
    EXPECT_EQ(box.datagrams.front()->bytes.view()[1], std::byte{2});
    EXPECT_EQ(box.datagrams.front()->source, source);
    EXPECT_EQ(box.datagrams.front()->local, local);
    ASSERT_NE(box.packets.front(), nullptr);
    EXPECT_EQ(box.packets.front()->slot, 7U);
    ASSERT_NE(box.active.front(), nullptr);
    EXPECT_EQ(*box.active.front(), 9U);
    EXPECT_TRUE(output->datagrams.empty() && output->packets.empty() && output->active.empty());
}

TEST_F(MailboxTest, AFullRingLosesAndTellsHowMuch) {
    Mailbox::Loss loss;
    for (int i = 0; i < 4; ++i) {  // 4 x 256 into 512 places
        set_aside(256);
        const Mailbox::Loss more = box.post(*output);
        loss.packets += more.packets;
        loss.bytes += more.bytes;
    }
    EXPECT_EQ(loss.packets, 512U);
    EXPECT_EQ(loss.bytes, 512U * 5);
}

TEST_F(MailboxTest, ActivePeersWaitWhileTheirRingIsFull) {
    for (std::uint32_t slot = 0; slot < 16'384; ++slot) {
        output->active.push_back(slot);
        if (output->active.full() || slot == 16'383) static_cast<void>(box.post(*output));
    }
    output->active.push_back(99'999);
    static_cast<void>(box.post(*output));
    EXPECT_EQ(output->active.size(), 1U);
    output->clear();
    EXPECT_EQ(output->active.size(), 1U);  // survives the end of the batch
    box.active.pop();
    static_cast<void>(box.post(*output));
    EXPECT_TRUE(output->active.empty());
}

}  // namespace
}  // namespace fz::worker

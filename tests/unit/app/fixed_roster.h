// A roster of rows that a test has made.
#pragma once

#include <vector>

#include "tunnel/roster.h"

namespace fz::test {

class FixedRoster final : public tunnel::Roster {
  public:
    [[nodiscard]] tunnel::PeerPage peers(std::uint32_t from, std::size_t most,
                                         Instant) const override {
        tunnel::PeerPage page;
        for (const tunnel::PeerRow& row : rows) {
            if (row.slot < from) continue;
            if (page.rows.size() == most) {
                page.next = row.slot;
                break;
            }
            page.rows.push_back(row);
        }
        return page;
    }
    [[nodiscard]] tunnel::RosterSummary summary() const override { return {}; }

    std::vector<tunnel::PeerRow> rows;  ///< by slot
};

}  // namespace fz::test

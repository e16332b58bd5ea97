// Reads what several messages contain. Internal to portal/.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "policy/resource.h"
#include "portal/gateway_messages.h"
#include "portal/json.h"
#include "portal/objects.h"

namespace fz::portal {

[[nodiscard]] IceCredentials read_ice_credentials(const Fields& in);
[[nodiscard]] TunnelAddresses read_addresses(const Fields& in, std::string_view v4_key,
                                             std::string_view v6_key);
[[nodiscard]] Interface read_interface(const Fields& in);
/// A resource with its filters; the target is meaningless if there was trouble.
[[nodiscard]] policy::Resource read_resource(const Fields& in);
/// Only `type` and `address`, by which resources differ.
[[nodiscard]] decltype(policy::Resource::target) read_target(const Fields& in);
/// TURN servers, the two entries of a dual-stack relay merged. Null reads as none.
[[nodiscard]] std::vector<Relay> read_relays(const Json* array);
/// Candidate strings; entries that are not strings are skipped.
[[nodiscard]] std::vector<Candidate> read_candidates(const Json* array);
[[nodiscard]] RelaysPresence read_relays_presence(const Fields& in);
/// `{peer_key: uuid, "candidates": […]}`.
template <typename Message>
[[nodiscard]] Message read_candidates_of(const Fields& in, std::string_view peer_key) {
    return {in.get<Uuid>(peer_key), read_candidates(in.array("candidates"))};
}

/// Reads each entry of a list and skips the bad ones: one wrong relay must not cost us all others.
/// `read` is called as read(const Json&, Trouble&). Null reads as an empty list.
template <typename Read>
[[nodiscard]] auto read_each(const Json* array, std::string_view list, Read read) {
    std::vector<decltype(read(std::declval<const Json&>(), std::declval<Trouble&>()))> entries;
    if (array == nullptr) return entries;
    Trouble first;
    std::size_t skipped = 0;
    entries.reserve(array->Size());
    for (const Json& json : array->GetArray()) {
        Trouble trouble;
        auto entry = read(json, trouble);
        if (!trouble) {
            entries.push_back(std::move(entry));
        } else {
            ++skipped;
            first.at(trouble.field);
        }
    }
    if (skipped != 0)
        FZ_LOG(warn, "portal list entries skipped", kv("list", list), kv("skipped", skipped),
               kv("first_bad_field", first.field));
    return entries;
}

}  // namespace fz::portal

// What fz-load can do: each mode measures one thing and returns what is to be printed.
#pragma once

#include "base/expected.h"
#include "json_object.h"
#include "options.h"

namespace fz::load {

[[nodiscard]] Expected<JsonObject> run_connect(const Options& options);
[[nodiscard]] Expected<JsonObject> run_decrypt(const Options& options);
[[nodiscard]] Expected<JsonObject> run_encrypt(const Options& options);
[[nodiscard]] Expected<JsonObject> run_latency(const Options& options);
[[nodiscard]] Expected<JsonObject> run_aead(const Options& options);
[[nodiscard]] Expected<JsonObject> run_tun_writes(const Options& options);
[[nodiscard]] Expected<JsonObject> run_steer(const Options& options);
[[nodiscard]] Expected<JsonObject> run_flood(const Options& options);

}  // namespace fz::load

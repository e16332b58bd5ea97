#include "portal/firezone_id.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "crypto/hash.h"
#include "portal/json.h"

namespace fz::portal {

std::optional<std::string> read_firezone_id(std::string_view file) {
    static constexpr std::string_view kWhiteSpace = " \t\r\n";
    if (const auto document = parse_json(file); document && document->IsObject()) {
        Trouble trouble;
        auto id = Fields{&*document, "file", trouble}.maybe<std::string>("id");
        return id && !id->empty() ? id : std::nullopt;
    }
    const auto begin = file.find_first_not_of(kWhiteSpace);
    if (begin == std::string_view::npos) return std::nullopt;
    return std::string(file.substr(begin, file.find_last_not_of(kWhiteSpace) - begin + 1));
}

std::string firezone_id_file(std::string_view id) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> out(buffer);
    out.StartObject();
    out.Key("id");
    out.String(id.data(), static_cast<rapidjson::SizeType>(id.size()));
    out.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

std::string new_firezone_id(crypto::Random& random) { return crypto::to_hex(random.bytes<32>()); }

}  // namespace fz::portal

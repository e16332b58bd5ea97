#include "base/json.h"

#include <gtest/gtest.h>

#include <map>

namespace fz {
namespace {

using namespace std::string_view_literals;

std::string quoted(std::string_view text) {
    std::string out;
    append_quoted(out, text);
    return out;
}

TEST(Quoted, EscapesWhatEndsAStringOrALine) {
    EXPECT_EQ(quoted(""), R"("")");
    EXPECT_EQ(quoted(R"(a"b\c/d)"), R"("a\"b\\c/d")");
    EXPECT_EQ(quoted("x\ny\r\t\x1b\x7f"), R"("x\ny\u000d\u0009\u001b\u007f")");
    EXPECT_EQ(quoted("\0a"sv), R"("\u0000a")");
}

TEST(Quoted, LeavesCharactersOfEverySizeAsTheyAre) {
    // U+0080, U+07FF, U+0800, U+D7FF, U+E000, U+FFFF, U+10000, U+10FFFF
    for (const auto& text :
         {"\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv, "\xed\x9f\xbf"sv, "\xee\x80\x80"sv,
          "\xef\xbf\xbf"sv, "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv})
        EXPECT_EQ(quoted(text), '"' + std::string(text) + '"');
}

TEST(Quoted, ReplacesEachByteThatIsNoUtf8) {
    const auto replaced = [](std::size_t count, std::string_view rest = "") {
        std::string out = "\"";
        while (count-- > 0) out += "\xef\xbf\xbd";
        return out.append(rest) + '"';
    };
    EXPECT_EQ(quoted("\xff"), replaced(1));
    EXPECT_EQ(quoted("\x80z"), replaced(1, "z"));
    EXPECT_EQ(quoted("\xc0\x80"), replaced(2)) << "a long form of NUL";
    EXPECT_EQ(quoted("\xe0\x9f\xbf"), replaced(3)) << "two bytes in three";
    EXPECT_EQ(quoted("\xed\xa0\x80"), replaced(3)) << "a surrogate";
    EXPECT_EQ(quoted("\xf0\x8f\xbf\xbf"), replaced(4)) << "three bytes in four";
    EXPECT_EQ(quoted("\xf4\x90\x80\x80"), replaced(4)) << "beyond U+10FFFF";
    EXPECT_EQ(quoted("\xe2\x82"), replaced(2)) << "cut off";
    EXPECT_EQ(quoted("\xe2\x82\""), replaced(2, R"(\")")) << "and the quote is still one";
}

TEST(Json, WritesObjectsWithinObjects) {
    const std::map<std::string, std::optional<int>> maybe{{"none", {}}, {"some", 7}};
    std::string out;
    {
        JsonObject object(out);
        object.add("text", "a\"b");
        object.add("string", std::string("c"));
        object.add("number", std::uint64_t{18'446'744'073'709'551'615U});
        object.add("negative", -1);
        object.add("nothing", std::nullopt);
        for (const auto& [key, value] : maybe) object.add(key, value);
        {
            JsonArray array(object.value_of("array"));
            array.next() += "1";
            JsonObject inner(array.next());
            inner.add("k", "v");
        }
        const JsonObject empty(object.value_of("empty"));
    }
    EXPECT_EQ(out, R"({"text":"a\"b","string":"c","number":18446744073709551615,"negative":-1,)"
                   R"("nothing":null,"none":null,"some":7,"array":[1,{"k":"v"}],"empty":{}})");
}

TEST(Json, WritesEmptyOnes) {
    std::string out;
    { const JsonArray array(out); }
    { const JsonObject object(out); }
    EXPECT_EQ(out, "[]{}");
}

}  // namespace
}  // namespace fz

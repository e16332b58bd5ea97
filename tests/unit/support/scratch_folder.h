// A folder of its own for each test that touches files, removed afterwards.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace fz::test {

class ScratchFolder : public testing::Test {
  protected:
    ScratchFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "fz-test-XXXXXX").string();
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    ~ScratchFolder() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    void write(std::string_view name, std::string_view text) const {
        std::ofstream(folder_ / name) << text;
    }
    [[nodiscard]] std::string read(std::string_view name) const {
        std::ifstream file(folder_ / name);
        return {std::istreambuf_iterator<char>(file), {}};
    }

  private:
    std::filesystem::path folder_;
};

}  // namespace fz::test

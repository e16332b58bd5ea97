// fz-manual: writes the manual pages and completions of our programs where `cmake --install` finds
// them.
//
//   fz-manual FOLDER VERSION DATE
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "model.h"

namespace {

bool write(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) std::fprintf(stderr, "fz-manual: cannot write %s\n", path.c_str());
    return !file.fail();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("Usage: fz-manual FOLDER VERSION DATE\n", stderr);
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    const fz::manual::Edition edition{argv[2], argv[3]};
    bool whole = true;
    for (const fz::manual::Program& program : {fz::manual::gateway(), fz::manual::stat()}) {
        using namespace fz::manual;
        whole &= write(folder / "man/man8" / (program.name + ".8"), mdoc_page(program, edition));
        whole &=
            write(folder / "bash-completion/completions" / program.name, bash_completion(program));
        whole &=
            write(folder / "zsh/site-functions" / ('_' + program.name), zsh_completion(program));
    }
    return whole ? 0 : 1;
}

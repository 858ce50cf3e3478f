// SPDX-License-Identifier: MIT
// fid-docs ROOT: writes ROOT/man and ROOT/completions from the command definitions, and prints the examples of every
// command as "STATUS<tab>line" for the test that runs them.
#include <cstdio>
#include <fstream>
#include <string>

#include "cmd/command.h"
#include "cmd/complete.h"
#include "cmd/manual.h"

namespace {

bool write_file(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) std::fprintf(stderr, "fid-docs: cannot write %s\n", path.c_str());
    return static_cast<bool>(file);
}

void print_examples(const fid::cmd::Command& command) {
    for (const fid::cmd::Example& example : command.examples)
        std::printf("%d\t%s\n", example.status, std::string(example.line).c_str());
    for (const fid::cmd::Command* verb : command.verbs) print_examples(*verb);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: fid-docs ROOT\n", stderr);
        return 2;
    }
    const std::string root = argv[1];
    bool good = write_file(root + "/man/fid.1", fid::cmd::manual_of_fid());
    for (const fid::cmd::Command* command : fid::cmd::commands()) {
        good =
            write_file(root + "/man/fid-" + std::string(command->name) + ".1", fid::cmd::manual_of(*command)) && good;
        print_examples(*command);
    }
    good = write_file(root + "/completions/fid.bash", fid::cmd::completion_script("bash")) && good;
    good = write_file(root + "/completions/_fid", fid::cmd::completion_script("zsh")) && good;
    good = write_file(root + "/completions/fid.fish", fid::cmd::completion_script("fish")) && good;
    return good ? 0 : 23;
}

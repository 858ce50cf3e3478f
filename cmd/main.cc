// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include "cmd/run.h"

int main(int argc, char** argv) {
    return fid::cmd::run(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
}

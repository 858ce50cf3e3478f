// SPDX-License-Identifier: MIT
#include "report/style.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace fid::report {
namespace {

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

}  // namespace

bool wants_color(int descriptor, ColorChoice choice) {
    if (choice != ColorChoice::automatic) return choice == ColorChoice::always;
    if (is_set("NO_COLOR")) return false;
    if (is_set("CLICOLOR_FORCE") || is_set("FORCE_COLOR")) return true;
    const char* terminal = std::getenv("TERM");
    return isatty(descriptor) == 1 && terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
}

std::string_view escape_sequence(Style style) {
    switch (style) {
        case Style::plain:
            return "\x1b[0m";
        case Style::heading:
            return "\x1b[1m";
        case Style::name:
            return "\x1b[36m";
        case Style::good:
            return "\x1b[32m";
        case Style::bad:
            return "\x1b[31m";
        case Style::dim:
            return "\x1b[2m";
    }
    return {};
}

}  // namespace fid::report

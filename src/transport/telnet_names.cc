// SPDX-License-Identifier: MIT
#include <algorithm>

#include "transport/telnet.h"

namespace fid::transport {
namespace {

struct OptionName {
    std::uint8_t option;
    std::string_view name;
};

/// IANA's registry of telnet options, what is met in practice.
constexpr std::array<OptionName, 31> option_names{{
    {0, "BINARY"},
    {1, "ECHO"},
    {3, "SUPPRESS-GO-AHEAD"},
    {5, "STATUS"},
    {6, "TIMING-MARK"},
    {10, "NAOCRD"},
    {18, "LOGOUT"},
    {19, "BYTE-MACRO"},
    {23, "SEND-LOCATION"},
    {24, "TERMINAL-TYPE"},
    {25, "END-OF-RECORD"},
    {26, "TACACS-USER-ID"},
    {28, "TERMINAL-LOCATION"},
    {29, "3270-REGIME"},
    {30, "X.3-PAD"},
    {31, "NAWS"},
    {32, "TERMINAL-SPEED"},
    {33, "TOGGLE-FLOW-CONTROL"},
    {34, "LINEMODE"},
    {35, "X-DISPLAY-LOCATION"},
    {36, "ENVIRON"},
    {37, "AUTHENTICATION"},
    {38, "ENCRYPT"},
    {39, "NEW-ENVIRON"},
    {40, "TN3270E"},
    {42, "CHARSET"},
    {44, "COM-PORT"},
    {46, "START-TLS"},
    {69, "MSDP"},
    {86, "COMPRESS2"},
    {201, "GMCP"},
}};

constexpr std::array<std::string_view, 20> command_names{"EOF", "SUSP", "ABORT", "EOR", "SE",   "NOP", "DM",
                                                         "BRK", "IP",   "AO",    "AYT", "EC",   "EL",  "GA",
                                                         "SB",  "WILL", "WONT",  "DO",  "DONT", "IAC"};

}  // namespace

std::string telnet_option_name(std::uint8_t option) {
    const auto found = std::ranges::find(option_names, option, &OptionName::option);
    return found != option_names.end() ? std::string(found->name) : std::to_string(option);
}

std::string_view telnet_command_name(TelnetCommand command) {
    return command_names.at(static_cast<std::uint8_t>(command) - std::size_t{236});
}

}  // namespace fid::transport

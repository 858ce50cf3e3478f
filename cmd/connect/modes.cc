// SPDX-License-Identifier: MIT
#include "cmd/connect/modes.h"

#include <array>
#include <span>

namespace fid::cmd::connect {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 3> of_check{"--show", "--banner-wait", "--parallel"};
constexpr std::array<std::string_view, 5> of_measure{"--mode", "--for", "--streams", "--size", "--warmup"};
constexpr std::array<std::string_view, 1> of_script{"--set"};
constexpr std::array<std::string_view, 1> of_telnet{"--escape"};

constexpr std::array not_with_check = std::to_array<std::string_view>(
    {"--proxy",      "--record",     "--crlf",   "--send-only", "--recv-only",     "--script",  "--hex",
     "--tee",        "--delay",      "--count",  "--retry",     "--backoff",       "--explain", "--idle",
     "--linger",     "--max-bytes",  "--timing", "--inspect",   "--measure",       "--to",      "--telnet",
     "--frame",      "--starttls",   "--header", "--ws-binary", "--auth-key-file", "--no-edit", "--no-history",
     "--ws-deflate", "--ws-protocol"});
constexpr std::array not_with_inspect = std::to_array<std::string_view>(
    {"--crlf",    "--send-only", "--recv-only", "--idle",    "--linger",     "--max-bytes",    "--timing",  "--frame",
     "--hex",     "--tee",       "--rate",      "--delay",   "--count",      "--retry",        "--backoff", "--script",
     "--measure", "--to",        "--telnet",    "--no-edit", "--no-history", "--auth-key-file"});
constexpr std::array not_with_measure = std::to_array<std::string_view>(
    {"--crlf",   "--send-only", "--recv-only", "--idle",       "--linger",    "--max-bytes",    "--timing", "--frame",
     "--hex",    "--tee",       "--rate",      "--delay",      "--retry",     "--backoff",      "--script", "--to",
     "--telnet", "--explain",   "--no-edit",   "--no-history", "--ws-binary", "--auth-key-file"});
constexpr std::array not_with_script =
    std::to_array<std::string_view>({"--crlf", "--send-only", "--recv-only", "--idle", "--max-bytes", "--timing",
                                     "--count", "--to", "--telnet", "--no-edit", "--no-history"});
constexpr std::array not_with_telnet = std::to_array<std::string_view>({"--crlf", "--to", "--frame", "--ws-binary"});

struct Mode {
    std::string_view option;
    Names own;        ///< options that mean something in this mode only
    Names elsewhere;  ///< options that mean nothing in it
};
constexpr std::array modes{Mode{"--check", of_check, not_with_check}, Mode{"--inspect", {}, not_with_inspect},
                           Mode{"--measure", of_measure, not_with_measure},
                           Mode{"--script", of_script, not_with_script}, Mode{"--telnet", of_telnet, not_with_telnet}};

}  // namespace

Result<void> check_modes(const Arguments& args) {
    for (const Mode& mode : modes) {
        const bool wanted = args.has(mode.option);
        for (const std::string_view option : wanted ? mode.elsewhere : mode.own) {
            if (!args.has(option)) continue;
            const std::string_view relation = wanted ? " does not go with " : " belongs to ";
            return fail(Status::usage, std::string(option) + std::string(relation) + std::string(mode.option), {});
        }
    }
    return {};
}

}  // namespace fid::cmd::connect

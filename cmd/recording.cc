// SPDX-License-Identifier: MIT
#include "cmd/recording.h"

#include "cmd/values.h"

namespace fid::cmd {

std::vector<Option> record_options() {
    return {
        {.names = "--record",
         .value = "FILE",
         .help = "write our own traffic as a pcapng capture, with TLS secrets",
         .group = "Output",
         .complete = Complete::file},
        {.names = "--record-size",
         .value = "SIZE",
         .help = "go on in the next file (out.1.pcapng, out.2.pcapng) when one has this size",
         .group = "Output"},
    };
}

Result<std::unique_ptr<transport::Recorder>> start_recorder(const Arguments& args) {
    if (!args.has("--record")) {
        if (args.has("--record-size")) return fail(Status::usage, "--record-size belongs to --record", {});
        return nullptr;
    }
    transport::RecorderOptions options{.path = std::string(args.value("--record")), .application = "fid " FID_VERSION};
    if (args.has("--record-size")) {
        const auto size = read_size("--record-size", args.value("--record-size"));
        if (!size) return std::unexpected(size.error());
        constexpr std::uint64_t least = 64 * 1024;  // a file holds the section's head and the secrets, too
        if (*size < least)
            return fail(Status::usage, "--record-size wants at least 64k, not",
                        std::string(args.value("--record-size")));
        options.rotate_bytes = *size;
    }
    return transport::Recorder::start(std::move(options));
}

}  // namespace fid::cmd

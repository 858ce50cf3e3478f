// SPDX-License-Identifier: MIT
#include "cmd/resolve/key.h"

namespace fid::cmd::resolve {

std::vector<Option> key_options() {
    return {
        {.names = "-k,--tsig-file",
         .value = "FILE",
         .help = "sign with the TSIG key in this file (of tsig-keygen)",
         .group = "Signatures",
         .complete = Complete::file},
        {.names = "-y,--tsig",
         .value = "[ALGORITHM:]NAME:BASE64",
         .help = "sign with this TSIG key, which others can see here: better use -k",
         .group = "Signatures"},
    };
}

Result<std::optional<dns::TsigKey>> read_key(const Arguments& args) {
    if (args.has("--tsig-file") && args.has("--tsig")) return fail(Status::usage, "one key is enough: -k or -y", {});
    if (!args.has("--tsig-file") && !args.has("--tsig")) return std::optional<dns::TsigKey>();
    auto key = args.has("--tsig") ? dns::TsigKey::parse(args.value("--tsig"))
                                  : dns::TsigKey::read_file(std::string(args.value("--tsig-file")));
    if (!key) return std::unexpected(std::move(key.error()));
    return std::optional(std::move(*key));
}

void tell_key(Context& context, const std::optional<dns::TsigKey>& key) {
    if (!key) return;
    context.log.note("questions are signed with the key '" + key->name.text() + "' (" +
                     std::string(key->algorithm->name) + ")");
    if (context.args.has("--tsig"))
        context.log.note("-y: everybody on this machine can see the secret in the list of processes; -k FILE hides it");
}

}  // namespace fid::cmd::resolve

// SPDX-License-Identifier: MIT
// Any text as a script; what it expects is looked for in what follows a NUL, in two pieces.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cmd/connect/script_language.h"
#include "cmd/connect/script_match.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fid::cmd::connect;
    if (size > 4096) return 0;
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::string_view text = all.substr(0, all.find('\0'));
    const std::string_view peer = all.substr(text.size());
    const auto steps = read_script("script", text, {});
    if (!steps) {
        if (steps.error().status != fid::Status::bad_input) std::abort();
        return 0;
    }
    MatchBuffer buffer;
    for (const std::string_view piece : {peer.substr(0, peer.size() / 2), peer.substr(peer.size() / 2)}) {
        buffer.append(fid::as_bytes(piece));
        for (const ScriptStep& step : *steps) {
            buffer.begin_search();
            auto match = step.pattern ? buffer.find_pattern(*step.pattern) : buffer.find_text("250 ");
            if (!match) continue;
            if (match->begin > match->end || match->end > buffer.untaken().size()) std::abort();
            buffer.take(match->end);
        }
    }
    return 0;
}

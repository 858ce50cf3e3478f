// SPDX-License-Identifier: MIT
// Any bytes as what a Redis server sends, as a line typed for it, and as the dialogue about a key of multiprocessing.
// The first byte says how many bytes come at once; it must make no difference.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "transport/mp_auth.h"
#include "transport/resp.h"

namespace {

using namespace fid;
using namespace fid::transport;

void promise(bool kept) {
    if (!kept) std::abort();
}

/// All replies as lines and as JSON.
std::string read_replies(Bytes bytes, std::size_t step) {
    RespReader reader({.bytes = std::uint64_t{1} << 20U, .values = 10000, .depth = 64});
    Text told;
    while (!bytes.empty()) {
        reader.feed(bytes.first(std::min(step, bytes.size())));
        bytes = bytes.subspan(std::min(step, bytes.size()));
        while (true) {
            auto reply = reader.next();
            if (!reply) {
                told.put('!');
                return told.take();
            }
            if (!*reply) break;
            Text line;
            put_resp_text(**reply, line);
            promise(line.view().find('\n') == std::string_view::npos && is_utf8(as_bytes(line.view())));
            told.put(line.view());
            told.put('\n');
            resp_json(**reply).write_json(told);
        }
    }
    if (!reader.end()) told.put('?');
    return told.take();
}

/// Words survive being written and read back.
void read_command(std::string_view line) {
    const auto words = split_resp_command(line);
    if (!words) return;
    std::vector<std::uint8_t> out;
    put_resp_command(*words, out);
    RespReader reader;
    reader.feed(out);
    auto command = reader.next();
    promise(command && *command && (*command)->items.size() == words->size());
    for (std::size_t i = 0; i < words->size(); ++i) promise((*command)->items[i].text == (*words)[i]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const Bytes bytes(data + 1, size - 1);
    promise(read_replies(bytes, data[0] + 1U) == read_replies(bytes, size));
    const std::string_view text = as_text(bytes);
    read_command(text);
    if (const auto answer = answer_mp_challenge("key", text)) promise(is_mp_answer("key", text, *answer));
    (void)is_mp_answer("key", "{sha256}0123456789012345678901234567890123456789", text);
    return 0;
}

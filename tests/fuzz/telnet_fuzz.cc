// SPDX-License-Identifier: MIT
// Any bytes as what a telnet server sends. The first byte says how many come at once and whether there is a terminal;
// the way they are cut must make no difference, and what holds already is never answered.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "transport/telnet.h"

namespace {

using namespace fid;
using namespace fid::transport;

void promise(bool kept) {
    if (!kept) std::abort();
}

struct Heard {
    std::vector<std::uint8_t> data, answers;
    bool characters = false;
    bool operator==(const Heard&) const = default;
};

void feed(Telnet& telnet, Bytes bytes, std::vector<std::uint8_t>& data) {
    while (!bytes.empty()) {
        const std::size_t used = telnet.receive(bytes, data);
        promise(used > 0 && used <= bytes.size());
        bytes = bytes.subspan(used);
    }
}

/// A server that says once more that it echoes, or does not, as it stands.
std::vector<std::uint8_t> as_it_stands(const Telnet& telnet) {
    constexpr std::uint8_t iac = 255, will = 251, wont = 252;
    return {iac, telnet.remote_echo() ? will : wont, telnet_option::echo};
}

Heard hear(Bytes bytes, std::size_t step, bool terminal) {
    Telnet telnet({.terminal = "XTERM", .window = terminal, .raw_characters = terminal}, {});
    telnet.resize(255, 24);
    Heard heard;
    const std::size_t size = bytes.size();
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(step, bytes.size())))
        feed(telnet, bytes.first(std::min(step, bytes.size())), heard.data);
    telnet.receive_end(heard.data);
    heard.answers = telnet.answers();
    heard.characters = telnet.character_mode();
    promise(heard.data.size() <= size);
    // The longest answer is to TERMINAL-TYPE: 11 bytes for 6; or to NAWS, once in a refusal and agreement of 3 each.
    promise(heard.answers.size() <= 8 * size);
    // What was begun is over with a command; then nothing that holds already is answered (RFC 1143).
    std::vector<std::uint8_t> ignored;
    feed(telnet, std::vector<std::uint8_t>{0, 0, 255, 240, 0}, ignored);
    telnet.answers().clear();
    feed(telnet, as_it_stands(telnet), ignored);
    promise(telnet.answers().empty());
    return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const Bytes bytes(data + 1, size - 1);
    const bool terminal = (data[0] & 0x80U) != 0;
    promise(hear(bytes, (data[0] & 0x7fU) + 1U, terminal) == hear(bytes, bytes.size(), terminal));
    return 0;
}

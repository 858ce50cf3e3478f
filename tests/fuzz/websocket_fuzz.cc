// SPDX-License-Identifier: MIT
// Any bytes as what a WebSocket's peer sends, or as framed messages. The first byte says which, the second how many
// bytes come at once; it must make no difference.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "transport/framing.h"
#include "transport/websocket.h"

namespace {

using namespace fid;
using namespace fid::transport;

constexpr std::uint64_t most = 1U << 20U;

void promise(bool kept) {
    if (!kept) std::abort();
}

/// Kinds, codes and bytes of all that was read.
std::string read_frames(WebSocketReader reader, Bytes bytes, std::size_t step) {
    std::string told;
    std::string message;
    while (true) {
        const auto next = reader.next();
        if (!next) return told + "!" + std::to_string(next.error().code);
        if (!*next) {
            if (bytes.empty()) return told;
            reader.feed(bytes.first(std::min(step, bytes.size())));
            bytes = bytes.subspan(std::min(step, bytes.size()));
            continue;
        }
        const WebSocketEvent& event = **next;
        if (event.kind != WebSocketEvent::Kind::data) {
            promise(event.payload.size() <= 125);
            told += static_cast<char>('a' + static_cast<int>(event.kind)) + std::to_string(event.code);
            told += as_text(event.payload);
            continue;
        }
        message += as_text(event.payload);
        promise(message.size() <= most);
        if (!event.last) continue;
        if (event.text) promise(is_utf8(as_bytes(message)));
        told += event.text ? 't' : 'b';
        told += message;
        message.clear();
    }
}

std::string read_messages(Framing framing, Bytes bytes, std::size_t step) {
    FrameReader reader(framing, most);
    std::string told;
    std::size_t size = 0;
    const auto take = [&](const Result<std::optional<FramePiece>>& next) {
        if (!next) told += "!";
        if (!next || !*next) return false;
        size += (*next)->bytes.size();
        promise(size <= most);
        told += as_text((*next)->bytes);
        if (!(*next)->last) return true;
        told += '|';
        size = 0;
        return true;
    };
    while (!bytes.empty()) {
        reader.feed(bytes.first(std::min(step, bytes.size())));
        bytes = bytes.subspan(std::min(step, bytes.size()));
        Result<std::optional<FramePiece>> next;
        while (take(next = reader.next())) continue;
        if (!next) return told;
    }
    take(reader.end());
    return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const Bytes bytes(data + 2, size - 2);
    const std::size_t step = data[1] + 1U;
    const unsigned choice = data[0];
    if (choice >= 128) {
        const auto framing = choice < 192 ? static_cast<Framing>(choice % 5) : Framing::mp;
        promise(read_messages(framing, bytes, step) == read_messages(framing, bytes, size));
        return 0;
    }
    const auto role = (choice & 1U) != 0 ? WebSocketRole::server : WebSocketRole::client;
    std::optional<DeflateTerms> terms;
    if ((choice & 2U) != 0) terms = DeflateTerms{.forget_received = (choice & 4U) != 0};
    const auto read = [&](std::size_t at_once) {
        return read_frames(WebSocketReader(role, {.message = most}, terms), bytes, at_once);
    };
    const std::string whole = read(size);
    // A deflate stream that breaks gives more or less of what came before it, but of no message that is whole.
    promise(read(step) == whole);
    if ((choice & 2U) != 0) (void)read_deflate_answer(as_text(bytes));
    return 0;
}

// SPDX-License-Identifier: MIT
// Any bytes as what `fid sockets` reads: netlink answers, files of /proc/net, filters. The first byte says which.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "sockets/filter.h"
#include "sockets/messages.h"
#include "sockets/proc_net.h"

namespace {

using namespace fid;
using namespace fid::sockets;

/// A filter judges a socket, and writes itself down for the kernel.
void judge(const Filter& filter, const Socket& socket) {
    (void)filter.matches(socket, {.device = "eth0", .holders = {}, .holders_known = false});
}

void read_answers(Kind kind, Bytes bytes) {
    for (Message message; next_message(bytes, message);) {
        const auto socket = read_answer(kind, message.payload);
        if (socket && socket->kind != kind) std::abort();
    }
}

void read_filter(std::string_view text) {
    constexpr std::size_t longest = 4096;
    // Names would be looked up in the network; 'user' asks the system's databases.
    for (const std::string_view slow : {"src", "dst", "host", "user", "uid"})
        if (text.find(slow) != std::string_view::npos) return;
    if (text.size() > longest) return;
    const auto filter = Filter::parse(text);
    if (!filter) {
        if (filter.error().status != Status::usage) std::abort();
        return;
    }
    judge(*filter, Socket());
    (void)filter->bounds();
    if (filter->bytecode([](const std::string&) { return 1U; }).size() % 4 != 0) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Bytes bytes(data + 1, size - 1);
    constexpr std::uint8_t files = 9;
    const std::uint8_t choice = data[0] % (kind_count + files + 1);
    if (choice < kind_count) {
        read_answers(static_cast<Kind>(choice), bytes);
    } else if (choice < kind_count + files) {
        std::vector<Socket> sockets;
        (void)read_proc_net(static_cast<ProcFile>(choice - kind_count), as_text(bytes), sockets);
        static const Filter exposed = *Filter::parse("exposed or src 10/8 or sport 80 or state listening");
        for (const Socket& socket : sockets) judge(exposed, socket);
    } else {
        read_filter(as_text(bytes));
    }
    return 0;
}

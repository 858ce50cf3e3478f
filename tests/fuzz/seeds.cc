// SPDX-License-Identifier: MIT
// usage: fuzz_seeds FOLDER CAPTURE...
// Writes each layer of each packet as an input for its family's fuzzer (FOLDER/FAMILY/NAME, see dissect_fuzz.cc), at
// most a few of each protocol and length class from a capture.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "capture/reader.h"
#include "packet/dissector.h"
#include "packet/packet.h"

namespace {

using namespace fid;
using namespace fid::packet;

constexpr unsigned most_of_a_kind = 2;

struct Family {
    std::string_view name;
    std::span<const Dissector* const> (*dissectors)();
};
constexpr std::array families{
    Family{"link", link_dissectors},       Family{"network", network_dissectors},
    Family{"routing", routing_dissectors}, Family{"transport", transport_dissectors},
    Family{"naming", naming_dissectors},   Family{"datagram", datagram_dissectors},
    Family{"secure", secure_dissectors},   Family{"stream", stream_dissectors},
};

void write_seed(const std::filesystem::path& folder, Protocol protocol, Bytes bytes, const std::string& name) {
    for (const Family& family : families) {
        const auto dissectors = family.dissectors();
        const auto found = std::ranges::find(dissectors, protocol, &Dissector::protocol);
        if (found == dissectors.end()) continue;
        std::filesystem::create_directories(folder / family.name);
        std::ofstream out(folder / family.name / name, std::ios::binary);
        out.put(0);
        out.put(static_cast<char>(found - dissectors.begin()));
        out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
}

void write_seeds(const std::filesystem::path& folder, const std::filesystem::path& capture) {
    auto reader = capture::Reader::open(capture.string());
    if (!reader) return;
    std::map<std::pair<Protocol, int>, unsigned> kinds;
    capture::PacketRecord record;
    Packet packet;
    while (reader->next(record)) {
        dissect(packet, record.data, record.length, record.link_type);
        for (const Layer& layer : packet.layers()) {
            const Bytes bytes = packet.bytes(layer);
            if (kinds[{layer.protocol, std::bit_width(bytes.size())}]++ >= most_of_a_kind) continue;
            write_seed(folder, layer.protocol, bytes,
                       capture.stem().string() + "-" + std::to_string(record.number) + "-" +
                           std::string(dissector(layer.protocol).name));
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: fuzz_seeds FOLDER CAPTURE...\n", stderr);
        return 2;
    }
    for (int i = 2; i < argc; ++i) write_seeds(argv[1], argv[i]);
    return 0;
}

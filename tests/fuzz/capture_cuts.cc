// SPDX-License-Identifier: MIT
// Reads every capture below the folders named as if the file ended at each multiple of 97 bytes (a prime, so that cuts
// fall at every alignment), and whole. Of a cut file only the packets near the cut are taken apart and asked
// everything: those before are the whole file's. Prints counts; ends with 1 where nothing was read. Folders that do not
// exist are passed over: the project does not bring the shared captures along.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include "capture/reader.h"
#include "exercise.h"

namespace {

using fid::packet::Packet;

constexpr std::size_t step = 97;

struct Counts {
    std::size_t files = 0, cuts = 0, refused = 0, damaged = 0;
};

void take_apart(const fid::capture::PacketRecord& record) {
    // A block of its own, so that the sanitizer sees a read past the captured bytes.
    const auto copy = std::make_unique<std::uint8_t[]>(record.data.size());
    std::copy(record.data.begin(), record.data.end(), copy.get());
    Packet packet;
    fid::packet::dissect(packet, {copy.get(), record.data.size()}, record.length, record.link_type);
    fid::packet::exercise(packet);
}

/// Reads the first `length` bytes as a capture; takes apart the packets whose records lie behind `from`.
void read_prefix(const std::vector<char>& file, std::size_t length, std::uint64_t from, Counts& counts) {
    const auto copy = std::make_unique<std::uint8_t[]>(length);
    std::copy_n(file.begin(), length, copy.get());
    auto reader = fid::capture::Reader::from_memory({copy.get(), length});
    if (!reader) {
        ++counts.refused;
        return;
    }
    fid::capture::PacketRecord record;
    while (reader->next(record))
        if (record.offset + record.data.size() >= from) take_apart(record);
    if (reader->damage_count() != 0) ++counts.damaged;
}

void read_cuts(const std::filesystem::path& path, Counts& counts) {
    std::ifstream stream(path, std::ios::binary);
    const std::vector<char> file{std::istreambuf_iterator<char>(stream), {}};
    ++counts.files;
    read_prefix(file, file.size(), 0, counts);
    for (std::size_t length = 0; length < file.size(); length += step) {
        read_prefix(file, length, length - std::min(length, 2 * step), counts);
        ++counts.cuts;
    }
}

}  // namespace

int main(int argc, char** argv) {
    Counts counts;
    for (int i = 1; i < argc; ++i) {
        if (!std::filesystem::is_directory(argv[i])) continue;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
            const auto extension = entry.path().extension();
            if (entry.is_regular_file() && extension != ".py") read_cuts(entry.path(), counts);
        }
    }
    std::printf("%zu files, %zu cuts: %zu refused, %zu damaged\n", counts.files, counts.cuts, counts.refused,
                counts.damaged);
    return counts.cuts == 0 ? 1 : 0;
}

// SPDX-License-Identifier: MIT
#include "capture/reader.h"

#include "capture/format.h"

namespace fid::capture {

struct Reader::State {
    std::unique_ptr<Source> source;
    Contents contents;
    std::unique_ptr<Format> format;

    /// What a file header takes, of either format; with less of it nothing can be said of the packets.
    static constexpr std::size_t least = 24;

    /// Reading, or decompressing, stopped before the first packet.
    [[nodiscard]] Result<void> cannot_begin(const std::string& name) const {
        if (source->compression().empty()) return fail(Status::cannot_read, "cannot read", name, source->problem());
        return fail(
            Status::truncated, "nothing can be read of", name, source->problem(),
            "it is compressed with " + source->compression() + " and damaged or cut short before its first packet");
    }

    /// Recognises the format by the first bytes. `name` is for the error.
    Result<void> start(const std::string& name) {
        if (!source->ensure(1) && source->problem().empty())
            return fail(Status::bad_input, "not a capture:", name, "it is empty");
        if (!source->ensure(least) && !source->problem().empty()) return cannot_begin(name);
        contents.facts.compression = source->compression();
        contents.facts.file_bytes = source->file_bytes();
        constexpr std::uint32_t section_header = 0x0a0d0d0a;  // the same in either byte order
        if (source->ensure(4) && load32(source->data(), false) == section_header) {
            contents.facts.format = "pcapng";
            format = make_pcapng(*source, contents);
            return {};
        }
        auto made = make_pcap(*source, contents);
        if (made) {
            format = std::move(*made);
            return {};
        }
        Error error = std::move(made.error());
        error.subject = name;
        return std::unexpected(std::move(error));
    }
};

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(const std::string& path) {
    auto source = Source::open(path);
    if (!source) return std::unexpected(std::move(source.error()));
    auto state = std::make_unique<State>();
    state->source = std::move(*source);
    if (auto started = state->start(path == "-" ? "standard input" : path); !started) {
        return std::unexpected(std::move(started.error()));
    }
    return Reader(std::move(state));
}

Result<Reader> Reader::from_memory(Bytes bytes) {
    auto state = std::make_unique<State>();
    state->source = Source::from_memory(bytes);
    if (auto started = state->start("memory"); !started) return std::unexpected(std::move(started.error()));
    return Reader(std::move(state));
}

bool Reader::next(PacketRecord& packet) { return state_->format->next(packet); }

const std::vector<Interface>& Reader::interfaces() const { return state_->contents.interfaces; }
const FileFacts& Reader::facts() const {
    state_->contents.facts.data_bytes = state_->source->offset();
    return state_->contents.facts;
}
std::uint64_t Reader::file_bytes_taken() const { return state_->source->taken(); }
const std::vector<Damage>& Reader::damage() const { return state_->contents.damage; }
std::uint64_t Reader::damage_count() const { return state_->contents.damage_count; }
const std::vector<std::pair<std::uint32_t, std::string>>& Reader::secrets() const { return state_->contents.secrets; }

}  // namespace fid::capture

// SPDX-License-Identifier: MIT
#include "transport/framing.h"

#include <algorithm>
#include <array>
#include <string>

namespace fid::transport {
namespace {

constexpr std::array<std::string_view, 6> names{"line", "nul", "len16", "len32", "len32le", "mp"};

unsigned length_size(Framing framing) { return framing == Framing::len16 ? 2 : 4; }
std::uint8_t separator(Framing framing) { return framing == Framing::line ? '\n' : '\0'; }

}  // namespace

std::vector<std::string_view> framing_names() { return {names.begin(), names.end()}; }

std::optional<Framing> find_framing(std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Framing>(found - names.begin());
}

Result<std::optional<FramePiece>> FrameReader::next() { return has_separator() ? to_separator() : by_length(); }

Result<std::optional<FramePiece>> FrameReader::to_separator() {
    if (input_.empty()) return std::nullopt;
    const auto found = std::ranges::find(input_, separator(framing_));
    FramePiece piece;
    piece.last = found != input_.end();
    piece.bytes = input_.first(static_cast<std::size_t>(found - input_.begin()));
    input_ = input_.subspan(piece.bytes.size() + (piece.last ? 1 : 0));
    size_ += piece.bytes.size();
    if (size_ > most_) return too_large(size_);
    begun_ = !piece.last;
    if (piece.last) size_ = 0;
    return piece;
}

Result<std::optional<FramePiece>> FrameReader::by_length() {
    while (length_goes_on()) {
        if (input_.empty()) return std::nullopt;
        const std::uint64_t byte = input_.front();
        length_ = framing_ == Framing::len32le ? length_ | byte << (8 * length_bytes_) : length_ << 8U | byte;
        input_ = input_.subspan(1);
        begun_ = true;
        ++length_bytes_;
        if (length_goes_on()) continue;
        if (length_ > most_) return too_large(length_);
        size_ = length_;
    }
    if (size_ != 0 && input_.empty()) return std::nullopt;
    FramePiece piece;
    piece.bytes = input_.first(static_cast<std::size_t>(std::min<std::uint64_t>(size_, input_.size())));
    input_ = input_.subspan(piece.bytes.size());
    size_ -= piece.bytes.size();
    piece.last = size_ == 0;
    if (piece.last) {
        begun_ = false;
        length_ = 0;
        length_bytes_ = 0;
        wide_ = false;
    }
    return piece;
}

/// A -1 says that the true length follows; any other negative one is taken as the large number it looks like.
bool FrameReader::length_goes_on() {
    constexpr std::uint64_t minus_one = 0xffffffff;
    if (framing_ == Framing::mp && !wide_ && length_bytes_ == length_size(framing_) && length_ == minus_one) {
        wide_ = true;
        length_ = 0;
        length_bytes_ = 0;
    }
    return length_bytes_ < (wide_ ? sizeof(std::uint64_t) : length_size(framing_));
}

Result<std::optional<FramePiece>> FrameReader::end() {
    if (!begun_) return std::nullopt;
    begun_ = false;
    size_ = 0;
    if (has_separator()) return FramePiece{};
    return fail(Status::truncated, "the bytes end within a frame of the kind",
                std::string(names[std::size_t(framing_)]));
}

std::unexpected<Error> FrameReader::too_large(std::uint64_t size) const {
    return fail(Status::protocol_violation, "a frame of the kind", std::string(names[std::size_t(framing_)]),
                "has " + std::to_string(size) + " bytes, more than the " + std::to_string(most_) + " allowed",
                "are the messages framed in another way?");
}

Result<void> put_framed(Framing framing, Bytes message, std::vector<std::uint8_t>& out) {
    const auto refuse = [framing](std::string cause) {
        return fail(Status::bad_input, "cannot put a message into a frame of the kind",
                    std::string(names[std::size_t(framing)]), std::move(cause));
    };
    const bool by_length = framing != Framing::line && framing != Framing::nul;
    if (framing == Framing::nul && std::ranges::find(message, 0) != message.end()) return refuse("it holds a NUL");
    if (message.size() > (framing == Framing::len16 ? 0xffffU : most_message_bytes))
        return refuse("it has " + std::to_string(message.size()) + " bytes");
    for (unsigned i = 0; by_length && i < length_size(framing); ++i) {
        const unsigned place = framing == Framing::len32le ? i : length_size(framing) - 1 - i;
        out.push_back(static_cast<std::uint8_t>(message.size() >> (8 * place)));
    }
    out.insert(out.end(), message.begin(), message.end());
    if (!by_length) out.push_back(separator(framing));
    return {};
}

}  // namespace fid::transport

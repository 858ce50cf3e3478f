// SPDX-License-Identifier: MIT
// Any bytes as what a web server answers to a load generator: the first says whether HEAD was asked, the second how
// many come at once. How they are cut makes no difference, nor whether a head is known from before.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "load/answer.h"
#include "report/text.h"

namespace {

using namespace fid;
using namespace fid::load;

void promise(bool kept) {
    if (!kept) std::abort();
}

/// All answers, one behind the other.
std::string read(std::string_view bytes, bool to_head, std::size_t step, KnownHead& known, bool skips) {
    std::string story;
    AnswerReader reader;
    reader.expect(to_head);
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, step);
        AnswerReader::Step taken;
        if (const std::uint64_t skip = reader.to_skip(); skips && skip != 0) {
            const std::size_t count = skip < piece.size() ? static_cast<std::size_t>(skip) : piece.size();
            taken = {reader.skipped(count), count};
        } else {
            taken = reader.take(piece, known);
        }
        promise(taken.used <= piece.size());
        bytes.remove_prefix(taken.used);
        if (taken.state == AnswerReader::State::broken) return story + "!";
        if (taken.state == AnswerReader::State::done) {
            const AnswerHead& head = reader.head();
            promise(head.status >= 200 && head.status <= 999);
            promise(!head.persistent || head.framing != AnswerHead::Framing::until_end);
            story += std::to_string(head.status) + (head.persistent ? "+" : "-") + std::to_string(bytes.size()) + " ";
            reader.expect(to_head);
        } else {
            promise(taken.used == piece.size());
        }
    }
    promise(!reader.ends_with_connection() || reader.begun());
    return story + (reader.ends_with_connection() ? "$" : reader.begun() ? "..." : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view bytes = as_text(Bytes(data + 2, size - 2));
    const bool to_head = (data[0] & 1U) != 0;
    KnownHead fresh, known;
    const std::string story = read(bytes, to_head, bytes.size() + 1, fresh, false);
    promise(read(bytes, to_head, data[1] + 1U, known, false) == story);
    promise(read(bytes, to_head, data[1] + 1U, known, true) == story);
    promise(read(bytes, to_head, bytes.size() + 1, fresh, true) == story);
    return 0;
}

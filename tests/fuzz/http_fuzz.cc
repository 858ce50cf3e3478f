// SPDX-License-Identifier: MIT
// Any bytes as what an HTTP client sends: the first says how many come at once, and the way they are cut must make no
// difference. Every field goes through whoever reads it; what comes out keeps the promises of the headers.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/chunked.h"
#include "http/condition.h"
#include "http/date.h"
#include "http/negotiation.h"
#include "http/path.h"
#include "http/range.h"
#include "http/request.h"
#include "report/text.h"

namespace {

using namespace fid;
using namespace fid::http;

constexpr std::int64_t now = 1'700'000'000;

void promise(bool kept) {
    if (!kept) std::abort();
}

/// The clean path is one that openat2 may be asked for, and stays itself when it is written and read again.
void judge_path(std::string_view encoded) {
    const auto clean = clean_path(encoded);
    if (!clean) return;
    promise(clean->starts_with('/') && clean->find('\0') == std::string::npos);
    promise(clean->find("//") == std::string::npos && (*clean + "/").find("/../") == std::string::npos);
    Text again;
    put_path(*clean, again);
    promise(clean_path(again.view()) == clean);
}

void judge_ranges(std::string_view text, std::uint64_t size) {
    const RangeSet set = parse_ranges(text, size);
    promise(set.ranges.size() <= 64);
    promise((set.verdict == RangeSet::Verdict::satisfiable) == !set.ranges.empty());
    std::uint64_t sum = 0;
    for (const ByteRange& range : set.ranges) {
        promise(range.length != 0 && range.first < size && range.length <= size - range.first);
        sum += range.length;
    }
    promise(sum <= size);
}

void judge(const Request& request) {
    judge_path(request.path);
    judge_ranges(request.value(Known::range), 1000);
    judge_ranges(request.value(Known::range), 0);
    const CodingChoice choice(request.value(Known::accept_encoding));
    promise(choice.wanted().size() <= coding_count);
    static_cast<void>(prefers_json(request.value(Known::accept)));
    static_cast<void>(query_value(request.query, "sort"));
    const Validators validators{.etag = "\"x\"", .modified = now - 10};
    static_cast<void>(judge_conditions(request, validators, now));
    static_cast<void>(range_counts(request, validators, now));
    if (const auto date = parse_http_date(request.value(Known::if_modified_since), now))
        promise(parse_http_date(http_date(*date), now) == date);
}

/// What a server makes of it: statuses, methods and bodies, as one text.
std::string serve(std::string_view bytes, std::size_t step) {
    std::string story, held;
    Request request;
    const RequestLimits limits{.line_bytes = 256, .head_bytes = 1024, .fields = 16};
    HeadScanner scanner;
    ChunkedReader chunks;
    Framing framing = Framing::none;
    std::uint64_t left = 0;
    while (true) {
        std::size_t used = 0;
        if (framing == Framing::chunked) {
            const auto [state, count, data] = chunks.take(held);
            if (state == ChunkedReader::State::broken) return story + "!";
            if (state == ChunkedReader::State::done) framing = Framing::none;
            promise(count <= held.size());
            story += data;
            used = count;
        } else if (framing == Framing::length) {
            used = static_cast<std::size_t>(std::min<std::uint64_t>(left, held.size()));
            left -= used;
            if (left == 0) framing = Framing::none;
        } else {
            const auto end = scanner.scan(held, limits);
            if (!end) return story + std::to_string(end.error().status);
            if (*end) {
                promise(**end <= held.size());
                const auto parsed = parse_head(std::string_view(held).substr(0, **end), limits, request);
                if (!parsed) return story + std::to_string(parsed.error().status);
                judge(request);
                story.append(request.method).append(request.path);
                framing = request.framing;
                left = request.length;
                if (left == 0 && framing == Framing::length) framing = Framing::none;
                chunks = {};
                scanner.reset();
                used = **end;
            }
        }
        held.erase(0, used);
        if (used != 0) continue;
        if (bytes.empty()) return story;
        held += bytes.substr(0, step);
        bytes.remove_prefix(std::min(step, bytes.size()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view bytes = as_text(Bytes(data + 1, size - 1));
    judge_path(bytes);
    judge_ranges(bytes, 1 + data[0]);
    promise(serve(bytes, data[0] + 1U) == serve(bytes, bytes.size()));
    return 0;
}

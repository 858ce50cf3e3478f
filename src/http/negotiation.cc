// SPDX-License-Identifier: MIT
#include "http/negotiation.h"

#include <algorithm>
#include <optional>

#include "transport/http_head.h"

namespace fid::http {
namespace {

using transport::same_token;

/// What stands before the first `mark`; `rest` goes on behind it.
std::string_view cut(std::string_view& rest, char mark) {
    const std::size_t end = rest.find(mark);
    const std::string_view first = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return transport::trimmed(first);
}

/// "0.5" is 500; none where it is no weight (RFC 9110 section 12.4.2).
std::optional<int> weight_of(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    int value = (text[0] - '0') * 1000;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    int scale = 100;
    for (std::size_t at = 2; at < text.size(); ++at, scale /= 10) {
        if (text[at] < '0' || text[at] > '9') return std::nullopt;
        value += (text[at] - '0') * scale;
    }
    return value > 1000 ? std::nullopt : std::optional(value);
}

struct Item {
    std::string_view name;
    int weight = 1000;  ///< thousandths
};

/// The next item of a list; one whose weight is malformed is not wanted at all.
std::optional<Item> next_item(std::string_view& list) {
    while (!list.empty()) {
        std::string_view parameters = cut(list, ',');
        Item item{.name = cut(parameters, ';')};
        if (item.name.empty()) continue;
        while (!parameters.empty()) {
            std::string_view value = cut(parameters, ';');
            const std::string_view name = cut(value, '=');
            if (same_token(name, "q")) item.weight = weight_of(value).value_or(0);
        }
        return item;
    }
    return std::nullopt;
}

}  // namespace

std::string_view coding_name(Coding coding) {
    constexpr std::array<std::string_view, coding_count> names{"br", "zstd", "gzip", ""};
    return names[static_cast<std::size_t>(coding)];
}

CodingChoice::CodingChoice(std::string_view accept_encoding) {
    constexpr int unsaid = -1;
    std::array<int, coding_count> weights{};
    weights.fill(unsaid);
    int others = unsaid;  // "*"
    while (const auto item = next_item(accept_encoding)) {
        if (item->name == "*") others = item->weight;
        for (std::size_t at = 0; at < coding_count; ++at) {
            const std::string_view name = at + 1 == coding_count ? "identity" : coding_name(static_cast<Coding>(at));
            const bool old_name = name == "gzip" && same_token(item->name, "x-gzip");
            if (same_token(item->name, name) || old_name) weights[at] = item->weight;
        }
    }
    for (std::size_t at = 0; at < coding_count; ++at) {
        const bool identity = at + 1 == coding_count;
        // Identity is welcome unless it is forbidden, but what was asked for is more so.
        if (weights[at] == unsaid && (!identity || others == 0)) weights[at] = others;
        if (weights[at] == 0 || (weights[at] == unsaid && !identity)) continue;
        order_[count_++] = static_cast<Coding>(at);
    }
    // Not stable_sort(): of libstdc++ 12 that is deprecated code to clang.
    std::ranges::sort(std::span(order_.data(), count_), [&](Coding a, Coding b) {
        const auto weight_a = weights[static_cast<std::size_t>(a)], weight_b = weights[static_cast<std::size_t>(b)];
        return weight_a != weight_b ? weight_a > weight_b : a < b;
    });
}

bool prefers_json(std::string_view accept) {
    // The most specific range that fits decides (RFC 9110 section 12.5.1).
    struct Judged {
        int weight = 0, specific = 0;
    };
    Judged json, html;
    const auto judge = [](Judged& judged, const Item& item, std::string_view type, std::string_view family) {
        const int specific = same_token(item.name, type) ? 3 : same_token(item.name, family) ? 2 : item.name == "*/*";
        if (specific > judged.specific) judged = {item.weight, specific};
    };
    while (const auto item = next_item(accept)) {
        judge(json, *item, "application/json", "application/*");
        judge(html, *item, "text/html", "text/*");
    }
    return json.weight > html.weight;
}

}  // namespace fid::http

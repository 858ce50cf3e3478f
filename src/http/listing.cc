// SPDX-License-Identifier: MIT
#include "http/listing.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <tuple>

#include "http/path.h"
#include "report/calendar.h"

namespace fid::http {
namespace {

/// A page of more is of no use, and making it would keep the others on the loop waiting.
constexpr std::size_t most_entries = 20'000;

/// A cell's link fills it, so that all of it can be hit. Where a screen is narrow, size and time stand below the name,
/// and the headings, which sort, in a row of their own.
constexpr std::string_view style =
    "body{font:1rem/1.5 system-ui,sans-serif;margin:1rem auto;max-width:60rem;padding:0 1rem}:root{color-scheme:light "
    "dark}"
    "h1{font-size:1.2rem;overflow-wrap:anywhere}h1 a{display:inline-block;min-width:1.5rem;padding:.35rem 0}"
    "a{color:LinkText;text-decoration:none}a:hover,a:focus{text-decoration:underline}"
    "table{border-collapse:collapse;width:100%}th{text-align:left;border-bottom:1px solid}td{padding:.35rem .5rem}"
    "th,td:first-child{padding:0}th a,td a{display:block;padding:.35rem .5rem}"
    "td a{overflow-wrap:anywhere;unicode-bidi:plaintext;text-align:left}"
    "th+th,td+td{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    "tbody tr:hover,tbody tr:focus-within{background:#8882}"
    "@media(max-width:36rem){body{padding:0 .5rem}h1{padding:0 .5rem}thead tr{display:flex;border-bottom:1px solid}"
    "th{flex:auto;border:0}th a{padding:.65rem .5rem}tbody tr{display:grid;grid-template-columns:1fr auto;"
    "border-bottom:1px solid #8884}td:first-child{grid-column:1/-1}td a{padding:.65rem .5rem}"
    "td+td{padding:0 .5rem .4rem;font-size:.85rem}td:nth-child(2){text-align:left}td:empty{display:none}}";

void put_html(std::string_view text, Text& out) {
    if (!is_utf8(as_bytes(text))) {
        // Only what is text can stand in a page of UTF-8; the link keeps the bytes.
        Text shown;
        shown.escaped(text);
        put_html(shown.view(), out);
        return;
    }
    for (const char c : text) {
        switch (c) {
            case '&':
                out.put("&amp;");
                break;
            case '<':
                out.put("&lt;");
                break;
            case '>':
                out.put("&gt;");
                break;
            case '"':
                out.put("&quot;");
                break;
            case '\'':
                out.put("&#39;");
                break;
            default:
                out.put(c);
        }
    }
}

void put_size(std::uint64_t bytes, Text& out) {
    constexpr std::array<std::string_view, 5> units{" kB", " MB", " GB", " TB", " PB"};
    if (bytes < 1000) {
        out.number(bytes);
        out.put(" B");
        return;
    }
    std::size_t unit = 0;
    while (bytes >= 999'950 && unit + 1 < units.size()) {
        bytes /= 1000;
        ++unit;
    }
    const std::uint64_t tenths = (bytes + 50) / 100;
    out.number(tenths / 10);
    if (tenths < 1000) {
        out.put('.');
        out.number(tenths % 10);
    }
    out.put(units[unit]);
}

/// The heading of a column: a link that sorts by it, or the other way round where that is so already.
void put_heading(std::string_view name, SortKey key, std::string_view word, SortOrder order, Text& out) {
    const bool current = order.key == key;
    const bool descending = current ? !order.descending : key != SortKey::name;
    out.put("<th scope=\"col\"");
    if (current) out.put(order.descending ? " aria-sort=\"descending\"" : " aria-sort=\"ascending\"");
    out.put("><a href=\"?sort=");
    out.put(word);
    out.put(descending ? "&amp;order=desc\">" : "&amp;order=asc\">");
    out.put(name);
    if (current) out.put(order.descending ? " ↓" : " ↑");
    out.put("</a></th>");
}

/// Each folder on the way as a link.
void put_way(std::string_view clean, Text& out) {
    out.put("<a href=\"/\">/</a>");
    std::size_t begin = 1;
    while (begin < clean.size()) {
        const std::size_t end = clean.find('/', begin);
        out.put("<a href=\"");
        put_path(clean.substr(0, end + 1), out);
        out.put("\">");
        put_html(clean.substr(begin, end - begin), out);
        out.put("</a>/");
        begin = end + 1;
    }
}

void put_row(const Entry& entry, report::Calendar& calendar, Text& out) {
    // "./": a name may look like a scheme ("a:b").
    out.put("<tr><td><a href=\"./");
    put_path(entry.name, out);
    if (entry.folder) out.put('/');
    out.put("\">");
    put_html(entry.name, out);
    if (entry.folder) out.put('/');
    out.put("</a></td><td>");
    if (entry.folder)
        out.put("–");
    else
        put_size(entry.size, out);
    out.put("</td><td>");
    calendar.date(entry.modified, out);
    out.put(' ');
    calendar.clock(entry.modified, out);
    out.put("</td></tr>\n");
}

}  // namespace

SortOrder SortOrder::from_query(std::string_view query) {
    SortOrder order;
    const std::string key = query_value(query, "sort").value_or("");
    if (key == "size") order.key = SortKey::size;
    if (key == "time") order.key = SortKey::time;
    const std::string direction = query_value(query, "order").value_or(order.key == SortKey::name ? "asc" : "desc");
    order.descending = direction == "desc";
    return order;
}

std::expected<Listing, int> read_listing(const Folder& folder, std::string_view clean, bool hidden) {
    auto opened = folder.open_file(clean);
    if (!opened) return std::unexpected(opened.error());
    DIR* const handle = fdopendir(opened->descriptor.get());
    if (handle == nullptr) return std::unexpected(errno);
    [[maybe_unused]] const int given = opened->descriptor.release();
    const std::unique_ptr<DIR, int (*)(DIR*)> closing(handle, closedir);
    Listing listing;
    while (const dirent* const item = readdir(handle)) {
        const std::string_view name = item->d_name;
        if (name == "." || name == ".." || (!hidden && name.starts_with('.'))) continue;
        if (listing.entries.size() == most_entries) {
            listing.cut = true;
            break;
        }
        struct stat about{};
        if (fstatat(dirfd(handle), item->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0) continue;
        FileFacts facts = FileFacts::of(about);
        if (S_ISLNK(about.st_mode)) {
            const auto target = folder.look(std::string(clean).append(name));
            if (!target) continue;
            facts = *target;
        }
        if (!facts.is_file() && !facts.is_folder()) continue;
        listing.entries.push_back({std::string(name), facts.is_folder(), facts.size, facts.seconds});
    }
    return listing;
}

void sort(Listing& listing, SortOrder order) {
    const auto key = [&](const Entry& entry) -> std::int64_t {
        if (order.key == SortKey::name) return 0;
        if (order.key == SortKey::time) return entry.modified;
        return entry.folder ? 0 : static_cast<std::int64_t>(entry.size);
    };
    std::ranges::sort(listing.entries, [&](const Entry& one, const Entry& other) {
        if (one.folder != other.folder) return one.folder;
        const auto left = std::tuple(key(one), std::string_view(one.name));
        const auto right = std::tuple(key(other), std::string_view(other.name));
        if (std::get<0>(left) == std::get<0>(right) && order.key != SortKey::name) return left < right;
        return order.descending ? right < left : left < right;
    });
}

void put_listing_html(const Listing& listing, std::string_view clean, SortOrder order, Text& out) {
    report::Calendar calendar(report::Calendar::Zone::utc);
    out.put(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
    put_html(clean, out);
    out.put("</title><style>");
    out.put(style);
    out.put("</style></head><body>\n<h1>");
    put_way(clean, out);
    out.put("</h1>\n<table><thead><tr>");
    put_heading("Name", SortKey::name, "name", order, out);
    put_heading("Size", SortKey::size, "size", order, out);
    put_heading("Modified (UTC)", SortKey::time, "time", order, out);
    out.put("</tr></thead>\n<tbody>\n");
    if (clean != "/") out.put("<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
    for (const Entry& entry : listing.entries) put_row(entry, calendar, out);
    out.put("</tbody></table>\n");
    if (listing.entries.empty()) out.put("<p>This folder is empty.</p>\n");
    if (listing.cut) out.put("<p>There are more files than are shown here.</p>\n");
    out.put("</body></html>\n");
}

void put_listing_json(const Listing& listing, std::string_view clean, Text& out) {
    report::Calendar calendar(report::Calendar::Zone::utc);
    out.put("{\"path\":");
    out.json_bytes(as_bytes(clean));
    out.put(",\"complete\":");
    out.put(listing.cut ? "false" : "true");
    out.put(",\"entries\":[");
    bool first = true;
    for (const Entry& entry : listing.entries) {
        out.put(first ? "\n{\"name\":" : ",\n{\"name\":");
        first = false;
        out.json_bytes(as_bytes(entry.name));
        out.put(entry.folder ? ",\"type\":\"folder\",\"size_bytes\":" : ",\"type\":\"file\",\"size_bytes\":");
        if (entry.folder)
            out.put("null");
        else
            out.number(entry.size);
        out.put(",\"modified\":\"");
        calendar.date(entry.modified, out);
        out.put('T');
        calendar.clock(entry.modified, out);
        out.put("Z\"}");
    }
    out.put("\n]}\n");
}

}  // namespace fid::http

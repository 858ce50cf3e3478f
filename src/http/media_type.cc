// SPDX-License-Identifier: MIT
#include "http/media_type.h"

#include <algorithm>
#include <array>
#include <string>

namespace fid::http {
namespace {

struct Extension {
    std::string_view extension;
    MediaType type;
};

constexpr MediaType plain{"text/plain; charset=utf-8", true};
constexpr MediaType html{"text/html; charset=utf-8", true};
constexpr MediaType script{"text/javascript; charset=utf-8", true};
constexpr MediaType json{"application/json", true};
constexpr MediaType xml{"application/xml", true};
constexpr MediaType jpeg{"image/jpeg"};
constexpr MediaType tiff{"image/tiff"};
constexpr MediaType unknown{"application/octet-stream"};

/// By the extension.
constexpr std::array extensions = std::to_array<Extension>({
    {"7z", {"application/x-7z-compressed"}},
    {"aac", {"audio/aac"}},
    {"apk", {"application/vnd.android.package-archive"}},
    {"avif", {"image/avif"}},
    {"avi", {"video/x-msvideo"}},
    {"bmp", {"image/bmp", true}},
    {"bz2", {"application/x-bzip2"}},
    {"c", plain},
    {"cc", plain},
    {"cfg", plain},
    {"conf", plain},
    {"cpp", plain},
    {"css", {"text/css; charset=utf-8", true}},
    {"csv", {"text/csv; charset=utf-8", true}},
    {"deb", {"application/vnd.debian.binary-package"}},
    {"doc", {"application/msword", true}},
    {"docx", {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}},
    {"eml", {"message/rfc822", true}},
    {"eot", {"application/vnd.ms-fontobject", true}},
    {"epub", {"application/epub+zip"}},
    {"flac", {"audio/flac"}},
    {"geojson", {"application/geo+json", true}},
    {"gif", {"image/gif"}},
    {"gz", {"application/gzip"}},
    {"h", plain},
    {"hpp", plain},
    {"htm", html},
    {"html", html},
    {"ico", {"image/x-icon", true}},
    {"ics", {"text/calendar; charset=utf-8", true}},
    {"ini", plain},
    {"iso", {"application/x-iso9660-image"}},
    {"jar", {"application/java-archive"}},
    {"jpeg", jpeg},
    {"jpg", jpeg},
    {"js", script},
    {"json", json},
    {"jsonl", {"application/jsonl", true}},
    {"jxl", {"image/jxl"}},
    {"log", plain},
    {"m3u8", {"application/vnd.apple.mpegurl", true}},
    {"m4a", {"audio/mp4"}},
    {"map", json},
    {"md", {"text/markdown; charset=utf-8", true}},
    {"mjs", script},
    {"mkv", {"video/x-matroska"}},
    {"mov", {"video/quicktime"}},
    {"mp3", {"audio/mpeg"}},
    {"mp4", {"video/mp4"}},
    {"mpd", {"application/dash+xml", true}},
    {"odp", {"application/vnd.oasis.opendocument.presentation"}},
    {"ods", {"application/vnd.oasis.opendocument.spreadsheet"}},
    {"odt", {"application/vnd.oasis.opendocument.text"}},
    {"oga", {"audio/ogg"}},
    {"ogg", {"audio/ogg"}},
    {"ogv", {"video/ogg"}},
    {"opus", {"audio/ogg"}},
    {"otf", {"font/otf", true}},
    {"pcap", {"application/vnd.tcpdump.pcap", true}},
    {"pdf", {"application/pdf"}},
    {"png", {"image/png"}},
    {"ppt", {"application/vnd.ms-powerpoint", true}},
    {"pptx", {"application/vnd.openxmlformats-officedocument.presentationml.presentation"}},
    {"py", plain},
    {"rar", {"application/vnd.rar"}},
    {"rs", plain},
    {"rss", {"application/rss+xml", true}},
    {"rtf", {"application/rtf", true}},
    {"sh", plain},
    {"sqlite", {"application/vnd.sqlite3", true}},
    {"svg", {"image/svg+xml", true}},
    {"tar", {"application/x-tar"}},
    {"tgz", {"application/gzip"}},
    {"tif", tiff},
    {"tiff", tiff},
    {"toml", {"application/toml", true}},
    {"ts", {"video/mp2t"}},
    {"ttf", {"font/ttf", true}},
    {"txt", plain},
    {"vtt", {"text/vtt; charset=utf-8", true}},
    {"wasm", {"application/wasm", true}},
    {"wav", {"audio/wav"}},
    {"weba", {"audio/webm"}},
    {"webm", {"video/webm"}},
    {"webmanifest", {"application/manifest+json", true}},
    {"webp", {"image/webp"}},
    {"woff", {"font/woff"}},
    {"woff2", {"font/woff2"}},
    {"xhtml", {"application/xhtml+xml", true}},
    {"xls", {"application/vnd.ms-excel", true}},
    {"xlsx", {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}},
    {"xml", xml},
    {"xsl", xml},
    {"xz", {"application/x-xz"}},
    {"yaml", {"application/yaml", true}},
    {"yml", {"application/yaml", true}},
    {"zip", {"application/zip"}},
    {"zst", {"application/zstd"}},
});

constexpr std::array<std::string_view, 7> text_names{"README",  "LICENSE", "COPYING", "Makefile",
                                                     "AUTHORS", "NEWS",    "TODO"};

}  // namespace

MediaType media_type(std::string_view file_name) {
    const std::size_t dot = file_name.rfind('.');
    if (dot == std::string_view::npos)
        return std::ranges::find(text_names, file_name) == text_names.end() ? unknown : plain;
    std::string extension(file_name.substr(dot + 1));
    for (char& c : extension)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    const auto found = std::ranges::find(extensions, extension, &Extension::extension);
    return found == extensions.end() ? unknown : found->type;
}

}  // namespace fid::http

// SPDX-License-Identifier: MIT
#include "http/files.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "http/condition.h"
#include "http/listing.h"
#include "http/path.h"
#include "http/range.h"
#include "transport/http_head.h"

namespace fid::http {
namespace {

constexpr std::array<std::string_view, 2> index_names{"index.html", "index.htm"};
constexpr std::string_view allowed = "GET, HEAD, OPTIONS";

Response plain_answer(unsigned status) {
    Response response;
    response.status = status;
    return response;
}

Response page(const Request& request, unsigned status, std::string_view words) {
    Response response = error_page(status, words, request.value(Known::accept));
    response.add("Vary", "Accept");
    return response;
}

Response cannot_open(const Request& request, int number) {
    switch (number) {
        case EACCES:
        case EPERM:
            return page(request, 403, "This may not be read.");
        case EMFILE:
        case ENFILE:
        case ENOMEM:
            return page(request, 503, "Too much is going on here. Try again in a while.");
        default:
            // EXDEV, a link that leads out, is nobody's business.
            return page(request, 404, "There is nothing here.");
    }
}

/// Makes a part of several ranges, with what stands before it (RFC 9110 section 14.6).
void put_part_head(const ByteRange& range, std::uint64_t size, std::string_view type, std::string_view boundary,
                   Text& out) {
    out.put("\r\n--");
    out.put(boundary);
    out.put("\r\nContent-Type: ");
    out.put(type);
    out.put("\r\nContent-Range: bytes ");
    out.number(range.first);
    out.put('-');
    out.number(range.last());
    out.put('/');
    out.number(size);
    out.put("\r\n\r\n");
}

class Files final : public Handler {
  public:
    Files(const Folder& folder, const FilesSettings& settings)
        : folder_(folder), settings_(settings), cache_(folder, settings.cache) {
        if (settings.users) gate_.emplace(*settings.users);
    }

    Response answer(const Request& request, const Moment& moment) override {
        Response response = decide(request, moment);
        finish(response);
        return response;
    }

    std::shared_ptr<const Ready> ready(const Request& request, const Moment& moment) override {
        if (gate_ || !request.is_get() || request.has(Known::range) || request.has(Known::if_match) ||
            request.has(Known::if_none_match) || request.has(Known::if_modified_since) ||
            request.has(Known::if_unmodified_since))
            return nullptr;
        const auto path = clean_path(request.path);
        if (!path || (!settings_.hidden && is_hidden_path(*path))) return nullptr;
        CachedFile* const file = find_file(*path);
        if (file == nullptr) return nullptr;
        const auto shown = cache_.represent(*file, CodingChoice(request.value(Known::accept_encoding)));
        if (!shown) return nullptr;
        if (!shown->ready) {
            Response response = whole(*file, *shown);
            finish(response);
            shown->ready = make_ready(response, moment.date, moment.seconds);
        }
        refresh(shown->ready, moment.date, moment.seconds);
        return shown->ready;
    }

    [[nodiscard]] std::string_view user(const Request& request) const override {
        if (!gate_ || !request.has(Known::authorization)) return {};
        return gate_->check(request.value(Known::authorization)).value_or(std::string_view{});
    }

  private:
    /// A file for the path: itself, or the index file of a folder.
    CachedFile* find_file(std::string_view path) {
        if (!path.ends_with('/')) return cache_.find(path);
        for (const std::string_view name : index_names) {
            index_.assign(path);
            index_ += name;
            if (CachedFile* const file = cache_.find(index_)) return file;
        }
        return nullptr;
    }

    Response decide(const Request& request, const Moment& moment) {
        if (gate_ && !gate_->check(request.value(Known::authorization))) {
            Response response = page(request, 401, "A user name and a password are needed.");
            response.add("WWW-Authenticate", "Basic realm=\"files\", charset=\"UTF-8\"");
            return response;
        }
        if (request.method == "OPTIONS") {
            Response response = plain_answer(204);
            response.add("Allow", std::string(allowed));
            return response;
        }
        if (!request.is_get() && !request.is_head()) return other_method(request);
        const auto path = clean_path(request.path);
        if (!path) return page(request, 400, "The path is malformed.");
        if (!settings_.hidden && is_hidden_path(*path)) return missing(request, moment, *path, ENOENT);
        if (CachedFile* const file = find_file(*path)) return send(request, moment, *file);
        if (path->ends_with('/')) return folder(request, moment, *path);
        if (cache_.found_folder()) return to_folder(request, *path);
        // What is there but neither file nor folder is not for others.
        return missing(request, moment, *path, cache_.error() == 0 ? EACCES : cache_.error());
    }

    static Response other_method(const Request& request) {
        constexpr std::array<std::string_view, 6> known{"POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT"};
        const bool is_known = std::ranges::find(known, request.method) != known.end();
        Response response = is_known ? page(request, 405, "Files can only be read here.")
                                     : page(request, 501, "This method is not known.");
        response.add("Allow", std::string(allowed));
        return response;
    }

    Response missing(const Request& request, const Moment& moment, std::string_view path, int number) {
        const bool page_of_its_own = path.substr(path.rfind('/') + 1).find('.') == std::string_view::npos;
        if (settings_.single_page && number == ENOENT && page_of_its_own)
            if (CachedFile* const file = find_file("/")) return send(request, moment, *file);
        return cannot_open(request, number);
    }

    /// "/a" is "/a/": relative links of its page count from there. The clean path never begins with "//", which would
    /// lead to another host.
    static Response to_folder(const Request& request, std::string_view path) {
        Text location;
        put_path(path, location);
        location.put('/');
        if (request.has_query) {
            location.put('?');
            location.put(request.query);
        }
        Response response = page(request, 301, "This is a folder: its address ends with a slash.");
        response.add("Location", location.take());
        return response;
    }

    Response folder(const Request& request, const Moment& moment, const std::string& path) {
        const auto facts = folder_.look(path);
        if (!facts || !facts->is_folder()) return missing(request, moment, path, facts ? ENOTDIR : facts.error());
        if (settings_.single_page)
            if (CachedFile* const file = find_file("/")) return send(request, moment, *file);
        if (!settings_.listings) return page(request, 403, "The contents of this folder are not shown.");
        const std::string format = query_value(request.query, "format").value_or("");
        const bool json = format == "json" || (format.empty() && prefers_json(request.value(Known::accept)));
        Response response;
        response.add("Content-Type", json ? "application/json" : "text/html; charset=utf-8");
        response.add("Cache-Control", "no-cache");
        response.add("Vary", "Accept");
        if (!json)
            response.add("Content-Security-Policy",
                         "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'");
        if (request.is_head()) {  // not worth reading the folder for
            response.has_length = false;
            return response;
        }
        auto listing = read_listing(folder_, path, settings_.hidden);
        if (!listing) return cannot_open(request, listing.error());
        const SortOrder order = SortOrder::from_query(request.query);
        sort(*listing, order);
        Text text;
        if (json)
            put_listing_json(*listing, path, text);
        else
            put_listing_html(*listing, path, order, text);
        response.set_text(text.take());
        return response;
    }

    static Response whole(const CachedFile& file, const Representation& shown) {
        Response response;
        response.add("Content-Type", std::string(file.type.name));
        describe(file, shown, response);
        response.body.content = shown.content;
        response.body.pieces.push_back({{}, 0, shown.size});
        return response;
    }

    /// What 200, 206 and 304 say alike.
    static void describe(const CachedFile& file, const Representation& shown, Response& response) {
        response.add("Last-Modified", file.last_modified);
        response.add("ETag", shown.etag);
        response.add("Accept-Ranges", "bytes");
        if (shown.coding != Coding::identity) response.add("Content-Encoding", std::string(coding_name(shown.coding)));
        if (file.varies) response.add("Vary", "Accept-Encoding");
    }

    Response send(const Request& request, const Moment& moment, CachedFile& found) {
        const CodingChoice choice(request.value(Known::accept_encoding));
        CachedFile* there = &found;
        auto shown = cache_.represent(found, choice);
        const std::string path = shown ? std::string() : found.path;
        // It was exchanged since it was looked at: what is there now is what is wanted.
        for (int tries = 0; !shown && tries < 3; ++tries) {
            there = cache_.find(path);
            if (there == nullptr) return cannot_open(request, cache_.error() == 0 ? EACCES : cache_.error());
            shown = cache_.represent(*there, choice);
        }
        if (!shown) {
            auto again = folder_.open_file(path);
            return again ? page(request, 503, "The file is changing. Try again.") : cannot_open(request, again.error());
        }
        const CachedFile& file = *there;
        const Validators validators{.etag = shown->etag, .modified = file.facts.seconds};
        switch (judge_conditions(request, validators, moment.seconds)) {
            case Condition::failed:
                return page(request, 412, "The file is not what you think it is.");
            case Condition::not_modified: {
                Response response = plain_answer(304);
                describe(file, *shown, response);
                return response;
            }
            case Condition::holds:
                break;
        }
        Response response = whole(file, *shown);
        // Ranges are defined for GET alone (RFC 9110 section 14.2).
        if (request.is_get() && request.has(Known::range) && range_counts(request, validators, moment.seconds))
            cut_ranges(request, file, *shown, response);
        return response;
    }

    void cut_ranges(const Request& request, const CachedFile& file, const Representation& shown, Response& response) {
        const RangeSet set = parse_ranges(request.value(Known::range), shown.size);
        if (set.verdict == RangeSet::Verdict::ignored) return;
        if (set.verdict == RangeSet::Verdict::unsatisfiable) {
            response = page(request, 416, "The file is shorter than that.");
            Text range;
            range.put("bytes */");
            range.number(shown.size);
            response.add("Content-Range", range.take());
            return;
        }
        response.status = 206;
        auto& pieces = response.body.pieces;
        pieces.clear();
        if (set.ranges.size() == 1) {
            const ByteRange& range = set.ranges.front();
            Text text;
            text.put("bytes ");
            text.number(range.first);
            text.put('-');
            text.number(range.last());
            text.put('/');
            text.number(shown.size);
            response.add("Content-Range", text.take());
            pieces.push_back({{}, range.first, range.length});
            return;
        }
        const std::string boundary = make_boundary();
        for (const ByteRange& range : set.ranges) {
            Text head;
            put_part_head(range, shown.size, file.type.name, boundary, head);
            pieces.push_back({head.take(), range.first, range.length});
        }
        pieces.push_back({"\r\n--" + boundary + "--\r\n"});
        response.fields.front().value = "multipart/byteranges; boundary=" + boundary;
    }

    /// A text that no file can be made to have: it is another one each time.
    static std::string make_boundary() {
        std::array<std::uint8_t, 12> random{};
        RAND_bytes(random.data(), static_cast<int>(random.size()));
        Text text;
        text.hex_bytes(random);
        return text.take();
    }

    void finish(Response& response) const {
        response.add("X-Content-Type-Options", "nosniff");
        for (const ResponseField& own : settings_.headers) {
            std::erase_if(response.fields,
                          [&](const ResponseField& field) { return transport::same_token(field.name, own.name); });
        }
        for (const ResponseField& own : settings_.headers) response.fields.push_back(own);
    }

    const Folder& folder_;
    const FilesSettings& settings_;
    FileCache cache_;
    mutable std::optional<Gate> gate_;
    std::string index_;
};

}  // namespace

std::unique_ptr<Handler> make_files(const Folder& folder, const FilesSettings& settings) {
    return std::make_unique<Files>(folder, settings);
}

bool may_be_added(std::string_view name) {
    constexpr std::array<std::string_view, 16> ours{"accept-ranges",
                                                    "connection",
                                                    "content-encoding",
                                                    "content-length",
                                                    "content-range",
                                                    "date",
                                                    "etag",
                                                    "keep-alive",
                                                    "last-modified",
                                                    "location",
                                                    "trailer",
                                                    "transfer-encoding",
                                                    "upgrade",
                                                    "www-authenticate",
                                                    "vary",
                                                    "proxy-connection"};
    return transport::is_http_token(name) &&
           std::ranges::none_of(ours, [&](std::string_view each) { return transport::same_token(each, name); });
}

}  // namespace fid::http

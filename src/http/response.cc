// SPDX-License-Identifier: MIT
#include "http/response.h"

#include <array>
#include <cstring>
#include <utility>

#include "http/negotiation.h"

namespace fid::http {
namespace {

void put_field(std::string_view name, std::string_view value, Text& out) {
    out.put(name);
    out.put(": ");
    out.put(value);
    out.put("\r\n");
}

}  // namespace

std::uint64_t Body::size() const {
    std::uint64_t size = 0;
    for (const Piece& piece : pieces) size += piece.text.size() + piece.length;
    return size;
}

std::string_view reason_phrase(unsigned status) {
    constexpr std::array<std::pair<unsigned, std::string_view>, 22> phrases{{{200, "OK"},
                                                                             {204, "No Content"},
                                                                             {206, "Partial Content"},
                                                                             {301, "Moved Permanently"},
                                                                             {304, "Not Modified"},
                                                                             {308, "Permanent Redirect"},
                                                                             {400, "Bad Request"},
                                                                             {401, "Unauthorized"},
                                                                             {403, "Forbidden"},
                                                                             {404, "Not Found"},
                                                                             {405, "Method Not Allowed"},
                                                                             {408, "Request Timeout"},
                                                                             {412, "Precondition Failed"},
                                                                             {413, "Content Too Large"},
                                                                             {414, "URI Too Long"},
                                                                             {416, "Range Not Satisfiable"},
                                                                             {417, "Expectation Failed"},
                                                                             {431, "Request Header Fields Too Large"},
                                                                             {500, "Internal Server Error"},
                                                                             {501, "Not Implemented"},
                                                                             {503, "Service Unavailable"},
                                                                             {505, "HTTP Version Not Supported"}}};
    for (const auto& [code, phrase] : phrases)
        if (code == status) return phrase;
    return "Unknown";
}

bool may_have_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

void put_head(const Response& response, std::string_view date, bool keep_alive, const Request& request, Text& out) {
    out.put("HTTP/1.1 ");
    out.number(response.status);
    out.put(' ');
    out.put(reason_phrase(response.status));
    out.put("\r\n");
    put_field("Date", date, out);
    for (const ResponseField& field : response.fields) put_field(field.name, field.value, out);
    if (may_have_body(response.status) && response.has_length) {
        out.put("Content-Length: ");
        out.number(response.body.size());
        out.put("\r\n");
    }
    if (!keep_alive)
        put_field("Connection", "close", out);
    else if (request.minor == 0)
        put_field("Connection", "keep-alive", out);
    out.put("\r\n");
}

std::shared_ptr<Ready> make_ready(const Response& response, std::string_view date, std::int64_t second) {
    auto ready = std::make_shared<Ready>();
    Text text;
    const Request request;
    put_head(response, date, true, request, text);
    ready->head = text.size();
    constexpr std::string_view mark = "\r\nDate: ";
    ready->date = text.view().find(mark) + mark.size();
    ready->second = second;
    ready->size = response.body.size();
    const Content& content = response.body.content;
    if (content.memory) {
        for (const Piece& piece : response.body.pieces) {
            text.put(piece.text);
            text.put(std::string_view(*content.memory).substr(piece.offset, piece.length));
        }
    } else {
        ready->rest = content;
    }
    ready->bytes = text.take();
    return ready;
}

void refresh(std::shared_ptr<Ready>& ready, std::string_view date, std::int64_t second) {
    if (ready->second == second) return;
    if (ready.use_count() > 1) ready = std::make_shared<Ready>(*ready);
    std::memcpy(ready->bytes.data() + ready->date, date.data(), date.size());
    ready->second = second;
}

Response error_page(unsigned status, std::string_view words, std::string_view accept) {
    Response response;
    response.status = status;
    const std::string_view phrase = reason_phrase(status);
    Text text;
    if (prefers_json(accept)) {
        response.add("Content-Type", "application/json");
        text.put("{\"status\":");
        text.number(status);
        text.put(",\"error\":");
        text.json(phrase);
        text.put(",\"detail\":");
        text.json(words);
        text.put("}\n");
    } else {
        response.add("Content-Type", "text/html; charset=utf-8");
        text.put(
            "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width\"><title>");
        text.number(status);
        text.put(' ');
        text.put(phrase);
        text.put(
            "</title><style>body{font:1.1em/1.5 system-ui,sans-serif;margin:15vh auto;max-width:32em;padding:0 1em;"
            "color-scheme:light dark}</style><h1>");
        text.number(status);
        text.put(' ');
        text.put(phrase);
        text.put("</h1><p>");
        text.put(words);
        text.put("</p></html>\n");
    }
    response.set_text(text.take());
    return response;
}

}  // namespace fid::http

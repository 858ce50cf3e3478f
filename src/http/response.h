// SPDX-License-Identifier: MIT
// What is answered: a status, fields, and a body that lies in memory, in a file, or in pieces of either. Nobody who
// makes one knows how it travels.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"
#include "transport/descriptor.h"

namespace fid::http {

struct ResponseField {
    std::string name, value;
};

/// Bytes that stay what they are while somebody holds them: in memory, or those of a file (which its owner may cut
/// short; then less can be sent than was promised).
struct Content {
    std::shared_ptr<const std::string> memory;
    std::shared_ptr<const transport::Descriptor> file;
};

/// A text, then a part of the content.
struct Piece {
    std::string text;
    std::uint64_t offset = 0, length = 0;
};

struct Body {
    Content content;
    std::vector<Piece> pieces;

    [[nodiscard]] std::uint64_t size() const;
};

struct Response {
    unsigned status = 200;
    std::vector<ResponseField> fields;  ///< all but Date, Content-Length and Connection
    Body body;                          ///< for HEAD too: who sends it leaves it out
    bool has_length = true;             ///< HEAD of what is not worth making: no Content-Length

    void add(std::string name, std::string value) { fields.push_back({std::move(name), std::move(value)}); }
    void set_text(std::string text) {
        body.pieces.clear();
        body.pieces.push_back({std::move(text)});
    }
};

/// "Not Found".
[[nodiscard]] std::string_view reason_phrase(unsigned status);
/// 1xx, 204 and 304 never have one (RFC 9110 section 6.4.1).
[[nodiscard]] bool may_have_body(unsigned status);

/// The head of an answer over HTTP/1.1, with the empty line at its end.
void put_head(const Response& response, std::string_view date, bool keep_alive, const Request& request, Text& out);

/// A whole answer 200 to a GET over HTTP/1.1 of a client that stays, as it is written: only the date changes.
struct Ready {
    std::string bytes;        ///< the head; behind it the body, where that lies in memory
    std::size_t head = 0;     ///< how many of them are the head
    std::size_t date = 0;     ///< where its date begins, in 29 bytes
    std::int64_t second = 0;  ///< that the date tells
    Content rest;             ///< the body, where it lies in a file
    std::uint64_t size = 0;   ///< of the body
};
[[nodiscard]] std::shared_ptr<Ready> make_ready(const Response& response, std::string_view date, std::int64_t second);
/// Brings the date up to date; a copy is made where somebody is still writing the old one.
void refresh(std::shared_ptr<Ready>& ready, std::string_view date, std::int64_t second);

/// A page about an error, or in JSON for who prefers that.
[[nodiscard]] Response error_page(unsigned status, std::string_view words, std::string_view accept);

}  // namespace fid::http

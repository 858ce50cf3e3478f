// SPDX-License-Identifier: MIT
// RESP, the protocol of Redis and its relatives, versions 2 and 3: commands out and replies in, without a connection.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/error.h"
#include "report/record.h"
#include "report/text.h"

namespace fid::transport {

/// A reply, or a part of one.
struct RespValue {
    enum class Kind : std::uint8_t {
        status,    ///< +OK
        error,     ///< -ERR, and !: an error that may be long
        integer,   ///< :1
        string,    ///< $, any bytes
        null,      ///< _ and the $-1 and *-1 of version 2
        real,      ///< ,1.5
        boolean,   ///< #t
        big,       ///< (123: a whole number of any size
        verbatim,  ///< =txt:, a string and what it is
        array,     ///< *
        map,       ///< %, keys and values in turn
        set,       ///< ~
        push,      ///< >, what nobody asked for
        attribute  ///< |, a map about the value that follows; never given by itself
    };
    Kind kind = Kind::null;
    std::string text;  ///< scalars: as received, of verbatim ones with "txt:"; a boolean's "t" or "f"
    std::vector<RespValue> items;
    std::unique_ptr<RespValue> attributes;  ///< what was said about it; mostly nothing
};

struct RespLimits {
    std::uint64_t bytes = std::uint64_t{64} << 20U;  ///< of one reply as it is sent
    std::uint64_t values = std::uint64_t{1} << 20U;  ///< in one reply, at all depths
    std::size_t depth = 64;
};

/// feed() some bytes, then next() until it has nothing: only then feed() again, or end(). Memory follows what was
/// received, not what lengths say.
class RespReader {
  public:
    explicit RespReader(RespLimits limits = {}) : limits_(limits) {}

    /// Takes a view, which has to live until next() has nothing.
    void feed(Bytes bytes) { input_ = bytes; }
    /// A whole reply. Status protocol_violation where it breaks the rules or is larger than allowed.
    [[nodiscard]] Result<std::optional<RespValue>> next();
    /// The bytes have ended: status truncated within a reply.
    [[nodiscard]] Result<void> end() const;

  private:
    /// An array, map, set, push or attribute that lacks items.
    struct Open {
        RespValue value;
        std::uint64_t left = 0;
        std::unique_ptr<RespValue> attributes;  ///< of the next item
    };
    Result<std::optional<RespValue>> read_line();
    Result<std::optional<RespValue>> read_head(std::string_view line);
    Result<std::optional<RespValue>> read_scalar(RespValue::Kind kind, std::string_view text);
    Result<std::optional<RespValue>> open_bulk(RespValue::Kind kind, std::string_view length);
    Result<std::optional<RespValue>> open_items(RespValue::Kind kind, std::string_view length);
    Result<std::optional<RespValue>> read_bulk();
    RespValue begin(RespValue::Kind kind);
    std::optional<RespValue> complete(RespValue value);
    Result<void> count(std::size_t bytes);

    RespLimits limits_;
    Bytes input_;
    std::string line_;                     ///< as much of a line as was received
    std::optional<RespValue> bulk_;        ///< a string that is being received
    std::uint64_t bulk_left_ = 0;          ///< of it, with the CR LF behind it
    std::vector<Open> open_;               ///< from the reply down to where items are read
    std::unique_ptr<RespValue> foremost_;  ///< attributes of the reply itself
    std::uint64_t bytes_ = 0, values_ = 0;
};

/// A line as redis-cli splits it: words between blanks; "..." with \n \r \t \b \a \xHH and \u{HEX} (UTF-8) and any
/// other character for itself behind a backslash; '...' with \' only. Status bad_input where a quote does not end, or
/// something stands right behind it.
[[nodiscard]] Result<std::vector<std::string>> split_resp_command(std::string_view line);
/// Appends the words as a command: an array of strings.
void put_resp_command(const std::vector<std::string>& words, std::vector<std::uint8_t>& out);

/// Appends the reply as one line for people, without a line feed. Scalars look as in redis-cli: OK, "a string",
/// (integer) 1, (double) 1.5, (nil), (true), (error) ERR; also (big number) 12 and (txt) "verbatim". An array is
/// ["a", "b"], a set ~["a"], a map {"k": "v"}, a push >["message"]; attributes stand before what they are about,
/// |{"k": "v"}. Strings can be typed back: what is not printable is escaped as split_resp_command() reads it.
void put_resp_text(const RespValue& reply, Text& out);
/// The reply for JSON: strings, numbers, booleans and null as such; arrays and sets as lists; a map as an object where
/// its keys are different strings of UTF-8, otherwise as a list of pairs; {"error": TEXT}, {"push": LIST}, and
/// {"attributes": MAP, "value": VALUE}. Reals that JSON has not are text: "inf", "-inf", "nan".
[[nodiscard]] report::Value resp_json(const RespValue& reply);

}  // namespace fid::transport

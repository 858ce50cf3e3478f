// SPDX-License-Identifier: MIT
// The databases' protocols: MySQL's client/server protocol, PostgreSQL's version 3, Redis' RESP.
#include <algorithm>

#include "packet/names.h"
#include "packet/put.h"
#include "packet/stream/family.h"
#include "packet/stream/lines.h"
#include "packet/stream/message.h"

namespace fid::packet {
namespace {

enum MysqlField : unsigned {
    mysql_length,
    mysql_sequence,
    mysql_protocol,
    mysql_version,
    mysql_user,
    mysql_command,
    mysql_query,
    mysql_error
};
constexpr std::array mysql_fields{
    FieldInfo{"mysql.length", FieldType::number, "Packet length"},
    FieldInfo{"mysql.sequence", FieldType::number, "Sequence"},
    FieldInfo{"mysql.protocol", FieldType::number, "Protocol version"},
    FieldInfo{"mysql.version", FieldType::text, "Server version"},
    FieldInfo{"mysql.user", FieldType::text, "User"},
    FieldInfo{"mysql.command", FieldType::number, "Command"},
    FieldInfo{"mysql.query", FieldType::text, "Query"},
    FieldInfo{"mysql.error", FieldType::number, "Error code"},
};
constexpr std::array<Named, 13> mysql_commands{{
    {1, "Quit"},
    {2, "Use"},
    {3, "Query"},
    {4, "Field List"},
    {8, "Shutdown"},
    {9, "Statistics"},
    {14, "Ping"},
    {17, "Change User"},
    {22, "Prepare"},
    {23, "Execute"},
    {25, "Close Statement"},
    {26, "Reset Statement"},
    {31, "Reset Connection"},
}};

bool is_mysql(Bytes bytes, const Packet& packet) {
    Cursor in(bytes);
    const std::uint32_t length = in.le24();
    const std::uint8_t sequence = in.u8();
    if (!in.ok()) return on_port(packet, 3306);
    if (sequence == 0 && in.peek() == 10 && length > 20) return true;
    return on_port(packet, 3306) && length != 0;
}

Bytes take_zero_terminated(Cursor& in) {
    const Bytes rest = in.rest();
    const auto end = std::ranges::find(rest, std::uint8_t{0});
    const Bytes text = in.take(static_cast<std::size_t>(end - rest.begin()));
    if (in.remaining() != 0) in.skip(1);
    return text;
}

void read_mysql_server(Cursor& in, std::uint8_t sequence, Text& words, FieldSink& sink) {
    const std::uint8_t first = in.u8();
    if (sequence == 0 && first == 10) {
        put_read(sink, mysql_protocol, in, first, 1);
        const std::size_t at = in.offset();
        const Bytes version = take_zero_terminated(in);
        sink.bytes(mysql_version, version, at);
        words.put("Server Greeting, version ");
        words.escaped(version, 64);
    } else if (first == 0xff) {
        const std::uint16_t code = in.le16();
        put_read(sink, mysql_error, in, code, 2);
        words.put("Error ");
        words.number(code);
    } else {
        words.put(first == 0 ? "OK" : "Response");
    }
}

void read_mysql_client(Cursor& in, std::uint8_t sequence, Text& words, FieldSink& sink) {
    if (sequence == 0) {
        const std::uint8_t command = in.u8();
        put_read(sink, mysql_command, in, command, 1, name_of(mysql_commands, command));
        put_name(words, mysql_commands, command);
        if (command != 3 && command != 22 && command != 2) return;
        words.put(' ');
        words.escaped(in.rest(), 256);
        sink.bytes(mysql_query, in.rest(), in.offset());
        return;
    }
    // HandshakeResponse41: capabilities, the largest packet, a character set and 23 zeros before the user's name.
    words.put("Login Request");
    in.skip(32);
    if (sequence != 1 || !in.ok() || in.remaining() == 0) return;
    const std::size_t at = in.offset();
    const Bytes user = take_zero_terminated(in);
    sink.bytes(mysql_user, user, at);
    words.put(", user ");
    words.escaped(user, 64);
}

void read_mysql(Cursor& in, const Packet& packet, Text& words, FieldSink& sink) {
    const std::uint32_t length = in.le24();
    put_read(sink, mysql_length, in, length, 3);
    const std::uint8_t sequence = in.u8();
    put_read(sink, mysql_sequence, in, sequence, 1);
    words.put("MySQL: ");
    if (!in.ok() || in.remaining() == 0) return words.put("Packet");
    Cursor body = in;
    const bool greeting = sequence == 0 && in.peek() == 10 && length > 20;
    if (from_port(packet, 3306) || greeting)
        read_mysql_server(body, sequence, words, sink);
    else
        read_mysql_client(body, sequence, words, sink);
}

enum PgsqlField : unsigned { pgsql_type, pgsql_length, pgsql_protocol, pgsql_parameter, pgsql_query };
constexpr std::array pgsql_fields{
    FieldInfo{"pgsql.type", FieldType::text, "Message type"},
    FieldInfo{"pgsql.length", FieldType::number, "Length"},
    FieldInfo{"pgsql.protocol", FieldType::hex, "Protocol or request code"},
    FieldInfo{"pgsql.parameter", FieldType::text, "Start-up parameter"},
    FieldInfo{"pgsql.query", FieldType::text, "Query"},
};
constexpr std::array<Named, 4> pgsql_requests{{
    {196608, "Startup Message"},
    {80877102, "Cancel Request"},
    {80877103, "SSL Request"},
    {80877104, "GSS Encryption Request"},
}};
constexpr std::array<Named, 14> pgsql_backend{{
    {'R', "Authentication"},
    {'S', "Parameter Status"},
    {'K', "Backend Key Data"},
    {'Z', "Ready For Query"},
    {'T', "Row Description"},
    {'D', "Data Row"},
    {'C', "Command Complete"},
    {'E', "Error Response"},
    {'N', "Notice Response"},
    {'1', "Parse Complete"},
    {'2', "Bind Complete"},
    {'3', "Close Complete"},
    {'n', "No Data"},
    {'t', "Parameter Description"},
}};
constexpr std::array<Named, 13> pgsql_frontend{{
    {'Q', "Query"},
    {'P', "Parse"},
    {'B', "Bind"},
    {'E', "Execute"},
    {'D', "Describe"},
    {'S', "Sync"},
    {'C', "Close"},
    {'H', "Flush"},
    {'X', "Terminate"},
    {'p', "Password Message"},
    {'d', "Copy Data"},
    {'c', "Copy Done"},
    {'f', "Copy Fail"},
}};

bool is_pgsql(Bytes bytes, const Packet& packet) {
    Cursor in(bytes);
    const std::uint32_t length = in.u32();
    if (in.ok() && length >= 8 && length < 10000 && !name_of(pgsql_requests, in.u32()).empty()) return true;
    if (!on_port(packet, 5432)) return false;
    if (bytes.size() == 1) return bytes[0] == 'S' || bytes[0] == 'N';  // the answer to an SSL request
    return !name_of(pgsql_backend, bytes[0]).empty() || !name_of(pgsql_frontend, bytes[0]).empty();
}

void read_pgsql_startup(Cursor& in, Text& words, FieldSink& sink) {
    const std::uint32_t length = in.u32();
    put_read(sink, pgsql_length, in, length, 4);
    const std::uint32_t code = in.u32();
    put_read(sink, pgsql_protocol, in, code, 4, name_of(pgsql_requests, code));
    put_name(words, pgsql_requests, code);
    while (code == 196608 && in.remaining() > 1) {
        const std::size_t at = in.offset();
        const Bytes one = take_zero_terminated(in);
        if (one.empty()) return;
        words.put(' ');
        words.escaped(one, 64);
        sink.bytes(pgsql_parameter, one, at);
    }
}

void read_pgsql(Cursor& in, const Packet& packet, Text& words, FieldSink& sink) {
    words.put("PGSQL: ");
    if (in.peek() == 0) return read_pgsql_startup(in, words, sink);
    const bool backend = from_port(packet, 5432);
    for (bool first = true; in.remaining() != 0; first = false) {
        const Bytes type = in.take(1);
        const auto name = backend ? name_of(pgsql_backend, type[0]) : name_of(pgsql_frontend, type[0]);
        if (name.empty()) return;
        sink.bytes(pgsql_type, type, in.offset() - 1, name);
        if (!first) words.put(", ");
        words.put(name);
        const std::uint32_t length = in.u32();
        put_read(sink, pgsql_length, in, length, 4);
        if (!in.ok() || length < 4) return;
        const std::size_t at = in.offset();
        const Bytes body = in.take(std::min<std::size_t>(length - 4, in.remaining()));
        if (backend || type[0] != 'Q') continue;
        Bytes query = body;
        while (!query.empty() && query.back() == 0) query = query.first(query.size() - 1);
        words.put(' ');
        words.escaped(query, 256);
        sink.bytes(pgsql_query, query, at);
    }
}

enum RedisField : unsigned { redis_type, redis_count, redis_value };
constexpr std::array redis_fields{
    FieldInfo{"redis.type", FieldType::text, "Type"},
    FieldInfo{"redis.count", FieldType::number, "Elements"},
    FieldInfo{"redis.value", FieldType::text, "Value"},
};

bool is_redis(Bytes bytes, const Packet&) {
    constexpr std::string_view types = "*$+-:";
    if (types.find(static_cast<char>(bytes[0])) == std::string_view::npos) return false;
    if (bytes[0] == '+' || bytes[0] == '-') return bytes.size() > 1 && is_letter(static_cast<char>(bytes[1]));
    return bytes.size() == 1 || is_digit(static_cast<char>(bytes[1])) || bytes[1] == '-';
}

/// AUTH and HELLO carry passwords.
bool is_secret(std::string_view command) { return same_word(command, "AUTH") || same_word(command, "HELLO"); }

void read_redis(Cursor& in, const Packet&, Text& words, FieldSink& sink) {
    const Bytes all = in.all();
    Lines lines(all);
    Line line;
    bool secret = false;
    unsigned values = 0;
    bool bulk = false;
    words.put("RESP");
    while (lines.next(line)) {
        if (line.text.empty()) continue;
        const char type = line.text.front();
        std::string_view value = line.text;
        if (!bulk) {
            put_part(sink, redis_type, all, line.text.substr(0, 1));
            value.remove_prefix(1);
            if (type == '*') sink.number(redis_count, decimal(value), line.offset + 1, value.size());
            bulk = type == '$' && !value.starts_with('-');
            if (type == '*' || type == '$') continue;
        }
        bulk = false;
        words.put(" \"");
        if (secret)
            words.put("***");
        else
            words.escaped(as_bytes(value), 128);
        words.put('"');
        put_part(sink, redis_value, all, value);
        secret = secret || (values++ == 0 && is_secret(value));
    }
}

}  // namespace

const Dissector mysql_dissector =
    message_dissector<is_mysql, read_mysql>(Protocol::mysql, "mysql", "MySQL protocol", mysql_fields);
const Dissector pgsql_dissector =
    message_dissector<is_pgsql, read_pgsql>(Protocol::pgsql, "pgsql", "PostgreSQL protocol", pgsql_fields);
const Dissector redis_dissector =
    message_dissector<is_redis, read_redis>(Protocol::redis, "redis", "Redis serialization protocol", redis_fields);

}  // namespace fid::packet

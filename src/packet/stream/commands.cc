// SPDX-License-Identifier: MIT
// The protocols of command and reply lines: FTP (RFC 959), SMTP (RFC 5321), POP3 (RFC 1939), IMAP (RFC 9051), IRC
// (RFC 2812) and memcached's text protocol. They differ in what a line may look like, not in how it is shown.
#include "packet/stream/family.h"
#include "packet/stream/lines.h"
#include "packet/verbose.h"

namespace fid::packet {
namespace {

enum Field : unsigned { f_request, f_response, f_tag, f_command, f_argument, f_code, f_status };

struct Parts {
    bool response = false;
    std::string_view tag;   ///< IMAP's tag, IRC's prefix
    std::string_view word;  ///< command, reply code or status
    std::string_view argument;
};

template <std::size_t size>
bool known(const std::array<std::string_view, size>& words, std::string_view word) {
    return std::ranges::any_of(words, [&](std::string_view one) { return same_word(one, word); });
}

bool is_reply_code(std::string_view text) {
    return text.size() >= 3 && text[0] >= '1' && text[0] <= '6' && is_digit(text[1]) && is_digit(text[2]) &&
           (text.size() == 3 || text[3] == ' ' || text[3] == '-');
}

/// "220 ready", "250-SIZE", or one of the verbs: text from the middle of something else begins with neither.
template <std::size_t size>
bool read_numeric(std::string_view text, const std::array<std::string_view, size>& verbs, Parts& parts) {
    if (is_reply_code(text)) {
        parts = {.response = true,
                 .word = text.substr(0, 3),
                 .argument = text.substr(std::min<std::size_t>(4, text.size()))};
        return true;
    }
    parts.argument = text;
    parts.word = take_word(parts.argument);
    return known(verbs, parts.word);
}

/// RFC 959, 2228, 2389, 2428, 2640, 3659, 7151.
bool read_ftp(std::string_view text, Parts& parts) {
    static constexpr auto verbs = std::to_array<std::string_view>(
        {"USER", "PASS", "ACCT", "CWD",  "CDUP", "SMNT", "QUIT", "REIN", "PORT", "PASV", "TYPE", "STRU",
         "MODE", "RETR", "STOR", "STOU", "APPE", "ALLO", "REST", "RNFR", "RNTO", "ABOR", "DELE", "RMD",
         "MKD",  "PWD",  "LIST", "NLST", "SITE", "SYST", "STAT", "HELP", "NOOP", "AUTH", "ADAT", "PBSZ",
         "PROT", "CCC",  "MIC",  "CONF", "ENC",  "FEAT", "OPTS", "EPRT", "EPSV", "LANG", "MDTM", "MFMT",
         "MLSD", "MLST", "SIZE", "HOST", "XCUP", "XCWD", "XMKD", "XPWD", "XRMD", "CLNT"});
    return read_numeric(text, verbs, parts);
}
/// RFC 5321 and its extensions.
bool read_smtp(std::string_view text, Parts& parts) {
    static constexpr auto verbs = std::to_array<std::string_view>(
        {"HELO", "EHLO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET",     "VRFY",    "EXPN",     "HELP",
         "NOOP", "QUIT", "AUTH", "ETRN", "ATRN", "TURN", "SEND", "STARTTLS", "XCLIENT", "XFORWARD", "BURL"});
    return read_numeric(text, verbs, parts);
}

bool read_pop(std::string_view text, Parts& parts) {
    static constexpr auto verbs =
        std::to_array<std::string_view>({"USER", "PASS", "APOP", "QUIT", "STAT", "LIST", "RETR", "DELE", "NOOP", "RSET",
                                         "TOP", "UIDL", "CAPA", "STLS", "AUTH", "UTF8", "LANG", "LAST"});
    parts.argument = text;
    parts.word = take_word(parts.argument);
    parts.response = parts.word == "+OK" || parts.word == "-ERR" || parts.word == "+";
    return parts.response || known(verbs, parts.word);
}

bool read_imap(std::string_view text, Parts& parts) {
    static constexpr auto statuses = std::to_array<std::string_view>({"OK", "NO", "BAD", "BYE", "PREAUTH"});
    static constexpr auto verbs = std::to_array<std::string_view>(
        {"CAPABILITY",  "NOOP",        "LOGOUT",   "STARTTLS", "AUTHENTICATE", "LOGIN",       "ENABLE", "SELECT",
         "EXAMINE",     "CREATE",      "DELETE",   "RENAME",   "SUBSCRIBE",    "UNSUBSCRIBE", "LIST",   "LSUB",
         "XLIST",       "NAMESPACE",   "STATUS",   "APPEND",   "IDLE",         "CHECK",       "CLOSE",  "UNSELECT",
         "EXPUNGE",     "SEARCH",      "FETCH",    "STORE",    "COPY",         "MOVE",        "UID",    "ID",
         "SORT",        "THREAD",      "GETQUOTA", "SETQUOTA", "GETQUOTAROOT", "GETACL",      "SETACL", "MYRIGHTS",
         "GETMETADATA", "SETMETADATA", "COMPRESS", "NOTIFY"});
    parts.argument = text;
    parts.tag = take_word(parts.argument);
    if (parts.tag == "+") {
        parts.response = true;
        return true;
    }
    parts.word = take_word(parts.argument);
    parts.response = parts.tag == "*" || std::ranges::find(statuses, parts.word) != statuses.end();
    const auto is_tag = [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_'; };
    if (parts.tag == "*") return is_alphabetic(parts.word) || std::ranges::all_of(parts.word, is_digit);
    return !parts.tag.empty() && parts.tag.size() <= 20 && std::ranges::all_of(parts.tag, is_tag) &&
           (parts.response || known(verbs, parts.word));
}

/// RFC 2812 and the IRCv3 extensions.
bool read_irc(std::string_view text, Parts& parts) {
    static constexpr auto verbs = std::to_array<std::string_view>(
        {"PASS",     "NICK",  "USER",    "OPER",         "MODE",    "SERVICE", "QUIT",    "SQUIT",  "JOIN",
         "PART",     "TOPIC", "NAMES",   "LIST",         "INVITE",  "KICK",    "PRIVMSG", "NOTICE", "MOTD",
         "LUSERS",   "STATS", "VERSION", "LINKS",        "TIME",    "CONNECT", "TRACE",   "ADMIN",  "INFO",
         "SERVLIST", "WHO",   "SQUERY",  "WHOIS",        "WHOWAS",  "KILL",    "PING",    "PONG",   "ERROR",
         "AWAY",     "DIE",   "REHASH",  "RESTART",      "SUMMON",  "USERS",   "WALLOPS", "ISON",   "USERHOST",
         "SERVER",   "CAP",   "ACCOUNT", "AUTHENTICATE", "CHGHOST", "SETNAME", "TAGMSG",  "MONITOR"});
    parts.argument = text;
    if (text.starts_with(':') || text.starts_with('@')) parts.tag = take_word(parts.argument);
    parts.word = take_word(parts.argument);
    parts.response = parts.word.size() == 3 && std::ranges::all_of(parts.word, is_digit);
    // Only servers send numbers, and they say who they are.
    return parts.response ? !parts.tag.empty() : known(verbs, parts.word);
}

bool read_memcached(std::string_view text, Parts& parts) {
    constexpr std::array<std::string_view, 20> requests{
        "get",  "gets",  "set", "add",  "replace", "append",    "prepend", "cas",       "delete", "incr",
        "decr", "touch", "gat", "gats", "stats",   "flush_all", "version", "verbosity", "quit",   "mg"};
    constexpr std::array<std::string_view, 14> replies{"STORED",  "NOT_STORED", "EXISTS",       "NOT_FOUND",   "VALUE",
                                                       "END",     "DELETED",    "TOUCHED",      "OK",          "STAT",
                                                       "VERSION", "ERROR",      "CLIENT_ERROR", "SERVER_ERROR"};
    parts.argument = text;
    parts.word = take_word(parts.argument);
    parts.response = std::ranges::find(replies, parts.word) != replies.end();
    return parts.response || std::ranges::find(requests, parts.word) != requests.end();
}

/// A request as the listing may show it: passwords and what an authentication exchange carries are masked.
void write_request(const Parts& parts, std::string_view line, Text& out) {
    static constexpr auto secret = std::to_array<std::string_view>({"PASS", "LOGIN", "APOP", "ADAT", "OPER"});
    static constexpr auto mechanism_first = std::to_array<std::string_view>({"AUTH", "AUTHENTICATE"});
    // "PRIVMSG NickServ :IDENTIFY password"
    const bool hide = known(secret, parts.word) || same_word(parts.argument.substr(0, 8), "NickServ");
    std::string_view rest = parts.argument;
    const std::string_view mechanism = known(mechanism_first, parts.word) ? take_word(rest) : std::string_view{};
    if (rest.empty() || (!hide && mechanism.empty())) return out.escaped(as_bytes(line), 1024);
    for (const std::string_view shown : {parts.tag, parts.word, mechanism}) {
        if (shown.empty()) continue;
        out.escaped(shown);
        out.put(' ');
    }
    out.put(masked);
}

using Reader = bool (*)(std::string_view, Parts&);

struct Style {
    std::string_view title;
    Reader read;
};
constexpr Style ftp_style{"FTP", read_ftp};
constexpr Style smtp_style{"SMTP", read_smtp};
constexpr Style pop_style{"POP3", read_pop};
constexpr Style imap_style{"IMAP", read_imap};
constexpr Style irc_style{"IRC", read_irc};
constexpr Style memcached_style{"memcached", read_memcached};

template <const Style& style>
Step step(Bytes bytes, Packet&, std::size_t) {
    Lines lines(bytes);
    Line line;
    Parts parts;
    const bool mine = lines.next(line) && style.read(line.text, parts);
    return {.header = bytes.size(), .refused = !mine};
}

/// -v: every line, up to the first that is neither text nor a command. What reads like no command may be the answer in
/// a login (a user name or password in base64 behind AUTH, a literal of IMAP's LOGIN): it is masked.
template <const Style& style>
void write_lines(Bytes bytes, Text& out) {
    Lines lines(bytes);
    Line line;
    Parts parts;
    bool reply = false;
    for (bool first = true; lines.next(line); first = false) {
        const bool command = style.read(line.text, parts);
        reply = first ? parts.response : reply;
        if (!std::ranges::all_of(line.text, is_printable)) return;
        out.put("\n\t");
        if (reply)
            out.put(line.text);
        else if (command)
            write_request(parts, line.text, out);
        else
            return out.put(masked);
    }
}

template <const Style& style>
void info(const Packet& packet, const Layer& layer, Text& out) {
    out.put(style.title);
    if (packet.verbosity != 0) {
        out.put(", length: ");
        out.number(layer.length);
        return write_lines<style>(packet.bytes(layer), out);
    }
    Lines lines(packet.bytes(layer));
    Line line;
    Parts parts;
    out.put(": ");
    if (!lines.next(line) || !style.read(line.text, parts)) return;
    if (parts.response) return out.escaped(as_bytes(line.text), 1024);
    write_request(parts, line.text, out);
}

template <const Style& style>
void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes bytes = packet.bytes(layer);
    Lines lines(bytes);
    Line line;
    while (lines.next(line)) {
        Parts parts;
        if (!style.read(line.text, parts)) return;
        sink.number(parts.response ? f_response : f_request, 1, line.offset, line.text.size());
        put_part(sink, f_tag, bytes, parts.tag);
        if (parts.response && parts.word.size() == 3 && std::ranges::all_of(parts.word, is_digit))
            sink.number(f_code, decimal(parts.word), place(bytes, parts.word), 3);
        else
            put_part(sink, parts.response ? f_status : f_command, bytes, parts.word);
        put_part(sink, f_argument, bytes, parts.argument);
    }
}

#define FID_COMMAND_FIELDS(name)                                         \
    constexpr std::array name##_fields {                                 \
        FieldInfo{#name ".request", FieldType::flag, "Request"},         \
            FieldInfo{#name ".response", FieldType::flag, "Response"},   \
            FieldInfo{#name ".tag", FieldType::text, "Tag or prefix"},   \
            FieldInfo{#name ".command", FieldType::text, "Command"},     \
            FieldInfo{#name ".argument", FieldType::text, "Argument"},   \
            FieldInfo{#name ".code", FieldType::number, "Reply code"},   \
            FieldInfo{#name ".status", FieldType::text, "Reply status"}, \
    }
FID_COMMAND_FIELDS(ftp);
FID_COMMAND_FIELDS(smtp);
FID_COMMAND_FIELDS(pop);
FID_COMMAND_FIELDS(imap);
FID_COMMAND_FIELDS(irc);
FID_COMMAND_FIELDS(memcached);
#undef FID_COMMAND_FIELDS

template <const Style& style>
constexpr Dissector make(Protocol protocol, std::string_view name, std::string_view title,
                         std::span<const FieldInfo> fields) {
    return {protocol, name, title, fields, step<style>, info<style>, visit<style>};
}

}  // namespace

const Dissector ftp_dissector = make<ftp_style>(Protocol::ftp, "ftp", "File Transfer Protocol", ftp_fields);
const Dissector smtp_dissector = make<smtp_style>(Protocol::smtp, "smtp", "Simple Mail Transfer Protocol", smtp_fields);
const Dissector pop_dissector = make<pop_style>(Protocol::pop, "pop", "Post Office Protocol", pop_fields);
const Dissector imap_dissector =
    make<imap_style>(Protocol::imap, "imap", "Internet Message Access Protocol", imap_fields);
const Dissector irc_dissector = make<irc_style>(Protocol::irc, "irc", "Internet Relay Chat", irc_fields);
const Dissector memcached_dissector =
    make<memcached_style>(Protocol::memcached, "memcached", "Memcached text protocol", memcached_fields);

}  // namespace fid::packet

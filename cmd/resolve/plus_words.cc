// SPDX-License-Identifier: MIT
#include "cmd/resolve/plus_words.h"

#include <algorithm>
#include <array>

#include "address/characters.h"
#include "cmd/values.h"
#include "report/suggest.h"

namespace fid::cmd::resolve {
namespace {

namespace wire = packet::dns;

using On = bool;
using Value = std::string_view;

dns::Edns& edns(Settings& settings) {
    auto& held = settings.exchange.query.edns;
    if (!held) held.emplace();
    return *held;
}

template <unsigned flag>
Result<void> header_flag(Settings& settings, On on, Value) {
    auto& flags = settings.exchange.query.flags;
    flags = static_cast<std::uint16_t>(on ? flags | flag : flags & ~flag);
    return {};
}

/// What shapes dig's layout asks for it; +short goes before.
void use_dig_layout(Settings& settings) {
    if (settings.layout == Layout::lines) settings.layout = Layout::dig;
}

template <bool DigStyle::* part>
Result<void> show(Settings& settings, On on, Value) {
    use_dig_layout(settings);
    settings.dig.*part = on;
    return {};
}

template <bool dns::ExchangeOptions::* member, bool when_on>
Result<void> exchange_flag(Settings& settings, On on, Value) {
    settings.exchange.*member = on == when_on;
    return {};
}

template <bool Settings::* member, bool when_on = true>
Result<void> settings_flag(Settings& settings, On on, Value) {
    settings.*member = on == when_on;
    return {};
}

template <dns::Carrier carrier>
Result<void> carry(Settings& settings, On on, Value value) {
    settings.carrier.reset();
    if (on) settings.carrier = carrier;
    settings.https_path = value;
    return {};
}

/// A number into a place that takes it.
template <class T>
Result<void> number(std::string_view word, Value value, std::uint64_t least, std::uint64_t most, T& into) {
    const auto read = read_count(word, value, least, most);
    if (!read) return std::unexpected(read.error());
    into = static_cast<T>(*read);
    return {};
}

Result<std::vector<std::uint8_t>> read_hex(std::string_view word, Value text) {
    std::vector<std::uint8_t> bytes;
    std::string_view rest = text;
    for (auto byte = hex_byte(rest); byte; byte = hex_byte(rest)) {
        bytes.push_back(*byte);
        rest.remove_prefix(2);
    }
    if (!rest.empty())
        return fail(Status::usage, std::string(word) + " wants hexadecimal digits, not", "'" + std::string(text) + "'");
    return bytes;
}

Result<void> all(Settings& settings, On on, Value) {
    use_dig_layout(settings);
    DigStyle& dig = settings.dig;
    dig.comments = dig.question = dig.answer = dig.authority = dig.additional = dig.statistics = on;
    if (!on) dig.command = false;
    return {};
}

Result<void> use_edns(Settings& settings, On on, Value value) {
    if (!on) {
        settings.exchange.query.edns.reset();
        return {};
    }
    return value.empty() ? Result<void>() : number("+edns", value, 0, 255, edns(settings).version);
}

Result<void> dnssec(Settings& settings, On on, Value) {
    settings.dnssec = on;
    auto& flags = edns(settings).flags;
    flags = static_cast<std::uint16_t>(on ? flags | dns::flag_dnssec_ok : flags & ~dns::flag_dnssec_ok);
    return {};
}

Result<void> cookie(Settings& settings, On on, Value value) {
    if (!on) {
        if (settings.exchange.query.edns) settings.exchange.query.edns->cookie.clear();
        return {};
    }
    if (value.empty()) return {};
    auto bytes = read_hex("+cookie", value);
    if (!bytes) return std::unexpected(bytes.error());
    edns(settings).cookie = std::move(*bytes);
    return {};
}

Result<void> subnet(Settings& settings, On on, Value value) {
    edns(settings).subnet.reset();
    if (!on) return {};
    auto prefix = Prefix::parse(value == "0" ? "0.0.0.0/0" : value);
    if (!prefix) return std::unexpected(prefix.error());
    edns(settings).subnet = *prefix;
    return {};
}

Result<void> edns_option(Settings& settings, On on, Value value) {
    if (!on) {
        edns(settings).others.clear();
        return {};
    }
    dns::Edns::Option option;
    const std::size_t colon = value.find(':');
    if (auto read = number("+ednsopt", value.substr(0, colon), 0, 65535, option.code); !read) return read;
    if (colon != Value::npos) {
        auto bytes = read_hex("+ednsopt", value.substr(colon + 1));
        if (!bytes) return std::unexpected(bytes.error());
        option.data = std::move(*bytes);
    }
    edns(settings).others.push_back(std::move(option));
    return {};
}

Result<void> opcode(Settings& settings, On, Value value) {
    for (unsigned code = 0; code < 16; ++code) {
        if (!std::ranges::equal(dns::opcode_text(code), value, {}, {},
                                [](char c) { return is_letter(c) ? static_cast<char>(c & ~0x20) : c; }))
            continue;
        settings.exchange.query.opcode = code;
        return {};
    }
    return number("+opcode", value, 0, 15, settings.exchange.query.opcode);
}

Result<void> timeout(Settings& settings, On, Value value) {
    const auto read = read_duration("+time", value);
    if (!read) return std::unexpected(read.error());
    settings.timeout = *read;
    return {};
}

Result<void> retry(Settings& settings, On, Value value) {
    unsigned again = 0;
    auto read = number("+retry", value, 0, 1000, again);
    settings.attempts = again + 1;
    return read;
}

Result<void> tries(Settings& settings, On, Value value) {
    unsigned count = 0;
    auto read = number("+tries", value, 1, 1000, count);
    settings.attempts = count;
    return read;
}

Result<void> trace(Settings& settings, On on, Value) {
    settings.trace = on;
    if (on) use_dig_layout(settings);
    return {};
}

Result<void> brief(Settings& settings, On on, Value) {
    settings.layout = on ? Layout::brief : Layout::lines;
    return {};
}

Result<void> split(Settings& settings, On on, Value value) {
    use_dig_layout(settings);
    settings.dig.split = on ? 56 : 0;
    return value.empty() ? Result<void>() : number("+split", value, 0, 1000, settings.dig.split);
}

Result<void> search_in(Settings& settings, On, Value value) {
    settings.search = true;
    settings.search_domain = value;
    return {};
}

Result<void> unicode(Settings& settings, On on, Value) {
    settings.unicode = on;
    return {};
}

Result<void> nothing(Settings&, On, Value) { return {}; }

constexpr std::array table{
    PlusWord{"short", "", "only the data, one a line", brief},
    PlusWord{"tcp", "", "over TCP", carry<dns::Carrier::tcp>},
    PlusWord{"vc", "", "", carry<dns::Carrier::tcp>},
    PlusWord{"tls", "", "over TLS", carry<dns::Carrier::tls>},
    PlusWord{"https", "[PATH]", "over HTTPS", carry<dns::Carrier::https>},
    PlusWord{"https-post", "[PATH]", "", carry<dns::Carrier::https>},
    PlusWord{"trace", "", "from the root down, as --trace, in dig's layout", trace},
    PlusWord{"ignore", "", "take a truncated answer as it is",
             exchange_flag<&dns::ExchangeOptions::keep_truncated, true>},
    PlusWord{"recurse", "", "want recursion (on)", header_flag<wire::flag_recursion_desired>},
    PlusWord{"rdflag", "", "", header_flag<wire::flag_recursion_desired>},
    PlusWord{"adflag", "", "want to know whether the data is authentic (on)", header_flag<wire::flag_authenticated>},
    PlusWord{"ad", "", "", header_flag<wire::flag_authenticated>},
    PlusWord{"cdflag", "", "want no DNSSEC checking", header_flag<wire::flag_checking_disabled>},
    PlusWord{"cd", "", "", header_flag<wire::flag_checking_disabled>},
    PlusWord{"aaflag", "", "set AA in the question", header_flag<wire::flag_authoritative>},
    PlusWord{"aaonly", "", "", header_flag<wire::flag_authoritative>},
    PlusWord{"raflag", "", "set RA in the question", header_flag<wire::flag_recursion_available>},
    PlusWord{"tcflag", "", "set TC in the question", header_flag<wire::flag_truncated>},
    PlusWord{"zflag", "", "set the reserved bit in the question", header_flag<0x40U>},
    PlusWord{"opcode", "NAME", "another operation", opcode},
    PlusWord{"qid", "N", "this ID",
             [](Settings& settings, On, Value value) {
                 return number("+qid", value, 0, 65535, settings.exchange.id.emplace());
             }},
    PlusWord{"edns", "[VERSION]", "with EDNS (on)", use_edns},
    PlusWord{"dnssec", "", "want signatures", dnssec},
    PlusWord{"do", "", "", dnssec},
    PlusWord{"bufsize", "BYTES", "the largest answer over UDP (1232)",
             [](Settings& settings, On, Value value) {
                 return number("+bufsize", value, 0, 65535, edns(settings).udp_size);
             }},
    PlusWord{"nsid", "", "want the server's identifier",
             [](Settings& settings, On on, Value) -> Result<void> {
                 edns(settings).nsid = on;
                 return {};
             }},
    PlusWord{"subnet", "PREFIX", "ask for clients of that network", subnet},
    PlusWord{"cookie", "[HEX]", "with a DNS cookie (on)", cookie},
    PlusWord{"badcookie", "", "ask again where the cookie is refused (on)",
             exchange_flag<&dns::ExchangeOptions::keep_cookie_error, false>},
    PlusWord{
        "padding", "BYTES", "make the question a multiple of so many bytes",
        [](Settings& settings, On, Value value) { return number("+padding", value, 0, 512, edns(settings).padding); }},
    PlusWord{"expire", "", "want the time a secondary keeps the zone",
             [](Settings& settings, On on, Value) -> Result<void> {
                 edns(settings).expire = on;
                 return {};
             }},
    PlusWord{"keepalive", "", "want to keep the TCP connection",
             [](Settings& settings, On on, Value) -> Result<void> {
                 edns(settings).keepalive = on;
                 return {};
             }},
    PlusWord{"ednsopt", "CODE[:HEX]", "another option of EDNS", edns_option},
    PlusWord{"ednsflags", "N", "the flags of EDNS",
             [](Settings& settings, On, Value value) {
                 return number("+ednsflags", value, 0, 65535, edns(settings).flags);
             }},
    PlusWord{"ednsnegotiation", "", "ask again without EDNS where it is not understood (on)",
             exchange_flag<&dns::ExchangeOptions::keep_edns, false>},
    PlusWord{"dns0x20", "", "letters in random case, which the answer has to repeat",
             exchange_flag<&dns::ExchangeOptions::mix_case, true>},
    PlusWord{"time", "TIME", "wait so long for each attempt", timeout},
    PlusWord{"timeout", "TIME", "", timeout},
    PlusWord{"tries", "N", "so many attempts", tries},
    PlusWord{"retry", "N", "so many more attempts", retry},
    PlusWord{"fail", "", "SERVFAIL is the answer (on); +nofail asks the next server",
             settings_flag<&Settings::next_on_failure, false>},
    PlusWord{"search", "", "use the search list", settings_flag<&Settings::search>},
    PlusWord{"defname", "", "", settings_flag<&Settings::search>},
    PlusWord{"domain", "NAME", "a search list of this name alone", search_in},
    PlusWord{
        "ndots", "N", "names with so many dots are tried as they are first",
        [](Settings& settings, On, Value value) { return number("+ndots", value, 0, 15, settings.ndots.emplace()); }},
    PlusWord{"idnin", "", "names in letters outside ASCII by IDNA (on)", settings_flag<&Settings::ascii_input, false>},
    PlusWord{"idnout", "", "such names in their letters (on a terminal)", unicode},
    PlusWord{"unknownformat", "", "all data in the generic form of RFC 3597", settings_flag<&Settings::generic>},
    PlusWord{"all", "", "dig's layout with everything; +noall with nothing but what is named behind it", all},
    PlusWord{"cmd", "", "dig's layout: the heading", show<&DigStyle::command>},
    PlusWord{"comments", "", "dig's layout: comments", show<&DigStyle::comments>},
    PlusWord{"question", "", "dig's layout: the question", show<&DigStyle::question>},
    PlusWord{"answer", "", "dig's layout: the answer section", show<&DigStyle::answer>},
    PlusWord{"authority", "", "dig's layout: the authority section", show<&DigStyle::authority>},
    PlusWord{"additional", "", "dig's layout: the additional section", show<&DigStyle::additional>},
    PlusWord{"stats", "", "dig's layout: time, server and size", show<&DigStyle::statistics>},
    PlusWord{"class", "", "dig's layout: the class of records", show<&DigStyle::show_class>},
    PlusWord{"cl", "", "", show<&DigStyle::show_class>},
    PlusWord{"ttlid", "", "dig's layout: the TTL of records", show<&DigStyle::show_ttl>},
    PlusWord{"ttlunits", "", "dig's layout: TTLs as 1h30m", show<&DigStyle::ttl_units>},
    PlusWord{"split", "[N]", "dig's layout: long data in words of so many characters (56)", split},
    PlusWord{"besteffort", "", "accepted and without effect: what can be read is shown", nothing},
    PlusWord{"mapped", "", "", nothing},
};

struct Elsewhere {
    std::string_view name, hint;
};
// What dig does and this command does not, or not by that word.
constexpr std::array elsewhere{
    Elsewhere{"yaml", "--json is there"},
    Elsewhere{"qr", "--record FILE keeps what was sent"},
    Elsewhere{"nssearch", "--all-ns asks every server of a zone"},
    Elsewhere{"multiline", "--json names every part of the data"},
    Elsewhere{"rrcomments", "--json tells key tags"},
    Elsewhere{"identify", "--json names the server"},
    Elsewhere{"https-get", "+https sends POST"},
};

const PlusWord* find(std::string_view name) {
    const auto* const exact = std::ranges::find(table, name, &PlusWord::name);
    if (exact != table.end()) return exact;
    const PlusWord* found = nullptr;
    for (const PlusWord& each : table) {
        if (name.size() < 2 || !each.name.starts_with(name)) continue;
        // Synonyms mean the same: +aa is AA by either name.
        if (found != nullptr && found->apply != each.apply) return nullptr;
        found = &each;
    }
    return found;
}

std::unexpected<Error> unknown(std::string_view name) {
    std::string word = "'+";
    word += name;
    word += "'";
    for (const Elsewhere& each : elsewhere)
        if (each.name == name) return fail(Status::usage, "not spoken here:", word, {}, std::string(each.hint));
    std::vector<std::string_view> names;
    for (const PlusWord& each : table) names.push_back(each.name);
    std::string hint = report::did_you_mean(name, names);
    return fail(Status::usage, "unknown word", word, {}, hint.empty() ? "see 'fid resolve --help'" : std::move(hint));
}

}  // namespace

std::span<const PlusWord> plus_words() { return table; }

Result<void> apply_plus_word(Settings& settings, std::string_view word) {
    const std::size_t equals = word.find('=');
    std::string_view name = word.substr(0, equals);
    const PlusWord* found = find(name);
    const bool on = found != nullptr || !name.starts_with("no");
    if (!on) found = find(name.substr(2));
    if (found == nullptr) return unknown(on ? name : name.substr(2));
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : word.substr(equals + 1);
    const std::string full = "+" + std::string(found->name);
    if (found->value.empty() && equals != std::string_view::npos)
        return fail(Status::usage, "", full + " takes no value");
    const bool optional = found->value.empty() || found->value.starts_with('[');
    if (on && !optional && value.empty())
        return fail(Status::usage, "", full + " needs a value", {}, full + "=" + std::string(found->value));
    return found->apply(settings, on, value);
}

std::vector<Option> plus_options() {
    // The options refer to their names.
    static const std::vector<std::string> names = [] {
        std::vector<std::string> made;
        for (const PlusWord& each : table) {
            std::string name = "+";
            name += each.name;
            if (each.value.starts_with('[')) {
                name += "[=";
                name += each.value.substr(1);
            } else if (!each.value.empty()) {
                name += "=";
                name += each.value;
            }
            made.push_back(std::move(name));
        }
        return made;
    }();
    std::vector<Option> options;
    for (std::size_t i = 0; i < table.size(); ++i)
        if (!table[i].help.empty())
            options.push_back(
                {.names = names[i], .help = table[i].help, .group = "Words of dig (+no... for the opposite)"});
    return options;
}

}  // namespace fid::cmd::resolve

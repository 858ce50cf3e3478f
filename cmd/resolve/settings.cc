// SPDX-License-Identifier: MIT
#include "cmd/resolve/settings.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <iterator>

#include "cmd/dial_options.h"
#include "cmd/resolve/all_servers.h"
#include "cmd/resolve/bulk.h"
#include "cmd/resolve/compare.h"
#include "cmd/resolve/decode.h"
#include "cmd/resolve/key.h"
#include "cmd/resolve/plus_words.h"
#include "cmd/resolve/system.h"
#include "cmd/resolve/timing.h"
#include "cmd/resolve/trace.h"
#include "cmd/resolve/transfer.h"
#include "cmd/resolve/validate.h"
#include "cmd/resolve/watch.h"
#include "cmd/values.h"
#include "dns/resolv_conf.h"
#include "report/suggest.h"

namespace fid::cmd::resolve {
namespace {

std::unexpected<Error> unknown_type(std::string_view word) {
    const std::vector<std::string_view> names = dns::type_names();
    std::string hint = report::did_you_mean(word, names);
    return fail(Status::usage, "unknown type", "'" + std::string(word) + "'", {},
                hint.empty() ? "a name such as MX, or TYPE and a number" : std::move(hint));
}

/// Reads the words and options one after another; the first fault is the one reported.
class SettingsReader {
  public:
    explicit SettingsReader(const Arguments& args) : args_(args) {}

    Result<Settings> read() {
        if (wants_decode(args_))
            if (auto checked = check_decode(args_); !checked) return std::unexpected(std::move(checked.error()));
        auto dial = read_dial_options(args_);
        if (!dial) return std::unexpected(std::move(dial.error()));
        settings_.exchange.dial = std::move(*dial);
        auto& query = settings_.exchange.query;
        query.flags |= packet::dns::flag_authenticated;  // as dig: the answer says whether it is authentic (RFC 6840)
        const std::uint64_t cookie = dns::random_bits();
        for (unsigned i = 0; i < 8; ++i)
            query.edns->cookie.push_back(static_cast<std::uint8_t>(cookie >> 8U * i));  // RFC 7873
        if (wants_decode(args_)) {
            for (const auto step : {&SettingsReader::read_options, &SettingsReader::read_words})
                if (auto done = (this->*step)(); !done) return std::unexpected(std::move(done.error()));
            return std::move(settings_);
        }
        for (const auto step :
             {&SettingsReader::read_options, &SettingsReader::read_words, &SettingsReader::read_file,
              &SettingsReader::read_servers, &SettingsReader::read_types, &SettingsReader::make_groups})
            if (auto done = (this->*step)(); !done) return std::unexpected(std::move(done.error()));
        return std::move(settings_);
    }

  private:
    Result<void> read_options() {
        if (args_.has("--short")) settings_.layout = Layout::brief;
        if (args_.has("--dig")) settings_.layout = Layout::dig;
        if (args_.value("--json") == "rfc8427") settings_.layout = Layout::rfc8427;
        settings_.search = args_.has("--search");
        if (args_.has("--trace")) settings_.trace = true;
        if (args_.has("--no-idn")) settings_.unicode = false;
        if (args_.has("--0x20")) settings_.exchange.mix_case = true;
        settings_.dig_status = args_.value("--exit") == "dig";
        if (args_.has("--tcp")) settings_.carrier = dns::Carrier::tcp;
        if (args_.has("--timeout")) settings_.timeout = settings_.exchange.dial.timeout;
        if (args_.has("--port")) {
            auto port = parse_port(args_.value("--port"), Transport::udp);
            if (!port) return std::unexpected(std::move(port.error()));
            settings_.port = *port;
        }
        if (args_.has("--tries")) {
            const auto tries = read_count("--tries", args_.value("--tries"), 1, 1000);
            if (!tries) return std::unexpected(tries.error());
            settings_.attempts = static_cast<unsigned>(*tries);
        }
        if (args_.has("--class")) {
            const auto klass = dns::read_class(args_.value("--class"));
            if (!klass)
                return fail(Status::usage, "unknown class", "'" + std::string(args_.value("--class")) + "'", {},
                            "IN, CH, HS, NONE, ANY, or CLASS and a number");
            settings_.klass = *klass;
        }
        if (args_.has("--axfr")) types_.push_back(dns::type::axfr);
        if (args_.has("--ixfr"))
            if (auto read = add_ixfr(args_.value("--ixfr")); !read) return read;
        auto key = read_key(args_);
        if (!key) return std::unexpected(std::move(key.error()));
        settings_.exchange.key = std::move(*key);
        return {};
    }

    Result<void> add_ixfr(std::string_view serial) {
        constexpr std::uint64_t most = 0xffffffff;
        const auto number = read_count("IXFR", serial, 0, most);
        if (!number) return std::unexpected(number.error());
        settings_.exchange.query.serial = static_cast<std::uint32_t>(*number);
        types_.push_back(dns::type::ixfr);
        return {};
    }

    /// "IXFR=7", letter case aside: the serial.
    static std::optional<std::string_view> ixfr_serial(std::string_view word) {
        const std::size_t equals = word.find('=');
        if (equals == std::string_view::npos || dns::read_type(word.substr(0, equals)) != dns::type::ixfr)
            return std::nullopt;
        return word.substr(equals + 1);
    }

    Result<void> read_words() {
        for (const std::string& word : args_.words()) {
            if (word.starts_with('+') && word.size() > 1) {
                if (auto done = apply_plus_word(settings_, std::string_view(word).substr(1)); !done) return done;
            } else if (word == "@mdns") {
                settings_.multicast = true;
            } else if (word.starts_with('@') && word.size() > 1) {
                named_servers_.push_back(word.substr(1));
            } else if (const auto serial = ixfr_serial(word)) {
                if (auto read = add_ixfr(*serial); !read) return read;
            } else {
                read_word(word);
            }
        }
        return {};
    }

    /// A word is a type or a class where it is exactly that; "mx." is a name.
    void read_word(const std::string& word) {
        // ANY and NONE are types and classes; here they are types, as in dig. The system knows addresses only.
        const bool only_names = wants_system(args_);
        const auto type = only_names ? std::nullopt : dns::read_type(word);
        const auto klass = only_names ? std::nullopt : dns::read_class(word);
        if (type)
            types_.push_back(*type);
        else if (klass)
            settings_.klass = *klass;
        else
            names_.push_back(word);
    }

    /// The first word of each line is a name.
    Result<void> read_file() {
        if (!args_.has("--file")) return {};
        const std::string path(args_.value("--file"));
        std::ifstream file;
        if (path != "-") file.open(path);
        std::istream& in = path == "-" ? std::cin : file;
        if (!in) return fail_errno(Status::cannot_read, "cannot read", path, errno);
        for (std::string line; std::getline(in, line);) {
            const std::size_t begin = line.find_first_not_of(" \t\r");
            if (begin == std::string::npos || line[begin] == '#' || line[begin] == ';') continue;
            names_.push_back(line.substr(begin, line.find_first_of(" \t\r", begin) - begin));
        }
        return {};
    }

    Result<void> read_servers() {
        const dns::ResolvConf conf = dns::system_resolv_conf();
        settings_.exchange.timeout = settings_.timeout.value_or(conf.timeout);
        constexpr unsigned dig_tries = 3;
        settings_.exchange.attempts = settings_.attempts.value_or(std::max(conf.attempts, dig_tries));
        settings_.each_server = !named_servers_.empty();
        if (settings_.multicast && settings_.each_server)
            return fail(Status::usage, "a server beside @mdns:", "'@" + named_servers_.front() + "'", {},
                        "@mdns asks everybody on the network, and nobody else");
        for (const std::string& text : named_servers_)
            if (auto done = add_server(text); !done) return done;
        if (settings_.each_server) return {};
        if (conf.use_tcp && !settings_.carrier) settings_.carrier = dns::Carrier::tcp;
        for (const Address& address : conf.servers)
            if (auto done = add_server(address.text()); !done) return done;
        if (conf.rotate)
            std::ranges::rotate(
                settings_.servers,
                settings_.servers.begin() + static_cast<std::ptrdiff_t>(dns::random_bits() % settings_.servers.size()));
        return {};
    }

    /// +tcp and the like hold for servers that are written without a scheme.
    Result<void> add_server(const std::string& text) {
        std::string spelled = text;
        if (settings_.carrier && text.find("://") == std::string::npos) {
            const auto address = Address::parse(text);
            spelled = dns::carrier_name(*settings_.carrier);
            spelled += address && !address->is_v4() ? "://[" + text + "]" : "://" + text;
            spelled += settings_.https_path;
        }
        auto server = dns::Server::parse(spelled, settings_.port);
        if (!server) return std::unexpected(std::move(server.error()));
        settings_.servers.push_back(std::move(*server));
        return {};
    }

    Result<void> read_types() {
        for (const std::string& list : args_.values("--type")) {
            std::string_view rest = list;
            while (!rest.empty()) {
                const std::string_view word = rest.substr(0, rest.find(','));
                rest.remove_prefix(std::min(word.size() + 1, rest.size()));
                if (const auto serial = ixfr_serial(word)) {
                    if (auto read = add_ixfr(*serial); !read) return read;
                    continue;
                }
                const auto type = dns::read_type(word);
                if (!type) return unknown_type(word);
                types_.push_back(*type);
            }
        }
        return check_transfer();
    }

    /// A transfer is a conversation of its own.
    Result<void> check_transfer() {
        for (const std::uint16_t type : types_)
            if (type == dns::type::axfr || type == dns::type::ixfr) settings_.transfer = true;
        if (!settings_.transfer) return {};
        if (types_.size() > 1)
            return fail(Status::usage, "a zone transfer is asked for alone, not with", dns::type_text(types_.back()));
        if (types_.front() == dns::type::ixfr && !settings_.exchange.query.serial)
            return fail(Status::usage, "IXFR needs the serial number of the version that is there already", {}, {},
                        "IXFR=SERIAL; AXFR transfers all of the zone");
        return {};
    }

    Result<void> make_groups() {
        settings_.types = types_;
        if (wants_system(args_)) return take_names();
        if (wants_bulk(args_)) {
            if (names_.empty()) return {};
            return fail(Status::usage, "a name beside --bulk or --sweep:", "'" + names_.front() + "'", {},
                        "names stand in the list; words beside it are types, @SERVER and +WORD");
        }
        for (const std::string& text : names_)
            if (auto done = add_name(text); !done) return done;
        for (const std::string& text : args_.values("--reverse"))
            if (auto done = add_reverse(text); !done) return done;
        if (!settings_.groups.empty()) return {};
        return fail(Status::usage, "no name to ask for", {}, {},
                    types_.empty() ? "fid resolve NAME [TYPE] [@SERVER]"
                                   : "'" + dns::type_text(types_.front()) + "' is a type; a name is '" +
                                         dns::type_text(types_.front()) + ".'");
    }

    /// --system: names as they are, and no DNS of the user's choice.
    Result<void> take_names() {
        settings_.names = names_;
        if (named_servers_.empty()) return {};
        return fail(Status::usage, "a server beside --system:", "'@" + named_servers_.front() + "'", {},
                    "the system has its own, those of resolv.conf(5)");
    }

    Result<void> add_name(const std::string& text) {
        Group group;
        group.name = text;
        std::vector<std::string> spelled{text};
        if (settings_.search) {
            dns::ResolvConf conf = dns::system_resolv_conf();
            if (settings_.ndots) conf.ndots = *settings_.ndots;
            if (!settings_.search_domain.empty()) conf.search = {settings_.search_domain};
            spelled = dns::search_names(text, conf);
        }
        for (const std::string& each : spelled) {
            auto name = settings_.ascii_input ? dns::Name::parse(each) : dns::Name::from_user(each);
            if (!name) return std::unexpected(std::move(name.error()));
            group.candidates.push_back(*name);
        }
        group.types = types_;
        if (types_.empty() && (settings_.trace || args_.has("--time"))) {
            group.types = {dns::type::a};  // one question, as dig has it
        } else if (types_.empty()) {
            // Only the Internet's class has addresses; dig asks for A all the same.
            group.types = {dns::type::a, dns::type::aaaa};
            group.any_will_do = true;
            if (settings_.klass != dns::klass::in) group.types = {dns::type::txt};
        }
        settings_.groups.push_back(std::move(group));
        return {};
    }

    Result<void> add_reverse(const std::string& text) {
        const auto address = Address::parse(text);
        if (!address) {
            Error error = address.error();
            if (text.find('/') != std::string::npos) error.hint = "-x takes one address, not a network";
            error.status = Status::usage;
            return std::unexpected(std::move(error));
        }
        Group group;
        group.name = text;
        group.candidates = {dns::Name::reverse(*address)};
        group.types = types_.empty() ? std::vector{dns::type::ptr} : types_;
        settings_.groups.push_back(std::move(group));
        return {};
    }

    const Arguments& args_;
    Settings settings_;
    std::vector<std::string> names_, named_servers_;
    std::vector<std::uint16_t> types_;
};

/// Those of dialling but for what means nothing here, and with meanings of their own.
std::vector<Option> network_options() {
    std::vector<Option> options = with_dial_options({});
    constexpr std::array<std::string_view, 4> foreign{"--starttls", "--keepalive", "--delay-small", "--tls-alpn"};
    std::erase_if(options,
                  [&](const Option& option) { return std::ranges::find(foreign, option.names) != foreign.end(); });
    for (Option& option : options) {
        if (option.names == "--timeout") {
            option.help = "for each attempt, connecting included";
            option.fallback = "5s";
        }
        if (option.names == "--source") option.names = "-b,--source";
    }
    return options;
}

}  // namespace

std::vector<Option> option_list() {
    std::vector<Option> options{
        {.names = "-t,--type", .value = "TYPE,...", .help = "ask for these types", .repeatable = true},
        {.names = "-c,--class", .value = "CLASS", .help = "ask in this class", .fallback = "IN"},
        {.names = "-x,--reverse", .value = "ADDRESS", .help = "ask for the name of an address", .repeatable = true},
        {.names = "-p,--port", .value = "PORT", .help = "the port of servers that are named without one"},
        {.names = "-f,--file",
         .value = "FILE",
         .help = "ask for the names in a file, the first word of each line",
         .complete = Complete::file},
        {.names = "--tcp", .help = "over TCP from the start"},
        {.names = "--tries", .value = "N", .help = "attempts with each server", .fallback = "3"},
        {.names = "--0x20", .help = "letters in random case, which the answer has to repeat"},
        {.names = "--search", .help = "use the search list of resolv.conf(5)"},
        system_options().front(),
        {.names = "--short", .help = "only the data, one a line", .group = "Output"},
        {.names = "--no-idn",
         .help = "names as they were sent (xn--), where a terminal would show them in their letters",
         .group = "Output"},
        {.names = "--dig", .help = "whole messages, as dig shows them", .group = "Output"},
        {.names = "--json",
         .value = "[=FORMAT]",
         .help = "one JSON object per line; rfc8427: whole messages in the form of that RFC",
         .group = "Output",
         .choices = {"rfc8427"}},
        {.names = "--exit",
         .value = "HOW",
         .help = "dig: status 0 for every answer, 9 for none",
         .group = "Output",
         .fallback = "fid",
         .choices = {"fid", "dig"}},
    };
    for (const auto mode : {trace_options, all_servers_options, compare_options, watch_options, timing_options})
        std::ranges::move(mode(), std::back_inserter(options));
    std::ranges::move(transfer_options(), std::back_inserter(options));
    std::ranges::move(key_options(), std::back_inserter(options));
    std::ranges::move(decode_options(), std::back_inserter(options));
    std::ranges::move(bulk_options(), std::back_inserter(options));
    std::ranges::move(validate_options(), std::back_inserter(options));
    std::ranges::move(network_options(), std::back_inserter(options));
    std::ranges::move(plus_options(), std::back_inserter(options));
    return options;
}

Result<Settings> read_settings(const Arguments& args) { return SettingsReader(args).read(); }

}  // namespace fid::cmd::resolve

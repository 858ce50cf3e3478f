// SPDX-License-Identifier: MIT
#include "cmd/fetch/load.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <thread>

#include "cmd/fetch/fetch.h"
#include "cmd/fetch/load_report.h"
#include "cmd/parser.h"
#include "cmd/values.h"
#include "load/engine.h"
#include "report/interrupt.h"
#include "report/progress.h"
#include "transfer/dry_run.h"
#include "transfer/redirect.h"
#include "transport/http_head.h"
#include "transport/lookup.h"
#include "transport/race.h"

namespace fid::cmd::fetch {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr unsigned most_connections = 1'000'000;
constexpr unsigned most_threads = 1024;
constexpr double fastest = 1e8;  // requests a second
constexpr std::uint64_t most_urls = 1000;
constexpr std::array<std::string_view, 6> own_options{"--connections", "--requests", "--for",
                                                      "--rate",        "--threads",  "--warmup"};

struct Unfit {
    std::string_view option, hint;
};

/// What would change the request from one to the next, or say where an answer goes that nobody keeps.
constexpr std::array unfit_options{
    Unfit{"--http2", "--load speaks HTTP/1.1; h2load loads servers of HTTP/2"},
    Unfit{"--http2-prior-knowledge", "--load speaks HTTP/1.1; h2load loads servers of HTTP/2"},
    Unfit{"--location", "give the URL that the redirects lead to"},
    Unfit{"--location-trusted", "give the URL that the redirects lead to"},
    Unfit{"--proxy", "--load connects directly"},
    Unfit{"--proxytunnel", "--load connects directly"},
    Unfit{"--digest", "Digest asks for two requests each time; --basic and --oauth2-bearer ask for one"},
    Unfit{"--anyauth", "--basic and --oauth2-bearer need one request each time"},
    Unfit{"--retry", "requests that fail are counted"},
    Unfit{"--limit-rate", "--rate N makes N requests a second"},
    Unfit{"--parallel", "-c N has N connections"},
    Unfit{"--upload-file", "-X PUT --data-binary @FILE sends a file each time"},
    Unfit{"--continue-at", "answers are not kept"},
    Unfit{"--output", "answers are not kept"},
    Unfit{"--remote-name", "answers are not kept"},
    Unfit{"--remote-name-all", "answers are not kept"},
    Unfit{"--dump-header", "answers are not kept"},
    Unfit{"--include", "answers are not kept"},
    Unfit{"--write-out", "--json has all figures"},
    Unfit{"--timing", "the times of all requests are told as it is"},
    Unfit{"--as-curl", "curl makes a request once"},
    Unfit{"--record", "fid sniff --write FILE keeps what is on the wire"},
    Unfit{"--interface", "the system chooses where to connect from"},
    Unfit{"--resolve", "put the address into the URL, and the name into -H 'Host: NAME'"},
    Unfit{"--connect-to", "put the address into the URL, and the name into -H 'Host: NAME'"},
};

Result<double> read_rate(std::string_view text) {
    double rate = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), rate, std::chars_format::fixed);
    if (fault != std::errc() || end != text.data() + text.size() || !(rate > 0) || rate > fastest)
        return fail(Status::usage, "--rate is no number of requests a second:", "'" + std::string(text) + "'", {},
                    "more than 0, at most 100000000");
    return rate;
}

/// What is asked for: how much, how fast, how long.
Result<void> read_amounts(const Arguments& args, load::Plan& plan) {
    const auto connections = read_count("--connections", args.value("--connections"), 1, most_connections);
    if (!connections) return std::unexpected(connections.error());
    plan.connections = static_cast<unsigned>(*connections);
    if (args.has("--requests")) {
        const auto count = read_count("--requests", args.value("--requests"), 1);
        if (!count) return std::unexpected(count.error());
        plan.count = *count;
        plan.connections = static_cast<unsigned>(std::min<std::uint64_t>(plan.connections, *count));
    }
    if (args.has("--for") || !plan.count) {
        const auto duration = read_duration("--for", args.value("--for"));
        if (!duration) return std::unexpected(duration.error());
        if (*duration < 1ms)
            return fail(Status::usage, "--for is too short:", std::string(args.value("--for")), {}, "at least 1ms");
        plan.duration = *duration;
    }
    if (args.has("--warmup")) {
        const auto warmup = read_duration("--warmup", args.value("--warmup"));
        if (!warmup) return std::unexpected(warmup.error());
        if (plan.count)
            return fail(Status::usage, "--warmup and -n do not go together", {}, {}, "--for TIME instead of -n");
        plan.warmup = *warmup;
    }
    if (args.has("--rate")) {
        const auto rate = read_rate(args.value("--rate"));
        if (!rate) return std::unexpected(rate.error());
        plan.rate = *rate;
    }
    plan.threads = std::max(1U, std::thread::hardware_concurrency());
    if (args.has("--threads")) {
        const auto threads = read_count("--threads", args.value("--threads"), 1, most_threads);
        if (!threads) return std::unexpected(threads.error());
        plan.threads = static_cast<unsigned>(*threads);
    }
    plan.threads = std::min(plan.threads, plan.connections);
    return {};
}

Result<transport::TlsOptions> tls_options(const Arguments& args, const transfer::Tls& tls) {
    if (!tls.key_password.empty())
        return fail(Status::usage, "--load takes no key with a passphrase", {}, {}, "openssl pkey takes it off");
    transport::TlsOptions options;
    options.verify = !tls.insecure;
    options.ca = tls.ca_file.empty() ? tls.ca_path : tls.ca_file;
    options.certificate = tls.certificate;
    options.key = tls.key;
    options.alpn = {"http/1.1"};
    const bool newest = tls.least_version == 13;
    if (!newest && !args.has("--ciphers")) return options;
    options.prepare = [newest, ciphers = tls.ciphers](SSL& ssl) {
        if (newest) SSL_set_min_proto_version(&ssl, TLS1_3_VERSION);
        if (!ciphers.empty()) SSL_set_cipher_list(&ssl, ciphers.c_str());
    };
    return options;
}

/// Where the requests go: all to one origin.
Result<void> read_place(const Arguments& args, const Settings& settings, const std::string& origin, load::Plan& plan) {
    const auto endpoint = Endpoint::parse(origin);
    if (!endpoint) return std::unexpected(endpoint.error());
    plan.host = endpoint->host;
    if (endpoint->scheme == "https") {
        auto tls = tls_options(args, settings.request.tls);
        if (!tls) return std::unexpected(std::move(tls.error()));
        plan.tls = std::move(*tls);
    }
    if (const std::string& path = settings.request.unix_socket; !path.empty()) {
        const auto address = path.starts_with('@') ? transport::SocketAddress::unix_abstract(path.substr(1))
                                                   : transport::SocketAddress::unix_path(path);
        if (!address) return std::unexpected(address.error());
        plan.addresses.push_back(*address);
        return {};
    }
    using transport::FamilyChoice;
    const FamilyChoice family = settings.request.family == transfer::Family::ip4   ? FamilyChoice::v4
                                : settings.request.family == transfer::Family::ip6 ? FamilyChoice::v6
                                                                                   : FamilyChoice::any;
    const auto addresses = transport::lookup(endpoint->host, family);
    if (!addresses) return std::unexpected(addresses.error());
    for (const Address& address : transport::interleave(*addresses))
        plan.addresses.emplace_back(address, endpoint->port_or_default().value_or(0));
    return {};
}

bool says_close(std::string_view request) {
    std::string_view head = request.substr(0, request.find("\r\n\r\n"));
    while (!head.empty()) {
        const std::size_t end = std::min(head.find("\r\n"), head.size());
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos && transport::same_token(line.substr(0, colon), "connection"))
            return transport::list_has(line.substr(colon + 1), "close");
    }
    return false;
}

/// The requests as they are sent, and where to.
Result<void> read_requests(const Arguments& args, const Settings& settings, load::Plan& plan) {
    std::string origin;
    for (const Target& target : settings.targets) {
        for (std::uint64_t index = 0; index < target.glob.count(); ++index) {
            transfer::Request request = settings.request;
            request.url = target.glob.at(index);
            const std::string here = transfer::origin_of(request.url);
            if (origin.empty()) origin = here;
            if (here != origin)
                return fail(Status::usage, "the load is for one server:", here + " is not " + origin, {},
                            "run fid fetch --load for each of them");
            if (plan.requests.size() == most_urls)
                return fail(Status::usage, "too many URLs for --load", {}, "at most " + std::to_string(most_urls));
            auto bytes = transfer::dry_run(request);
            if (!bytes) return std::unexpected(std::move(bytes.error()));
            const bool closes = says_close(*bytes);
            plan.requests.push_back(
                {.bytes = std::move(*bytes), .head = request.head || request.method == "HEAD", .closes = closes});
        }
    }
    return read_place(args, settings, origin, plan);
}

/// For the progress; 0 where it is for the server to say.
std::uint64_t expected_requests(const load::Plan& plan) {
    if (plan.count) return *plan.count;
    const std::chrono::duration<double> time = plan.duration.value_or(0s) + plan.warmup;
    return static_cast<std::uint64_t>(std::llround(plan.rate * time.count()));
}

}  // namespace

std::vector<Option> load_options() {
    constexpr std::string_view group = "Load (--load)";
    return {
        {.names = "--load",
         .help = "make the request again and again, and tell how the server bears it; several URLs take turns",
         .group = group},
        {.names = "--connections",
         .value = "N",
         .help = "at the same time; with --load also -c N",
         .group = group,
         .fallback = "64"},
        {.names = "--requests", .value = "N", .help = "end after so many; with --load also -n N", .group = group},
        {.names = "--for", .value = "TIME", .help = "end after that time", .group = group, .fallback = "10s"},
        {.names = "--rate",
         .value = "N",
         .help = "N requests a second, whether or not the server keeps up; times count from the schedule, too",
         .group = group},
        {.names = "--warmup", .value = "TIME", .help = "before it counts, and before --for begins", .group = group},
        {.names = "--threads",
         .value = "N",
         .help = "of ours [as many as this machine has processors]",
         .group = group},
    };
}

void prepare_load_words(std::vector<std::string>& words) {
    const std::vector<Option> options = all_options(&fetch_command);
    std::vector<std::size_t> short_ones;
    bool load = false;
    for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
        const std::string& word = words[i];
        load = load || word == "--load";
        const bool ours = word.starts_with("-c") || word.starts_with("-n");
        if (ours) short_ones.push_back(i);
        if (ours ? word.size() == 2 : word.starts_with('-') && word.size() > 1 && takes_next_word(options, word)) ++i;
    }
    if (!load) return;
    for (const std::size_t at : short_ones) {
        std::string& word = words[at];
        const std::string_view name = word[1] == 'c' ? "--connections" : "--requests";
        word = std::string(name) + (word.size() > 2 ? "=" + word.substr(2) : "");
    }
}

Result<void> check_load_options(const Arguments& args) {
    if (!args.has("--load")) {
        for (const std::string_view option : own_options)
            if (args.has(option)) return fail(Status::usage, std::string(option) + " belongs to --load", {});
        return {};
    }
    for (const Unfit& unfit : unfit_options)
        if (args.has(unfit.option))
            return fail(Status::usage, std::string(unfit.option) + " does not go with --load", {}, {},
                        std::string(unfit.hint));
    return {};
}

Status make_load(Context& context, const Settings& settings) {
    load::Plan plan;
    if (auto read = read_amounts(context.args, plan); !read) return context.log.error(read.error());
    if (settings.request.timeout > 0ms) plan.timeout = settings.request.timeout;
    if (context.args.has("--connect-timeout")) plan.connect_timeout = settings.request.connect_timeout;
    if (auto read = read_requests(context.args, settings, plan); !read) return context.log.error(read.error());
    plan.end_descriptor = report::interrupt_descriptor();

    const std::string url = transfer::shown_url(settings.targets.front().glob.at(0));
    report::Progress progress("load on " + url, expected_requests(plan), report::Results::after,
                              context.out.options().quiet);
    plan.progress = [&](std::uint64_t over) { progress.update(over); };
    const auto outcome = load::run(plan);
    report::clear_progress();
    if (!outcome) return context.log.error(outcome.error());
    return tell_load(context, url, plan, *outcome, settings.no_fail);
}

}  // namespace fid::cmd::fetch

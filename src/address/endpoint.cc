// SPDX-License-Identifier: MIT
#include "address/endpoint.h"

#include <algorithm>
#include <array>
#include <utility>

#include "address/characters.h"
#include "report/suggest.h"

namespace fid {
namespace {

enum class Shape : std::uint8_t { network, with_path, local };

struct Scheme {
    std::string_view name;
    Shape shape;
    std::uint16_t port;  ///< 0 = none of its own
};

constexpr auto schemes = std::to_array<Scheme>({
    {"tcp", Shape::network, 0},       {"udp", Shape::network, 0},        {"tls", Shape::network, 0},
    {"ws", Shape::with_path, 80},     {"wss", Shape::with_path, 443},    {"unix", Shape::local, 0},
    {"stdio", Shape::local, 0},       {"exec", Shape::local, 0},         {"fd", Shape::local, 0},
    {"pty", Shape::local, 0},         {"http", Shape::with_path, 80},    {"https", Shape::with_path, 443},
    {"ftp", Shape::with_path, 21},    {"ftps", Shape::with_path, 990},   {"sftp", Shape::with_path, 22},
    {"smtp", Shape::with_path, 25},   {"smtps", Shape::with_path, 465},  {"imap", Shape::with_path, 143},
    {"imaps", Shape::with_path, 993}, {"pop3", Shape::with_path, 110},   {"pop3s", Shape::with_path, 995},
    {"lmtp", Shape::with_path, 24},   {"socks4", Shape::network, 1080},  {"socks4a", Shape::network, 1080},
    {"socks5", Shape::network, 1080}, {"socks5h", Shape::network, 1080},
});

const Scheme* find_scheme(std::string_view name) {
    const auto found = std::find_if(schemes.begin(), schemes.end(), [&](const Scheme& s) { return s.name == name; });
    return found == schemes.end() ? nullptr : &*found;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::unexpected<Error> refuse(std::string_view text, std::string cause, std::string hint = {}) {
    return fail(Status::usage, "not an endpoint:", std::string(text), std::move(cause), std::move(hint));
}

/// %XX undone (RFC 3986 section 2.1); nothing where a % is not followed by two digits.
std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const auto byte = percent_byte(text.substr(i));
        if (!byte) return std::nullopt;
        out += static_cast<char>(*byte);
        i += 2;
    }
    return out;
}

/// "did you mean ...?" for a scheme that is not one; "" where none is near.
std::string meant_scheme(std::string_view name) {
    std::array<std::string_view, schemes.size()> names;
    std::ranges::transform(schemes, names.begin(), &Scheme::name);
    return report::did_you_mean(name, names);
}

/// Reads one part after another off `rest`; each step is a Result so that the first fault is the one reported.
class EndpointReader {
  public:
    EndpointReader(std::string_view text, Reading reading) : text_(text), rest_(text), reading_(reading) {}

    Result<Endpoint> read() {
        if (text_.empty()) return refuse("\"\"", "empty", "write HOST:PORT");
        if (text_ == "-") {
            out_.scheme = "stdio";
            return out_;
        }
        if (auto step = read_scheme(); !step) return std::unexpected(std::move(step.error()));
        const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
        if (out_.scheme != "exec" && std::ranges::any_of(text_, control))
            return refuse(text_, "has control characters");
        const Shape shape = out_.scheme.empty() ? Shape::network : find_scheme(out_.scheme)->shape;
        if (out_.scheme != "exec")
            if (auto step = read_parameters(); !step) return std::unexpected(std::move(step.error()));
        auto step = shape == Shape::local ? read_local() : read_network(shape);
        if (!step) return std::unexpected(std::move(step.error()));
        return out_;
    }
    Result<void> read_host(std::string_view host);
    Endpoint& out() { return out_; }

  private:
    Result<void> read_scheme();
    Result<void> read_parameters();
    Result<void> read_local();
    Result<void> read_network(Shape shape);
    Result<void> read_user(std::string_view user);
    Result<void> read_port(std::string_view port);

    std::string_view text_;
    std::string_view rest_;
    Reading reading_;
    Endpoint out_;
};

Result<void> EndpointReader::read_scheme() {
    const std::size_t colon = rest_.find(':');
    if (colon == std::string_view::npos) {
        if (rest_ == "stdio" || rest_ == "pty") out_.scheme = std::exchange(rest_, {});
        return {};
    }
    const std::string name = lower(rest_.substr(0, colon));
    const bool slashes = rest_.substr(colon).starts_with("://");
    const Scheme* scheme = find_scheme(name);
    if (scheme == nullptr || (!slashes && scheme->shape != Shape::local)) {
        if (!slashes) return {};  // host:port
        const std::string suggestion = meant_scheme(name);
        return refuse(text_, "the scheme " + name + ":// is not known",
                      suggestion.empty() ? "tcp, udp, tls, unix, ws, wss, stdio, exec, fd and pty are" : suggestion);
    }
    out_.scheme = name;
    rest_.remove_prefix(colon + (slashes ? 3 : 1));
    return {};
}

Result<void> EndpointReader::read_parameters() {
    const std::size_t question = rest_.find('?');
    if (question == std::string_view::npos) return {};
    std::string_view query = rest_.substr(question + 1);
    rest_ = rest_.substr(0, question);
    out_.query = query;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        auto key = percent_decoded(pair.substr(0, equals));
        auto value = percent_decoded(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
        if (!key || !value) return refuse(text_, "a % in the parameters is not followed by two hexadecimal digits");
        if (key->empty()) return refuse(text_, "a parameter has no name", "write ?name=value&name=value");
        out_.parameters.emplace_back(std::move(*key), std::move(*value));
    }
    return {};
}

Result<void> EndpointReader::read_local() {
    if (out_.scheme == "stdio") {
        if (!rest_.empty()) return refuse(text_, "nothing may follow stdio:");
        return {};
    }
    if (rest_.empty() && out_.scheme != "pty")
        return refuse(text_, out_.scheme + ": needs something after it", "unix:/path, unix:@name, exec:COMMAND, fd:3");
    if (out_.scheme == "fd") {
        unsigned number = 0;
        const char* const end = rest_.data() + rest_.size();
        if (read_length(rest_.data(), end, 1U << 20U, number) != end) return refuse(text_, "not a descriptor number");
        out_.descriptor = number;
        return {};
    }
    out_.path = rest_;
    if (out_.scheme == "unix") {
        out_.abstract = rest_.front() == '@';
        if (out_.abstract) out_.path.erase(0, 1);
        constexpr std::size_t longest = 107;  // sun_path of unix(7), less the final zero
        if (out_.path.empty()) return refuse(text_, "the abstract name is empty");
        if (out_.path.size() > longest) return refuse(text_, "longer than the 107 bytes of a Unix socket's path");
    }
    return {};
}

Result<void> EndpointReader::read_user(std::string_view user) {
    const std::size_t colon = user.find(':');
    auto name = percent_decoded(user.substr(0, colon));
    std::optional<std::string> password;
    if (colon != std::string_view::npos) {
        password = percent_decoded(user.substr(colon + 1));
        if (!password) name.reset();
    }
    if (!name)
        return refuse(out_.scheme + "://...", "a % in the user or password is not followed by two hexadecimal digits");
    out_.user = std::move(*name);
    out_.password = std::move(password);
    return {};
}

Result<void> EndpointReader::read_port(std::string_view port) {
    auto number = parse_port(port, out_.scheme == "udp" ? Transport::udp : Transport::tcp);
    if (!number) return std::unexpected(std::move(number.error()));
    out_.port = *number;
    return {};
}

Result<void> EndpointReader::read_network(Shape shape) {
    if (const std::size_t slash = rest_.find('/'); slash != std::string_view::npos) {
        const bool only_slash = slash + 1 == rest_.size();
        if (shape != Shape::with_path && (out_.scheme.empty() || !only_slash))
            return refuse(text_, "a path where HOST:PORT is needed", "a Unix socket is written unix:/path");
        if (shape == Shape::with_path) out_.path = rest_.substr(slash);
        rest_ = rest_.substr(0, slash);
    }
    if (const std::size_t at = rest_.rfind('@'); at != std::string_view::npos) {
        if (out_.scheme.empty())
            return refuse(text_, "a user needs a scheme before it", "write ftp://user@host, for example");
        if (auto step = read_user(rest_.substr(0, at)); !step) return step;
        rest_.remove_prefix(at + 1);
    }
    if (rest_.starts_with('[')) {
        const std::size_t bracket = rest_.find(']');
        if (bracket == std::string_view::npos) return refuse(text_, "no ] after [");
        const std::string_view inside = rest_.substr(1, bracket - 1);
        if (inside.find(':') == std::string_view::npos) return refuse(text_, "brackets are for IPv6 addresses");
        if (auto step = read_host(inside); !step) return step;
        rest_.remove_prefix(bracket + 1);
        if (rest_.empty()) return {};
        if (rest_.front() != ':') return refuse(text_, "something other than :PORT after ]");
        return read_port(rest_.substr(1));
    }
    const std::size_t colon = rest_.find(':');
    if (colon == std::string_view::npos) return read_host(rest_);
    if (rest_.find(':', colon + 1) != std::string_view::npos) {
        auto step = read_host(rest_);  // an IPv6 address without brackets has no port
        if (!step) step.error().hint = "an IPv6 address with a port is written [2001:db8::1]:443";
        return step;
    }
    const std::string_view host = rest_.substr(0, colon);
    if (colon != 0)
        if (auto step = read_host(host); !step) return step;
    auto step = read_port(rest_.substr(colon + 1));
    // "exce:cat" looks like a host and its port.
    if (!step && step.error().hint.empty() && out_.scheme.empty()) step.error().hint = meant_scheme(lower(host));
    return step;
}

Result<void> EndpointReader::read_host(std::string_view host) {
    if (host.empty()) return refuse(text_, "the host is empty", "write HOST:PORT");
    auto address = Address::parse(host, reading_);
    if (address) {
        out_.host = host;
        out_.address = *address;
        return {};
    }
    const std::string_view last = host.substr(host.rfind('.') + 1);  // npos + 1 = 0: the whole
    const bool numeric = !last.empty() && std::all_of(last.begin(), last.end(), is_digit);
    if (numeric || host.find(':') != std::string_view::npos) {
        address.error().status = Status::usage;
        return std::unexpected(std::move(address.error()));
    }
    constexpr std::size_t longest_name = 254, longest_label = 63;  // RFC 1035 section 2.3.4, with a final dot
    std::size_t label = 0;
    for (const char c : host) {
        const bool ascii = static_cast<unsigned char>(c) < 0x80;
        if (ascii && !is_digit(c) && !is_letter(c) && c != '-' && c != '_' && c != '.')
            return refuse(text_, std::string("'") + c + "' cannot be in a host name");
        if (c == '.' && label == 0) return refuse(text_, "a label of the host name is empty");
        label = c == '.' ? 0 : label + 1;
        if (ascii && label > longest_label) return refuse(text_, "a label of the host name is longer than 63 bytes");
    }
    if (host.size() > longest_name) return refuse(text_, "the host name is longer than 253 bytes");
    out_.host = host;
    return {};
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text, Reading reading) {
    return EndpointReader(text, reading).read();
}

Result<Endpoint> Endpoint::parse(std::string_view host, std::string_view port, Reading reading) {
    const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
    const bool has_scheme = host.find("://") != std::string_view::npos;
    if (has_scheme) {
        auto out = parse(host, reading);
        if (!out) return out;
        if (out->port) return refuse(host, "has a port of its own besides " + std::string(port));
        auto number = parse_port(port, out->scheme == "udp" ? Transport::udp : Transport::tcp);
        if (!number) return std::unexpected(std::move(number.error()));
        out->port = *number;
        return out;
    }
    EndpointReader reader(host, reading);
    if (auto step = reader.read_host(bracketed ? host.substr(1, host.size() - 2) : host); !step)
        return std::unexpected(std::move(step.error()));
    auto number = parse_port(port);
    if (!number) return std::unexpected(std::move(number.error()));
    reader.out().port = *number;
    return reader.out();
}

std::optional<std::string_view> Endpoint::parameter(std::string_view name) const {
    for (const auto& [key, value] : parameters)
        if (key == name) return value;
    return std::nullopt;
}

std::optional<std::uint16_t> Endpoint::port_or_default() const { return port ? port : default_port(scheme); }

std::string Endpoint::text() const {
    if (scheme == "stdio") return "stdio";
    if (scheme == "unix") return (abstract ? "unix:@" : "unix:") + path;
    if (scheme == "exec" || scheme == "pty") return scheme + ":" + path;
    if (scheme == "fd") return "fd:" + std::to_string(descriptor.value_or(0));
    std::string out;
    if (!scheme.empty()) out = scheme + "://";
    const std::string shown = address ? address->text() : host;
    out += address && !address->is_v4() ? "[" + shown + "]" : shown;
    if (port) {
        out += ':';
        out += std::to_string(*port);
    }
    return out + path;
}

Result<std::uint16_t> parse_port(std::string_view text, Transport transport) {
    if (!text.empty() && std::all_of(text.begin(), text.end(), is_digit)) {
        unsigned number = 0;
        for (const char c : text.substr(0, 6)) number = number * 10 + static_cast<unsigned>(c - '0');
        if (text.size() > 5 || number > 65535)
            return fail(Status::usage, "not a port:", std::string(text.substr(0, 40)), "above 65535");
        return static_cast<std::uint16_t>(number);
    }
    if (const auto port = service_port(text, transport)) return *port;
    if (text.empty()) return fail(Status::usage, "not a port:", "\"\"", "empty", "write HOST:PORT");
    return fail(Status::usage, "not a port:", std::string(text.substr(0, 40)),
                "neither a number nor a known service name");
}

std::optional<std::uint16_t> default_port(std::string_view scheme) {
    const Scheme* found = find_scheme(scheme);
    if (found == nullptr || found->port == 0) return std::nullopt;
    return found->port;
}

}  // namespace fid

// SPDX-License-Identifier: MIT
// `fid ipcalc split`: a prefix cut into equal subnets, into a number of parts, or into subnets for numbers of hosts.
#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <string>
#include <vector>

#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/list_output.h"
#include "cmd/ipcalc/operands.h"
#include "cmd/values.h"

namespace fid::cmd::ipcalc {
namespace {

using report::Field;
using report::Record;
using report::Style;
using report::Type;
using report::Value;

constexpr std::array subnet_fields{
    Field{"prefix", Type::text, "the subnet"},
    Field{"role", Type::text, "subnet, or free for what no subnet uses"},
    Field{"wanted_hosts", Type::integer, "the number of hosts it was made for (--hosts)"},
    Field{"hosts", Type::integer, "how many hosts it can hold"},
    Field{"first_host", Type::text, "lowest address for a host"},
    Field{"last_host", Type::text, "highest address for a host"},
    field::addresses,
};
const report::RecordType subnet_record{"subnet", "One part of a split prefix.", subnet_fields};

struct Subnet {
    Prefix prefix;
    Uint128 wanted = 0;  ///< 0: not made for a number of hosts
    bool free = false;
};

Record make_record(const Subnet& subnet, const Range& hosts) {
    Record record(subnet_record);
    record.set("prefix", subnet.prefix.text()).set("role", subnet.free ? "free" : "subnet");
    if (subnet.wanted != 0) record.set("wanted_hosts", Value::big(subnet.wanted));
    record.set("hosts", Value::big(hosts.count_text()));
    record.set("first_host", hosts.first_address().text()).set("last_host", hosts.last_address().text());
    record.set("addresses", Value::big(subnet.prefix.range().count_text()));
    return record;
}

/// `column`: where the second column stands when the plan for numbers of hosts (`planned`) goes into a pipe.
bool write_subnet(report::Output& out, const Subnet& subnet, std::size_t column, bool planned) {
    const Range hosts = host_range(subnet.prefix);
    if (!out.plain_text()) {
        out.write(make_record(subnet, hosts));
        return !out.closed();
    }
    if (out.terminal()) {
        static constexpr std::array<std::string_view, 4> parts{"prefix", "hosts", "first_host", "last_host"};
        static constexpr std::array<std::string_view, 6> plan{"prefix", "role",       "wanted_hosts",
                                                              "hosts",  "first_host", "last_host"};
        out.write_row(make_record(subnet, hosts), planned ? std::span<const std::string_view>(plan) : parts);
        return !out.closed();
    }
    Text& text = out.text();
    const std::string prefix = subnet.prefix.text();
    out.style(subnet.free ? Style::good : Style::name);
    text.put(prefix);
    out.style(Style::plain);
    if (planned) {
        text.fill(' ', column > prefix.size() ? column - prefix.size() + 2 : 2);
        if (subnet.free) {
            text.put("free");
        } else {
            text.put(hosts.count_text());
            text.put(" hosts");
        }
        if (subnet.wanted != 0) {
            text.put(" for ");
            text.put(decimal(subnet.wanted));
        }
    }
    text.put('\n');
    out.line_done();
    return !out.closed();
}

void split_to_length(Context& context, const Prefix& whole, unsigned length) {
    Uint128 at = whole.first();
    for (;;) {
        const Prefix part(whole.family(), at, length);
        if (!write_subnet(context.out, {part}, 0, false) || part.last() == whole.last()) return;
        at = part.last() + 1;
    }
}

/// Exactly `count` prefixes that together are `whole`: the larger ones first, lengths differing by at most one.
Status split_into(Context& context, const Prefix& whole, std::uint64_t count) {
    const auto bits = static_cast<unsigned>(std::bit_width(count)) - 1;  // 2^bits parts, some of them cut in two
    const std::uint64_t cut = count - (std::uint64_t{1} << bits);
    const unsigned room = width(whole.family()) - whole.length();
    if (bits > room || (bits == room && cut != 0))
        return context.log.error({Status::negative,
                                  "cannot split",
                                  whole.text(),
                                  "it has only " + whole.range().count_text() + " addresses",
                                  {}});
    const unsigned length = whole.length() + bits;
    const std::uint64_t uncut = (std::uint64_t{1} << bits) - cut;
    Uint128 at = whole.first();
    for (std::uint64_t i = 0; i < count; ++i) {
        const Prefix part(whole.family(), at, i < uncut ? length : length + 1);
        if (!write_subnet(context.out, {part}, 0, false)) break;
        at = part.last() + 1;
    }
    return Status::success;
}

/// The longest prefix length that holds `hosts` hosts, network and broadcast (or the anycast address) beside them.
std::optional<unsigned> length_for(Family family, Uint128 hosts) {
    for (unsigned length = family == Family::v4 ? 30 : 126;; --length) {
        const Range range = host_range(Prefix(family, 0, length));
        if (range.last - range.first >= hosts - 1) return length;
        if (length == 0) return std::nullopt;
    }
}

Result<std::vector<Uint128>> read_hosts(std::string_view list) {
    std::vector<Uint128> wanted;
    for (std::size_t start = 0; start <= list.size();) {
        const std::size_t comma = std::min(list.find(',', start), list.size());
        const auto one = read_index("--hosts", list.substr(start, comma - start));
        if (!one) return std::unexpected(one.error());
        if (one->negative || one->magnitude == 0)
            return fail(Status::usage, "--hosts wants numbers from 1, not",
                        std::string(list.substr(start, comma - start)));
        wanted.push_back(one->magnitude);
        start = comma + 1;
    }
    std::ranges::sort(wanted, std::greater{});
    return wanted;
}

/// Variable-length subnets, largest first: sizes are falling powers of two, so each starts aligned right after the
/// last.
Status split_for_hosts(Context& context, const Prefix& whole, const std::vector<Uint128>& wanted) {
    std::vector<Subnet> subnets;
    Uint128 at = whole.first();
    bool full = false;
    for (const Uint128 hosts : wanted) {
        const auto length = length_for(whole.family(), hosts);
        if (!length || *length < whole.length() || full)
            return context.log.error({Status::negative, "cannot fit", decimal(hosts) + " hosts into " + whole.text(),
                                      std::to_string(subnets.size()) + " of " + std::to_string(wanted.size()) +
                                          " subnets fit, largest first",
                                      "a subnet of n hosts takes the next power of two above n + " +
                                          std::string(whole.family() == Family::v4 ? "2" : "1")});
        const Prefix part(whole.family(), at, *length);
        subnets.push_back({part, hosts});
        full = part.last() == whole.last();
        at = part.last() + 1;
    }
    if (!full)
        Range{whole.family(), at, whole.last()}.each_prefix([&](const Prefix& part) {
            subnets.push_back({part, 0, true});
            return true;
        });
    std::size_t column = 0;
    for (const Subnet& subnet : subnets) column = std::max(column, subnet.prefix.text().size());
    for (const Subnet& subnet : subnets)
        if (!write_subnet(context.out, subnet, column, true)) break;
    return Status::success;
}

Status split_one(Context& context, const Prefix& whole) {
    const Arguments& args = context.args;
    if (args.has("--prefix")) {
        const auto length = read_length("--prefix", args.value("--prefix"), whole.family(), whole.length());
        if (!length) return context.log.error(length.error());
        split_to_length(context, whole, *length);
        return Status::success;
    }
    if (args.has("--into")) {
        const auto count = read_count("--into", args.value("--into"), 1, std::uint64_t{1} << 63U);
        if (!count) return context.log.error(count.error());
        return split_into(context, whole, *count);
    }
    const auto wanted = read_hosts(args.value("--hosts"));
    if (!wanted) return context.log.error(wanted.error());
    return split_for_hosts(context, whole, *wanted);
}

Status run_split(Context& context) {
    const Arguments& args = context.args;
    if (args.has("--prefix") + args.has("--into") + args.has("--hosts") != 1)
        return context.log.error({Status::usage,
                                  "split wants one of",
                                  "--prefix, --into, --hosts",
                                  {},
                                  "fid ipcalc split 10.0.0.0/22 --prefix 24"});
    for (const std::string& word : args.words()) {
        const auto whole = read_prefix(context, word);
        if (!whole) return context.log.error(whole.error());
        const Status status = split_one(context, *whole);
        if (status != Status::success) return status;
    }
    return Status::success;
}

}  // namespace

const Command split_command{
    .name = "split",
    .summary = "cut a prefix into subnets",
    .description =
        "Cuts each PREFIX into subnets of one length (--prefix), into an exact number of parts (--into), or into "
        "subnets for numbers of hosts (--hosts), and prints them in order.\n\n"
        "--into N gives exactly N prefixes that cover all of PREFIX; where N is no power of two the first ones are "
        "twice as large as the last.\n\n"
        "--hosts places the largest subnet first (VLSM) and then says what stays free. A subnet holds its hosts "
        "beside the network and broadcast address (IPv4) or the subnet-router anycast address (IPv6): 10 hosts get "
        "a /28, 2 hosts a /30.",
    .positionals = {{.name = "PREFIX", .help = "what to split", .required = true, .repeatable = true}},
    .options = {{.names = "--prefix", .value = "N", .help = "into all subnets of this length"},
                {.names = "--into", .value = "N", .help = "into exactly this many parts"},
                {.names = "--hosts", .value = "N,N,...", .help = "into one subnet for each number of hosts"},
                legacy_ip_option()},
    .examples = {{"fid ipcalc split 10.0.0.0/22 --prefix 24", "four /24"},
                 {"fid ipcalc split 10.0.0.0/22 --into 6", "two /24 and four /25"},
                 {"fid ipcalc split 192.168.1.0/24 --hosts 100,50,20", "a plan for three networks, and what is left"}},
    .statuses = {{Status::negative, "The subnets do not fit."}, {Status::bad_input, "PREFIX is not a prefix."}},
    .records = {&subnet_record},
    .run = run_split};

}  // namespace fid::cmd::ipcalc

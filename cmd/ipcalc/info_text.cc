// SPDX-License-Identifier: MIT
#include "cmd/ipcalc/info_text.h"

#include <initializer_list>
#include <string>

#include "report/block.h"

namespace fid::cmd::ipcalc {
namespace {

using report::Record;

/// The record's fields as texts; "" for null.
class Facts {
  public:
    explicit Facts(const Record& record) : record_(record) {}

    std::string operator()(std::string_view field) const {
        Text text;
        record_.at(field).write_plain(text, false, ", ");
        return text.take();
    }
    /// The texts and fields one behind the other; "" where the first field is null.
    std::string joined(std::initializer_list<std::string_view> parts) const {
        std::string all;
        bool field = true;  // fields and texts take turns
        for (const std::string_view part : parts) {
            const std::string value = field ? (*this)(part) : std::string(part);
            if (all.empty() && value.empty()) return {};
            all += value;
            field = !field;
        }
        return all;
    }

  private:
    const Record& record_;
};

/// What the special-purpose registry allows; "" outside of it and for entries it has ended.
std::string rules(const Facts& facts) {
    return facts.joined({"source", " as source, ", "destination", " as destination, ", "forwardable",
                         " to forwarding; reserved by protocol: ", "reserved_by_protocol"});
}

}  // namespace

void write_info_text(report::Output& out, const Record& record) {
    const Facts facts(record);
    const std::string address = facts("address");
    const std::string prefix = facts("prefix");
    out.style(report::Style::heading);
    out.text().put(!address.empty() ? address : prefix.empty() ? facts("range") : prefix);
    if (!address.empty()) out.text().put("/" + facts("prefix_length"));
    out.style(report::Style::plain);
    out.text().put('\n');

    constexpr std::size_t column = 14;
    constexpr std::size_t indent = 2;
    report::Block block(out, column, indent);
    block.line("use", facts("use") + (facts("global") == "yes" ? ", reachable from the internet"
                                                               : ", not reachable from the internet"));
    block.line("rules", rules(facts));
    block.line("registry",
               facts.joined({"special_name", ", ", "special_prefix", ", ", "special_rfc", ", as of ", "special_date"}));
    block.line("network", prefix);
    block.line("addresses", facts.joined({"addresses", ": ", "range"}));
    block.line("hosts", facts.joined({"hosts", ": ", "first_host", "-", "last_host"}));
    block.line("broadcast", facts("broadcast"));
    block.line("mask", facts.joined({"netmask", ", wildcard ", "wildcard"}));
    block.line("prefixes", facts("prefixes"));
    block.line("class", facts("class"));
    block.line("PTR name", facts("ptr"));
    if (facts("reverse_zones") != facts("ptr")) block.line("zones", facts("reverse_zones"));
    block.line("RFC 2317", facts("classless_zone"));
    block.line("number", facts.joined({"integer", " ", "hex"}));
    block.line("bytes", facts.joined({"bytes_network_order", ", host order ", "bytes_host_order"}));
    block.line("IPv4 inside", facts.joined({"embedded_ipv4", " (", "embedding", ")"}));
    block.line("Teredo", facts.joined({"teredo_server", " is the server, the client's port ", "teredo_port"}));
    block.line("MAC", facts("mac"));
}

}  // namespace fid::cmd::ipcalc

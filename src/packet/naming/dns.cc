// SPDX-License-Identifier: MIT
// DNS (RFC 1035), multicast DNS (RFC 6762), LLMNR (RFC 4795) and the NetBIOS name service (RFC 1002): one message
// format, four protocols whose fields differ in the prefix.
#include <string>

#include "packet/naming/dns_fields.h"
#include "packet/naming/dns_message.h"
#include "packet/naming/family.h"

namespace fid::packet {
namespace {

using dns::Flavour;

/// The field table under a prefix; the names are joined once.
class PrefixedFields {
  public:
    explicit PrefixedFields(std::string_view prefix) {
        for (const dns::Spec& spec : dns::specs) text_.append(prefix).append(".").append(spec.suffix);
        std::string_view rest = text_;
        for (std::size_t i = 0; i < dns::specs.size(); ++i) {
            const std::size_t size = prefix.size() + 1 + dns::specs[i].suffix.size();
            infos_[i] = {rest.substr(0, size), dns::specs[i].type, dns::specs[i].title};
            rest.remove_prefix(size);
        }
    }
    [[nodiscard]] std::span<const FieldInfo> infos() const { return infos_; }

  private:
    std::string text_;
    std::array<FieldInfo, dns::f_count> infos_;
};

const PrefixedFields dns_fields("dns");
const PrefixedFields mdns_fields("mdns");
const PrefixedFields llmnr_fields("llmnr");
const PrefixedFields nbns_fields("nbns");

template <Protocol protocol>
Step step(Bytes bytes, Packet& packet, std::size_t) {
    return dns::step_message(bytes, packet, protocol);
}
template <Flavour flavour>
void info(const Packet& packet, const Layer& layer, Text& out) {
    dns::print_message(packet, layer, out, flavour);
}
template <Flavour flavour>
void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    dns::visit_message(packet, layer, sink, flavour);
}

/// RFC 1002 section 4.2: "NBT query; request; broadcast" with the name that it is about.
void info_nbns(const Packet& packet, const Layer& layer, Text& out) { dns::print_nbns(packet.header(layer), out); }

/// Whoever asks for "dns.name" means the other three as well.
template <Protocol protocol, Flavour flavour>
Dissector make(std::string_view name, std::string_view title, std::span<const FieldInfo> fields) {
    return {.protocol = protocol,
            .name = name,
            .title = title,
            .fields = fields,
            .step = step<protocol>,
            .info = flavour == Flavour::nbns ? info_nbns : info<flavour>,
            .visit = visit<flavour>,
            .speaks = flavour == Flavour::dns ? Protocol::none : Protocol::dns};
}

}  // namespace

const Dissector dns_dissector = make<Protocol::dns, Flavour::dns>("dns", "Domain Name System", dns_fields.infos());
const Dissector mdns_dissector = make<Protocol::mdns, Flavour::mdns>("mdns", "Multicast DNS", mdns_fields.infos());
const Dissector llmnr_dissector =
    make<Protocol::llmnr, Flavour::llmnr>("llmnr", "Link-Local Multicast Name Resolution", llmnr_fields.infos());
const Dissector nbns_dissector =
    make<Protocol::nbns, Flavour::nbns>("nbns", "NetBIOS Name Service", nbns_fields.infos());

}  // namespace fid::packet

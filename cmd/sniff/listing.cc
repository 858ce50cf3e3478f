// SPDX-License-Identifier: MIT
#include "cmd/sniff/listing.h"

#include <algorithm>
#include <optional>

#include "capture/reader.h"
#include "cmd/sniff/bpf.h"
#include "cmd/sniff/hexdump.h"
#include "cmd/sniff/line.h"
#include "cmd/sniff/moment.h"
#include "cmd/sniff/record.h"
#include "cmd/sniff/sequence.h"
#include "cmd/sniff/tree.h"
#include "report/interrupt.h"

namespace fid::cmd::sniff {
namespace {

class Listing {
  public:
    Listing(Context& context, const Settings& settings, RecordWriter writer)
        : settings_(settings),
          out_(context.out),
          log_(context.log),
          writer_(std::move(writer)),
          time_(settings.time_style) {
        if (!settings.bpf.empty()) bpf_.emplace(settings.bpf);
        records_ = out_.format() != report::Format::text || !out_.options().fields.empty();
        if (settings.filter) {
            shallow_ = settings.filter->needs_ports_only();
            whole_conversations_ = settings.filter->chooses_conversations();
        }
        if (!records_) packet_.verbosity = settings.verbosity;
    }

    /// False where the listing is over: enough packets, nobody reads on, or an error (then in status()).
    bool read(const std::string& path);
    [[nodiscard]] Status status() const;
    void summarise();

  private:
    bool handle(const capture::PacketRecord& record, const capture::Reader& reader);
    bool chosen(const capture::PacketRecord& record, std::string_view interface);
    void write_line(const capture::PacketRecord& record);
    void write_dump();
    void report_damage(const std::string& path, const capture::Reader& reader);
    [[nodiscard]] bool over() const {
        return failure_ != Status::success || listed_ >= settings_.count || out_.closed() ||
               !out_.write_error().empty();
    }

    const Settings& settings_;
    report::Output& out_;
    report::Diagnostics& log_;
    RecordWriter writer_;
    TimeColumn time_;
    SequenceTable sequences_;
    std::optional<BpfFilter> bpf_;
    packet::Packet packet_;
    std::uint64_t base_ = 0;  ///< packets in the inputs before
    std::uint64_t seen_ = 0, matched_ = 0, listed_ = 0;
    Status failure_ = Status::success;
    bool damaged_ = false;
    bool records_ = false;
    // What a packet that is not wanted need not cost: its application's layers, and its conversation's numbers.
    bool shallow_ = false, whole_conversations_ = false;
};

bool Listing::chosen(const capture::PacketRecord& record, std::string_view interface) {
    if (bpf_) {
        const auto matches = bpf_->matches(record);
        if (!matches) {
            failure_ = log_.error(matches.error());
            return false;
        }
        if (!*matches) return false;
    }
    if (!settings_.filter) return true;
    return settings_.filter->matches(packet_, {.number = base_ + record.number,
                                               .seconds = record.time.seconds,
                                               .nanoseconds = record.time.nanoseconds,
                                               .length = record.length,
                                               .interface = record.interface,
                                               .interface_name = interface,
                                               .direction = record.flags & 3U});
}

void Listing::write_dump() {
    Text& text = out_.text();
    const std::size_t most = std::max({settings_.hex, settings_.hex_ascii, settings_.ascii});
    if (most == 0) return;
    const Bytes bytes = most >= 2 ? packet_.data : above_link(packet_);
    if (settings_.ascii != 0)
        put_ascii(bytes, text);
    else
        put_hex(bytes, settings_.hex_ascii != 0, text);
}

void Listing::write_line(const capture::PacketRecord& record) {
    Text& text = out_.text();
    time_.put(record, text);
    const std::size_t head = text.size();
    const bool link = settings_.link_header && put_link_header(packet_, text);
    const std::size_t start = text.size();
    put_info(packet_, text);
    constexpr std::size_t addresses = 2 * 17 + 3;
    const bool repeated = link && text.view().substr(start, addresses) == text.view().substr(head, addresses);
    if (repeated) {
        // The link layer had words of its own, because nobody inside it had any.
        const std::string info(text.view().substr(start));
        text.truncate(head);
        text.put(info);
    } else if (link) {
        // The EtherType was named already: tcpdump leaves the family out here.
        const std::string_view info = text.view().substr(start);
        for (const std::string_view family : {"IP ", "IP6 ", "ARP, "}) {
            if (!info.starts_with(family)) continue;
            const std::string rest(info.substr(family.size()));
            text.truncate(start);
            text.put(rest);
            break;
        }
    }
    text.put('\n');
    if (settings_.tree) put_tree(packet_, text);
    write_dump();
    if (settings_.tree) text.put('\n');
    out_.line_done();
}

bool Listing::handle(const capture::PacketRecord& record, const capture::Reader& reader) {
    ++seen_;
    if (shallow_) {
        packet::dissect_to_ports(packet_, record.data, record.length, record.link_type);
    } else {
        packet::dissect(packet_, record.data, record.length, record.link_type);
    }
    const auto& interfaces = reader.interfaces();
    const std::string_view interface =
        record.interface < interfaces.size() ? std::string_view(interfaces[record.interface].name) : "";
    const bool relative = !settings_.absolute_sequence;
    if (relative && !whole_conversations_) sequences_.apply(packet_);
    if (!chosen(record, interface)) return !over();
    if (relative && whole_conversations_) sequences_.apply(packet_);
    if (++matched_ <= settings_.skip) return true;
    if (shallow_) packet::dissect_applications(packet_);
    ++listed_;
    if (records_) {
        writer_.write({.record = record, .number = base_ + record.number, .interface = interface, .packet = packet_},
                      out_);
    } else {
        write_line(record);
    }
    return !over();
}

void Listing::report_damage(const std::string& path, const capture::Reader& reader) {
    constexpr std::size_t shown = 10;
    const auto& damage = reader.damage();
    for (std::size_t i = 0; i < damage.size() && i < shown; ++i) {
        log_.warning(path + ": " + damage[i].what + " at offset " + std::to_string(damage[i].offset) + ", " +
                     std::to_string(damage[i].bytes_lost) + " bytes lost");
    }
    if (reader.damage_count() > shown)
        log_.warning(path + ": " + std::to_string(reader.damage_count() - shown) + " more damaged places");
    damaged_ = damaged_ || reader.damage_count() != 0;
}

bool Listing::read(const std::string& path) {
    auto opened = capture::Reader::open(path);
    if (!opened) {
        out_.flush();
        failure_ = log_.error(opened.error());
        return false;
    }
    capture::PacketRecord record;
    std::uint64_t last = 0;
    bool more = true;
    while (more && opened->next(record)) {
        last = record.number;
        more = handle(record, *opened) && !report::interrupted();
    }
    base_ += last;
    if (!out_.closed()) out_.flush();
    report_damage(path == "-" ? "standard input" : path, *opened);
    return more;
}

void Listing::summarise() {
    log_.note(std::to_string(listed_) + (listed_ == 1 ? " packet listed, " : " packets listed, ") +
              std::to_string(seen_) + " read");
}

Status Listing::status() const {
    if (failure_ != Status::success) return failure_;
    if (damaged_) return Status::truncated;
    const bool filtered = settings_.filter.has_value() || bpf_.has_value();
    return filtered && matched_ == 0 ? Status::negative : Status::success;
}

}  // namespace

Status list_packets(Context& context, const Settings& settings) {
    auto writer = RecordWriter::make(context.out.options().fields, settings.tree);
    if (!writer) return context.log.error(writer.error());
    Listing listing(context, settings, std::move(*writer));
    for (const std::string& path : settings.inputs)
        if (!listing.read(path)) break;
    listing.summarise();
    return listing.status();
}

}  // namespace fid::cmd::sniff

// SPDX-License-Identifier: MIT
#include "cmd/ping/record.h"

#include <array>

#include "probe/sockets.h"
#include "report/calendar.h"

namespace fid::cmd::ping {
namespace {

using probe::Method;
using probe::Outcome;
using report::Field;
using report::List;
using report::Record;
using report::Type;
using report::Value;

constexpr std::array reply_fields{
    Field{"target", Type::text, "the target as it was given"},
    Field{"address", Type::text, "its address"},
    Field{"seq", Type::integer, "number of the probe, from 1"},
    Field{"outcome", Type::text, "reply, refused, late, duplicate, damaged, error or no answer"},
    Field{"from", Type::text, "who answered, or sent the error"},
    Field{"bytes", Type::integer, "size of the answer: ICMP message or UDP payload"},
    Field{"ttl", Type::integer, "time to live or hop limit of the answer when it arrived"},
    Field{"rtt_ms", Type::real, "round trip time"},
    Field{"error", Type::text, "what the ICMP error or the system said"},
    Field{"damaged_at", Type::integer, "first byte of the payload that is not what was sent"},
    Field{"time", Type::time, "when it happened"},
};
constexpr std::array target_fields{
    Field{"target", Type::text, "the target as it was given"},
    Field{"address", Type::text, "its address"},
    Field{"method", Type::text, "icmp, tcp or udp"},
    Field{"port", Type::integer, "of tcp and udp"},
    Field{"up", Type::boolean, "it answered; null where the run ended too early to say"},
    Field{"refused", Type::boolean, "it is up, and the port is closed"},
    Field{"sent", Type::integer, "probes sent"},
    Field{"received", Type::integer, "probes answered in time"},
    Field{"lost", Type::integer, "probes not answered in time; those under way at the end do not count"},
    Field{"loss_percent", Type::real, "lost of those"},
    Field{"duplicates", Type::integer, "second answers to a probe"},
    Field{"late", Type::integer, "answers after the wait was over"},
    Field{"damaged", Type::integer, "answers whose payload was not what was sent"},
    Field{"errors", Type::integer, "probes that met an ICMP error or could not be sent"},
    Field{"error", Type::text, "the last of them"},
    Field{"error_from", Type::text, "who sent it; null for our own system"},
    Field{"min_ms", Type::real, "shortest round trip"},
    Field{"avg_ms", Type::real, "mean"},
    Field{"median_ms", Type::real, "half are not longer"},
    Field{"p99_ms", Type::real, "99 of 100 are not longer"},
    Field{"max_ms", Type::real, "longest"},
    Field{"jitter_ms", Type::real, "mean difference between one and the next"},
};
constexpr std::array summary_fields{
    Field{"targets", Type::integer, "targets probed"},
    Field{"up", Type::integer, "of them up"},
    Field{"down", Type::integer, "of them down"},
    Field{"unknown", Type::integer, "words that named no target"},
    Field{"sent", Type::integer, "probes sent"},
    Field{"received", Type::integer, "probes answered in time"},
    Field{"duration_s", Type::real, "seconds from the first probe to the end"},
};
constexpr std::array hop_fields{
    Field{"target", Type::text, "the target as it was given"},
    Field{"address", Type::text, "its address"},
    Field{"hop", Type::integer, "distance, from 1"},
    Field{"from", Type::text, "who answered there; null where nobody did"},
    Field{"name", Type::text, "its name, with --resolve"},
    Field{"sent", Type::integer, "probes sent to this distance"},
    Field{"rtts_ms", Type::list, "round trip times of this host's answers"},
    Field{"is_target", Type::boolean, "it is the end of the way"},
    Field{"error", Type::text, "what it said instead of that the time to live ran out"},
};
constexpr std::array trace_fields{
    Field{"target", Type::text, "the target as it was given"},
    Field{"address", Type::text, "its address"},
    Field{"method", Type::text, "icmp, tcp or udp"},
    Field{"port", Type::integer, "of tcp and udp"},
    Field{"reached", Type::boolean, "the target answered"},
    Field{"hops", Type::integer, "distance of the last hop shown"},
    Field{"sent", Type::integer, "probes sent"},
    Field{"error", Type::text, "why nothing could be sent"},
    Field{"duration_s", Type::real, "seconds it took"},
};

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }
Value address_or_null(const std::optional<Address>& address) { return address ? Value(address->text()) : Value(); }
Value port_or_null(const probe::Settings& settings) {
    return settings.method == Method::icmp ? Value() : Value(unsigned{settings.port});
}

}  // namespace

const report::RecordType reply_record{"reply", "What became of one probe.", reply_fields};
const report::RecordType target_record{"target", "The account of one target.", target_fields};
const report::RecordType summary_record{"summary", "The account of the run.", summary_fields};
const report::RecordType hop_record{"hop", "A host on the way (--trace).", hop_fields};
const report::RecordType trace_record{"trace", "The end of a trace.", trace_fields};

Record describe_event(const probe::Event& event, const probe::Target& target, const probe::Settings& settings) {
    Record record(reply_record);
    record.set("target", target.name).set("address", target.address.text()).set("seq", event.sequence);
    record.set("outcome", name_of(event.outcome)).set("from", address_or_null(event.from));
    if (settings.method != Method::tcp && event.size) record.set("bytes", *event.size);
    record.set("ttl", event.hops).set("error", text_or_null(event.error)).set("damaged_at", event.damaged_at);
    if (event.time) record.set("rtt_ms", milliseconds(*event.time));
    record.set("time", report::utc_now());
    return record;
}

Record describe_target(const probe::Target& target, const probe::Tally& tally, const probe::Settings& settings,
                       bool decided) {
    Record record(target_record);
    record.set("target", target.name).set("address", target.address.text());
    record.set("method", name_of(settings.method)).set("port", port_or_null(settings));
    if (decided || tally.up()) record.set("up", tally.up());
    if (settings.method != Method::icmp && tally.up()) record.set("refused", tally.refused);
    record.set("sent", tally.sent).set("received", tally.received).set("lost", tally.lost());
    record.set("loss_percent", tally.loss_percent()).set("duplicates", tally.duplicates).set("late", tally.late);
    record.set("damaged", tally.damaged).set("errors", tally.errors);
    record.set("error", text_or_null(tally.last_error)).set("error_from", address_or_null(tally.error_from));
    if (tally.times.count() == 0) return record;
    record.set("min_ms", milliseconds(tally.times.least())).set("avg_ms", milliseconds(tally.times.mean()));
    record.set("median_ms", milliseconds(tally.times.median()));
    record.set("p99_ms", milliseconds(tally.times.quantile(99, 100)));
    record.set("max_ms", milliseconds(tally.times.most())).set("jitter_ms", milliseconds(tally.times.jitter()));
    return record;
}

Record describe_hop(const probe::Target& target, const probe::Hop& hop, const probe::HopHost* host,
                    const std::string& name) {
    Record record(hop_record);
    record.set("target", target.name).set("address", target.address.text());
    record.set("hop", hop.number).set("sent", hop.sent);
    List times;
    if (host != nullptr) {
        record.set("from", host->address.text()).set("name", text_or_null(name));
        record.set("is_target", host->is_target).set("error", text_or_null(host->error));
        for (const probe::Nanoseconds time : host->times) times.emplace_back(milliseconds(time));
    }
    record.set("rtts_ms", std::move(times));
    return record;
}

Record describe_trace(const probe::Target& target, const probe::Trace& trace, const probe::Settings& settings) {
    Record record(trace_record);
    record.set("target", target.name).set("address", target.address.text());
    record.set("method", name_of(settings.method)).set("port", port_or_null(settings));
    record.set("reached", trace.reached).set("hops", trace.hops.size()).set("sent", trace.sent);
    record.set("error", text_or_null(trace.error)).set("duration_s", static_cast<double>(trace.duration) / 1e9);
    return record;
}

}  // namespace fid::cmd::ping

// SPDX-License-Identifier: MIT
#include "cmd/connect/measure_report.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "cmd/connect/measure.h"
#include "report/block.h"

namespace fid::cmd::connect {
namespace {

using report::Field;
using report::Type;
using report::Value;
using std::chrono::nanoseconds;

constexpr std::array interval_fields{
    Field{"from_s", Type::real, "when it began, in seconds since counting began"},
    Field{"to_s", Type::real, "when it ended"},
    Field{"sent_bytes", Type::integer, "bytes sent in it"},
    Field{"received_bytes", Type::integer, "bytes received in it"},
    Field{"sent_bits_per_second", Type::integer, "rate"},
    Field{"received_bits_per_second", Type::integer, "rate"},
    Field{"round_trips", Type::integer, "messages that came back"},
    Field{"retransmits", Type::integer, "TCP segments sent again in it; null without TCP"},
    Field{"cwnd_bytes", Type::integer, "TCP's congestion windows, all connections together"},
    Field{"tcp_rtt_ms", Type::real, "TCP's own estimate of the round-trip time, mean of all connections"},
};
constexpr std::array measured_fields{
    Field{"endpoint", Type::text, "what was asked for"},
    Field{"peer", Type::text, "whom we were connected to"},
    Field{"mode", Type::text, "latency, send, receive or both"},
    Field{"server", Type::text, "echo, discard or chargen, as it behaved; null where --mode was given"},
    Field{"streams", Type::integer, "connections at the same time"},
    Field{"message_bytes", Type::integer, "size of the messages that made round trips"},
    Field{"block_bytes", Type::integer, "size of the others"},
    Field{"duration_s", Type::real, "seconds in which the bytes were counted: of an echo, those after the round trips"},
    Field{"sent_bytes", Type::integer, "bytes sent"},
    Field{"received_bytes", Type::integer, "bytes received"},
    Field{"sent_bits_per_second", Type::integer, "rate"},
    Field{"received_bits_per_second", Type::integer, "rate"},
    Field{"verified_bytes", Type::integer, "bytes that came back and were what was sent, warm-up included"},
    Field{"round_trips", Type::integer, "messages that came back one by one"},
    Field{"rtt_min_ms", Type::real, "shortest round trip"},
    Field{"rtt_avg_ms", Type::real, "mean"},
    Field{"rtt_median_ms", Type::real, "median"},
    Field{"rtt_p90_ms", Type::real, "90 % took no longer"},
    Field{"rtt_p99_ms", Type::real, "99 % took no longer"},
    Field{"rtt_max_ms", Type::real, "longest"},
    Field{"rtt_stddev_ms", Type::real, "standard deviation"},
    Field{"retransmits", Type::integer, "TCP segments sent again; null without TCP"},
    Field{"cwnd_bytes", Type::integer, "TCP's congestion windows at the end, all connections together"},
    Field{"tcp_rtt_ms", Type::real, "TCP's own estimate of the round-trip time at the end"},
    Field{"datagrams_sent", Type::integer, "datagrams sent, warm-up included; null for streams"},
    Field{"datagrams_received", Type::integer, "datagrams received, duplicates left out"},
    Field{"lost", Type::integer, "datagrams that did not come back from an echo"},
    Field{"lost_percent", Type::real, "of those sent"},
    Field{"reordered", Type::integer, "datagrams that came back after a later one"},
    Field{"duplicates", Type::integer, "datagrams that came back more than once"},
    Field{"cpu_user_percent", Type::real, "processor time of this program, of one processor"},
    Field{"cpu_system_percent", Type::real, "the kernel's on its behalf"},
    Field{"limited_by_us", Type::boolean, "this program had no processor time left: the peer may be faster"},
};

constexpr std::size_t column = 14;

double seconds_of(nanoseconds time) { return std::chrono::duration<double>(time).count(); }
double milliseconds_of(std::int64_t time) { return static_cast<double>(time) / 1e6; }
double rate(std::uint64_t bytes, nanoseconds time) {
    return time.count() <= 0 ? 0 : static_cast<double>(bytes) * 8 / seconds_of(time);
}
Value whole_rate(std::uint64_t bytes, nanoseconds time) {
    return static_cast<std::uint64_t>(std::llround(rate(bytes, time)));
}

/// Three digits that count.
std::string three_digits(double value) {
    std::array<char, 64> text{};
    const int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    return text.data();
}

/// "12.3 Mbit/s", "1.20 GB": powers of 1000, as rates are told.
std::string scaled(double value, std::string_view unit) {
    constexpr std::array<std::string_view, 6> prefixes{"", "k", "M", "G", "T", "P"};
    std::size_t power = 0;
    for (; value >= 999.5 && power + 1 < prefixes.size(); ++power) value /= 1000;
    std::string text = power == 0 ? std::to_string(std::llround(value)) : three_digits(value);
    text += ' ';
    text += prefixes[power];
    return text += unit;
}

std::string milliseconds_text(std::int64_t time) {
    std::array<char, 64> text{};
    const double value = milliseconds_of(time);
    std::snprintf(text.data(), text.size(), "%.*f", value < 10 ? 3 : value < 100 ? 2 : 1, value);
    return text.data();
}

std::string flow_text(std::uint64_t bytes, nanoseconds time) {
    return scaled(rate(bytes, time), "bit/s") + ", " + scaled(static_cast<double>(bytes), "B");
}

bool loses(const Measured& measured) {
    return measured.datagrams && (measured.mode == MeasureMode::both || measured.mode == MeasureMode::latency);
}

std::uint64_t lost_of(const DatagramCount& count) { return count.sent - std::min(count.sent, count.received); }
double lost_percent(const DatagramCount& count) {
    return count.sent == 0 ? 0 : 100 * static_cast<double>(lost_of(count)) / static_cast<double>(count.sent);
}

void set_tcp(report::Record& record, const std::optional<TcpFigures>& tcp) {
    if (!tcp) return;
    record.set("retransmits", tcp->retransmits).set("cwnd_bytes", tcp->window_bytes);
    record.set("tcp_rtt_ms", milliseconds_of(tcp->round_trip.count()));
}

void set_datagrams(report::Record& record, const Measured& measured) {
    const DatagramCount& count = *measured.datagrams;
    record.set("datagrams_sent", count.sent).set("datagrams_received", count.received);
    if (!loses(measured)) return;
    record.set("lost", lost_of(count)).set("lost_percent", lost_percent(count));
    record.set("reordered", count.reordered).set("duplicates", count.duplicates);
}

report::Record summary_record_of(const Measured& measured, const Endpoint& endpoint, const MeasurePlan& plan) {
    report::Record record(measured_record);
    record.set("endpoint", endpoint.text()).set("peer", measured.peer).set("mode", mode_name(measured.mode));
    if (!measured.server.empty()) record.set("server", measured.server);
    record.set("streams", plan.streams).set("duration_s", seconds_of(measured.duration));
    record.set("message_bytes", measured.message).set("block_bytes", measured.block);
    record.set("sent_bytes", measured.sent).set("received_bytes", measured.received);
    record.set("sent_bits_per_second", whole_rate(measured.sent, measured.duration));
    record.set("received_bits_per_second", whole_rate(measured.received, measured.duration));
    record.set("verified_bytes", measured.verified);
    const auto& trips = measured.round_trips;
    record.set("round_trips", trips.count());
    if (trips.count() != 0) {
        record.set("rtt_min_ms", milliseconds_of(trips.least())).set("rtt_avg_ms", milliseconds_of(trips.mean()));
        record.set("rtt_median_ms", milliseconds_of(trips.median()));
        record.set("rtt_p90_ms", milliseconds_of(trips.quantile(9, 10)));
        record.set("rtt_p99_ms", milliseconds_of(trips.quantile(99, 100)));
        record.set("rtt_max_ms", milliseconds_of(trips.most()));
        record.set("rtt_stddev_ms", milliseconds_of(trips.deviation()));
    }
    set_tcp(record, measured.tcp);
    if (measured.datagrams) set_datagrams(record, measured);
    record.set("cpu_user_percent", 100 * measured.user_share).set("cpu_system_percent", 100 * measured.system_share);
    return record.set("limited_by_us", measured.limited_by_us());
}

std::string datagrams_text(const Measured& measured) {
    const DatagramCount& count = *measured.datagrams;
    std::string text = std::to_string(count.sent) + " sent, " + std::to_string(count.received) + " received";
    if (!loses(measured)) return text;
    std::array<char, 64> percent{};
    std::snprintf(percent.data(), percent.size(), " (%.2g%%)", lost_percent(count));
    text += ", " + std::to_string(lost_of(count)) + " lost";
    text += percent.data();
    text += ", " + std::to_string(count.reordered) + " reordered";
    if (count.duplicates != 0) text += ", " + std::to_string(count.duplicates) + " duplicates";
    return text;
}

void write_summary(report::Output& out, const Measured& measured) {
    report::Block block(out, column);
    if (measured.sent != 0) block.line("sent", flow_text(measured.sent, measured.duration));
    if (measured.received != 0) block.line("received", flow_text(measured.received, measured.duration));
    const auto& trips = measured.round_trips;
    if (trips.count() != 0) {
        std::string times = "min/avg/median/p90/p99/max/stddev = ";
        for (const std::int64_t time : {trips.least(), trips.mean(), trips.median(), trips.quantile(9, 10),
                                        trips.quantile(99, 100), trips.most()})
            times += milliseconds_text(time) + "/";
        times += milliseconds_text(trips.deviation()) + " ms";
        block.line("round trips", std::to_string(trips.count()) + ", " + times);
    }
    if (measured.datagrams) block.line("datagrams", datagrams_text(measured));
    if (const auto& tcp = measured.tcp) {
        std::string text = std::to_string(tcp->retransmits) + " retransmits, window ";
        text += scaled(static_cast<double>(tcp->window_bytes), "B") + ", round trip ";
        block.line("tcp", text + milliseconds_text(tcp->round_trip.count()) + " ms");
    }
    const auto percent = [](double share) { return std::to_string(std::llround(100 * share)) + "%"; };
    std::string busy = "user " + percent(measured.user_share) + ", system " + percent(measured.system_share);
    if (measured.limited_by_us()) busy += ": this end was the limit";
    block.line("processor", busy);
}

}  // namespace

const report::RecordType interval_record{"interval", "A second of --measure.", interval_fields};
const report::RecordType measured_record{"summary", "The account of --measure.", measured_fields};

std::string_view mode_name(MeasureMode mode) {
    constexpr std::array<std::string_view, 4> names{"latency", "send", "receive", "both"};
    return names[static_cast<std::size_t>(mode)];
}

void tell_start(report::Output& out, const Measured& measured, const MeasurePlan& plan) {
    if (!out.plain_text()) return;
    constexpr std::array<std::string_view, 4> doing{"round trips", "sending", "receiving", "sending and receiving"};
    std::string line = (measured.server.empty() ? std::string("server") : std::string(measured.server) + " server");
    line += " at " + measured.peer + ": ";
    if (!measured.server.empty() && measured.mode == MeasureMode::both) line += "round trips, then ";
    line += doing[static_cast<std::size_t>(measured.mode)];
    if (plan.count) line += ", " + std::to_string(*plan.count) + " of them";
    if (plan.duration) line += " for " + three_digits(seconds_of(*plan.duration)) + " s";
    if (plan.streams > 1) line += ", " + std::to_string(plan.streams) + " connections";
    out.text().escaped(line);
    out.text().put('\n');
    out.flush();
}

void tell_interval(report::Output& out, const MeasuredInterval& interval) {
    const nanoseconds time = interval.to - interval.from;
    if (!out.plain_text()) {
        report::Record record(interval_record);
        record.set("from_s", seconds_of(interval.from)).set("to_s", seconds_of(interval.to));
        record.set("sent_bytes", interval.sent).set("received_bytes", interval.received);
        record.set("sent_bits_per_second", whole_rate(interval.sent, time));
        record.set("received_bits_per_second", whole_rate(interval.received, time));
        record.set("round_trips", interval.round_trips);
        set_tcp(record, interval.tcp);
        out.write(record);
    } else if (out.terminal()) {
        std::string line = three_digits(seconds_of(interval.to)) + " s";
        if (interval.sent != 0) line += "  sent " + scaled(rate(interval.sent, time), "bit/s");
        if (interval.received != 0) line += "  received " + scaled(rate(interval.received, time), "bit/s");
        if (interval.round_trips != 0) line += "  " + std::to_string(interval.round_trips) + " round trips";
        if (interval.tcp && interval.tcp->retransmits != 0)
            line += "  " + std::to_string(interval.tcp->retransmits) + " retransmits";
        out.text().put(line);
        out.text().put('\n');
    }
    out.flush();
}

void tell_summary(report::Output& out, const Measured& measured, const Endpoint& endpoint, const MeasurePlan& plan) {
    if (out.plain_text())
        write_summary(out, measured);
    else
        out.write(summary_record_of(measured, endpoint, plan));
    out.flush();
}

}  // namespace fid::cmd::connect

// SPDX-License-Identifier: MIT
#include "cmd/ping/layout.h"

#include <array>
#include <charconv>
#include <cmath>

#include "transport/socket_address.h"

namespace fid::cmd::ping {
namespace {

using probe::Event;
using probe::Method;
using probe::Nanoseconds;
using probe::Outcome;
using probe::Settings;
using probe::Tally;
using probe::Target;

void put_fixed(Text& text, double value, int decimals) {
    std::array<char, 64> digits;
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, decimals).ptr;
    text.put(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

/// Milliseconds, with as many decimals as make three digits, at most three.
void put_milliseconds(Text& text, Nanoseconds time) {
    const double value = static_cast<double>(time) / 1e6;
    put_fixed(text, value, value < 10 ? 3 : value < 100 ? 2 : value < 1000 ? 1 : 0);
}

/// "33.3%", "0%"
void put_percent(Text& text, double percent) {
    put_fixed(text, percent, percent == std::floor(percent) ? 0 : 1);
    text.put('%');
}

void put_times(Text& text, const probe::RoundTrips& times) {
    text.put("min/avg/median/p99/max/jitter = ");
    const std::array values{times.least(),           times.mean(), times.median(),
                            times.quantile(99, 100), times.most(), times.jitter()};
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i != 0) text.put('/');
        put_milliseconds(text, values[i]);
    }
    text.put(" ms");
}

/// "192.0.2.1" or "192.0.2.1:80"
void put_place(Text& text, const Address& address, const Settings& settings) {
    if (settings.method == Method::icmp) {
        address.write(text);
    } else {
        text.put(transport::SocketAddress(address, settings.port).text());
    }
}

void put_many(Text& text, std::uint64_t count, std::string_view word) {
    text.number(count);
    text.put(' ');
    text.put(word);
    if (count != 1) text.put('s');
}

void put_error(Text& text, const Tally& tally) {
    text.put(tally.last_error);
    if (!tally.error_from) return;
    text.put(" (from ");
    tally.error_from->write(text);
    text.put(')');
}

void put_answer_head(Text& text, const Event& event, const Target& target, const Settings& settings) {
    const Address& from = event.from.value_or(target.address);
    if (event.outcome == Outcome::refused) {
        text.put("closed port, told by ");
    } else if (settings.method == Method::tcp) {
        text.put("connected to ");
    } else {
        put_many(text, event.size.value_or(0), "byte");
        text.put(" from ");
    }
    put_place(text, from, settings);
}

/// " (duplicate)", " (late)", and what else is not as it should be.
void put_remarks(Text& text, const Event& event, const Target& target) {
    if (event.outcome == Outcome::duplicate) text.put(" (duplicate)");
    if (event.outcome == Outcome::late) text.put(" (late)");
    if (event.damaged_at) {
        text.put(" (damaged from byte ");
        text.number(*event.damaged_at);
        text.put(')');
    }
    if (event.from && event.from->without_zone() != target.address.without_zone()) text.put(" (another address)");
}

}  // namespace

void put_time(Text& text, Nanoseconds time) {
    put_milliseconds(text, time);
    text.put(" ms");
}

void put_target(Text& text, const Target& target) {
    text.escaped(target.name);
    const std::string address = target.address.text();
    if (target.name == address) return;
    text.put(" (");
    text.put(address);
    text.put(')');
}

void put_heading(Text& text, const Target& target, const Settings& settings) {
    text.put("ping ");
    put_target(text, target);
    text.put(": ");
    if (settings.method != Method::icmp) {
        text.put(name_of(settings.method));
        text.put(" port ");
        text.number(settings.port);
    } else {
        put_many(text, settings.size, "data byte");
    }
    text.put('\n');
}

void put_event(Text& text, const Event& event, const Target& target, const Settings& settings) {
    const std::string_view sequence = settings.method == Method::icmp ? "icmp_seq=" : "seq=";
    if (event.outcome == Outcome::lost) {
        text.put("no answer: ");
    } else if (event.outcome == Outcome::error) {
        if (event.from) {
            text.put("from ");
            event.from->write(text);
            text.put(": ");
        }
    } else {
        put_answer_head(text, event, target, settings);
        text.put(": ");
    }
    text.put(sequence);
    text.number(event.sequence);
    if (event.outcome == Outcome::error) {
        text.put(' ');
        text.put(event.error);
    } else if (event.outcome != Outcome::lost) {
        if (event.hops) {
            text.put(" ttl=");
            text.number(*event.hops);
        }
        if (event.time) {
            text.put(" time=");
            put_time(text, *event.time);
        }
        put_remarks(text, event, target);
    }
    text.put('\n');
}

void put_statistics(Text& text, const Target& target, const Tally& tally, Nanoseconds duration) {
    text.put("\n--- ");
    text.escaped(target.name);
    text.put(" ping statistics ---\n");
    text.number(tally.sent);
    text.put(" packets transmitted, ");
    text.number(tally.received);
    text.put(" received, ");
    const auto put_some = [&text](std::uint64_t count, std::string_view what) {
        if (count == 0) return;
        text.put('+');
        text.number(count);
        text.put(' ');
        text.put(what);
        text.put(", ");
    };
    put_some(tally.duplicates, "duplicates");
    put_some(tally.late, "late");
    put_some(tally.damaged, "damaged");
    put_some(tally.errors, "errors");
    put_percent(text, tally.loss_percent());
    text.put(" packet loss, time ");
    text.number(static_cast<std::uint64_t>(duration) / 1'000'000);
    text.put("ms\n");
    if (tally.times.count() == 0) return;
    text.put("rtt ");
    put_times(text, tally.times);
    text.put('\n');
}

void put_verdict(report::Output& out, const Target& target, const Tally& tally, const Settings& settings) {
    Text& text = out.text();
    put_target(text, target);
    text.put(" is ");
    out.style(tally.up() ? report::Style::good : report::Style::bad);
    text.put(tally.up() ? "up" : "down");
    out.style(report::Style::plain);
    text.put(", ");
    if (tally.up()) {
        if (tally.refused) {
            text.put(name_of(settings.method));
            text.put(" port ");
            text.number(settings.port);
            text.put(" closed, ");
        }
        if (tally.times.count() != 0) {
            put_time(text, tally.times.least());
        } else {
            text.put("answered too late");
        }
    } else if (!tally.last_error.empty()) {
        put_error(text, tally);
    } else {
        text.put("no answer to ");
        put_many(text, tally.sent, "probe");
        if (settings.method == Method::udp) text.put(" (open or filtered)");
    }
    text.put('\n');
}

void put_account(Text& text, const Target& target, const Tally& tally) {
    put_target(text, target);
    text.put(" : sent/received/lost = ");
    text.number(tally.sent);
    text.put('/');
    text.number(tally.received);
    text.put('/');
    put_percent(text, tally.loss_percent());
    if (tally.times.count() != 0) {
        text.put(", ");
        put_times(text, tally.times);
    } else if (!tally.last_error.empty()) {
        text.put(", ");
        put_error(text, tally);
    }
    const auto put_some = [&text](std::uint64_t count, std::string_view what) {
        if (count == 0) return;
        text.put(", ");
        text.number(count);
        text.put(' ');
        text.put(what);
    };
    put_some(tally.duplicates, "duplicate");
    put_some(tally.late, "late");
    put_some(tally.damaged, "damaged");
    text.put('\n');
}

}  // namespace fid::cmd::ping

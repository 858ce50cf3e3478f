// SPDX-License-Identifier: MIT
#include "cmd/fetch/load_report.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <optional>

#include "report/block.h"
#include "report/interrupt.h"
#include "report/table.h"

namespace fid::cmd::fetch {
namespace {

using load::Failure;
using load::Histogram;
using load::Limit;
using report::Field;
using report::Type;

constexpr std::array fields{
    Field{"url", Type::text, "what was asked for; the first, where there were several"},
    Field{"model", Type::text, "closed: the next request follows the answer; open: requests follow a schedule"},
    Field{"connections", Type::integer, "at the same time"},
    Field{"threads", Type::integer, "of ours"},
    Field{"wanted_rate", Type::real, "requests a second of the schedule; null without one"},
    Field{"duration_s", Type::real, "seconds that were counted"},
    Field{"requests", Type::integer, "that have ended, one way or another"},
    Field{"answered", Type::integer, "with a whole answer, whatever its status"},
    Field{"failed", Type::integer, "without one"},
    Field{"requests_per_second", Type::real, "answers a second"},
    Field{"received_bytes", Type::integer, "of heads and bodies"},
    Field{"received_bytes_per_second", Type::real, "rate"},
    Field{"sent_bytes", Type::integer, "of requests"},
    Field{"statuses", Type::object, "answers by status code"},
    Field{"errors", Type::object, "requests without an answer by the kind of the failure"},
    Field{"latency_min_ms", Type::real, "shortest time from the sending to the end of the answer"},
    Field{"latency_avg_ms", Type::real, "mean"},
    Field{"latency_stddev_ms", Type::real, "standard deviation"},
    Field{"latency_p50_ms", Type::real, "median"},
    Field{"latency_p75_ms", Type::real, "75 % took no longer"},
    Field{"latency_p90_ms", Type::real, "90 % took no longer"},
    Field{"latency_p99_ms", Type::real, "99 % took no longer"},
    Field{"latency_p99_9_ms", Type::real, "99.9 % took no longer"},
    Field{"latency_max_ms", Type::real, "longest"},
    Field{"corrected_min_ms", Type::real, "the same from the time of the schedule; null without one"},
    Field{"corrected_avg_ms", Type::real, "mean"},
    Field{"corrected_stddev_ms", Type::real, "standard deviation"},
    Field{"corrected_p50_ms", Type::real, "median"},
    Field{"corrected_p75_ms", Type::real, "75 % took no longer"},
    Field{"corrected_p90_ms", Type::real, "90 % took no longer"},
    Field{"corrected_p99_ms", Type::real, "99 % took no longer"},
    Field{"corrected_p99_9_ms", Type::real, "99.9 % took no longer"},
    Field{"corrected_max_ms", Type::real, "longest"},
    Field{"connections_made", Type::integer, "connections that were made"},
    Field{"reconnects", Type::integer, "connections that the server ended between two answers"},
    Field{"connect_p50_ms", Type::real, "median time to make a connection, TLS included"},
    Field{"connect_p99_ms", Type::real, "99 % took no longer"},
    Field{"connect_max_ms", Type::real, "longest"},
    Field{"under_way", Type::integer, "requests without an answer when the time was up; in no other figure"},
    Field{"unsent", Type::integer, "requests of the schedule that found no free connection until then"},
    Field{"oldest_ms", Type::real, "how long the oldest of these had waited"},
    Field{"lag_p99_ms", Type::real, "99 % of the schedule left no later, where a connection was free"},
    Field{"cpu_user_s", Type::real, "processor time of our threads"},
    Field{"cpu_system_s", Type::real, "the kernel's on their behalf"},
    Field{"requests_per_cpu_second", Type::real, "answers for a second of both"},
    Field{"busiest_thread_percent", Type::real, "how much of the time the busiest thread was at work"},
    Field{"machine_cpu_percent", Type::real, "how busy all of this machine's processors were; null where unknown"},
    Field{"limit", Type::text, "what kept it from being more: server, generator, or machine (all processors busy)"},
    Field{"error", Type::text, "what the system said about the first failure"},
};

struct Quantile {
    std::string_view label, field;
    std::uint64_t numerator, denominator;
};
constexpr std::array quantiles{Quantile{"p50", "p50_ms", 1, 2}, Quantile{"p75", "p75_ms", 3, 4},
                               Quantile{"p90", "p90_ms", 9, 10}, Quantile{"p99", "p99_ms", 99, 100},
                               Quantile{"p99.9", "p99_9_ms", 999, 1000}};

constexpr std::size_t column = 13;

double milliseconds(Histogram::Time time) { return std::chrono::duration<double, std::milli>(time).count(); }
double seconds(Histogram::Time time) { return std::chrono::duration<double>(time).count(); }

double ratio(double count, double of) { return of > 0 ? count / of : 0; }

std::string number(double value, int decimals, std::string_view unit = {}) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    return std::string(text.data()).append(unit);
}

/// "12.3 MB": powers of 1000, as rates are told.
std::string bytes_text(double value) {
    constexpr std::array<std::string_view, 6> units{" B", " kB", " MB", " GB", " TB", " PB"};
    std::size_t power = 0;
    for (; value >= 999.5 && power + 1 < units.size(); ++power) value /= 1000;
    return number(value, power == 0 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0, units[power]);
}

void set_times(report::Record& record, const std::string& prefix, const Histogram& times) {
    if (times.count() == 0) return;
    record.set(prefix + "min_ms", milliseconds(times.least())).set(prefix + "avg_ms", milliseconds(times.mean()));
    record.set(prefix + "stddev_ms", milliseconds(times.deviation()));
    for (const Quantile& each : quantiles)
        record.set(prefix + std::string(each.field), milliseconds(times.quantile(each.numerator, each.denominator)));
    record.set(prefix + "max_ms", milliseconds(times.most()));
}

std::string_view limit_name(Limit limit) {
    constexpr std::array<std::string_view, 3> names{"server", "generator", "machine"};
    return names[static_cast<std::size_t>(limit)];
}

report::Record describe(const std::string& url, const load::Plan& plan, const load::Outcome& outcome) {
    const load::Tally& tally = outcome.tally;
    const double elapsed = seconds(outcome.elapsed), cpu = seconds(outcome.user + outcome.system);
    const auto answered = static_cast<double>(tally.answered);
    report::Record record(load_record);
    record.set("url", url).set("model", plan.rate > 0 ? "open" : "closed");
    record.set("connections", plan.connections).set("threads", outcome.threads);
    if (plan.rate > 0) record.set("wanted_rate", plan.rate);
    record.set("duration_s", elapsed).set("requests", tally.answered + tally.failed());
    record.set("answered", tally.answered).set("failed", tally.failed());
    record.set("requests_per_second", ratio(answered, elapsed)).set("received_bytes", tally.received_bytes);
    record.set("received_bytes_per_second", ratio(static_cast<double>(tally.received_bytes), elapsed));
    record.set("sent_bytes", tally.sent_bytes);
    report::Object statuses, errors;
    for (std::size_t code = 0; code < tally.statuses.size(); ++code)
        if (tally.statuses[code] != 0) statuses.emplace_back(std::to_string(code), tally.statuses[code]);
    for (std::size_t kind = 0; kind < tally.failures.size(); ++kind)
        if (tally.failures[kind] != 0)
            errors.emplace_back(std::string(load::describe(static_cast<Failure>(kind)).name), tally.failures[kind]);
    record.set("statuses", std::move(statuses)).set("errors", std::move(errors));
    set_times(record, "latency_", tally.latency);
    set_times(record, "corrected_", tally.corrected);
    record.set("connections_made", tally.connections).set("reconnects", tally.reconnects);
    if (tally.connecting.count() != 0)
        record.set("connect_p50_ms", milliseconds(tally.connecting.quantile(1, 2)))
            .set("connect_p99_ms", milliseconds(tally.connecting.quantile(99, 100)))
            .set("connect_max_ms", milliseconds(tally.connecting.most()));
    record.set("under_way", tally.under_way);
    if (plan.rate > 0) record.set("unsent", tally.unsent);
    if (tally.under_way + tally.unsent != 0) record.set("oldest_ms", milliseconds(tally.oldest));
    if (tally.lag.count() != 0) record.set("lag_p99_ms", milliseconds(tally.lag.quantile(99, 100)));
    record.set("cpu_user_s", seconds(outcome.user)).set("cpu_system_s", seconds(outcome.system));
    record.set("requests_per_cpu_second", ratio(answered, cpu));
    record.set("busiest_thread_percent", 100 * outcome.busiest);
    if (outcome.machine) record.set("machine_cpu_percent", 100 * *outcome.machine);
    record.set("limit", limit_name(outcome.limit()));
    if (!tally.first_error.empty()) record.set("error", tally.first_error);
    return record;
}

/// A column of times, and beside it, with a schedule, those that count from it.
void write_latencies(report::Output& out, const load::Tally& tally) {
    if (tally.latency.count() == 0) return;
    const bool scheduled = tally.corrected.count() != 0;
    std::vector<report::Table::Column> columns{{"latency (ms)"}, {scheduled ? "from sending" : "", true}};
    if (scheduled) columns.push_back({"from schedule", true});
    report::Table table(std::move(columns), out.columns(), out.color());
    const auto row = [&](std::string_view label, const auto& get) {
        std::vector<std::string> cells{std::string(label), number(milliseconds(get(tally.latency)), 3)};
        if (scheduled) cells.push_back(number(milliseconds(get(tally.corrected)), 3));
        table.row(std::move(cells), out.text());
    };
    row("mean", [](const Histogram& times) { return times.mean(); });
    row("stddev", [](const Histogram& times) { return times.deviation(); });
    row("min", [](const Histogram& times) { return times.least(); });
    for (const Quantile& each : quantiles)
        row(each.label, [&](const Histogram& times) { return times.quantile(each.numerator, each.denominator); });
    row("max", [](const Histogram& times) { return times.most(); });
    table.finish(out.text());
}

std::string processor_text(const load::Outcome& outcome) {
    const double elapsed = seconds(outcome.elapsed);
    const double cpu = seconds(outcome.user + outcome.system);
    std::string text = "user " + number(100 * ratio(seconds(outcome.user), elapsed), 0) + "%, system " +
                       number(100 * ratio(seconds(outcome.system), elapsed), 0) + "%";
    if (cpu > 0)
        text += ", " + number(ratio(static_cast<double>(outcome.tally.answered), cpu), 0) + " for a CPU second";
    if (outcome.machine) text += "; this machine " + number(100 * *outcome.machine, 0) + "%";
    switch (outcome.limit()) {
        case Limit::server:
            break;
        case Limit::generator:
            return text + ": this generator was the limit";
        case Limit::machine:
            return text + ": it was the limit, for us and what else runs on it";
    }
    return text;
}

void write_failures(report::Block& block, const load::Tally& tally) {
    std::string text;
    for (std::size_t kind = 0; kind < tally.failures.size(); ++kind) {
        if (tally.failures[kind] == 0) continue;
        text += text.empty() ? "" : ", ";
        text += std::to_string(tally.failures[kind]) + " ";
        text += load::describe(static_cast<Failure>(kind)).words;
    }
    if (!text.empty() && !tally.first_error.empty()) text += " (" + tally.first_error + ")";
    block.line("errors", text);
}

/// What the figures above do not know of: they would be better than the truth without it.
void write_left(report::Block& block, const load::Tally& tally) {
    if (tally.oldest <= tally.latency.most() && tally.unsent == 0) return;
    std::string text = std::to_string(tally.under_way) + " requests under way";
    if (tally.unsent != 0) text += " and " + std::to_string(tally.unsent) + " not sent";
    text += " when the time was up, the oldest for " + number(seconds(tally.oldest), 3, " s");
    block.line("not counted", text);
}

void write_text(report::Output& out, const std::string& url, const load::Plan& plan, const load::Outcome& outcome) {
    const load::Tally& tally = outcome.tally;
    const double elapsed = seconds(outcome.elapsed);
    report::Block block(out, column);
    block.line("load on", url);
    std::string how = std::to_string(plan.connections) + " connections, " + std::to_string(outcome.threads);
    how += outcome.threads == 1 ? " thread, " : " threads, ";
    if (plan.rate > 0) how += "a schedule of " + number(plan.rate, plan.rate < 10 ? 1 : 0, " requests/s, ");
    block.line("with", how + number(elapsed, elapsed < 1 ? 3 : 2, " s"));
    block.line("requests", std::to_string(tally.answered) + " answered, " + std::to_string(tally.failed()) + " failed");
    block.line("rate", number(ratio(static_cast<double>(tally.answered), elapsed), 1, " requests/s"));
    block.line("received", bytes_text(ratio(static_cast<double>(tally.received_bytes), elapsed)) + "/s, " +
                               bytes_text(static_cast<double>(tally.received_bytes)));
    std::string statuses;
    for (std::size_t code = 0; code < tally.statuses.size(); ++code)
        if (tally.statuses[code] != 0)
            statuses +=
                (statuses.empty() ? "" : ", ") + std::to_string(tally.statuses[code]) + " with " + std::to_string(code);
    block.line("statuses", statuses);
    write_failures(block, tally);
    std::string connections = std::to_string(tally.connections) + " made";
    if (tally.reconnects != 0)
        connections += ", " + std::to_string(tally.reconnects) + " ended by the server meanwhile";
    if (tally.connecting.count() != 0)
        connections += ", in " + number(milliseconds(tally.connecting.quantile(1, 2)), 3) + " ms (median), at most " +
                       number(milliseconds(tally.connecting.most()), 3, " ms");
    block.line("connections", connections);
    write_left(block, tally);
    if (const auto late = tally.lag.quantile(99, 100); late >= std::chrono::milliseconds(1))
        block.line("schedule", "1 of 100 requests left " + number(milliseconds(late), 1) +
                                   " ms late or more, with a connection free");
    block.line("processor", processor_text(outcome));
    write_latencies(out, tally);
}

std::uint64_t server_errors(const load::Tally& tally) {
    return std::accumulate(tally.statuses.begin() + 400, tally.statuses.end(), std::uint64_t{0});
}

Status status_of(const load::Outcome& outcome, bool no_fail) {
    const load::Tally& tally = outcome.tally;
    const std::uint64_t refused = no_fail ? 0 : server_errors(tally);
    std::optional<Status> status;
    const auto note = [&](Status one) { status = !status || *status == one ? one : Status::partial; };
    if (tally.answered > refused) note(Status::success);
    if (refused != 0) note(Status::server_error);
    for (std::size_t kind = 0; kind < tally.failures.size(); ++kind)
        if (tally.failures[kind] != 0) note(load::describe(static_cast<Failure>(kind)).status);
    // Nothing ended: no answer came while there was time.
    return status.value_or(Status::timeout);
}

/// Nobody could be reached: there is nothing to tell but why.
Error no_connection(const std::string& url, const load::Tally& tally, Status status) {
    std::string cause;
    for (std::size_t kind = 0; kind < tally.failures.size() && cause.empty(); ++kind)
        if (tally.failures[kind] != 0) cause = load::describe(static_cast<Failure>(kind)).words;
    if (!tally.first_error.empty() && status != Status::partial) cause = tally.first_error;
    return {status, "cannot connect to", url, cause, {}};
}

}  // namespace

const report::RecordType load_record{"load", "What came of --load.", fields};

Status tell_load(Context& context, const std::string& url, const load::Plan& plan, const load::Outcome& outcome,
                 bool no_fail) {
    const Status status = status_of(outcome, no_fail);
    if (!outcome.connected && outcome.tally.failed() != 0 && !report::interrupted())
        return context.log.error(no_connection(url, outcome.tally, status));
    if (context.out.plain_text())
        write_text(context.out, url, plan, outcome);
    else
        context.out.write(describe(url, plan, outcome));
    context.out.flush();
    return report::interrupted() ? Status::interrupted : status;
}

}  // namespace fid::cmd::fetch

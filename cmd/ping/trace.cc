// SPDX-License-Identifier: MIT
#include "cmd/ping/trace.h"

#include <map>
#include <vector>

#include "cmd/parallel.h"
#include "cmd/ping/layout.h"
#include "cmd/ping/record.h"
#include "report/interrupt.h"

namespace fid::cmd::ping {
namespace {

using probe::Hop;
using probe::HopHost;
using Names = std::map<Address, std::string>;

// Slow enough that a path is known before many probes went beyond its end.
constexpr double usual_rate = 200;

/// The names of all hosts of a trace, looked up at the same time.
Names look_up(const probe::Trace& trace) {
    Names names;
    for (const Hop& hop : trace.hops)
        for (const HopHost& host : hop.hosts) names.emplace(host.address, std::string());
    std::vector<Names::value_type*> all;
    for (auto& one : names) all.push_back(&one);
    in_parallel(all.size(), [&](std::size_t i) { all[i]->second = transport::reverse_lookup(all[i]->first); });
    return names;
}

void put_heading(Text& text, const probe::Target& target, const probe::TraceSettings& settings) {
    text.put("trace to ");
    put_target(text, target);
    text.put(", at most ");
    text.number(settings.most_hops);
    text.put(" hops, ");
    text.put(name_of(settings.probe.method));
    if (settings.probe.method != probe::Method::icmp) {
        text.put(" port ");
        text.number(settings.probe.port);
    }
    text.put('\n');
}

/// "router.example (192.0.2.1)  0.031 ms  0.030 ms"
void put_host(Text& text, const HopHost& host, const std::string& name) {
    put_target(text, {name.empty() ? host.address.text() : name, host.address});
    for (const probe::Nanoseconds time : host.times) {
        text.put("  ");
        put_time(text, time);
    }
    if (host.error.empty()) return;
    text.put("  (");
    text.put(host.error);
    text.put(')');
}

void put_hop(Text& text, const Hop& hop, const Names& names) {
    if (hop.number < 10) text.put(' ');
    text.number(hop.number);
    text.put("  ");
    for (std::size_t i = 0; i < hop.hosts.size(); ++i) {
        if (i != 0) text.put("\n    ");
        const auto name = names.find(hop.hosts[i].address);
        put_host(text, hop.hosts[i], name == names.end() ? std::string() : name->second);
    }
    for (unsigned i = hop.answered(); i < hop.sent; ++i) text.put(i == 0 ? "*" : "  *");
    text.put('\n');
}

void write(report::Output& out, const probe::Target& target, const probe::Trace& trace, const Names& names,
           const probe::Settings& settings) {
    const bool text = out.format() == report::Format::text;
    for (const Hop& hop : trace.hops) {
        if (text) {
            put_hop(out.text(), hop, names);
            continue;
        }
        if (hop.hosts.empty()) out.write(describe_hop(target, hop, nullptr, {}));
        for (const HopHost& host : hop.hosts) {
            const auto name = names.find(host.address);
            out.write(describe_hop(target, hop, &host, name == names.end() ? std::string() : name->second));
        }
    }
    if (out.format() == report::Format::json) out.write(describe_trace(target, trace, settings));
    if (text && !trace.reached) {
        out.text().put("not reached");
        if (!trace.error.empty()) out.text().put(": " + trace.error);
        out.text().put('\n');
    }
    out.flush();
}

}  // namespace

Status trace_targets(Context& context, const Options& options, const TargetList& list) {
    probe::TraceSettings settings{options.probe, options.most_hops, options.queries};
    if (!options.rate_given) settings.probe.plan.rate = usual_rate;
    Status status = Status::success;
    for (const probe::Target& target : list.targets) {
        if (context.out.format() == report::Format::text) {
            put_heading(context.out.text(), target, settings);
            context.out.flush();
        }
        const auto traced = trace(target, settings, report::interrupted);
        if (!traced) return context.log.error(traced.error());
        write(context.out, target, *traced, options.resolve ? look_up(*traced) : Names(), settings.probe);
        if (!traced->reached) status = Status::negative;
        if (report::interrupted() || context.out.closed()) break;
    }
    return status;
}

}  // namespace fid::cmd::ping

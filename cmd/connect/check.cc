// SPDX-License-Identifier: MIT
#include "cmd/connect/check.h"

#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "cmd/connect/banner.h"
#include "cmd/connect/check_targets.h"
#include "cmd/dial_options.h"
#include "cmd/values.h"
#include "report/interrupt.h"
#include "report/progress.h"

namespace fid::cmd::connect {
namespace {

using probe::PortResult;
using probe::PortState;
using report::Field;
using report::Type;
using report::Value;

/// Up to so many are all told about; of more, those that are open.
constexpr unsigned most_told = 16;
constexpr double nanoseconds_a_microsecond = 1e3, microseconds_a_millisecond = 1e3, nanoseconds_a_second = 1e9;

constexpr std::array port_fields{
    Field{"host", Type::text, "the host as it was given; its address where a prefix or range was given"},
    Field{"address", Type::text, "the address it was checked at"},
    Field{"port", Type::integer, "the port"},
    Field{"protocol", Type::text, "tcp or udp"},
    Field{"state", Type::text, "open, closed, filtered, open|filtered or unreachable"},
    Field{"rtt_ms", Type::real, "until connected, answered or refused; null where nobody answered"},
    Field{"service", Type::text, "what it is, by its banner, else what usually has this port"},
    Field{"banner", Type::text, "the first line that the service said, or answered over UDP where that is text"},
    Field{"error", Type::text, "what an ICMP message or the system said"},
};
constexpr std::array check_fields{
    Field{"checked", Type::integer, "ports checked"},
    Field{"open", Type::integer, "of them open"},
    Field{"closed", Type::integer, "refused by the host"},
    Field{"filtered", Type::integer, "without an answer, or refused by somebody on the way"},
    Field{"open_or_filtered", Type::integer, "UDP ports without an answer"},
    Field{"unreachable", Type::integer, "without a way there"},
    Field{"unknown", Type::integer, "names that were not found"},
    Field{"duration_s", Type::real, "seconds it took"},
};
constexpr std::array<std::string_view, 8> columns{"host",   "port",    "protocol", "state",
                                                  "rtt_ms", "service", "banner",   "error"};

struct Settings {
    probe::CheckSettings probe;
    transport::FamilyChoice family = transport::FamilyChoice::any;
};

Result<Settings> read_settings(const Arguments& args) {
    auto dial = read_dial_options(args);
    if (!dial) return std::unexpected(std::move(dial.error()));
    Settings settings;
    settings.family = dial->family;
    settings.probe.socket = std::move(dial->socket);
    settings.probe.socket.no_delay = false;  // nothing is sent
    if (args.has("--timeout")) settings.probe.timeout = dial->timeout.count();
    if (settings.probe.timeout == 0)
        return fail(Status::usage, "--timeout wants a time to wait, not", "'0'", {}, "like 500ms, 3s");
    if (const auto& source = settings.probe.socket.source) {
        const auto family = source->is_v4() ? transport::FamilyChoice::v4 : transport::FamilyChoice::v6;
        if (settings.family != transport::FamilyChoice::any && settings.family != family)
            return fail(Status::usage, "--source is of another family than", source->is_v4() ? "-6" : "-4");
        settings.family = family;
    }
    const auto wait = read_duration("--banner-wait", args.value("--banner-wait"));
    if (!wait) return std::unexpected(wait.error());
    settings.probe.banner_wait = wait->count();
    constexpr std::uint64_t most_parallel = 20000, fastest = 10'000'000;
    const auto parallel = read_count("--parallel", args.value("--parallel"), 1, most_parallel);
    if (!parallel) return std::unexpected(parallel.error());
    settings.probe.parallel = *parallel;
    if (args.has("--rate")) {
        const auto rate = read_count("--rate", args.value("--rate"), 1, fastest);
        if (!rate) return std::unexpected(rate.error());
        settings.probe.rate = static_cast<double>(*rate);
    }
    return settings;
}

Value text_or_null(std::string text) { return text.empty() ? Value() : Value(std::move(text)); }

report::Record describe(const PortResult& result) {
    report::Record record(port_record);
    const bool udp = result.transport == Transport::udp;
    const std::string banner = udp ? text_answer(result.banner) : banner_line(result.banner);
    const std::string_view known = udp ? std::string_view() : service_of_banner(banner);
    const std::string_view service = known.empty() ? service_name(result.port, result.transport) : known;
    record.set("host", result.host).set("address", result.address.text()).set("port", unsigned{result.port});
    record.set("protocol", udp ? "udp" : "tcp").set("state", probe::name_of(result.state));
    if (result.rtt)
        record.set("rtt_ms", std::round(static_cast<double>(*result.rtt) / nanoseconds_a_microsecond) /
                                 microseconds_a_millisecond);
    record.set("service", text_or_null(std::string(service))).set("banner", text_or_null(banner));
    return record.set("error", text_or_null(result.error));
}

class Run {
  public:
    Run(Context& context, const CheckList& list)
        : context_(context), out_(context.out), list_(list), total_(list.count()) {
        const std::string_view show = context.args.value("--show");
        only_open_ = show == "open" || (show != "all" && total_ > most_told);
        if (total_ > most_told)
            progress_.emplace("checking", static_cast<std::uint64_t>(total_), report::Results::meanwhile,
                              out_.options().quiet);
    }

    Status run(const probe::CheckSettings& settings) {
        const auto begun = std::chrono::steady_clock::now();
        probe::CheckWatcher watcher;
        watcher.on_result = [this](const PortResult& result) { tell(result); };
        // A short table comes whole, so that its columns fit; the rows of a long one when they are known.
        if (!out_.terminal() || total_ > most_told) watcher.before_wait = [this] { out_.flush(); };
        watcher.stop = [this] { return report::interrupted() || out_.closed(); };
        const auto done = probe::check_ports(list_.targets, settings, watcher);
        progress_.reset();
        if (!done) return context_.log.error(done.error());
        summarise(std::chrono::steady_clock::now() - begun);
        if (list_.status != Status::success) return Status::partial;
        return number(PortState::open) == total_ ? Status::success : Status::negative;
    }

  private:
    [[nodiscard]] std::uint64_t number(PortState state) const { return counts_[static_cast<std::size_t>(state)]; }

    void tell(const PortResult& result) {
        ++counts_[static_cast<std::size_t>(result.state)];
        if (progress_) progress_->update(++done_);
        if (only_open_ && result.state != PortState::open) return;
        const report::Record record = describe(result);
        if (out_.plain_text())
            out_.write_row(record, columns);
        else
            out_.write(record);
    }

    void summarise(std::chrono::nanoseconds duration) {
        std::uint64_t checked = 0;
        for (const std::uint64_t count : counts_) checked += count;
        if (out_.format() == report::Format::json) {
            report::Record record(check_record);
            record.set("checked", checked).set("open", number(PortState::open));
            record.set("closed", number(PortState::closed)).set("filtered", number(PortState::filtered));
            record.set("open_or_filtered", number(PortState::open_or_filtered));
            record.set("unreachable", number(PortState::unreachable)).set("unknown", list_.unknown);
            record.set("duration_s", static_cast<double>(duration.count()) / nanoseconds_a_second);
            out_.write(record);
            return;
        }
        if (!only_open_) return;
        // What was not shown is at least counted, beside the list and not in it.
        std::string line = std::to_string(checked) + " checked";
        for (const PortState state : {PortState::open, PortState::closed, PortState::filtered,
                                      PortState::open_or_filtered, PortState::unreachable}) {
            if (number(state) == 0 && state != PortState::open) continue;
            line += ", " + std::to_string(number(state)) + " " + std::string(probe::name_of(state));
        }
        out_.flush();
        context_.log.note(line);
    }

    Context& context_;
    report::Output& out_;
    const CheckList& list_;
    Uint128 total_;
    bool only_open_ = false;
    std::array<std::uint64_t, 5> counts_{};  ///< by PortState
    std::optional<report::Progress> progress_;
    std::uint64_t done_ = 0;
};

}  // namespace

const report::RecordType port_record{"port", "What was found at a port (--check).", port_fields};
const report::RecordType check_record{"check", "The account of --check, also of what was not shown.", check_fields};

std::vector<Option> check_options() {
    constexpr std::string_view group = "Checking ports";
    return {{.names = "--check", .help = "which ports are open? The words are HOST... PORTS", .group = group},
            {.names = "--show",
             .value = "WHICH",
             .help = "open: only open ports; all: every port (default: all of up to 16 ports, open ones of more)",
             .group = group,
             .choices = {"open", "all"}},
            {.names = "--banner-wait",
             .value = "TIME",
             .help = "how long an open TCP port may take to say what it is; 0: do not wait",
             .group = group,
             .fallback = "300ms"},
            {.names = "--parallel",
             .value = "N",
             .help = "ports under way at the same time, as far as the limit of open files allows",
             .group = group,
             .fallback = "500"}};
}

Status check(Context& context) {
    const auto settings = read_settings(context.args);
    if (!settings) return context.log.error(settings.error());
    const auto list = read_check_targets(context, settings->family);
    if (!list) return context.log.error(list.error());
    if (list->targets.empty()) return list->status;
    return Run(context, *list).run(settings->probe);
}

}  // namespace fid::cmd::connect

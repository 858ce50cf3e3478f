// SPDX-License-Identifier: MIT
#include "cmd/resolve/timing.h"

#include <array>

#include "cmd/loop.h"
#include "cmd/resolve/layout.h"
#include "cmd/values.h"
#include "probe/statistics.h"
#include "report/interrupt.h"

namespace fid::cmd::resolve {
namespace {

using report::Field;
using report::Type;
using transport::Task;

constexpr std::array timing_fields{
    Field{"name", Type::text, "the name that was asked for"},
    Field{"qtype", Type::text, "the type that was asked for"},
    Field{"server", Type::text, "who was asked"},
    Field{"transport", Type::text, "udp, tcp, tls or https"},
    Field{"connection", Type::text, "fresh: connecting is in the times; reused: one for all; null over UDP"},
    Field{"sent", Type::integer, "questions"},
    Field{"answered", Type::integer, "answers, whatever they say"},
    Field{"min_ms", Type::real, "the fastest answer"},
    Field{"median_ms", Type::real, "half of the answers were as fast"},
    Field{"p99_ms", Type::real, "99 of 100 were as fast"},
    Field{"max_ms", Type::real, "the slowest"},
    Field{"loss_percent", Type::real, "questions without an answer"},
    Field{"status", Type::text, "the code of the last answer"},
    Field{"error", Type::text, "why the last question that was not answered was not"},
};

/// One server, one question, one way to connect.
struct Series {
    dns::Question question;
    dns::Server server;
    bool reused = false;
    unsigned sent = 0;
    probe::RoundTrips times;
    std::string code;
    std::optional<Error> error;
};

class Timing {
  public:
    Timing(Context& context, const Settings& settings, unsigned count)
        : context_(context), out_(context.out), exchange_(settings.exchange), count_(count) {
        exchange_.attempts = 1;
        exchange_.keep_truncated = true;  // over another carrier it would be another time
        for (const dns::Server& server : settings.servers) {
            std::vector<Series>& lane = lanes_.emplace_back();
            for (const Group& group : settings.groups)
                for (const std::uint16_t type : group.types) {
                    Series one;
                    one.question = {group.candidates.front(), type, settings.klass};
                    one.server = server;
                    lane.push_back(one);
                    one.reused = true;
                    if (server.carrier != dns::Carrier::udp) lane.push_back(std::move(one));
                }
        }
    }

    Status run() {
        for (std::vector<Series>& lane : lanes_) loop_.spawn(measure(lane));
        loop_.run();
        for (const std::vector<Series>& lane : lanes_)
            for (const Series& series : lane) tell(series);
        return report::interrupted() ? Status::interrupted : status();
    }

  private:
    Task<void> measure(std::vector<Series>& lane) {
        for (Series& series : lane) {
            auto asking = series.reused ? ask_reused(series) : ask_fresh(series);
            co_await std::move(asking);
        }
    }

    Task<void> ask_fresh(Series& series) {
        while (series.sent < count_) {
            ++series.sent;
            auto asking = dns::exchange(loop_.executor(), series.server, series.question, exchange_);
            auto answer = co_await std::move(asking);
            note(series, answer);
        }
    }

    Task<void> ask_reused(Series& series) {
        dns::Session session(loop_.executor(), series.server, exchange_);
        auto connecting = session.ask(series.question);
        auto first = co_await std::move(connecting);
        if (!first) series.error = std::move(first.error());
        while (series.sent < count_) {
            ++series.sent;
            auto asking = session.ask(series.question);
            auto answer = co_await std::move(asking);
            note(series, answer);
        }
    }

    static void note(Series& series, const Result<dns::Answer>& answer) {
        if (!answer) {
            series.error = answer.error();
            return;
        }
        const dns::Message message = answer->message();
        series.code = dns::rcode_text(message.rcode(message.edns()));
        const bool connects = answer->carrier != dns::Carrier::udp;
        series.times.add((connects ? answer->rtt + answer->connect : answer->rtt).count());
    }

    void tell(const Series& series) {
        const probe::RoundTrips& times = series.times;
        const auto ms = [](probe::Nanoseconds time) { return rounded_ms(std::chrono::nanoseconds(time)); };
        report::Record record(timing_record);
        record.set("name", series.question.name.text()).set("qtype", dns::type_text(series.question.type));
        record.set("server", series.server.text()).set("transport", dns::carrier_name(series.server.carrier));
        if (series.server.carrier != dns::Carrier::udp) record.set("connection", series.reused ? "reused" : "fresh");
        record.set("sent", series.sent).set("answered", times.count());
        if (times.count() != 0) {
            record.set("min_ms", ms(times.least())).set("median_ms", ms(times.median()));
            record.set("p99_ms", ms(times.quantile(99, 100))).set("max_ms", ms(times.most()));
            record.set("status", series.code);
        }
        constexpr double hundred = 100;
        if (series.sent != 0)
            record.set("loss_percent",
                       hundred * static_cast<double>(series.sent - times.count()) / static_cast<double>(series.sent));
        if (series.error) record.set("error", series.error->sentence());
        write(record, series);
    }

    void write(const report::Record& record, const Series& series) {
        static constexpr std::array<std::string_view, 9> columns{
            "server", "connection", "sent", "answered", "min_ms", "median_ms", "p99_ms", "max_ms", "loss_percent"};
        if (!out_.plain_text()) return out_.write(record);
        report::Record row = record;
        if (row.at("connection").is_null()) row.set("connection", "-");
        out_.write_row(row, columns);
        if (!series.error) return;
        out_.flush();
        context_.log.warning(series.error->sentence(), series.error->hint);
    }

    [[nodiscard]] Status status() const {
        std::uint64_t sent = 0, answered = 0;
        std::optional<Status> common;
        for (const std::vector<Series>& lane : lanes_)
            for (const Series& series : lane) {
                sent += series.sent;
                answered += series.times.count();
                if (!series.error) continue;
                common = !common || *common == series.error->status ? series.error->status : Status::timeout;
            }
        if (answered == sent) return Status::success;
        return answered != 0 ? Status::partial : common.value_or(Status::timeout);
    }

    Context& context_;
    report::Output& out_;
    dns::ExchangeOptions exchange_;
    unsigned count_;
    Loop loop_;
    std::vector<std::vector<Series>> lanes_;  ///< by server
};

}  // namespace

constinit const report::RecordType timing_record{"timing", "--time: how fast one server answers.", timing_fields};

std::vector<Option> timing_options() {
    return {{.names = "--time",
             .value = "N",
             .help = "ask each server so often, and tell how fast it answers",
             .group = "Many servers"}};
}

Status time_servers(Context& context, const Settings& settings) {
    constexpr std::uint64_t most = 1'000'000;
    const auto count = read_count("--time", context.args.value("--time"), 1, most);
    if (!count) return context.log.error(count.error());
    return Timing(context, settings, static_cast<unsigned>(*count)).run();
}

}  // namespace fid::cmd::resolve

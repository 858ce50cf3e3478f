// SPDX-License-Identifier: MIT
#include "cmd/resolve/transfer.h"

#include <array>

#include "cmd/loop.h"
#include "cmd/resolve/key.h"
#include "cmd/resolve/layout.h"
#include "cmd/resolve/record.h"
#include "dns/rdata.h"
#include "dns/transfer.h"
#include "report/interrupt.h"

namespace fid::cmd::resolve {
namespace {

using report::Field;
using report::Type;
using transport::Task;

constexpr std::array transferred_fields{
    Field{"name", Type::text, "owner of the record"},
    Field{"ttl", Type::integer, "seconds it may be kept"},
    Field{"class", Type::text, "its class"},
    Field{"rtype", Type::text, "its type"},
    Field{"data", Type::text, "what it says, as a zone file has it"},
    Field{"change", Type::text, "removed or added, in differences (IXFR); null otherwise"},
    Field{"values", Type::object, "named values by type, as in the answers to other questions"},
};
constexpr std::array transfer_fields{
    Field{"zone", Type::text, "what was transferred"},
    Field{"server", Type::text, "from whom"},
    Field{"transport", Type::text, "tcp or tls"},
    Field{"kind", Type::text, "whole, differences, or up_to_date: the server has nothing newer"},
    Field{"serial", Type::integer, "of the zone"},
    Field{"from_serial", Type::integer, "of the version that was there already (IXFR)"},
    Field{"records", Type::integer, "how many came"},
    Field{"removed", Type::integer, "of them, in differences"},
    Field{"added", Type::integer, "of them, in differences"},
    Field{"messages", Type::integer, "how many they came in"},
    Field{"size_bytes", Type::integer, "of the messages"},
    Field{"duration_ms", Type::real, "from the question to the end, connecting not included"},
    Field{"key", Type::text, "the TSIG key that all of it was signed with"},
    Field{"complete", Type::boolean, "all of it came"},
    Field{"error", Type::text, "why not"},
};

double milliseconds(std::chrono::nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

/// Writes what comes in the layout that was asked for.
class Writer : public dns::TransferSink {
  public:
    Writer(Context& context, const Settings& settings) : out_(context.out), settings_(settings) {}

    bool record(const dns::Message& message, const dns::Record& record, dns::Change change) override {
        if (settings_.layout == Layout::rfc8427) return true;
        if (!out_.plain_text())
            write_value(message, record, change);
        else if (settings_.layout == Layout::dig)
            write_dig_record(message, record, settings_, out_);
        else
            write_line(message, record, change);
        return !out_.closed();
    }

    bool message(const dns::Message& message) override {
        if (settings_.layout == Layout::rfc8427) {
            write_rfc8427(message, out_.text());
            out_.line_done();
        } else if (out_.plain_text() && settings_.layout == Layout::dig && settings_.dig.additional) {
            if (const auto signature = signature_of(message)) write_dig_record(message, *signature, settings_, out_);
        }
        return !out_.closed();
    }

  private:
    void write_value(const dns::Message& message, const dns::Record& record, dns::Change change) {
        report::Record made(transferred_record);
        made.set("name", message.name(record.name_at)->text()).set("ttl", record.ttl);
        made.set("class", dns::class_text(record.klass)).set("rtype", dns::type_text(record.type));
        made.set("data", data_of(message, record));
        if (change == dns::Change::removed) made.set("change", "removed");
        if (change == dns::Change::added) made.set("change", "added");
        made.set("values", dns::rdata_fields(message, record));
        out_.write(made);
    }

    void write_line(const dns::Message& message, const dns::Record& record, dns::Change change) {
        static constexpr std::array<std::string_view, 4> columns{"name", "ttl", "type", "data"};
        if (settings_.layout == Layout::brief) {
            out_.text().put(data_of(message, record));
            out_.text().put('\n');
            return out_.line_done();
        }
        // A zone file has one SOA record; between differences all of them mean something.
        differences_ = differences_ || change == dns::Change::removed;
        if (change == dns::Change::closing && !differences_) return;
        report::Record line(line_record);
        line.set("name", report::Value::notation(shown_name(*message.name(record.name_at), settings_, out_)));
        line.set("ttl", record.ttl).set("type", type_word(record.type, settings_));
        line.set("data", report::Value::notation(data_of(message, record)));
        out_.write_row(line, columns);
    }

    [[nodiscard]] std::string data_of(const dns::Message& message, const dns::Record& record) const {
        const unsigned split = settings_.layout == Layout::brief ? settings_.dig.split : 0;
        Text data;
        dns::write_rdata(message, record, data, {.split = split, .generic = settings_.generic});
        return data.take();
    }

    report::Output& out_;
    const Settings& settings_;
    bool differences_ = false;
};

class Transfers {
  public:
    Transfers(Context& context, const Settings& settings) : context_(context), settings_(settings) {}

    Status run() {
        loop_.spawn(work());
        loop_.run();
        if (report::interrupted() && server_ != nullptr)
            tell(report_, *server_, question_, Error{Status::interrupted, {}, {}, {}, {}});
        return status_.value_or(Status::success);
    }

  private:
    Task<void> work() {
        for (const Group& group : settings_.groups) {
            if (context_.out.closed()) break;
            question_.name = group.candidates.front();
            question_.type = group.types.front();
            question_.klass = settings_.klass;
            for (const dns::Server& server : settings_.servers) {
                server_ = &server;
                auto one = transfer_from(server);
                const Status status = co_await std::move(one);
                const bool elsewhere = status == Status::cannot_connect || status == Status::timeout;
                const bool next = settings_.each_server || (elsewhere && &server != &settings_.servers.back());
                if (settings_.each_server || !next) status_ = !status_ || *status_ == status ? status : Status::partial;
                if (!next || context_.out.closed()) break;
            }
        }
    }

    Task<Status> transfer_from(const dns::Server& server) {
        Writer writer(context_, settings_);
        report_ = {};
        if (settings_.layout == Layout::dig && settings_.dig.command && context_.out.plain_text()) {
            Text& text = context_.out.text();
            text.put("\n; <<>> fid <<>> ");
            question_.name.write(text);
            text.put(' ' + dns::type_text(question_.type) + "\n;; global options: +cmd\n");
        }
        auto transferring = dns::transfer(loop_.executor(), server, question_, settings_.exchange, writer, report_);
        auto done = co_await std::move(transferring);
        if (!report_.agreed_on_dot)
            context_.log.note(report_.peer + " has not said that it speaks DNS over this TLS (ALPN dot)");
        co_return tell(report_, server, question_, done ? Error{Status::success, {}, {}, {}, {}} : done.error());
    }

    Status tell(const dns::TransferReport& report, const dns::Server& server, const dns::Question& question,
                Error error) {
        const bool fine = error.status == Status::success;
        report::Output& out = context_.out;
        if (out.format() == report::Format::json && out.options().fields.empty()) {
            if (settings_.layout != Layout::rfc8427) out.write(describe(report, server, question, error));
        } else if (settings_.layout == Layout::dig && out.plain_text()) {
            if (fine && settings_.dig.statistics) write_dig_summary(report, server);
        } else if (fine && !out.options().quiet) {
            out.flush();
            context_.log.answer(summary(report, question));
        }
        if (fine) return Status::success;
        context_.out.flush();
        const bool interrupted = error.status == Status::interrupted;
        if (report.counts.records != 0 || interrupted) {
            const std::string came = "incomplete: " + count_text(report.counts.records, "record") + " came";
            if (interrupted) {
                context_.log.answer(question.name.text() + ": " + came);
                return error.status;
            }
            error.cause += (error.cause.empty() ? "" : "; ") + came;
        }
        return context_.log.error(error);
    }

    void write_dig_summary(const dns::TransferReport& report, const dns::Server& server) {
        const std::string size = "XFR size: " + std::to_string(report.counts.records) + " records (messages " +
                                 std::to_string(report.counts.messages) + ", bytes " +
                                 std::to_string(report.counts.bytes) + ")\n";
        write_dig_statistics({.milliseconds = static_cast<std::uint64_t>(milliseconds(report.duration)),
                              .peer = report.peer,
                              .host = server.endpoint.host,
                              .carrier = report.carrier,
                              .size = size},
                             context_.out);
    }

    static std::string count_text(std::uint64_t count, std::string_view what) {
        return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
    }

    [[nodiscard]] static std::string summary(const dns::TransferReport& report, const dns::Question& question) {
        const dns::TransferCounts& counts = report.counts;
        const std::string zone = question.name.text() + ": ";
        const std::string serial = report.serial ? "serial " + std::to_string(*report.serial) : std::string();
        if (report.kind == dns::TransferKind::up_to_date) return zone + "nothing newer than " + serial;
        std::string text = zone + count_text(counts.records, "record");
        if (report.kind == dns::TransferKind::differences)
            text += " (" + std::to_string(counts.removed) + " removed, " + std::to_string(counts.added) + " added)";
        text +=
            " in " + count_text(counts.messages, "message") + ", " + std::to_string(counts.bytes) + " bytes, " + serial;
        if (!report.complete) text += ", not all of it";
        const auto whole = static_cast<std::uint64_t>(milliseconds(report.duration));
        return text + ", " + std::to_string(whole) + " ms";
    }

    [[nodiscard]] report::Record describe(const dns::TransferReport& report, const dns::Server& server,
                                          const dns::Question& question, const Error& error) const {
        const auto& ours = settings_.exchange.query.serial;
        report::Record made(transfer_record);
        made.set("zone", question.name.text()).set("server", server.text());
        made.set("transport", dns::carrier_name(report.carrier));
        if (report.kind != dns::TransferKind::unknown) made.set("kind", dns::transfer_kind_name(report.kind));
        if (report.serial) made.set("serial", *report.serial);
        if (ours) made.set("from_serial", *ours);
        made.set("records", report.counts.records).set("removed", report.counts.removed);
        made.set("added", report.counts.added).set("messages", report.counts.messages);
        made.set("size_bytes", report.counts.bytes).set("duration_ms", milliseconds(report.duration));
        if (settings_.exchange.key && report.complete) made.set("key", settings_.exchange.key->name.text());
        made.set("complete", report.complete);
        if (error.status == Status::interrupted)
            made.set("error", "interrupted");
        else if (error.status != Status::success)
            made.set("error", error.sentence());
        return made;
    }

    Context& context_;
    const Settings& settings_;
    dns::Question question_;  ///< under way
    const dns::Server* server_ = nullptr;
    dns::TransferReport report_;
    std::optional<Status> status_;
    Loop loop_;
};

}  // namespace

constinit const report::RecordType transferred_record{"transferred", "A record of a zone that is transferred.",
                                                      transferred_fields};
constinit const report::RecordType transfer_record{"transfer", "How a zone transfer went.", transfer_fields};

std::vector<Option> transfer_options() {
    return {
        {.names = "--axfr", .help = "transfer the zone: all of its records", .group = "Zone transfers"},
        {.names = "--ixfr",
         .value = "SERIAL",
         .help = "transfer what has changed since this version, as IXFR=SERIAL",
         .group = "Zone transfers"},
    };
}

Status transfer(Context& context, const Settings& settings) { return Transfers(context, settings).run(); }

}  // namespace fid::cmd::resolve

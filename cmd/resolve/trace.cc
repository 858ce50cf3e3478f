// SPDX-License-Identifier: MIT
#include "cmd/resolve/trace.h"

#include <array>

#include "cmd/resolve/layout.h"
#include "cmd/resolve/record.h"
#include "dns/rdata.h"
#include "report/interrupt.h"

namespace fid::cmd::resolve {
namespace {

using report::Field;
using report::List;
using report::Type;
using transport::Task;

constexpr std::array step_fields{
    Field{"name", Type::text, "the name that was asked for"},
    Field{"qtype", Type::text, "the type that was asked for"},
    Field{"zone", Type::text, "the zone whose server was asked"},
    Field{"server", Type::text, "its name; null where only its address was given"},
    Field{"address", Type::text, "where it was asked"},
    Field{"transport", Type::text, "udp or tcp"},
    Field{"rtt_ms", Type::real, "time from the question to the answer, connecting not included"},
    Field{"result", Type::text,
          "answer, alias, no_data, no_name, referral, lame, failure, malformed, timeout, or unreachable"},
    Field{"status", Type::text, "the answer's code"},
    Field{"authoritative", Type::boolean, "the answer has AA"},
    Field{"referral", Type::text, "the zone it leads to"},
    Field{"name_servers", Type::integer, "how many the referral names"},
    Field{"glue", Type::integer, "how many of them with an address"},
    Field{"ds", Type::boolean, "the referral has DS records"},
    Field{"alias", Type::text, "where the aliases lead to"},
    Field{"records", Type::integer, "how many answer the question, aliases among them"},
    Field{"depth", Type::integer, "0 for the question itself, 1 and more for the address of a name server"},
    Field{"words", Type::text, "what came, for people"},
    Field{"error", Type::text, "why no answer came"},
};

void put_count(Text& out, std::size_t count, std::string_view one, std::string_view many) {
    out.number(count);
    out.put(' ');
    out.put(count == 1 ? one : many);
}

std::size_t with_address(const dns::Reply& reply) {
    return static_cast<std::size_t>(
        std::ranges::count_if(reply.servers, [](const dns::NameServer& server) { return !server.addresses.empty(); }));
}

void put_referral(const dns::Step& step, bool told_dnssec, Text& out) {
    out.put("to ");
    step.reply.cut.write(out);
    out.put(": ");
    put_count(out, step.reply.servers.size(), "server", "servers");
    const std::size_t glue = with_address(step.reply);
    if (glue != step.reply.servers.size()) {
        out.put(", ");
        out.put(glue == 0 ? "none" : std::to_string(glue));
        out.put(" with glue");
    }
    if (told_dnssec) out.put(step.reply.has_ds ? ", DS" : ", no DS");
}

/// Does the answer tell of DNSSEC at all?
bool tells_dnssec(const dns::Message& message) {
    const auto edns = message.edns();
    return edns && (edns->flags & dns::flag_dnssec_ok) != 0;
}

std::string words_of(const dns::Step& step) {
    if (!step.answer)
        return step.answer.error().cause.empty() ? step.answer.error().sentence() : step.answer.error().cause;
    Text out;
    const dns::Message message = step.answer->message();
    const unsigned code = message.rcode(message.edns());
    switch (step.reply.what) {
        case dns::Meaning::answer:
            put_count(out, step.reply.records.size(), "record", "records");
            break;
        case dns::Meaning::alias:
            out.put("alias of ");
            step.reply.names.back().write(out);
            break;
        case dns::Meaning::no_data:
            out.put("no such data");
            break;
        case dns::Meaning::no_name:
            out.put("no such name");
            break;
        case dns::Meaning::referral:
            put_referral(step, tells_dnssec(message), out);
            return out.take();
        case dns::Meaning::lame:
            out.put("lame: ");
            out.put(code == dns::rcode::no_error ? "leads nowhere" : dns::rcode_text(code));
            return out.take();
        case dns::Meaning::failure:
            out.put(dns::rcode_text(code));
            return out.take();
        case dns::Meaning::malformed:
            return "malformed";
    }
    if (!step.reply.authoritative) out.put(", not authoritative");
    return out.take();
}

/// Answers one question after another, and tells the steps.
class Tracing {
  public:
    Tracing(Context& context, const Settings& settings, dns::IterateOptions options)
        : context_(context),
          out_(context.out),
          settings_(settings),
          iteration_(std::move(options), iteration_ask(loop_, settings),
                     [this](const dns::Step& step) { tell(step); }) {
        // As +trace sets them.
        DigStyle& dig = settings_.dig;
        dig.comments = dig.question = dig.additional = dig.statistics = false;
    }

    Status run() {
        loop_.spawn(answer_all());
        loop_.run();
        return status_.value_or(report::interrupted() ? Status::interrupted : Status::success);
    }

  private:
    Task<void> answer_all() {
        for (std::size_t group = 0; group < settings_.groups.size(); ++group) {
            group_ = group;
            for (const std::uint16_t type : settings_.groups[group].types) {
                Outcome outcome;
                outcome.group = group;
                outcome.question.type = type;
                outcome.question.klass = settings_.klass;
                auto answering = answer(outcome);
                const Status status = co_await std::move(answering);
                status_ = !status_ || *status_ == status ? status : Status::partial;
                if (out_.closed()) co_return;
            }
        }
    }

    Task<Status> answer(Outcome& outcome) {
        Result<dns::Finding> finding = std::unexpected(Error{});
        for (const dns::Name& name : settings_.groups[outcome.group].candidates) {
            outcome.question.name = name;
            asked_ = outcome.question;
            auto resolving = iteration_.resolve(outcome.question);
            auto resolved = co_await std::move(resolving);
            finding = std::move(resolved);
            if (!finding || finding->what != dns::Meaning::no_name) break;
        }
        if (!finding) {
            out_.flush();
            co_return context_.log.error(finding.error());
        }
        co_return conclude(*finding, outcome);
    }

    void tell(const dns::Step& step) {
        if (!out_.plain_text()) {
            out_.write(describe(step));
        } else if (settings_.layout == Layout::dig) {
            if (step.depth == 0) tell_as_dig(step);
        } else if (settings_.layout == Layout::lines) {
            tell_as_line(step);
        }
        if (out_.closed()) loop_.stop();
    }

    /// A terminal has no room for the question in each line: it stands where it is another one.
    void tell_as_line(const dns::Step& step) {
        static constexpr std::array<std::string_view, 7> columns{"zone",  "server", "address", "name",
                                                                 "qtype", "rtt_ms", "words"};
        static constexpr std::array<std::string_view, 5> few_columns{"zone", "server", "address", "rtt_ms", "words"};
        report::Record record = describe(step);
        if (record.at("rtt_ms").is_null()) record.set("rtt_ms", "-");
        if (record.at("server").is_null()) record.set("server", "-");
        if (!out_.terminal()) return out_.write_row(record, columns);
        if (step.question.name != asked_.name || step.question.type != asked_.type)
            record.set("words", shown_name(step.question.name, settings_, out_) + " " +
                                    dns::type_text(step.question.type) + ": " + words_of(step));
        out_.write_row(record, few_columns);
    }

    void tell_as_dig(const dns::Step& step) {
        if (!step.answer) {
            out_.text().put(";; ");
            out_.text().put(step.answer.error().sentence());
            out_.text().put("\n\n");
            return out_.line_done();
        }
        Outcome outcome;
        outcome.group = group_;
        outcome.question = asked_;  // the heading's
        outcome.server = step.host.servers.front();
        outcome.answer = *step.answer;
        write_dig(outcome, settings_, first_, out_);
        first_ = false;
        settings_.dig.command = false;
        Text& out = out_.text();
        out.put(";; Received ");
        out.number(step.answer->bytes.size());
        out.put(" bytes from ");
        out.put(peer_as_dig(step.answer->peer));
        out.put('(');
        const std::string name = step.host.name.text();
        out.put(step.host.name.is_root() ? outcome.server.endpoint.host : name.substr(0, name.size() - 1));
        out.put(") in ");
        out.number(static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(step.answer->rtt).count()));
        out.put(" ms\n\n");
        out_.line_done();
    }

    /// What was found is the aliases on the way and the last answer.
    Status conclude(const dns::Finding& finding, const Outcome& asked) {
        const dns::Step& last = finding.chain.back();
        Outcome outcome = asked;
        outcome.server = last.host.servers.front();
        outcome.answer = *last.answer;
        if (out_.format() != report::Format::text) {
            report::Record record = describe(outcome, settings_);
            List answers;
            each_record(finding, true, [&](const dns::Message& message, const dns::Record& each) {
                answers.push_back(record_value(message, each, settings_.generic));
            });
            record.set("answers", std::move(answers));
            out_.write(record);
        } else if (settings_.layout == Layout::lines || settings_.layout == Layout::brief) {
            tell_answer(finding);
        }
        if (finding.what == dns::Meaning::answer) return Status::success;
        if (out_.plain_text() && settings_.layout != Layout::dig) {
            out_.flush();
            const std::string name = shown_name(last.reply.names.back(), settings_, out_);
            const std::string attempt = finding.what == dns::Meaning::no_name
                                            ? "no such name:"
                                            : "there is no " + dns::type_text(outcome.question.type) + " record for";
            context_.log.error({Status::negative, attempt, name, {}, {}});
        }
        return Status::negative;
    }

    void tell_answer(const dns::Finding& finding) {
        const bool signatures = settings_.dnssec.value_or(false);
        each_record(finding, signatures, [&](const dns::Message& message, const dns::Record& each) {
            if (settings_.layout == Layout::lines) return write_line(message, each, settings_, out_);
            dns::write_rdata(message, each, out_.text(), {.split = settings_.dig.split, .generic = settings_.generic});
            out_.text().put('\n');
            out_.line_done();
        });
    }

    template <class Each>
    void each_record(const dns::Finding& finding, bool signatures, Each each) {
        for (const dns::Step& step : finding.chain) {
            const dns::Message message = step.answer->message();
            const bool wanted =
                signatures || step.question.type == dns::type::rrsig || step.question.type == dns::type::any;
            for (const dns::Record& record : step.reply.records)
                if (wanted || record.type != dns::type::rrsig) each(message, record);
        }
    }

    Context& context_;
    report::Output& out_;
    Settings settings_;
    Loop loop_;
    dns::Iteration iteration_;
    std::size_t group_ = 0;
    dns::Question asked_;
    std::optional<Status> status_;
    bool first_ = true;
};

std::string_view result_name(const dns::Step& step) {
    if (step.answer) return dns::meaning_name(step.reply.what);
    return step.answer.error().status == Status::timeout ? "timeout" : "unreachable";
}

}  // namespace

constinit const report::RecordType step_record{"step", "--trace: one server asked on the way.", step_fields};

report::Record describe(const dns::Step& step) {
    report::Record record(step_record);
    record.set("name", step.question.name.text()).set("qtype", dns::type_text(step.question.type));
    record.set("zone", step.zone.text());
    if (!step.host.name.is_root()) record.set("server", step.host.name.text());
    const dns::Server& server = step.host.servers.front();
    record.set("address", server.text()).set("transport", dns::carrier_name(server.carrier));
    record.set("result", result_name(step)).set("depth", step.depth).set("words", words_of(step));
    if (!step.answer) {
        record.set("error", step.answer.error().sentence());
        return record;
    }
    const dns::Message message = step.answer->message();
    record.set("transport", dns::carrier_name(step.answer->carrier));
    record.set("rtt_ms", rounded_ms(step.answer->rtt));
    record.set("status", dns::rcode_text(message.rcode(message.edns())));
    record.set("authoritative", step.reply.authoritative).set("records", step.reply.records.size());
    if (step.reply.what == dns::Meaning::alias) record.set("alias", step.reply.names.back().text());
    if (step.reply.what != dns::Meaning::referral) return record;
    record.set("referral", step.reply.cut.text()).set("name_servers", step.reply.servers.size());
    record.set("glue", with_address(step.reply));
    if (tells_dnssec(message)) record.set("ds", step.reply.has_ds);
    return record;
}

Status trace(Context& context, const Settings& settings) {
    auto options = iterate_options(context.args, settings);
    if (!options) return context.log.error(options.error());
    return Tracing(context, settings, std::move(*options)).run();
}

}  // namespace fid::cmd::resolve

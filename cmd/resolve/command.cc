// SPDX-License-Identifier: MIT
#include "cmd/recording.h"
#include "cmd/resolve/all_servers.h"
#include "cmd/resolve/ask.h"
#include "cmd/resolve/bulk.h"
#include "cmd/resolve/bulk_record.h"
#include "cmd/resolve/compare.h"
#include "cmd/resolve/decode.h"
#include "cmd/resolve/key.h"
#include "cmd/resolve/layout.h"
#include "cmd/resolve/manual.h"
#include "cmd/resolve/modes.h"
#include "cmd/resolve/multicast.h"
#include "cmd/resolve/record.h"
#include "cmd/resolve/resolve.h"
#include "cmd/resolve/system.h"
#include "cmd/resolve/timing.h"
#include "cmd/resolve/trace.h"
#include "cmd/resolve/transfer.h"
#include "cmd/resolve/validate.h"
#include "cmd/resolve/validate_record.h"
#include "cmd/resolve/watch.h"

namespace fid::cmd {
namespace {

using namespace resolve;

/// Writes the outcomes and makes one status of them.
class Teller {
  public:
    Teller(Context& context, const Settings& settings) : context_(context), settings_(settings) {}

    bool tell(const Outcome& outcome) {
        // The types of a group asked of one server stand behind each other: their end is the group's.
        if (pending_ != 0 && pending_ == settings_.groups[group_].types.size()) end_group();
        group_ = outcome.group;
        ++pending_;
        if (outcome.answer) ++answered_;
        if (outcome.answer)
            for (const std::string& what : outcome.answer->ignored)
                context_.log.note("from " + outcome.answer->peer + " came " + what + "; ignored");
        write(outcome);
        if (outcome.has_data()) any_data_ = true;
        last_status_ = worse(last_status_, outcome.status());
        if (last_status_ == outcome.status()) last_ = outcome;
        return !context_.out.closed();
    }

    [[nodiscard]] Status status() {
        if (pending_ != 0) end_group();
        if (settings_.dig_status) return answered_ == 0 ? dig_no_reply : Status::success;
        return status_.value_or(Status::success);
    }

  private:
    static constexpr auto dig_no_reply = static_cast<Status>(9);

    void write(const Outcome& outcome) {
        report::Output& out = context_.out;
        if (settings_.layout == Layout::rfc8427) {
            if (outcome.answer) write_rfc8427(outcome.answer->message(), out.text());
            out.line_done();
        } else if (!out.plain_text()) {
            out.write(describe(outcome, settings_));
        } else if (outcome.answer) {
            if (settings_.layout == Layout::dig) write_dig(outcome, settings_, first_, out);
            if (settings_.layout == Layout::brief) write_brief(outcome, settings_, told_, out);
            if (settings_.layout == Layout::lines) write_lines(outcome, settings_, told_, out);
        }
        first_ = false;
    }

    /// Success is the least, and no data less than a failure.
    static Status worse(std::optional<Status> a, Status b) {
        const auto rank = [](Status status) {
            return status == Status::success ? 0 : status == Status::negative ? 1 : 2;
        };
        return a && rank(*a) >= rank(b) ? *a : b;
    }

    void end_group() {
        const bool fine = any_data_ && (settings_.groups[group_].any_will_do || *last_status_ == Status::success);
        const bool failed = *last_status_ != Status::success && *last_status_ != Status::negative;
        const Status status = fine && !failed ? Status::success : *last_status_;
        if (status != Status::success) explain(*last_);
        status_ = !status_ || *status_ == status ? status : Status::partial;
        told_.clear();
        pending_ = 0;
        any_data_ = false;
        last_status_.reset();
        last_.reset();
    }

    /// What there is no data to show for; a record says it itself.
    void explain(const Outcome& outcome) {
        if (!outcome.answer) {
            context_.out.flush();
            context_.log.error(outcome.answer.error());
            return;
        }
        if (!context_.out.plain_text() || settings_.layout == Layout::dig || settings_.layout == Layout::rfc8427)
            return;
        const std::string name = shown_name(outcome.question.name, settings_, context_.out);
        const std::string from = " by " + outcome.answer->peer;
        const dns::Message message = outcome.answer->message();
        std::string more = dns_error(message);
        context_.out.flush();
        if (outcome.status() == Status::protocol_violation) {
            context_.log.error({Status::protocol_violation, "a malformed answer" + from + ":", name, {}, {}});
        } else if (outcome.rcode() == dns::rcode::name_error) {
            context_.log.error(
                {Status::negative, "no such name:", name, std::move(more), multicast_hint(outcome.question.name)});
        } else if (outcome.rcode() != dns::rcode::no_error) {
            context_.log.error({Status::server_error, "answered with " + dns::rcode_text(outcome.rcode()) + from + ":",
                                name + " " + dns::type_text(outcome.question.type), std::move(more),
                                multicast_hint(outcome.question.name)});
        } else {
            const bool pair = settings_.groups[group_].any_will_do && outcome.question.klass == dns::klass::in;
            const std::string what = pair ? "address" : dns::type_text(outcome.question.type) + " record";
            context_.log.error({Status::negative, "there is no " + what + " for", name, std::move(more), {}});
        }
    }
    static std::string dns_error(const dns::Message& message) {
        Text safe;
        safe.escaped(extended_errors_text(message));
        return safe.take();
    }

    Context& context_;
    const Settings& settings_;
    std::size_t group_ = 0, pending_ = 0, answered_ = 0;
    Told told_;
    std::optional<Outcome> last_;  ///< of the group: that whose status counts
    std::optional<Status> last_status_, status_;
    bool any_data_ = false, first_ = true;
};

Status ask_and_tell(Context& context, const Settings& settings) {
    Teller teller(context, settings);
    ask_all(settings, [&](const Outcome& outcome) { return teller.tell(outcome); });
    return teller.status();
}

Status answer(Context& context, const Settings& settings) {
    if (wants_bulk(context.args)) return bulk(context, settings);
    if (wants_system(context.args)) return system_view(context, settings);
    if (settings.multicast) return ask_neighbours(context, settings);
    if (settings.transfer) return transfer(context, settings);
    if (context.args.has("--validate")) return validate(context, settings);
    if (settings.trace) return trace(context, settings);
    if (context.args.has("--all-ns")) return all_servers(context, settings);
    if (context.args.has("--compare")) return compare(context, settings);
    if (context.args.has("--watch")) return watch(context, settings);
    if (context.args.has("--time")) return time_servers(context, settings);
    return ask_and_tell(context, settings);
}

Status run(Context& context) {
    auto settings = read_settings(context.args);
    if (!settings) return context.log.error(settings.error());
    if (auto fits = check_modes(context.args, *settings); !fits) return context.log.error(fits.error());
    if (wants_decode(context.args)) return decode(context, *settings);
    tell_key(context, settings->exchange.key);
    const auto recorder = start_recorder(context.args);
    if (!recorder) return context.log.error(recorder.error());
    settings->exchange.dial.recorder = recorder->get();
    const Status status = answer(context, *settings);
    if (*recorder)
        if (auto closed = (*recorder)->close(); !closed) return context.log.error(closed.error());
    return status;
}

}  // namespace

const Command resolve_command{
    .name = "resolve",
    .summary = "ask DNS servers for addresses and other data of names",
    .description = manual(),
    .positionals = {{.name = "NAME|TYPE|CLASS|@SERVER|+WORD",
                     .help = "what to ask for, whom and how",
                     .repeatable = true,
                     .complete = Complete::host}},
    .options = option_list(),
    .examples = {{"fid resolve example.com MX @127.0.0.1:1", "the mail servers of a domain; no server listens there",
                  7},
                 {"fid resolve --short -x 192.0.2.7 @127.0.0.1:1", "the name of an address", 7},
                 {"fid resolve --json example.com A AAAA @tcp://127.0.0.1:1", "addresses, over TCP, as records", 7},
                 {"fid resolve --trace --root @127.0.0.1:1 example.com", "from the root down, if there were one", 7},
                 {"fid resolve --validate example.com A @127.0.0.1:1", "the chain of trust down to an address", 7},
                 {"fid resolve --axfr example.com @127.0.0.1:1", "all records of a zone", 7},
                 {"fid resolve --decode AAABAAABAAAAAAAAAWEAAAEAAQ", "a question as DNS over HTTPS has it"},
                 {"fid resolve --sweep 192.0.2.0/30 --json @127.0.0.1:1", "the names of the addresses of a network",
                  7}},
    .statuses =
        {{Status::success, "there is data"},
         {Status::negative,
          "the name does not exist, or has no such data; not with --bulk and --sweep; --compare and "
          "--all-ns: the servers differ"},
         {Status::usage, "not a name, or another mistake in the words"},
         {Status::bad_input,
          "a list without names, a file without a key, a malformed message, or --resume of another run"},
         {Status::host_not_found, "the server's name has no address"},
         {Status::cannot_connect, "the server cannot be reached"},
         {Status::protocol_violation,
          "the answer is malformed, or its signature is wrong; --trace: name servers or aliases lead in a circle"},
         {Status::truncated, "a zone transfer broke off"},
         {Status::server_error, "the server answered with SERVFAIL, REFUSED or another error"},
         {Status::cannot_write, "the results or the file of --resume cannot be written"},
         {Status::cannot_read, "a file cannot be read"},
         {Status::timeout, "no answer in time"},
         {Status::tls_handshake, "no TLS could be agreed on"},
         {Status::certificate, "the server's certificate cannot be trusted; --validate: the answer is bogus"},
         {Status::login_refused, "the server refuses the TSIG key"},
         {Status::partial,
          "several names or servers, and not all with the same result; of --bulk: not all got an answer"},
         {Status::threshold_missed, "--require-secure: the answer is not secure"},
         {Status::interrupted, "stopped by Ctrl-C"}},
    .records = {&answer_record, &step_record, &server_answer_record, &comparison_record, &timing_record,
                &system_step_record, &system_address_record, &system_lookup_record, &system_service_record,
                &bulk_summary_record, &link_record, &validation_record, &transferred_record, &transfer_record,
                &message_record},
    .see_also = {"delv(1)", "dig(1)", "host(1)", "resolv.conf(5)"},
    .run = run};

}  // namespace fid::cmd

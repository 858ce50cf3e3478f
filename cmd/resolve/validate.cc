// SPDX-License-Identifier: MIT
#include "cmd/resolve/validate.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>

#include "cmd/loop.h"
#include "cmd/resolve/layout.h"
#include "cmd/resolve/validate_record.h"
#include "cmd/values.h"
#include "report/interrupt.h"

namespace fid::cmd::resolve {
namespace {

using dns::dnssec::Anchors;
using dns::dnssec::Asker;
using dns::dnssec::Link;
using dns::dnssec::Validation;
using dns::dnssec::Validator;
using dns::dnssec::Verdict;
using transport::Task;

Result<void> check(const Settings& settings) {
    if (settings.klass != dns::klass::in)
        return fail(Status::usage, "--validate does not go with class", dns::class_text(settings.klass));
    for (const std::uint16_t type : settings.types)
        if (type == dns::type::rrsig)
            return fail(Status::usage, "--validate does not go with RRSIG:", "signatures are not signed themselves");
    return {};
}

/// One word for the verdict, its reason, and RFC 8914's code for it.
std::string sentence(const Validation& validation) {
    Text text;
    text.put(verdict_text(validation.finding.verdict));
    if (validation.finding.secure()) {
        if (validation.outcome == Validation::Outcome::no_name) text.put(": there is no such name");
        if (validation.outcome == Validation::Outcome::no_data) text.put(": there is no such record");
        return text.take();
    }
    text.put(": ");
    // Where the fault is in the answer itself its name stands before the verdict already.
    std::string_view reason = validation.finding.reason;
    const std::string place = validation.question.name.text() + " " + dns::type_text(validation.question.type) + ": ";
    if (reason.starts_with(place)) reason.remove_prefix(place.size());
    text.escaped(reason);
    if (validation.finding.extended_error) {
        text.put(" [extended error ");
        text.number(*validation.finding.extended_error);
        text.put(": ");
        text.put(dns::extended_error_text(*validation.finding.extended_error));
        text.put(']');
    }
    return text.take();
}

/// Asks one server, or several one after another, for all names.
class Checking {
  public:
    Checking(Context& context, const Settings& settings, std::vector<dns::Server> servers, const Anchors& anchors,
             std::int64_t now)
        : context_(context),
          settings_(settings),
          now_(now),
          server_(servers.front().text()),
          asker_(loop_.executor(), std::move(servers), settings.exchange),
          validator_(asker_, anchors, now, [this](const Link& link) { tell(link); }) {}

    /// Gives the status of each name to `each`.
    void run(const std::function<void(Status)>& each) {
        auto working = work(each);
        loop_.spawn(std::move(working));
        loop_.run();
    }

  private:
    Task<void> work(const std::function<void(Status)>& each) {
        for (const Group& group : settings_.groups) {
            std::optional<Status> whole;
            for (const std::uint16_t type : group.types) {
                const dns::Question question{group.candidates.front(), type, dns::klass::in};
                auto validating = validator_.validate(question);
                const Validation validation = co_await std::move(validating);
                tell(validation);
                const Status status = status_of(validation);
                // Of both families of addresses one is enough.
                const bool fine = status == Status::success || status == Status::negative;
                const bool better = group.any_will_do && fine && whole == Status::negative;
                const bool worse = !whole || *whole == Status::success || (*whole == Status::negative && !fine);
                if (better || (worse && !(group.any_will_do && whole == Status::success && fine))) whole = status;
                if (context_.out.closed()) break;
            }
            if (whole) each(*whole);
            if (context_.out.closed()) break;
        }
        // What was asked ahead and turned out not to be needed is not waited for.
        loop_.stop();
    }

    [[nodiscard]] Status status_of(const Validation& validation) const {
        if (validation.finding.verdict == Verdict::bogus) return Status::certificate;
        if (validation.error) return validation.error->status;
        if (context_.args.has("--require-secure") && !validation.finding.secure()) return Status::threshold_missed;
        return validation.outcome == Validation::Outcome::data ? Status::success : Status::negative;
    }

    void tell(const Link& link) {
        if (settings_.layout == Layout::brief) return;
        const report::Record record = describe(link);
        if (!context_.out.plain_text()) return context_.out.write(record);
        if (context_.out.terminal()) return tell_person(link);
        static constexpr std::array<std::string_view, 4> columns{"name", "rrtype", "verdict", "how"};
        context_.out.write_row(record, columns);
    }

    /// The last part may be long and is what counts: nothing is cut off.
    void tell_person(const Link& link) {
        report::Output& out = context_.out;
        out.flush();
        out.style(report::Style::name);
        out.text().put(shown_name(link.name, settings_, out));
        out.style(report::Style::plain);
        out.text().put(" " + dns::type_text(link.type) + ": ");
        if (!link.finding.secure()) {
            out.text().put(verdict_text(link.finding.verdict));
            out.text().put(": ");
        }
        out.text().escaped(link.how);
        out.text().put('\n');
        out.line_done();
    }

    void tell(const Validation& validation) {
        report::Output& out = context_.out;
        if (!out.plain_text()) {
            report::Record record = describe(validation, now_, settings_);
            record.set("server", server_);
            return out.write(record);
        }
        const bool brief = settings_.layout == Layout::brief;
        if (!brief && validation.finding.verdict != Verdict::bogus)
            for (const dns::dnssec::Part& part : validation.parts)
                for (const dns::Record& record : part.records)
                    write_line((*part.answer)->message(), record, settings_, out);
        // The rows before it are complete.
        out.flush();
        if (!brief) {
            out.text().put(shown_name(validation.question.name, settings_, out));
            out.text().put(" " + dns::type_text(validation.question.type) + ": ");
        }
        out.text().put(brief ? std::string(verdict_text(validation.finding.verdict)) : sentence(validation));
        out.text().put('\n');
        out.line_done();
    }

    Context& context_;
    const Settings& settings_;
    std::int64_t now_;
    std::string server_;
    Loop loop_;
    Asker asker_;
    Validator validator_;
};

}  // namespace

std::string_view validate_manual() {
    return "With --validate the answer is checked by DNSSEC here, whatever the server thinks of it: it is asked for "
           "records "
           "and signatures as they are (flags CD and DO). A line for each link of the chain of trust tells, from the "
           "trust "
           "anchor down, which key signs the keys of a zone and who vouches for that key, then comes the answer, or "
           "the "
           "proof that there is none, and for each question a verdict with its reason: secure; insecure, which means "
           "proven "
           "to be unsigned, or signed by algorithms that are not known here; bogus, of which no data is shown (+cd "
           "without "
           "--validate shows it); or indeterminate, where there is no anchor or no answer. Aliases are followed and "
           "each is "
           "checked in its own zone. The anchors are the root's keys 20326 and 38696, as IANA has published them since "
           "2024-07-18, or those of --anchor: DS and DNSKEY records as a zone file has them, unbound's root.key, or "
           "BIND's "
           "trust-anchors. Known are RSA with SHA-1, SHA-256 and SHA-512, ECDSA with P-256 and P-384, Ed25519, Ed448, "
           "and "
           "digests by SHA-1, SHA-256 and SHA-384. NSEC3 with more than 100 iterations is insecure (RFC 9276). What "
           "one "
           "answer may cost is bounded: 100 questions, 400 signatures, 2000 hashed names. --short leaves one word a "
           "question: the verdict. With --at signatures are checked as they stood, or will stand, at that time.";
}

std::vector<Option> validate_options() {
    return {
        {.names = "--validate", .help = "check the answers by DNSSEC, and tell the chain of trust", .group = "DNSSEC"},
        {.names = "--anchor",
         .value = "FILE",
         .help = "trust anchors instead of the root's that are built in: DS or DNSKEY records",
         .group = "DNSSEC",
         .complete = Complete::file},
        {.names = "--at", .value = "TIME", .help = "check signatures as of 2026-05-01T10:20:30Z", .group = "DNSSEC"},
        {.names = "--require-secure", .help = "status 99 for what is insecure or indeterminate", .group = "DNSSEC"},
    };
}

Status validate(Context& context, const Settings& settings) {
    if (auto fits = check(settings); !fits) return context.log.error(fits.error());
    const bool given = context.args.has("--anchor");
    auto anchors = given ? Anchors::read(std::string(context.args.value("--anchor"))) : Anchors::root();
    if (!anchors) return context.log.error(anchors.error());
    std::int64_t now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    if (context.args.has("--at")) {
        const auto time = read_time("--at", context.args.value("--at"));
        if (!time) return context.log.error(time.error());
        now = *time;
    }
    std::optional<Status> whole;
    const auto add = [&](Status status) { whole = !whole || *whole == status ? status : Status::partial; };
    std::vector<std::vector<dns::Server>> rounds{settings.servers};
    if (settings.each_server) {
        rounds.clear();
        for (const dns::Server& server : settings.servers) rounds.push_back({server});
    }
    for (const std::vector<dns::Server>& servers : rounds) {
        if (context.out.closed() || report::interrupted()) break;
        Checking(context, settings, servers, *anchors, now).run(add);
    }
    return whole.value_or(Status::success);
}

}  // namespace fid::cmd::resolve

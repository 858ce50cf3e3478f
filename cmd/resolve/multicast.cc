// SPDX-License-Identifier: MIT
#include "cmd/resolve/multicast.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "cmd/resolve/layout.h"
#include "cmd/resolve/record.h"
#include "dns/multicast.h"
#include "dns/rdata.h"
#include "report/interrupt.h"

namespace fid::cmd::resolve {
namespace {

constexpr std::size_t most_followed = 1000;  // instances of services; nobody reads more

/// A service or a kind of services: "_http._tcp.local" (RFC 6763 section 7).
bool is_service(const dns::Name& name) {
    const Bytes label = name.first_label();
    return !label.empty() && label[0] == '_';
}

const dns::Name& local_domain() {
    static const dns::Name local = *dns::Name::parse("local");
    return local;
}

/// What is asked, and for which of the user's names.
struct Asked {
    dns::Question question;
    std::size_t group = 0;
};

class Neighbours {
  public:
    Neighbours(Context& context, const Settings& settings) : context_(context), settings_(settings) {}

    Status run() {
        dns::MulticastOptions options;
        options.interface = settings_.exchange.dial.socket.interface;
        options.family = settings_.exchange.dial.family;
        options.query.flags = 0;
        options.query.edns.reset();
        options.timeout = settings_.timeout.value_or(std::chrono::seconds(1));
        options.recorder = settings_.exchange.dial.recorder;
        options.interrupt = report::interrupt_descriptor();
        auto opened = dns::Multicast::open(std::move(options));
        if (!opened) return context_.log.error(opened.error());
        multicast_ = &*opened;
        // Answers trickle in: each is shown when it comes.
        context_.out.live(true);
        has_data_.assign(settings_.groups.size(), false);
        auto asked = ask(first_questions());
        if (settings_.layout != Layout::brief) {
            if (asked && *asked) asked = ask(questions_for_instances());
            if (asked && *asked) asked = ask(questions_for_targets());
        }
        if (!asked) return context_.log.error(asked.error());
        return status();
    }

  private:
    [[nodiscard]] std::vector<Asked> first_questions() const {
        std::vector<Asked> asked;
        for (std::size_t group = 0; group < settings_.groups.size(); ++group) {
            const Group& one = settings_.groups[group];
            const dns::Name& name = one.candidates.front();
            const bool browse = one.any_will_do && is_service(name);
            for (const std::uint16_t type : browse ? std::vector{dns::type::ptr} : one.types)
                asked.push_back({{name, type, settings_.klass}, group});
        }
        return asked;
    }

    /// What no answer has brought along of the instances of a service.
    [[nodiscard]] std::vector<Asked> questions_for_instances() const {
        std::vector<Asked> asked;
        for (const auto& [instance, group] : instances_)
            for (const std::uint16_t type : {dns::type::srv, dns::type::txt})
                if (!seen_.contains({instance, type})) asked.push_back({{instance, type, settings_.klass}, group});
        return asked;
    }
    [[nodiscard]] std::vector<Asked> questions_for_targets() const {
        std::vector<Asked> asked;
        for (const auto& [target, group] : targets_) {
            if (seen_.contains({target, dns::type::a}) || seen_.contains({target, dns::type::aaaa})) continue;
            for (const std::uint16_t type : {dns::type::a, dns::type::aaaa})
                asked.push_back({{target, type, settings_.klass}, group});
        }
        return asked;
    }

    Result<bool> ask(const std::vector<Asked>& asked) {
        if (asked.empty()) return true;
        std::vector<dns::Question> questions;
        for (const Asked& one : asked) questions.push_back(one.question);
        return multicast_->ask(questions,
                               [&](const dns::MulticastReply& reply) { take(asked[reply.question], reply); });
    }

    void take(const Asked& asked, const dns::MulticastReply& reply) {
        Outcome outcome;
        outcome.group = asked.group;
        outcome.question = asked.question;
        outcome.server = dns::Server::at(*reply.from.address(), reply.from.port());
        dns::Answer answer;
        answer.bytes.assign(reply.message.begin(), reply.message.end());
        answer.question = asked.question;
        answer.peer = reply.from.text();
        answer.rtt = reply.rtt;
        outcome.answer = std::move(answer);
        if (outcome.has_data()) has_data_[asked.group] = true;
        follow(outcome);
        write(outcome);
        context_.out.line_done();
    }

    /// Notes what the answer leads to: from a service to its instances, from these to their hosts.
    void follow(const Outcome& outcome) {
        const dns::Message message = outcome.answer->message();
        dns::Records records(message);
        for (dns::Record record; records.next(record);) {
            const auto owner = message.name(record.name_at);
            if (!owner) continue;
            seen_.insert({*owner, record.type});
            const auto target = dns::rdata_name(message, record);
            const bool follows_service = record.type == dns::type::ptr && is_service(*owner);
            if (target && follows_service && !is_service(*target) && instances_.size() < most_followed)
                instances_.emplace(*target, outcome.group);
        }
        dns::Records again(message);
        for (dns::Record record; again.next(record);) {
            const auto owner = message.name(record.name_at);
            const auto target = record.type == dns::type::srv ? dns::rdata_name(message, record) : std::nullopt;
            if (owner && target && instances_.contains(*owner)) targets_.emplace(*target, outcome.group);
        }
    }

    void write(const Outcome& outcome) {
        report::Output& out = context_.out;
        if (settings_.layout == Layout::rfc8427) return write_rfc8427(outcome.answer->message(), out.text());
        if (!out.plain_text()) {
            report::Record record = describe(outcome, settings_);
            out.write(record.set("transport", "mdns"));
        } else if (settings_.layout == Layout::dig) {
            write_dig(outcome, settings_, first_, out);
            first_ = false;
        } else {
            write_records(outcome);
        }
    }

    /// A line a record, each once however many tell it.
    void write_records(const Outcome& outcome) {
        static constexpr std::array<std::string_view, 4> columns{"name", "ttl", "type", "data"};
        const dns::Message message = outcome.answer->message();
        dns::Records records(message);
        Text data;
        for (dns::Record record; records.next(record);) {
            const auto owner = message.name(record.name_at);
            if (!owner || !belongs(outcome, *owner, record)) continue;
            data.clear();
            dns::write_rdata(message, record, data,
                             {.generic = settings_.generic, .unicode = wants_unicode(settings_, context_.out)});
            std::string key = owner->text() + dns::type_text(record.type) + " ";
            key += data.view();
            if (!told_.insert(std::move(key)).second) continue;
            if (settings_.layout == Layout::brief) {
                context_.out.text().put(data.view());
                context_.out.text().put('\n');
                continue;
            }
            report::Record line(line_record);
            line.set("name", report::Value::notation(shown_name(*owner, settings_, context_.out)));
            line.set("ttl", record.ttl).set("type", dns::type_text(record.type));
            line.set("data", report::Value::notation(std::string(data.view())));
            context_.out.write_row(line, columns);
        }
    }

    /// Is it an answer to the question, or what an answer of a service leads to?
    [[nodiscard]] bool belongs(const Outcome& outcome, const dns::Name& owner, const dns::Record& record) const {
        const dns::Question& question = outcome.question;
        const bool type_fits =
            record.type == question.type || question.type == dns::type::any || record.type == dns::type::cname;
        if (type_fits && owner == question.name && record.section == dns::Section::answer) return true;
        if (settings_.layout == Layout::brief) return false;
        const bool of_instance = record.type == dns::type::srv || record.type == dns::type::txt;
        const bool of_target = record.type == dns::type::a || record.type == dns::type::aaaa;
        return (of_instance && instances_.contains(owner)) || (of_target && targets_.contains(owner));
    }

    Status status() {
        std::optional<Status> status;
        context_.out.flush();
        for (std::size_t group = 0; group < settings_.groups.size(); ++group) {
            const Status one = has_data_[group] ? Status::success : Status::negative;
            status = !status || *status == one ? one : Status::partial;
            if (has_data_[group] || report::interrupted()) continue;
            const dns::Name& name = settings_.groups[group].candidates.front();
            const bool usual = name.is_within(local_domain()) || name.is_within(*dns::Name::parse("arpa"));
            context_.log.error({Status::negative,
                                "nobody on the network answers for",
                                shown_name(name, settings_, context_.out),
                                {},
                                usual ? "" : "multicast DNS is for names below local."});
        }
        return status.value_or(Status::success);
    }

    Context& context_;
    const Settings& settings_;
    dns::Multicast* multicast_ = nullptr;
    std::map<dns::Name, std::size_t> instances_, targets_;  ///< and the group that led there
    std::set<std::pair<dns::Name, std::uint16_t>> seen_;
    Told told_;
    std::vector<bool> has_data_;  ///< by group
    bool first_ = true;
};

}  // namespace

std::string multicast_hint(const dns::Name& name) {
    return name.is_within(local_domain()) ? "names below local. are for multicast DNS: add @mdns" : "";
}

Status ask_neighbours(Context& context, const Settings& settings) { return Neighbours(context, settings).run(); }

}  // namespace fid::cmd::resolve

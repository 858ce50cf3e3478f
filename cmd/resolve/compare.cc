// SPDX-License-Identifier: MIT
#include "cmd/resolve/compare.h"

#include <array>

#include "cmd/resolve/layout.h"
#include "cmd/resolve/record.h"
#include "report/interrupt.h"

namespace fid::cmd::resolve {
namespace {

using report::Field;
using report::List;
using report::Object;
using report::Type;

constexpr std::array server_answer_fields{
    Field{"name", Type::text, "the name that was asked for"},
    Field{"qtypes", Type::list, "the types that were asked for"},
    Field{"zone", Type::text, "--all-ns: the zone whose server it is"},
    Field{"server", Type::text, "the server: its name where it has one, as it was named otherwise"},
    Field{"address", Type::text, "where it was asked"},
    Field{"transport", Type::text, "udp, tcp, tls or https"},
    Field{"status", Type::text, "the answers' code; with / between them where they are several; null without answer"},
    Field{"authoritative", Type::boolean, "all answers have AA"},
    Field{"serial", Type::integer, "--all-ns: the zone's serial number there"},
    Field{"rtt_ms", Type::real, "time from the first question to its answer, connecting not included"},
    Field{"records", Type::integer, "how many records the answers have"},
    Field{"digest", Type::text, "the same for the same answers"},
    Field{"group", Type::integer, "servers that say the same have the same number; 1 is the largest group"},
    Field{"differences", Type::list, "in other codes or serial numbers than the first group, in words"},
    Field{"missing", Type::list, "records that the first group has"},
    Field{"additional", Type::list, "records that the first group does not have"},
    Field{"difference", Type::text, "all of that in words; same where there is none"},
    Field{"error", Type::text, "why it did not answer"},
};
constexpr std::array comparison_fields{
    Field{"name", Type::text, "the name that was asked for"},
    Field{"zone", Type::text, "--all-ns: the zone"},
    Field{"servers", Type::integer, "how many were asked"},
    Field{"answered", Type::integer, "how many answered"},
    Field{"same", Type::boolean, "those that answered say the same"},
    Field{"groups", Type::list, "those that say the same: digest, serial, servers, records"},
};

/// What of a server's answers is compared; nothing where it did not answer.
std::optional<dns::Saying> saying_of(const Asked& asked, const Subject& subject) {
    if (asked.out_of_order) return std::nullopt;
    dns::Saying saying;
    for (std::size_t i = 0; i < asked.outcomes.size(); ++i) {
        const Outcome& outcome = asked.outcomes[i];
        const dns::Message message = outcome.answer->message();
        if (subject.serials && i == 0)
            saying.serial = dns::serial_of(message);
        else
            dns::add_answer(saying, message, subject.ttl);
    }
    return saying;
}

List list_of(const std::vector<std::string>& texts) {
    List list;
    for (const std::string& text : texts) list.emplace_back(text);
    return list;
}

class Comparing {
  public:
    Comparing(Context& context, const Subject& subject, const std::vector<Asked>& servers)
        : out_(context.out), subject_(subject), servers_(servers) {
        for (const Asked& asked : servers) sayings_.push_back(saying_of(asked, subject));
        groups_ = dns::group_sayings(sayings_);
        group_of_.resize(servers.size());
        for (std::size_t group = 0; group < groups_.size(); ++group)
            for (const std::size_t server : groups_[group]) group_of_[server] = group + 1;
        types_ = subject.types;
        if (subject.serials) types_.erase(types_.begin());
    }

    Status tell() {
        for (std::size_t i = 0; i < servers_.size(); ++i) {
            const report::Record record = describe(i);
            if (!out_.plain_text())
                out_.write(record);
            else
                out_.write_row(record, columns());
        }
        if (out_.terminal() && out_.plain_text()) tell_differences();
        if (out_.format() == report::Format::json) out_.write(describe_all());
        return status();
    }

  private:
    [[nodiscard]] std::span<const std::string_view> columns() const {
        static constexpr std::array<std::string_view, 8> of_zone{"server", "address", "status", "authoritative",
                                                                 "serial", "rtt_ms",  "digest", "difference"};
        static constexpr std::array<std::string_view, 5> of_servers{"server", "status", "rtt_ms", "digest",
                                                                    "difference"};
        // On a terminal what differs stands below the table, where there is room for it.
        const std::size_t less = out_.terminal() ? 1 : 0;
        if (subject_.serials) return std::span<const std::string_view>(of_zone).first(of_zone.size() - less);
        return std::span<const std::string_view>(of_servers).first(of_servers.size() - less);
    }

    [[nodiscard]] std::string who(std::size_t index) const {
        const Asked& asked = servers_[index];
        return asked.name.empty() ? asked.server.text() : asked.name;
    }

    [[nodiscard]] dns::Difference difference(std::size_t index) const {
        if (group_of_[index] < 2) return {};
        return dns::difference(*sayings_[index], *sayings_[groups_.front().front()], types_);
    }

    static std::vector<std::string> in_words(const dns::Difference& difference) {
        std::vector<std::string> words = difference.codes;
        for (const std::string& record : difference.missing) words.push_back("lacks " + record);
        for (const std::string& record : difference.additional) words.push_back("has " + record);
        return words;
    }

    static std::string joined(const std::vector<std::string>& words) {
        std::string text;
        for (const std::string& word : words) text += (text.empty() ? "" : "; ") + word;
        return text;
    }

    [[nodiscard]] report::Record describe(std::size_t index) const {
        const Asked& asked = servers_[index];
        report::Record record(server_answer_record);
        List types;
        for (const std::uint16_t type : types_) types.emplace_back(dns::type_text(type));
        record.set("name", subject_.name).set("qtypes", std::move(types));
        if (!subject_.zone.empty()) record.set("zone", subject_.zone);
        record.set("server", who(index)).set("address", asked.server.text());
        record.set("transport", dns::carrier_name(asked.server.carrier));
        set_answers(asked, record);
        if (!sayings_[index]) {
            record.set("error", asked.out_of_order->sentence());
            record.set("difference",
                       asked.out_of_order->cause.empty() ? asked.out_of_order->sentence() : asked.out_of_order->cause);
            return record;
        }
        const dns::Difference differs = difference(index);
        record.set("serial", sayings_[index]->serial).set("records", sayings_[index]->records.size());
        record.set("digest", dns::digest(*sayings_[index])).set("group", group_of_[index]);
        record.set("differences", list_of(differs.codes)).set("missing", list_of(differs.missing));
        record.set("additional", list_of(differs.additional));
        record.set("difference", group_of_[index] == 1 ? "same" : joined(in_words(differs)));
        return record;
    }

    static void set_answers(const Asked& asked, report::Record& record) {
        std::vector<std::string> codes;
        bool authoritative = true;
        for (const Outcome& outcome : asked.outcomes) {
            if (!outcome.answer) continue;
            const std::string code = dns::rcode_text(outcome.rcode());
            if (std::ranges::find(codes, code) == codes.end()) codes.push_back(code);
            authoritative = authoritative && outcome.answer->message().header().has(packet::dns::flag_authoritative);
            if (record.at("rtt_ms").is_null()) record.set("rtt_ms", rounded_ms(outcome.answer->rtt));
            record.set("transport", dns::carrier_name(outcome.answer->carrier));
        }
        std::string text;
        for (const std::string& code : codes) text += (text.empty() ? "" : "/") + code;
        if (text.empty()) return;
        record.set("status", text).set("authoritative", authoritative);
    }

    void line(std::string_view text) {
        out_.text().put(text);
        out_.text().put('\n');
        out_.line_done();
    }

    /// For people: each group but the first, and how it differs.
    void tell_differences() {
        out_.flush();
        line({});
        if (groups_.size() == 1)
            line(groups_.front().size() == 1
                     ? "one server answered"
                     : "all that answered say the same: " + std::to_string(groups_.front().size()) + " servers");
        for (std::size_t group = 1; group < groups_.size(); ++group) {
            std::string head;
            for (const std::size_t server : groups_[group]) head += (head.empty() ? "" : ", ") + who(server);
            const std::size_t others = groups_.front().size();
            line(head + (groups_[group].size() == 1 ? " differs" : " differ") + " from " +
                 who(groups_.front().front()) + (others == 1 ? "" : " and " + std::to_string(others - 1) + " more") +
                 ":");
            for (const std::string& words : in_words(difference(groups_[group].front()))) line("  " + words);
        }
        for (std::size_t i = 0; i < servers_.size(); ++i)
            if (servers_[i].out_of_order) line(who(i) + ": " + servers_[i].out_of_order->sentence());
    }

    [[nodiscard]] report::Record describe_all() const {
        report::Record record(comparison_record);
        record.set("name", subject_.name);
        if (!subject_.zone.empty()) record.set("zone", subject_.zone);
        record.set("servers", servers_.size()).set("answered", answered()).set("same", groups_.size() < 2);
        List groups;
        for (const std::vector<std::size_t>& group : groups_) {
            const dns::Saying& saying = *sayings_[group.front()];
            List members;
            for (const std::size_t server : group) members.emplace_back(servers_[server].server.text());
            groups.emplace_back(Object{{"digest", dns::digest(saying)},
                                       {"serial", saying.serial},
                                       {"servers", std::move(members)},
                                       {"records", list_of(saying.records)}});
        }
        record.set("groups", std::move(groups));
        return record;
    }

    [[nodiscard]] std::size_t answered() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(sayings_, [](const auto& saying) { return saying.has_value(); }));
    }

    [[nodiscard]] Status status() const {
        if (groups_.size() > 1) return Status::negative;
        if (answered() == servers_.size()) return Status::success;
        if (answered() != 0) return Status::partial;
        return servers_.front().out_of_order->status;
    }

    report::Output& out_;
    const Subject& subject_;
    const std::vector<Asked>& servers_;
    std::vector<std::uint16_t> types_;
    std::vector<std::optional<dns::Saying>> sayings_;
    std::vector<std::vector<std::size_t>> groups_;
    std::vector<std::size_t> group_of_;  ///< from 1; 0: in none
};

}  // namespace

constinit const report::RecordType server_answer_record{
    "server_answer", "--compare, --all-ns: what one server answered.", server_answer_fields};
constinit const report::RecordType comparison_record{"comparison", "--compare, --all-ns: the end.", comparison_fields};

std::vector<Option> compare_options() {
    return {
        {.names = "--compare", .help = "ask all @SERVERs the same, and tell what differs", .group = "Many servers"},
        {.names = "--with-ttl", .help = "--compare, --all-ns: another TTL is a difference", .group = "Many servers"}};
}

Status tell_comparison(Context& context, const Subject& subject, const std::vector<Asked>& servers) {
    return Comparing(context, subject, servers).tell();
}

Status compare(Context& context, const Settings& settings) {
    if (!settings.each_server || settings.servers.size() < 2)
        return context.log.error({Status::usage, "--compare wants two servers or more", {}, {}, "name them: @A @B"});
    std::vector<Outcome> outcomes;
    ask_all(settings, [&](const Outcome& outcome) {
        outcomes.push_back(outcome);
        return true;
    });
    if (report::interrupted()) return Status::interrupted;
    std::optional<Status> status;
    auto next = outcomes.begin();
    for (const Group& group : settings.groups) {
        Subject subject;
        subject.name = group.candidates.front().text();
        subject.types = group.types;
        subject.ttl = context.args.has("--with-ttl");
        std::vector<Asked> servers;
        for (const dns::Server& server : settings.servers) {
            Asked asked;
            asked.server = server;
            for (std::size_t i = 0; i < group.types.size(); ++i, ++next) {
                if (!next->answer) asked.out_of_order = next->answer.error();
                asked.outcomes.push_back(std::move(*next));
            }
            servers.push_back(std::move(asked));
        }
        const Status one = tell_comparison(context, subject, servers);
        status = !status || *status == one ? one : Status::partial;
    }
    return status.value_or(Status::success);
}

}  // namespace fid::cmd::resolve

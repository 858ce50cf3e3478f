// SPDX-License-Identifier: MIT
#include "cmd/resolve/system.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "cmd/resolve/system_services.h"
#include "cmd/resolve/system_walk.h"
#include "dns/destination_order.h"
#include "report/interrupt.h"

namespace fid::cmd::resolve {
namespace {

using report::Field;
using report::List;
using report::Record;
using report::Type;

constexpr std::array step_fields{
    Field{"name", Type::text, "that is looked up"},
    Field{"service", Type::text, "who was asked: files, dns, mdns4_minimal...; getaddrinfo for the result of all"},
    Field{"status", Type::text, "SUCCESS, NOTFOUND, UNAVAIL or TRYAGAIN"},
    Field{"action", Type::text, "what nsswitch.conf(5) says to that: stop, go on, merge; next name of a search list"},
    Field{"detail", Type::text, "what was found, and where"},
    Field{"addresses", Type::list, "that it gave"},
    Field{"line", Type::integer, "of /etc/hosts"},
    Field{"server", Type::text, "that DNS was asked of"},
};
constexpr std::array address_fields{
    Field{"name", Type::text, "that was looked up"},
    Field{"address", Type::text, "in the order of getaddrinfo(3)"},
    Field{"source", Type::text, "the address this machine would send from; null where there is no way"},
    Field{"reason", Type::text, "why it stands before the next one"},
    Field{"rule", Type::integer, "of RFC 6724 section 6, that decided; null for the last address"},
    Field{"agrees", Type::boolean, "the rule puts the two in that order"},
    Field{"interface", Type::text, "that has the source"},
    Field{"scope", Type::integer, "2 link-local, 5 site-local, 14 global"},
    Field{"label", Type::integer, "of the policy table"},
    Field{"precedence", Type::integer, "of the policy table"},
};
constexpr std::array lookup_fields{
    Field{"name", Type::text, "that was looked up"},
    Field{"canonical_name", Type::text, "by getaddrinfo(3)"},
    Field{"addresses", Type::list, "by getaddrinfo(3), in its order"},
    Field{"expected", Type::list, "that the steps led to"},
    Field{"agrees", Type::boolean, "both are the same, and in the order of RFC 6724"},
    Field{"error", Type::text, "why there is no address"},
};

List texts(const std::vector<Address>& addresses) {
    List list;
    for (const Address& address : addresses) list.emplace_back(address.text());
    return list;
}

std::string local_name() {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return name.data();
}

/// As getaddrinfo() is to have it: A-labels for letters outside ASCII, everything else as typed.
Result<std::string> spelled(const std::string& typed) {
    const bool ascii = std::ranges::all_of(typed, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (ascii && Address::parse(typed, Reading::legacy)) return typed;
    auto name = dns::Name::from_user(typed);
    if (!name) return std::unexpected(std::move(name.error()));
    if (ascii) return typed;
    std::string text = name->text();
    if (!dns::Name::is_absolute(typed)) text.pop_back();
    return text;
}

bool is_service(const std::string& word) { return word.find('/') != std::string::npos; }

class View {
  public:
    View(Context& context, const Settings& settings)
        : context_(context), settings_(settings), family_(settings.exchange.dial.family) {
        std::ifstream file("/etc/gai.conf");
        const std::string text(std::istreambuf_iterator<char>(file), {});
        table_ = dns::PolicyTable::parse(text);
    }

    Status run() {
        std::vector<std::string> words = settings_.names;
        if (words.empty()) words.push_back(local_name());
        // A fault in any word is told before anything is asked.
        std::vector<std::string> names;
        for (const std::string& word : words) {
            auto name = is_service(word) ? Result<std::string>(word) : spelled(word);
            if (!name) return context_.log.error(name.error());
            names.push_back(std::move(*name));
        }
        for (const std::string& name : names) {
            if (report::interrupted() || context_.out.closed()) break;
            const Status status = is_service(name) ? tell_service(name) : tell_host(name);
            status_ = !status_ || *status_ == status ? status : Status::partial;
        }
        return status_.value_or(Status::success);
    }

  private:
    [[nodiscard]] bool brief() const { return settings_.layout == Layout::brief && context_.out.plain_text(); }

    // ---- hosts

    Status tell_host(const std::string& name) {
        SystemWalk walk(settings_, [&](const SystemStep& step) { tell_step(name, step); });
        std::vector<Address> expected;
        if (!brief()) expected = walk.walk(name);
        const SystemAnswer answer = ask_system(name, family_);
        SystemStep last;
        last.service = "getaddrinfo";
        last.addresses = answer.addresses;
        last.detail = answer.reason;
        if (answer.code == 0) {
            last.detail =
                std::to_string(answer.addresses.size()) + (answer.addresses.size() == 1 ? " address" : " addresses");
            if (!answer.canonical.empty() && answer.canonical != name)
                last.detail += "; the canonical name is " + answer.canonical;
        }
        if (Address::parse(name, Reading::legacy))
            if (const std::string known = transport::reverse_lookup(answer.addresses.front()); !known.empty())
                last.detail += "; its name is " + known;
        tell_step(name, last);
        const bool ordered = tell_addresses(name, answer.addresses);
        tell_end(name, answer, expected, ordered);
        const bool service = !brief() && name.find('.') == std::string::npos && tell_services(context_.out, name);
        if (answer.status() == Status::success || service) return Status::success;
        if (context_.out.plain_text())
            context_.log.error({answer.status(), "the system has no address for", name, answer.reason, {}});
        return answer.status();
    }

    void tell_step(const std::string& name, const SystemStep& step) {
        if (brief()) return;
        static constexpr std::array<std::string_view, 5> columns{"name", "service", "status", "action", "detail"};
        Record record(system_step_record);
        record.set("name", name).set("service", step.service).set("detail", step.detail);
        if (step.status) record.set("status", dns::nss_status_text(*step.status));
        if (!step.action.empty()) record.set("action", step.action);
        record.set("addresses", texts(step.addresses));
        if (step.line) record.set("line", *step.line);
        if (!step.server.empty()) record.set("server", step.server);
        write(record, columns);
    }

    /// True where the rules put them into the order they are in.
    bool tell_addresses(const std::string& name, const std::vector<Address>& addresses) {
        static constexpr std::array<std::string_view, 4> columns{"name", "address", "source", "reason"};
        std::vector<dns::Destination> all;
        for (const Address& address : addresses) all.push_back({address, dns::source_for(address)});
        bool ordered = true;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const dns::Destination& one = all[i];
            if (brief()) {
                context_.out.text().put(one.address.text() + "\n");
                continue;
            }
            Record record(system_address_record);
            record.set("name", name).set("address", one.address.text());
            record.set("scope", table_.scope(one.address)).set("label", table_.label(one.address));
            record.set("precedence", table_.precedence(one.address));
            if (one.source) record.set("source", one.source->address.text()).set("interface", one.source->interface);
            if (i + 1 < all.size()) {
                const dns::OrderReason reason = dns::compare_destinations(one, all[i + 1], table_);
                ordered = ordered && reason.as_given;
                record.set("rule", reason.rule).set("agrees", reason.as_given).set("reason", reason_text(reason));
            } else if (!one.source) {
                record.set("reason", "there is no way to it");
            }
            write(record, columns);
        }
        return ordered;
    }

    static std::string reason_text(const dns::OrderReason& reason) {
        std::string text = "rule " + std::to_string(reason.rule) + ": " + reason.text;
        if (!reason.as_given) text += ", which would put the next one first";
        return text;
    }

    void tell_end(const std::string& name, const SystemAnswer& answer, const std::vector<Address>& expected,
                  bool ordered) {
        if (brief()) return;
        auto sorted = [](std::vector<Address> addresses) {
            for (Address& address : addresses) address = address.without_zone();
            std::ranges::sort(addresses);
            return addresses;
        };
        const bool same = sorted(answer.addresses) == sorted(expected);
        if (!context_.out.plain_text()) {
            Record record(system_lookup_record);
            record.set("name", name).set("addresses", texts(answer.addresses)).set("expected", texts(expected));
            record.set("agrees", same && ordered);
            if (!answer.canonical.empty()) record.set("canonical_name", answer.canonical);
            if (answer.code != 0) record.set("error", answer.reason);
            context_.out.write(record);
            return;
        }
        if (!same)
            context_.log.warning(name + ": getaddrinfo() has other addresses than the steps lead to (a cache such as " +
                                 "nscd, or another reading of the files)");
        if (!ordered) context_.log.warning(name + ": getaddrinfo() has another order than the rules of RFC 6724 give");
    }

    void write(const Record& record, std::span<const std::string_view> columns) {
        if (context_.out.plain_text())
            context_.out.write_row(record, columns);
        else
            context_.out.write(record);
    }

    // ---- services

    Status tell_service(const std::string& word) {
        if (tell_services(context_.out, word)) return Status::success;
        return context_.log.error({Status::negative, "there is no service", word, "services(5) does not name it", {}});
    }

    Context& context_;
    const Settings& settings_;
    transport::FamilyChoice family_;
    dns::PolicyTable table_;
    std::optional<Status> status_;
};

}  // namespace

constinit const report::RecordType system_step_record{"lookup_step", "--system: a service that was asked for a name.",
                                                      step_fields};
constinit const report::RecordType system_address_record{"address", "--system: an address of a name.", address_fields};
constinit const report::RecordType system_lookup_record{"lookup", "--system: the end of one name.", lookup_fields};

std::vector<Option> system_options() {
    return {{.names = "--system",
             .help = "how this machine itself looks the names up: hosts file, search list, order of addresses"}};
}

bool wants_system(const Arguments& args) { return args.has("--system"); }

Status system_view(Context& context, const Settings& settings) { return View(context, settings).run(); }

}  // namespace fid::cmd::resolve

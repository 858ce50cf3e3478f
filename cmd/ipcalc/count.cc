// SPDX-License-Identifier: MIT
// `fid ipcalc count`: how many addresses a list holds, exactly, each counted once.
#include <array>

#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/operands.h"

namespace fid::cmd::ipcalc {
namespace {

using report::Field;
using report::Format;
using report::Record;
using report::Type;
using report::Value;

constexpr std::array count_fields{
    Field{"family", Type::integer, "4 or 6"},
    Field{"entries", Type::integer, "entries read"},
    Field{"ranges", Type::integer, "separate runs of addresses"},
    Field{"prefixes", Type::integer, "prefixes in the shortest list"},
    Field{"addresses", Type::integer, "different addresses, exactly"},
};
const report::RecordType count_record{"count", "What a list holds of one family.", count_fields};

Status run(Context& context) {
    PrefixSet set;
    std::array<std::uint64_t, 2> entries{};
    std::array<std::uint64_t, 2> prefixes{};
    auto slot = [](Family family) { return family == Family::v4 ? 0U : 1U; };
    const Status status = each_listed(context, [&](const Entry& entry) {
        ++entries[slot(entry.range.family)];
        set.add(entry.range);
        return true;
    });
    if (status != Status::success && status != Status::bad_input) return status;
    set.normalise();
    set.each_prefix([&](const Prefix& prefix) {
        ++prefixes[slot(prefix.family())];
        return true;
    });
    report::Output& out = context.out;
    const bool plain = out.format() == Format::text && out.options().fields.empty();
    for (const Family family : {Family::v4, Family::v6}) {
        const std::uint64_t ranges = family == Family::v4 ? set.v4().size() : set.v6().size();
        if (plain) {
            out.style(report::Style::name);
            out.text().put(family == Family::v4 ? "IPv4" : "IPv6");
            out.style(report::Style::plain);
            out.text().put(' ');
            out.text().put(set.count_text(family));
            out.text().put(" addresses in ");
            out.text().number(prefixes[slot(family)]);
            out.text().put(" prefixes, ");
            out.text().number(ranges);
            out.text().put(" ranges, ");
            out.text().number(entries[slot(family)]);
            out.text().put(" entries\n");
            out.line_done();
        } else {
            Record record(count_record);
            record.set("family", family == Family::v4 ? 4 : 6).set("entries", Value(entries[slot(family)]));
            record.set("ranges", Value(ranges)).set("prefixes", Value(prefixes[slot(family)]));
            record.set("addresses", Value::big(set.count_text(family)));
            out.write(record);
        }
    }
    return status;
}

}  // namespace

const Command count_command{.name = "count",
                            .summary = "count the addresses of a list",
                            .description =
                                "Counts the different addresses of a list, one line for each family: addresses in "
                                "several entries count once. The "
                                "numbers are exact up to 2^128.",
                            .positionals = {{.name = "FILE",
                                             .help = "lists, or addresses; standard input where none or - is given",
                                             .repeatable = true,
                                             .complete = Complete::file}},
                            .options = {skip_bad_option(), legacy_ip_option()},
                            .examples = {{"fid ipcalc count ::/0", "340282366920938463463374607431768211456"},
                                         {"fid ipcalc count 10.0.0.0/8 10.1.0.0/16 --json", "16777216, not more"}},
                            .statuses = {{Status::bad_input, "A line cannot be read (not with --skip-bad)."},
                                         {Status::cannot_read, "A FILE cannot be read."}},
                            .records = {&count_record},
                            .run = run};

}  // namespace fid::cmd::ipcalc

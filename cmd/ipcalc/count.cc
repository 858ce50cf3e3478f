// SPDX-License-Identifier: MIT
// `fid ipcalc count`: how many addresses a list holds, exactly, each counted once.
#include <array>

#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/list_output.h"
#include "cmd/ipcalc/operands.h"

namespace fid::cmd::ipcalc {
namespace {

using report::Field;
using report::Record;
using report::Type;
using report::Value;

constexpr std::array count_fields{
    field::family,
    Field{"entries", Type::integer, "entries read"},
    Field{"ranges", Type::integer, "separate runs of addresses"},
    Field{"prefixes", Type::integer, "prefixes in the shortest list"},
    Field{"addresses", Type::integer, "different addresses, exactly"},
};
const report::RecordType count_record{"count", "What a list holds of one family.", count_fields};

void write_count(report::Output& out, const Record& record) {
    if (!out.plain_text()) {
        out.write(record);
        return;
    }
    if (out.terminal()) {
        static constexpr std::array<std::string_view, 5> shown{"family", "addresses", "prefixes", "ranges", "entries"};
        out.write_row(record, shown);
        return;
    }
    Text& text = out.text();
    auto put = [&](std::string_view field) { record.at(field).write_plain(text, true); };
    out.style(report::Style::name);
    text.put("IPv");
    put("family");
    out.style(report::Style::plain);
    text.put(' ');
    put("addresses");
    text.put(" addresses in ");
    put("prefixes");
    text.put(" prefixes, ");
    put("ranges");
    text.put(" ranges, ");
    put("entries");
    text.put(" entries\n");
    out.line_done();
}

Status run_count(Context& context) {
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
    for (const Family family : {Family::v4, Family::v6}) {
        Record record(count_record);
        record.set("family", number_of(family)).set("entries", Value(entries[slot(family)]));
        record.set("ranges", Value(std::uint64_t{family == Family::v4 ? set.v4().size() : set.v6().size()}));
        record.set("prefixes", Value(prefixes[slot(family)]));
        record.set("addresses", Value::big(set.count_text(family)));
        write_count(context.out, record);
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
                            .run = run_count};

}  // namespace fid::cmd::ipcalc

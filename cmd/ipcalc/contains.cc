// SPDX-License-Identifier: MIT
// `fid ipcalc contains`: are these addresses in that set, and which entry of it holds them?
#include <array>
#include <vector>

#include "cmd/ipcalc/entry_index.h"
#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/operands.h"

namespace fid::cmd::ipcalc {
namespace {

using report::Field;
using report::Record;
using report::Type;
using report::Value;

constexpr std::array membership_fields{
    Field{"address", Type::text, "the address, prefix or range asked for"},
    Field{"contained", Type::boolean, "is it wholly in the set?"},
    Field{"entry", Type::text, "the smallest single entry of the set that holds it; null where several do so together"},
    Field{"file", Type::text, "the list that entry stands in; null where it was typed"},
    Field{"line", Type::integer, "and its line"},
};
const report::RecordType membership_record{"membership", "One address looked up in the set.", membership_fields};

void write_answer(report::Output& out, const Range& range, bool contained, const Entry* entry) {
    if (!out.plain_text()) {
        Record record(membership_record);
        record.set("address", range.text()).set("contained", contained);
        if (entry != nullptr) record.set("entry", entry->range.text());
        if (entry != nullptr && !entry->file.empty()) record.set("file", entry->file).set("line", Value(entry->line));
        out.write(record);
        return;
    }
    if (out.options().quiet) return;
    Text& text = out.text();
    text.put(range.text());
    out.style(contained ? report::Style::good : report::Style::bad);
    text.put(contained ? " in " : " not in the set");
    out.style(report::Style::plain);
    if (entry != nullptr) {
        text.put(entry->range.text());
        if (!entry->file.empty()) {
            text.put(" (");
            text.escaped(entry->file);
            text.put(':');
            text.number(entry->line);
            text.put(')');
        }
    } else if (contained) {
        text.put("several entries together");
    }
    text.put('\n');
    out.line_done();
}

Status run_contains(Context& context) {
    const auto& words = context.args.words();
    PrefixSet set;
    std::vector<Entry> entries;
    Status status = each_entry(context, words.front(), [&](const Entry& entry) {
        set.add(entry.range);
        entries.push_back(entry);
        return true;
    });
    if (status != Status::success) return status;
    set.normalise();
    const EntryIndex index(entries);
    bool all = true;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const Status read = each_entry(context, words[i], [&](const Entry& wanted) {
            const bool contained = set.contains(wanted.range);
            all = all && contained;
            write_answer(context.out, wanted.range, contained,
                         contained ? index.smallest_around(wanted.range) : nullptr);
            return !context.out.closed();
        });
        status = worse(status, read);
    }
    if (status != Status::success) return status;
    return all ? Status::success : Status::negative;
}

}  // namespace

const Command contains_command{
    .name = "contains",
    .summary = "look addresses up in a set",
    .description =
        "Says for each ADDR whether SET holds it, and which entry of SET does: the smallest one. A prefix or range is "
        "held "
        "if all of its addresses are. --quiet prints nothing and leaves the answer to the status.",
    .positionals =
        {{.name = "SET", .help = "address, prefix, range, comma-separated list, or @FILE", .required = true},
         {.name = "ADDR", .help = "what to look up; @FILE or - for a list", .required = true, .repeatable = true}},
    .options = {skip_bad_option(), legacy_ip_option()},
    .examples = {{"fid ipcalc contains 10.0.0.0/8,192.168.0.0/16 10.1.2.3", "10.1.2.3 in 10.0.0.0/8"},
                 {"fid ipcalc contains 2001:db8::/32 2001:db9::1", "status 1", 1}},
    .statuses = {{Status::success, "SET holds every ADDR."},
                 {Status::negative, "At least one is not in SET."},
                 {Status::bad_input, "An operand or a line of a list cannot be read."}},
    .records = {&membership_record},
    .run = run_contains};

}  // namespace fid::cmd::ipcalc

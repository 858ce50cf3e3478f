// SPDX-License-Identifier: MIT
// `fid ipcalc compare`: how two prefixes, ranges or lists lie to each other.
#include <algorithm>
#include <array>

#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/operands.h"

namespace fid::cmd::ipcalc {
namespace {

using report::Field;
using report::Record;
using report::Type;

constexpr std::array comparison_fields{
    Field{"a", Type::text, "the first operand as typed"},
    Field{"relation", Type::text, "equal, contains, within, overlaps or disjoint: what A is to B"},
    Field{"b", Type::text, "the second operand as typed"},
    Field{"order", Type::text, "< = or >: where A sorts"},
};
const report::RecordType comparison_record{"comparison", "How A lies to B.", comparison_fields};

std::string_view relation_of(const PrefixSet& a, const PrefixSet& b) {
    if (a == b) return "equal";
    const PrefixSet common = intersect(a, b);
    if (common.empty()) return "disjoint";
    if (common == b) return "contains";
    return common == a ? "within" : "overlaps";
}

/// By lowest address, IPv4 first; from the same address the larger range comes first, as in a list of routes.
std::strong_ordering order_of(const PrefixSet& a, const PrefixSet& b) {
    auto ranges = [](const PrefixSet& set) {
        std::vector<Range> list;
        set.each_range([&](const Range& range) {
            list.push_back(range);
            return true;
        });
        return list;
    };
    const std::vector<Range> left = ranges(a);
    const std::vector<Range> right = ranges(b);
    return std::lexicographical_compare_three_way(
        left.begin(), left.end(), right.begin(), right.end(),
        [](const Range& x, const Range& y) -> std::strong_ordering {
            if (x.family != y.family) return x.family <=> y.family;
            if (x.first != y.first)
                return x.first < y.first ? std::strong_ordering::less : std::strong_ordering::greater;
            if (x.last == y.last) return std::strong_ordering::equal;
            return x.last > y.last ? std::strong_ordering::less : std::strong_ordering::greater;
        });
}

Status run_compare(Context& context) {
    const auto& words = context.args.words();
    PrefixSet a;
    PrefixSet b;
    const Status left = add_operand(context, words[0], a);
    const Status right = add_operand(context, words[1], b);
    if (const Status status = worse(left, right); status != Status::success) return status;
    a.normalise();
    b.normalise();
    const std::string_view relation = relation_of(a, b);
    const std::strong_ordering order = order_of(a, b);
    const std::string_view sign = order < 0 ? "<" : order > 0 ? ">" : "=";
    report::Output& out = context.out;
    if (out.plain_text()) {
        if (!out.options().quiet) {
            Text& text = out.text();
            text.put(words[0]);
            text.put(' ');
            out.style(relation == "equal" ? report::Style::good : report::Style::bad);
            text.put(relation);
            out.style(report::Style::plain);
            text.put(' ');
            text.put(words[1]);
            text.put(" (");
            text.put(sign);
            text.put(")\n");
            out.line_done();
        }
    } else {
        Record record(comparison_record);
        record.set("a", words[0]).set("relation", relation).set("b", words[1]).set("order", sign);
        out.write(record);
    }
    return relation == "equal" ? Status::success : Status::negative;
}

}  // namespace

const Command compare_command{
    .name = "compare",
    .summary = "say how two prefixes, ranges or lists lie to each other",
    .description =
        "Prints what A is to B as sets of addresses: equal, contains, within, overlaps (in part) or disjoint; and "
        "where A "
        "sorts: IPv4 before IPv6, then by lowest address, then the larger one first. --quiet prints nothing.",
    .positionals = {{.name = "A", .help = "address, prefix, range or @FILE", .required = true},
                    {.name = "B", .help = "what to compare it with", .required = true}},
    .options = {skip_bad_option(), legacy_ip_option()},
    .examples = {{"fid ipcalc compare 10.0.0.0/8 10.1.0.0/16", "10.0.0.0/8 contains 10.1.0.0/16", 1},
                 {"fid ipcalc compare 10.0.0.0-10.255.255.255 10.0.0.0/8", "equal: status 0"}},
    .statuses = {{Status::success, "A and B are equal."},
                 {Status::negative, "They are not."},
                 {Status::bad_input, "An operand cannot be read."}},
    .records = {&comparison_record},
    .run = run_compare};

}  // namespace fid::cmd::ipcalc

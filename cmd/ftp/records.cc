// SPDX-License-Identifier: MIT
#include "cmd/ftp/records.h"

#include <array>

#include "report/calendar.h"

namespace fid::cmd::ftp {

using report::Field;
using report::Type;
using report::Value;

namespace {

constexpr std::array entry_fields{
    Field{"name", Type::text, "as the server has it"},
    Field{"path", Type::text, "from the directory after login, or from the root, as in the address"},
    Field{"kind", Type::text, "file, directory, link or other"},
    Field{"size_bytes", Type::integer, "of a file"},
    Field{"modified", Type::time, "when it was changed; of LIST, as if the server's clock showed UTC"},
    Field{"permissions", Type::text, "rwxr-xr-x, 0644, or what may be done with it (RFC 3659 section 7.5.5)"},
    Field{"owner", Type::text, "whose it is"},
    Field{"group", Type::text, "and whose group's"},
    Field{"target", Type::text, "where a link leads"},
};
constexpr std::array transfer_fields{
    Field{"path", Type::text, "at the server; of a mirror, from its top"},
    Field{"local", Type::text, "the file here"},
    Field{"state", Type::text, "copied, equal, newer (left alone), removed, skipped (no regular file) or failed"},
    Field{"kind", Type::text, "file, directory, link or other"},
    Field{"size_bytes", Type::integer, "of the file"},
    Field{"bytes", Type::integer, "that were transferred"},
    Field{"offset_bytes", Type::integer, "that were there already and not sent again"},
    Field{"modified", Type::time, "of the original"},
    Field{"time_kept", Type::boolean, "the copy has the same time"},
    Field{"duration_ms", Type::real, "how long it took"},
    Field{"error", Type::text, "why it failed or was skipped"},
};
constexpr std::array summary_fields{
    Field{"copied", Type::integer, "files transferred"},
    Field{"equal", Type::integer, "files that were equal already"},
    Field{"newer", Type::integer, "files left alone, since the destination's are newer"},
    Field{"removed", Type::integer, "files and directories removed from the destination"},
    Field{"skipped", Type::integer, "links and devices"},
    Field{"failed", Type::integer, "files and directories that failed"},
    Field{"directories", Type::integer, "directories read"},
    Field{"bytes", Type::integer, "bytes transferred"},
    Field{"connections", Type::integer, "the most at the same time"},
    Field{"duration_s", Type::real, "seconds it took"},
    Field{"dry_run", Type::boolean, "nothing was done"},
};

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

}  // namespace

const report::RecordType entry_record{"entry", "A file or directory of the server (ls, stat).", entry_fields};
const report::RecordType transfer_record{"transfer", "What became of one file (get, put, mirror).", transfer_fields};
const report::RecordType summary_record{"summary", "The account of a mirror.", summary_fields};

Value time_value(const std::optional<std::int64_t>& seconds) {
    if (!seconds || !report::Calendar::has_rfc3339(*seconds)) return {};
    return report::utc_text(*seconds);
}

report::Record describe(const fid::ftp::Entry& entry, const std::string& path) {
    report::Record record(entry_record);
    record.set("name", entry.name).set("path", path).set("kind", fid::ftp::name_of(entry.kind));
    record.set("size_bytes", entry.size).set("modified", time_value(entry.modified));
    record.set("permissions", text_or_null(entry.permissions)).set("owner", text_or_null(entry.owner));
    return record.set("group", text_or_null(entry.group)).set("target", text_or_null(entry.target));
}

void write_entry(report::Output& out, const report::Record& record) {
    constexpr std::array<std::string_view, 6> columns{"kind", "permissions", "owner", "size_bytes", "modified", "path"};
    if (out.plain_text())
        out.write_row(record, columns);
    else
        out.write(record);
}

void write_transfer(report::Output& out, const TransferReport& transfer) {
    report::Record record(transfer_record);
    record.set("path", transfer.path).set("local", text_or_null(transfer.local)).set("state", transfer.state);
    record.set("kind", transfer.kind).set("size_bytes", transfer.size).set("bytes", transfer.done.bytes);
    record.set("offset_bytes", transfer.done.offset).set("modified", time_value(transfer.modified));
    if (transfer.state == "copied") record.set("time_kept", transfer.done.time_kept);
    if (transfer.duration != std::chrono::nanoseconds::zero()) {
        const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(transfer.duration).count();
        record.set("duration_ms", static_cast<double>(microseconds) / 1e3);
    }
    record.set("error", text_or_null(transfer.error));
    constexpr std::array<std::string_view, 3> columns{"state", "bytes", "path"};
    if (out.plain_text())
        out.write_row(record, columns);
    else
        out.write(record);
}

}  // namespace fid::cmd::ftp

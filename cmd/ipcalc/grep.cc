// SPDX-License-Identifier: MIT
// `fid ipcalc grep`: the lines of a text that hold an address of a set. Whole blocks are scanned for addresses; lines
// are only looked at around a hit.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "address/lookup.h"
#include "address/scan.h"
#include "cmd/ipcalc/expression.h"
#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/operands.h"
#include "cmd/values.h"
#include "report/progress.h"

namespace fid::cmd::ipcalc {
namespace {

using report::Field;
using report::Record;
using report::Style;
using report::Type;
using report::Value;

constexpr std::array match_fields{
    Field{"file", Type::text, "the file the line stands in; - is standard input"},
    Field{"line", Type::integer, "its number, from 1"},
    Field{"text", Type::text, "the line; null with --only-matching"},
    Field{"match", Type::text, "the first address of SET in it as written; null with --invert-match"},
};
const report::RecordType match_record{"match", "A line that holds an address of SET (with -o: each such address).",
                                      match_fields};

constexpr std::array tally_fields{
    Field{"file", Type::text, "the file; - is standard input"},
    Field{"lines", Type::integer, "how many lines were selected"},
};
const report::RecordType tally_record{"tally", "The lines selected in one file (--count).", tally_fields};

struct Wanted {
    bool invert = false;
    bool count = false;
    bool only = false;
    bool number = false;
    bool file_name = false;
    bool silent = false;
    bool overlap = false;
    bool records = false;
    std::uint64_t limit = ~std::uint64_t{0};
};

/// Selects lines in one input, which arrives as blocks of whole lines.
class Selector {
  public:
    Selector(report::Output& out, const PrefixIndex& index, const Wanted& wanted, std::string_view file)
        : out_(out), index_(index), wanted_(wanted), file_(file) {}

    /// Looks at a block; false once nothing more is to be seen. `text` ends with a line end, or is the end of the file.
    bool block(std::string_view text) {
        std::size_t behind = 0;  // the lines before this offset are dealt with
        AddressScanner scanner(text);
        Found found;
        while (scanner.next(found)) {
            if (!matches(found.range)) continue;
            const std::size_t start = line_start(text, found.offset, behind);
            const std::size_t end = line_end(text, found.offset + found.length);
            if (wanted_.invert) {
                if (!write_others(text, behind, start)) return false;
                count_lines(text, start, end);
            } else {
                count_lines(text, behind, start);
                if (!write_hits(text, start, end, found, scanner)) return false;
                count_lines(text, start, end);
            }
            behind = end;
            if (end == text.size()) break;
            scanner.seek(end);
        }
        if (wanted_.invert) return write_others(text, behind, text.size());
        count_lines(text, behind, text.size());
        return true;
    }

    [[nodiscard]] std::uint64_t selected() const { return selected_; }

  private:
    [[nodiscard]] bool matches(const Range& range) const {
        if (!wanted_.overlap || range.first == range.last) return index_.matches(range);
        return index_.set().overlaps(range) || index_.matches(range);
    }

    static std::size_t line_start(std::string_view text, std::size_t at, std::size_t floor) {
        const void* found = memrchr(text.data() + floor, '\n', at - floor);
        return found == nullptr ? floor : static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + 1;
    }
    static std::size_t line_end(std::string_view text, std::size_t at) {
        const std::size_t found = text.find('\n', at);
        return found == std::string_view::npos ? text.size() : found + 1;
    }
    void count_lines(std::string_view text, std::size_t from, std::size_t to) {
        if (wanted_.number || wanted_.records)
            line_ += static_cast<std::uint64_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(from),
                                                           text.begin() + static_cast<std::ptrdiff_t>(to), '\n'));
    }

    /// A hit's line; with -o each matching address on it, which is why it takes the scanner along.
    bool write_hits(std::string_view text, std::size_t start, std::size_t end, Found found, AddressScanner& scanner) {
        ++selected_;
        if (wanted_.silent || wanted_.count) return !wanted_.silent && selected_ < wanted_.limit;
        std::string_view line = text.substr(start, end - start);
        if (line.ends_with('\n')) line.remove_suffix(1);
        if (!wanted_.only)
            return write_line(line, text.substr(found.offset, found.length), found.offset - start) &&
                   selected_ < wanted_.limit;
        do {
            const std::string_view match = text.substr(found.offset, found.length);
            if (matches(found.range) && !write_line(match, match, 0)) return false;
        } while (scanner.next(found) && found.offset < end);
        return selected_ < wanted_.limit;
    }

    /// The lines from..to, none of which matches, for -v.
    bool write_others(std::string_view text, std::size_t from, std::size_t to) {
        while (from < to) {
            const std::size_t end = line_end(text, from);
            ++selected_;
            if (wanted_.silent) return false;
            if (!wanted_.count) {
                std::string_view line = text.substr(from, end - from);
                if (line.ends_with('\n')) line.remove_suffix(1);
                if (!write_line(line, {}, 0)) return false;
            }
            count_lines(text, from, end);
            if (selected_ >= wanted_.limit) return false;
            from = end;
        }
        return true;
    }

    bool write_line(std::string_view line, std::string_view match, std::size_t at) {
        if (wanted_.records) {
            Record record(match_record);
            record[0] = file_;
            record[1] = Value(line_);
            if (!wanted_.only) record[2] = line;
            if (!match.empty()) record[3] = match;
            out_.write(record);
            return !out_.closed();
        }
        Text& text = out_.text();
        put_place();
        if (out_.color() && !match.empty()) {
            text.put(line.substr(0, at));
            out_.style(Style::good);
            text.put(match);
            out_.style(Style::plain);
            text.put(line.substr(at + match.size()));
        } else {
            text.put(line);
        }
        text.put('\n');
        out_.line_done();
        return !out_.closed();
    }

    void put_place() {
        if (wanted_.file_name) {
            out_.style(Style::name);
            out_.text().put(file_);
            out_.style(Style::plain);
            out_.text().put(':');
        }
        if (wanted_.number) {
            out_.text().number(line_);
            out_.text().put(':');
        }
    }

    report::Output& out_;
    const PrefixIndex& index_;
    const Wanted& wanted_;
    std::string_view file_;
    std::uint64_t selected_ = 0;
    std::uint64_t line_ = 1;
};

/// A mapped file, looked at in steps so that the pages behind can be given back.
bool select_mapped(Selector& selector, report::Progress& progress, int descriptor, std::size_t size) {
    void* map = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (map == MAP_FAILED) return false;
    ::madvise(map, size, MADV_SEQUENTIAL);
    std::string_view rest(static_cast<const char*>(map), size);
    constexpr std::size_t step = std::size_t{4} << 20U;
    std::size_t given = 0;
    while (!rest.empty()) {
        std::size_t end = std::min(step, rest.size());
        if (end < rest.size()) {
            const std::size_t line = rest.find('\n', end);
            end = line == std::string_view::npos ? rest.size() : line + 1;
        }
        if (!selector.block(rest.substr(0, end))) break;
        rest.remove_prefix(end);
        // Whole pages that lie behind are given back.
        constexpr std::size_t page = std::size_t{64} << 10U;  // a multiple of every page size there is
        const std::size_t behind = (size - rest.size()) / page * page;
        ::madvise(static_cast<char*>(map) + given, behind - given, MADV_DONTNEED);
        given = behind;
        progress.update(size - rest.size());
    }
    ::munmap(map, size);
    return true;
}

/// A pipe or terminal: what has arrived is looked at and answered before more is waited for.
Result<void> select_stream(Selector& selector, report::Progress& progress, report::Output& out, int descriptor,
                           const std::string& name) {
    std::uint64_t total = 0;
    std::vector<char> buffer(std::size_t{256} << 10U);
    std::size_t filled = 0;
    for (;;) {
        if (filled == buffer.size()) buffer.resize(buffer.size() * 2);  // a line longer than the buffer
        const ssize_t got = ::read(descriptor, buffer.data() + filled, buffer.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(Status::cannot_read, "cannot read", name, errno);
        if (got == 0) break;
        progress.update(total += static_cast<std::uint64_t>(got));
        const void* line = memrchr(buffer.data() + filled, '\n', static_cast<std::size_t>(got));
        filled += static_cast<std::size_t>(got);
        if (line == nullptr) continue;
        const auto whole = static_cast<std::size_t>(static_cast<const char*>(line) - buffer.data()) + 1;
        if (!selector.block({buffer.data(), whole})) return {};
        out.flush();
        if (out.closed()) return {};
        std::memmove(buffer.data(), buffer.data() + whole, filled - whole);
        filled -= whole;
    }
    if (filled != 0) selector.block({buffer.data(), filled});
    return {};
}

/// How many lines of `path` were selected.
Result<std::uint64_t> select_file(report::Output& out, const PrefixIndex& index, const Wanted& wanted,
                                  const std::string& path) {
    const bool from_stdin = path == "-";
    const int descriptor = from_stdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fail_errno(Status::cannot_read, "cannot read", path, errno);
    Selector selector(out, index, wanted, path);
    struct stat about{};
    const bool regular = ::fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0 &&
                         ::lseek(descriptor, 0, SEEK_CUR) == 0;
    const std::string name = from_stdin ? "stdin" : path;
    const auto results = wanted.count || wanted.silent ? report::Results::after : report::Results::meanwhile;
    std::optional<report::Progress> progress(std::in_place, "searching " + name,
                                             regular ? static_cast<std::uint64_t>(about.st_size) : 0, results,
                                             out.options().quiet);
    Result<void> read;
    if (!regular || !select_mapped(selector, *progress, descriptor, static_cast<std::size_t>(about.st_size)))
        read = select_stream(selector, *progress, out, descriptor, name);
    progress.reset();
    if (!from_stdin) ::close(descriptor);
    if (!read) return std::unexpected(read.error());
    if (wanted.count && !wanted.silent) {
        if (wanted.records) {
            Record record(tally_record);
            record[0] = path;
            record[1] = Value(selector.selected());
            out.write(record);
        } else {
            if (wanted.file_name) {
                out.text().put(path);
                out.text().put(':');
            }
            out.text().number(selector.selected());
            out.text().put('\n');
            out.line_done();
        }
    }
    return selector.selected();
}

Result<Wanted> read_wanted(const Context& context, std::size_t files) {
    const Arguments& args = context.args;
    Wanted wanted;
    wanted.invert = args.has("--invert-match");
    wanted.count = args.has("--count");
    wanted.only = args.has("--only-matching");
    wanted.number = args.has("--line-number");
    wanted.file_name = !args.has("--no-filename") && (files > 1 || args.has("--with-filename"));
    wanted.silent = context.out.options().quiet;
    wanted.overlap = args.has("--overlap");
    wanted.records = !context.out.plain_text();
    if (wanted.invert && wanted.only)
        return fail(Status::usage, "cannot combine", "-v and -o", "lines without a match have nothing to show of it");
    if (wanted.overlap && args.has("--contained"))
        return fail(Status::usage, "cannot combine", "--overlap and --contained");
    if (args.has("--max-count")) {
        const auto limit = read_count("--max-count", args.value("--max-count"), 1);
        if (!limit) return std::unexpected(limit.error());
        wanted.limit = *limit;
    }
    return wanted;
}

Status grep_error(Context& context, const Error& error) {
    context.log.error(error);
    return Status::usage;  // grep's convention: 2 for any error
}

Status run_grep(Context& context) {
    const auto& words = context.args.words();
    std::vector<std::string> files(words.begin() + 1, words.end());
    if (files.empty() && ::isatty(STDIN_FILENO) == 1)
        return grep_error(
            context,
            {Status::usage, "nothing to search:", "give files, or pipe a text in", {}, "- reads the keyboard"});
    if (files.empty()) files.emplace_back("-");
    const auto wanted = read_wanted(context, files.size());
    if (!wanted) return grep_error(context, wanted.error());
    Status lists = Status::success;
    auto set =
        evaluate(words.front(), [&](std::string_view operand) { return read_operand_set(context, operand, lists); });
    if (!set) return grep_error(context, set.error());
    if (lists != Status::success) return Status::usage;
    const PrefixIndex index(std::move(*set));
    bool any = false;
    bool failed = false;
    for (const std::string& file : files) {
        const auto selected = select_file(context.out, index, *wanted, file);
        if (!selected) {
            context.log.error(selected.error());
            failed = true;
            continue;
        }
        any = any || *selected != 0;
        if (context.out.closed() || (any && wanted->silent)) break;
    }
    if (failed && !(any && wanted->silent)) return Status::usage;
    return any ? Status::success : Status::negative;
}

}  // namespace

const Command grep_command{
    .name = "grep",
    .summary = "find the lines that hold an address of a set",
    .description =
        "Prints the lines with an address, prefix or range that lies in SET, an expression as in 'fid ipcalc set'. "
        "Addresses are "
        "found in any text: logs, JSON, URLs, in brackets, with a port or zone, in any spelling; ::ffff:10.0.0.1 is "
        "also found "
        "as 10.0.0.1. What is part of a longer word or number (1.2.3.4.5, v1.2.3.4) is no address.\n\n"
        "A prefix or range in the text counts if all of it lies in SET; with --overlap if a part of it does.\n\n"
        "--quiet prints nothing and stops at the first match.",
    .positionals = {{.name = "SET", .help = "address, prefix, range, @FILE or an expression of them", .required = true},
                    {.name = "FILE",
                     .help = "texts to search; standard input where none or - is given",
                     .repeatable = true,
                     .complete = Complete::file}},
    .options = {{.names = "-v,--invert-match", .help = "the lines without such an address"},
                {.names = "-c,--count", .help = "only the number of lines of each file"},
                {.names = "-o,--only-matching", .help = "only the addresses, one per line"},
                {.names = "-n,--line-number", .help = "with the number of the line"},
                {.names = "-H,--with-filename", .help = "with the name of the file (as with several files)"},
                {.names = "--no-filename", .help = "without it"},
                {.names = "-m,--max-count", .value = "N", .help = "stop after N lines of each file"},
                {.names = "--contained", .help = "a prefix or range counts if it lies in SET wholly (the default)"},
                {.names = "--overlap", .help = "a prefix or range counts if any of its addresses is in SET"},
                skip_bad_option(),
                legacy_ip_option()},
    .examples = {{"echo 'from [2001:db8::7]:443' | fid ipcalc grep 2001:db8::/32", "finds the line"},
                 {"printf 'a 10.1.2.3\\nb 11.0.0.1\\n' | fid ipcalc grep -o 10.0.0.0/8", "10.1.2.3"},
                 {"echo 192.0.2.1 | fid ipcalc grep -c '0.0.0.0/0 - 192.0.2.0/24'", "none", 1}},
    .statuses = {{Status::success, "A line was selected."},
                 {Status::negative, "None was."},
                 {Status::usage, "An error: of usage, in SET, or reading a FILE."}},
    .records = {&match_record, &tally_record},
    .see_also = {"grep(1)", "grepcidr(1)"},
    .run = run_grep};

}  // namespace fid::cmd::ipcalc

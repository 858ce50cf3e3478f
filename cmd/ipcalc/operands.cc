// SPDX-License-Identifier: MIT
#include "cmd/ipcalc/operands.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "address/list.h"
#include "cmd/values.h"
#include "report/progress.h"

namespace fid::cmd::ipcalc {
namespace {

constexpr std::uint64_t most_reports =
    20;  // bad lines of one list told one by one; a wrong file must not fill the screen

/// Reports the bad lines of one list.
class BadLines {
  public:
    BadLines(Context& context, std::string_view name)
        : log_(context.log), name_(name), skip_(context.args.has("--skip-bad")) {}

    void report(const BadLine& line) {
        ++count_;
        if (skip_ && log_.verbose() == 0) return;
        if (count_ > most_reports) return;
        Error error = line.error;
        error.attempt = std::string(name_) + ":" + std::to_string(line.number) + ": " + error.attempt;
        log_.error(error);
    }
    [[nodiscard]] Status finish() {
        if (count_ > most_reports && !skip_)
            log_.error({Status::bad_input,
                        std::string(name_) + ":",
                        std::to_string(count_ - most_reports) + " more bad lines",
                        {},
                        {}});
        return count_ == 0 || skip_ ? Status::success : Status::bad_input;
    }

  private:
    report::Diagnostics& log_;
    std::string_view name_;
    bool skip_;
    std::uint64_t count_ = 0;
};

/// A file descriptor to read a list from, closed at the end unless it is standard input.
class ListFile {
  public:
    explicit ListFile(std::string_view path) : name_(path == "-" ? "stdin" : std::string(path)) {
        if (path != "-") descriptor_ = ::open(name_.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor_ < 0) error_ = errno;
        struct stat facts{};
        if (descriptor_ >= 0 && ::fstat(descriptor_, &facts) == 0 && S_ISREG(facts.st_mode))
            size_ = static_cast<std::uint64_t>(facts.st_size);
    }
    ~ListFile() {
        if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
    }
    ListFile(const ListFile&) = delete;
    ListFile& operator=(const ListFile&) = delete;

    [[nodiscard]] Result<int> descriptor() const {
        if (descriptor_ >= 0) return descriptor_;
        return fail_errno(Status::cannot_read, "cannot read", name_, error_);
    }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }  ///< 0 where it is no file

  private:
    std::string name_;
    std::uint64_t size_ = 0;
    int descriptor_ = STDIN_FILENO;
    int error_ = 0;
};

/// Opens a list, has `read` read it (descriptor, name, what to do with bad lines and progress), and says how it went.
template <class Read>
Status with_list(Context& context, std::string_view path, report::Results results, const Read& read) {
    const ListFile file(path);
    const auto descriptor = file.descriptor();
    if (!descriptor) return context.log.error(descriptor.error());
    BadLines bad(context, file.name());
    const OnBadLine on_bad = [&](const BadLine& line) {
        bad.report(line);
        return true;
    };
    report::Progress progress("reading " + file.name(), file.size(), results, context.out.options().quiet);
    const OnBytes on_bytes = [&](std::uint64_t bytes) { progress.update(bytes); };
    const Result<bool> done = read(*descriptor, file.name(), on_bad, on_bytes);
    if (!done) return context.log.error(done.error());
    return bad.finish();
}

/// `path` names what is read in the entries; it outlives them, being part of the command line.
Status each_in_file(Context& context, std::string_view path, report::Results results, const TakeEntry& take) {
    return with_list(context, path, results,
                     [&](int descriptor, const std::string& name, const OnBadLine& on_bad, const OnBytes& on_bytes) {
                         const auto on_range = [&](const Range& range, std::uint64_t line) {
                             return take({range, path, line});
                         };
                         return read_list(descriptor, name, reading(context.args), on_range, on_bad, on_bytes);
                     });
}

Status add_file(Context& context, std::string_view path, PrefixSet& set) {
    return with_list(context, path, report::Results::after,
                     [&](int descriptor, const std::string& name, const OnBadLine& on_bad, const OnBytes& on_bytes) {
                         return add_list(descriptor, name, reading(context.args), set, on_bad, on_bytes);
                     });
}

/// "a,b,c": each part read as a range.
Result<void> each_literal(std::string_view text, Reading how, const TakeEntry& take) {
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t comma = std::min(text.find(',', start), text.size());
        const auto range = Range::parse(text.substr(start, comma - start), how);
        if (!range) return std::unexpected(range.error());
        if (!take({*range})) break;
        start = comma + 1;
    }
    return {};
}

bool is_list(std::string_view operand) { return operand == "-" || operand.starts_with('@'); }
std::string_view path_of(std::string_view operand) { return operand == "-" ? operand : operand.substr(1); }

template <class OnFile, class OnRange>
Status walk_listed(Context& context, const OnFile& on_file, const OnRange& on_range) {
    if (context.args.words().empty()) {
        if (::isatty(STDIN_FILENO) == 1)
            return context.log.error({Status::usage,
                                      "nothing to read:",
                                      "give lists or addresses, or pipe a list in",
                                      {},
                                      "- reads the keyboard"});
        return on_file("-");
    }
    Status status = Status::success;
    for (const std::string& word : context.args.words()) {
        Status one = Status::success;
        if (is_list(word)) {
            one = on_file(path_of(word));
        } else if (const auto range = Range::parse(word, reading(context.args))) {
            if (!on_range(*range)) break;
        } else {
            one = on_file(word);
        }
        if (one != Status::success && one != Status::bad_input) return one;
        status = worse(status, one);
    }
    return status;
}

}  // namespace

Option legacy_ip_option() {
    return {.names = "--legacy-ip",
            .help = "also read inet_aton forms: 10.1, 0x0a000001, 012.0.0.1 (octal)",
            .group = "Input"};
}

Option skip_bad_option() {
    return {
        .names = "--skip-bad", .help = "leave bad lines of lists out without a word (-v names them)", .group = "Input"};
}

Reading reading(const Arguments& arguments) { return arguments.has("--legacy-ip") ? Reading::legacy : Reading::strict; }

Status each_entry(Context& context, std::string_view operand, const TakeEntry& take) {
    if (is_list(operand)) return each_in_file(context, path_of(operand), report::Results::meanwhile, take);
    const auto read = each_literal(operand, reading(context.args), take);
    return read ? Status::success : context.log.error(read.error());
}

Status add_operand(Context& context, std::string_view operand, PrefixSet& set) {
    if (is_list(operand)) return add_file(context, path_of(operand), set);
    return each_entry(context, operand, [&](const Entry& entry) {
        set.add(entry.range);
        return true;
    });
}

Result<PrefixSet> read_operand_set(Context& context, std::string_view operand, Status& lists) {
    PrefixSet set;
    if (is_list(operand)) {
        const std::string_view path = path_of(operand);
        if (const ListFile probe(path); !probe.descriptor()) return std::unexpected(probe.descriptor().error());
        lists = worse(lists, add_file(context, path, set));
    } else {
        const auto read = each_literal(operand, reading(context.args), [&](const Entry& entry) {
            set.add(entry.range);
            return true;
        });
        if (!read) return std::unexpected(read.error());
    }
    set.normalise();
    return set;
}

Status each_listed(Context& context, const TakeEntry& take) {
    return walk_listed(
        context, [&](std::string_view path) { return each_in_file(context, path, report::Results::after, take); },
        [&](const Range& range) { return take({range}); });
}

Status add_listed(Context& context, PrefixSet& set) {
    return walk_listed(
        context, [&](std::string_view path) { return add_file(context, path, set); },
        [&](const Range& range) {
            set.add(range);
            return true;
        });
}

Result<Prefix> read_prefix(Context& context, std::string_view text) {
    Address typed;
    auto prefix = Prefix::parse(text, reading(context.args), &typed);
    if (prefix && typed.number() != prefix->first())
        context.log.note(std::string(text) + " has host bits set; taken as " + prefix->text());
    return prefix;
}

Result<unsigned> read_length(std::string_view what, std::string_view text, Family family, unsigned least) {
    if (text.starts_with('/')) text.remove_prefix(1);
    const auto length = read_count(what, text, least, width(family));
    if (!length) return std::unexpected(length.error());
    return static_cast<unsigned>(*length);
}

Result<Index> read_index(std::string_view what, std::string_view text) {
    Index index;
    std::string_view digits = text;
    if (digits.starts_with('-')) {
        index.negative = true;
        digits.remove_prefix(1);
    }
    bool good = !digits.empty();
    for (const char c : digits) {
        const auto digit = static_cast<unsigned>(c - '0');
        const Uint128 most = ~Uint128{0};
        if (c < '0' || c > '9' || index.magnitude > (most - digit) / 10) {
            good = false;
            break;
        }
        index.magnitude = index.magnitude * 10 + digit;
    }
    if (!good)
        return fail(Status::usage, std::string(what) + " wants a whole number, not", "'" + std::string(text) + "'", {},
                    "decimal digits, up to 2^128");
    if (index.magnitude == 0) index.negative = false;
    return index;
}

}  // namespace fid::cmd::ipcalc

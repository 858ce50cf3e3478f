// SPDX-License-Identifier: MIT
#include "ftp/listing.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "address/characters.h"
#include "ftp/reply.h"

namespace fid::ftp {
namespace {

constexpr unsigned minute = 60, day = 86400;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

template <class Number>
std::optional<Number> whole_number(std::string_view digits) {
    Number value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) return std::nullopt;
    return value;
}

/// Words of a line, taken from its front; what remains keeps its blanks, which may belong to the name.
class Words {
  public:
    explicit Words(std::string_view line) : rest_(line) {}
    std::string_view next() {
        rest_.remove_prefix(std::min(rest_.size(), rest_.find_first_not_of(' ')));
        const std::string_view word = rest_.substr(0, rest_.find(' '));
        rest_.remove_prefix(word.size());
        return word;
    }
    [[nodiscard]] std::string_view rest() const { return rest_; }

  private:
    std::string_view rest_;
};

std::optional<std::int64_t> seconds_of(int year, unsigned month, unsigned date, unsigned hour, unsigned minutes) {
    const std::chrono::year_month_day whole{std::chrono::year(year), std::chrono::month(month), std::chrono::day(date)};
    if (!whole.ok() || hour > 23 || minutes > 59) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(whole).time_since_epoch().count();
    return days * day + hour * 3600 + minutes * 60;
}

/// 1 to 12; 0 where it is no month.
unsigned month_number(std::string_view word) {
    constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
    const auto found = std::ranges::find(months, lower(word));
    return found == months.end() ? 0 : static_cast<unsigned>(found - months.begin()) + 1;
}

struct Clock {
    unsigned hour = 0, minutes = 0;
};
/// "10:20", and "01:20PM" of DOS.
std::optional<Clock> clock_of(std::string_view word) {
    const std::size_t colon = word.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    auto hour = whole_number<unsigned>(word.substr(0, colon));
    std::string_view tail = word.substr(colon + 1);
    const auto minutes = whole_number<unsigned>(tail.substr(0, 2));
    tail.remove_prefix(std::min<std::size_t>(2, tail.size()));
    if (!hour || !minutes) return std::nullopt;
    if (!tail.empty()) {
        const std::string half = lower(tail);
        if ((half != "am" && half != "pm" && half != "a" && half != "p") || *hour > 12) return std::nullopt;
        hour = *hour % 12 + (half.starts_with('p') ? 12 : 0);
    }
    return Clock{*hour, *minutes};
}

/// "May  1 10:20" (of the last twelve months), "May  1  2024".
void set_unix_time(Entry& entry, std::string_view month, std::string_view date, std::string_view year_or_clock,
                   std::int64_t now) {
    const unsigned number = month_number(month);
    const auto date_number = whole_number<unsigned>(date);
    if (number == 0 || !date_number) return;
    if (const auto clock = clock_of(year_or_clock)) {
        const std::chrono::sys_seconds today{std::chrono::seconds(now)};
        const std::chrono::year_month_day date_now(std::chrono::floor<std::chrono::days>(today));
        const int year = static_cast<int>(date_now.year());
        entry.modified = seconds_of(year, number, *date_number, clock->hour, clock->minutes);
        // A day's grace: the server's clock, or its zone, may be ahead.
        if (!entry.modified || *entry.modified > now + day)
            entry.modified = seconds_of(year - 1, number, *date_number, clock->hour, clock->minutes);
        entry.precision = minute;
    } else if (const auto year = whole_number<int>(year_or_clock)) {
        entry.modified = seconds_of(*year, number, *date_number, 0, 0);
        entry.precision = day;
    }
}

/// "-rw-r--r--   1 owner group   4096 May  1 10:20 name"; some servers leave out the links, or the group.
std::optional<Entry> parse_unix(std::string_view line, std::int64_t now) {
    Entry entry;
    Words words(line);
    const std::string_view mode = words.next();
    if (mode.size() < 10) return std::nullopt;
    switch (mode.front()) {
        case '-':
            entry.kind = Kind::file;
            break;
        case 'd':
            entry.kind = Kind::directory;
            break;
        case 'l':
            entry.kind = Kind::link;
            break;
        case 'b':
        case 'c':
        case 'p':
        case 's':
            entry.kind = Kind::other;
            break;
        default:
            return std::nullopt;
    }
    entry.permissions = mode.substr(1, 9);
    // The month is the first word that is one and has a day and a year or time behind it: owners have odd names.
    std::vector<std::string_view> before;
    constexpr std::size_t most_before = 6;  // links, owner, group, size, of devices two numbers
    std::string_view month;
    while (true) {
        const std::string_view word = words.next();
        if (word.empty() || before.size() > most_before) return std::nullopt;
        Words ahead(words.rest());
        const auto date = whole_number<unsigned>(ahead.next());
        const std::string_view last = ahead.next();
        const bool dated = date && *date >= 1 && *date <= 31 && (clock_of(last) || last.size() == 4);
        if (!before.empty() && month_number(word) != 0 && dated) {
            month = word;
            break;
        }
        before.push_back(word);
    }
    entry.size = whole_number<std::uint64_t>(before.back());
    before.pop_back();
    if (!before.empty() && whole_number<std::uint64_t>(before.front())) before.erase(before.begin());
    if (!before.empty()) entry.owner = before[0];
    if (before.size() > 1) entry.group = before[1];
    const std::string_view date = words.next();
    const std::string_view year_or_clock = words.next();
    set_unix_time(entry, month, date, year_or_clock, now);
    std::string_view name = words.rest();
    if (name.starts_with(' ')) name.remove_prefix(1);  // one blank; further ones begin the name
    if (entry.kind == Kind::link)
        if (const std::size_t arrow = name.find(" -> "); arrow != std::string_view::npos) {
            entry.target = name.substr(arrow + 4);
            name = name.substr(0, arrow);
        }
    if (entry.kind != Kind::file && entry.kind != Kind::link) entry.size.reset();
    entry.name = name;
    return entry;
}

/// "05-01-24  10:20AM       4096 name", "05-01-2024  10:20AM  <DIR>  name".
std::optional<Entry> parse_dos(std::string_view line) {
    Entry entry;
    Words words(line);
    const std::string_view date = words.next();
    if (date.size() < 8 || (date[2] != '-' && date[2] != '/') || date[5] != date[2]) return std::nullopt;
    const auto month = whole_number<unsigned>(date.substr(0, 2)), number = whole_number<unsigned>(date.substr(3, 2));
    auto year = whole_number<int>(date.substr(6));
    const auto clock = clock_of(words.next());
    if (!month || !number || !year || !clock) return std::nullopt;
    if (date.size() == 8) *year += *year < 70 ? 2000 : 1900;
    entry.modified = seconds_of(*year, *month, *number, clock->hour, clock->minutes);
    entry.precision = minute;
    const std::string_view size = words.next();
    if (size == "<DIR>") {
        entry.kind = Kind::directory;
    } else if (size.starts_with('<')) {
        entry.kind = Kind::link;  // <JUNCTION>, <SYMLINK>
    } else {
        entry.kind = Kind::file;
        entry.size = whole_number<std::uint64_t>(size);
        if (!entry.size) return std::nullopt;
    }
    std::string_view name = words.rest();
    // The name's column is fixed behind <DIR>, and one blank behind a size.
    name.remove_prefix(entry.kind == Kind::file ? std::min<std::size_t>(1, name.size())
                                                : std::min(name.size(), name.find_first_not_of(' ')));
    entry.name = name;
    return entry;
}

bool is_dots(std::string_view name) { return name == "." || name == ".."; }

/// One fact into the entry; false where the line is not about an entry of the directory.
bool set_fact(Entry& entry, const std::string& fact, std::string_view value, bool itself) {
    if (fact == "type") {
        const std::string type = lower(value);
        const bool own = type == "cdir" || type == "pdir";
        if (own && !itself) return false;
        if (type == "file") entry.kind = Kind::file;
        if (type == "dir" || own) entry.kind = Kind::directory;
        // "OS.unix=slink:target", "OS.unix=symlink"
        if (type.starts_with("os.unix=slink") || type.starts_with("os.unix=symlink")) {
            entry.kind = Kind::link;
            if (const std::size_t colon = value.find(':'); colon != std::string_view::npos)
                entry.target = value.substr(colon + 1);
        }
    } else if (fact == "size" || fact == "sizd") {
        if (fact == "size") entry.size = whole_number<std::uint64_t>(value);
    } else if (fact == "modify") {
        entry.modified = time_value(value);
    } else if (fact == "unix.mode") {
        entry.permissions = value;
    } else if (fact == "perm") {
        if (entry.permissions.empty()) entry.permissions = value;
    } else if (fact == "unix.ownername" || (fact == "unix.owner" && entry.owner.empty()) ||
               (fact == "unix.uid" && entry.owner.empty())) {
        entry.owner = value;
    } else if (fact == "unix.groupname" || (fact == "unix.group" && entry.group.empty()) ||
               (fact == "unix.gid" && entry.group.empty())) {
        entry.group = value;
    } else if (fact == "unique") {
        entry.unique = value;
    }
    return true;
}

}  // namespace

std::string_view name_of(Kind kind) {
    constexpr std::array<std::string_view, 4> names{"file", "directory", "link", "other"};
    return names[static_cast<std::size_t>(kind)];
}

std::optional<Entry> parse_facts(std::string_view line, bool itself) {
    // A blank ends the facts, of which each ends with a semicolon; a blank may stand in a link's target before that.
    const std::size_t end = line.starts_with(' ') ? 0 : line.find("; ");
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view facts = line.substr(0, end == 0 ? 0 : end + 1);
    Entry entry;
    entry.name = line.substr(facts.size() + 1);
    while (!facts.empty()) {
        const std::string_view fact = facts.substr(0, facts.find(';'));
        facts.remove_prefix(std::min(facts.size(), fact.size() + 1));
        const std::size_t equals = fact.find('=');
        if (equals == std::string_view::npos) continue;
        if (!set_fact(entry, lower(fact.substr(0, equals)), fact.substr(equals + 1), itself)) return std::nullopt;
    }
    if (entry.kind != Kind::file) entry.size.reset();
    if (entry.name.empty() || (is_dots(entry.name) && !itself)) return std::nullopt;
    return entry;
}

std::optional<Entry> parse_list_line(std::string_view line, std::int64_t now) {
    auto entry = !line.empty() && is_digit(line.front()) ? parse_dos(line) : parse_unix(line, now);
    if (!entry || entry->name.empty() || is_dots(entry->name)) return std::nullopt;
    return entry;
}

Result<void> ListingReader::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        if (end == std::string_view::npos) {
            rest_ += bytes;
            if (rest_.size() <= most_line_bytes) return {};
            return fail(Status::protocol_violation, "a line of the listing is", "longer than any should be");
        }
        rest_ += bytes.substr(0, end);
        bytes.remove_prefix(end + 1);
        if (rest_.size() > most_line_bytes || entries_.size() >= most_entries || unread_ >= most_entries)
            return fail(Status::protocol_violation, "the listing is", "longer than any should be");
        take(rest_);
        rest_.clear();
    }
    return {};
}

void ListingReader::take(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with("total ")) return;
    // What would not be one name in a command either.
    const bool damaged = line.find_first_of(std::string_view("\r\0", 2)) != std::string_view::npos;
    auto entry = damaged ? std::nullopt : facts_ ? parse_facts(line) : parse_list_line(line, now_);
    const bool itself = !entry && (facts_ ? lower(line).find("type=cdir") != std::string::npos ||
                                                lower(line).find("type=pdir") != std::string::npos
                                          : line.ends_with(" .") || line.ends_with(" .."));
    if (entry)
        entries_.push_back(std::move(*entry));
    else if (!itself)
        ++unread_;
}

std::vector<Entry> ListingReader::finish() {
    if (!rest_.empty()) take(rest_);
    rest_.clear();
    return std::move(entries_);
}

}  // namespace fid::ftp

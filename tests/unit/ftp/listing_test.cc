// SPDX-License-Identifier: MIT
#include "ftp/listing.h"

#include <doctest/doctest.h>

using namespace fid::ftp;

namespace {

constexpr std::int64_t now = 1714560000;  // 2024-05-01T10:40:00Z

struct Row {
    std::string_view line, name;
    Kind kind;
    std::int64_t size, modified;  ///< -1: unknown
    unsigned precision = 1;
    std::string_view permissions = {}, owner = {}, group = {}, target = {};
};

void check(const std::optional<Entry>& entry, const Row& row) {
    INFO(row.line);
    REQUIRE(entry);
    CHECK(entry->name == row.name);
    CHECK(entry->kind == row.kind);
    CHECK(entry->size == (row.size < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(row.size))));
    CHECK(entry->modified == (row.modified < 0 ? std::nullopt : std::optional(row.modified)));
    CHECK(entry->precision == row.precision);
    CHECK(entry->permissions == row.permissions);
    CHECK(entry->owner == row.owner);
    CHECK(entry->group == row.group);
    CHECK(entry->target == row.target);
}

}  // namespace

TEST_CASE("facts") {
    const Row rows[]{
        {"type=file;size=12;modify=20240501102030;perm=r; a b  c", "a b  c", Kind::file, 12, 1714558830, 1, "r"},
        {"Type=dir;Modify=20240501102030;UNIX.mode=0755;UNIX.owner=1;UNIX.group=2; d", "d", Kind::directory, -1,
         1714558830, 1, "0755", "1", "2"},
        {"type=OS.unix=slink:/etc/passwd;size=4; l", "l", Kind::link, -1, -1, 1, "", "", "", "/etc/passwd"},
        {"type=OS.unix=symlink;UNIX.ownername=me;UNIX.uid=7; l", "l", Kind::link, -1, -1, 1, "", "me"},
        {"size=99999999999999999999;type=file; huge", "huge", Kind::file, -1, -1},
        {" ; odd", "; odd", Kind::other, -1, -1},
        {"type=file;  leading", " leading", Kind::file, -1, -1},
        {"type=file; ../../etc/passwd", "../../etc/passwd", Kind::file, -1, -1},
    };
    for (const Row& row : rows) check(parse_facts(row.line), row);
    for (const std::string_view none : {"type=cdir; .", "type=pdir; ..", "type=dir; ..", "type=file;", "name", "",
                                        "type=cdir;modify=20240501102030; /pub"})
        CHECK_MESSAGE(!parse_facts(none), none);
    CHECK(parse_facts("type=cdir; /pub", true)->is_directory());
}

TEST_CASE("lines of LIST") {
    const Row rows[]{
        {"-rw-r--r--    1 0        0            4096 May 01 10:20 a.txt", "a.txt", Kind::file, 4096, 1714558800, 60,
         "rw-r--r--", "0", "0"},
        {"-rw-r--r--   1 ftp ftp 1 May  2 10:20 tomorrow", "tomorrow", Kind::file, 1, 1714645200, 60, "rw-r--r--",
         "ftp", "ftp"},
        {"-rw-r--r--   1 ftp ftp 1 May  4 10:20 last year", "last year", Kind::file, 1, 1683195600, 60, "rw-r--r--",
         "ftp", "ftp"},
        {"-rw-r--r--   1 ftp ftp 7 Jan  1  2020  two blanks", " two blanks", Kind::file, 7, 1577836800, 86400,
         "rw-r--r--", "ftp", "ftp"},
        {"drwxr-xr-x    2 www-data staff 4096 Feb 29  2024 dir", "dir", Kind::directory, -1, 1709164800, 86400,
         "rwxr-xr-x", "www-data", "staff"},
        {"lrwxrwxrwx 1 root root 7 May  1 10:20 link -> a -> b", "link", Kind::link, 7, 1714558800, 60, "rwxrwxrwx",
         "root", "root", "a -> b"},
        {"-rw-r--r--   1 nogroup 5 May  1 10:20 without", "without", Kind::file, 5, 1714558800, 60, "rw-r--r--",
         "nogroup"},
        {"crw-rw-rw- 1 root root 1, 3 May  1 10:20 null", "null", Kind::other, -1, 1714558800, 60, "rw-rw-rw-", "root",
         "root"},
        {"-rw-r--r-- 1 may 12 3 May  1 10:20 mayday", "mayday", Kind::file, 3, 1714558800, 60, "rw-r--r--", "may",
         "12"},
        {"05-01-24  10:20AM                 4096 a b.txt", "a b.txt", Kind::file, 4096, 1714558800, 60},
        {"05-01-2024  01:20PM       <DIR>          docs", "docs", Kind::directory, -1, 1714569600, 60},
        {"01-01-98  12:00AM                    1 old", "old", Kind::file, 1, 883612800, 60},
    };
    for (const Row& row : rows) check(parse_list_line(row.line, now), row);
    for (const std::string_view none :
         {"total 12", "", "drwxr-xr-x 2 0 0 4096 May 01 10:20 .", "drwxr-xr-x 2 0 0 4096 May 01 10:20 ..", "-rw",
          "-rw-r--r-- 1 0 0 4096", "hello there", "99-99-99 10:20AM x y",
          "-rw-r--r-- 1 a b c d e f g h i May 1 10:20 x"})
        CHECK_MESSAGE(!parse_list_line(none, now), none);
}

TEST_CASE("a whole listing, in pieces of any size") {
    constexpr std::string_view bytes = "type=cdir; .\r\ntype=file;size=1; a\r\n\r\nwhat is this\r\ntype=file;size=2; b";
    for (std::size_t step = 1; step < 20; ++step) {
        ListingReader reader(true, now);
        for (std::size_t at = 0; at < bytes.size(); at += step) REQUIRE(reader.feed(bytes.substr(at, step)));
        const auto entries = reader.finish();
        REQUIRE(entries.size() == 2);
        CHECK(entries[0].name == "a");
        CHECK(entries[1].name == "b");
        CHECK(reader.unread() == 1);
    }
}

TEST_CASE("a name with CR or NUL in it is no entry") {
    ListingReader reader(true, now);
    REQUIRE(reader.feed(std::string_view("type=file; a\rDELE b\r\ntype=file; c\0d\r\n", 37)));
    CHECK(reader.finish().empty());
    CHECK(reader.unread() == 2);
}

TEST_CASE("a listing without end is given up") {
    ListingReader lines(true, now), line(true, now);
    const std::string block(100000, '\n');
    CHECK(!line.feed(std::string(ListingReader::most_line_bytes + 1, 'x')));
    std::string entries;
    for (int i = 0; i < 1000; ++i) entries += "type=file; x\n";
    std::size_t fed = 0;
    while (lines.feed(entries)) REQUIRE((fed += 1000) <= ListingReader::most_entries);
}

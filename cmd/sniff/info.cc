// SPDX-License-Identifier: MIT
// fid sniff info: what a capture file is and holds, from its record headers alone.
#include "cmd/sniff/info.h"

#include "capture/reader.h"
#include "cmd/sniff/file_hash.h"
#include "cmd/sniff/info_record.h"
#include "cmd/sniff/info_text.h"
#include "cmd/sniff/totals.h"
#include "report/progress.h"

namespace fid::cmd {
namespace {

using capture::Reader;

sniff::Totals count(Context& context, const std::string& path, Reader& reader) {
    report::Progress progress("reading " + path, reader.facts().file_bytes, report::Results::after,
                              context.out.options().quiet);
    return sniff::add_up(reader, progress);
}

Result<sniff::Hashes> hash(Context& context, const std::string& path, std::uint64_t size) {
    report::Progress progress("hashing " + path, size, report::Results::after, context.out.options().quiet);
    return sniff::hash_file(path, progress);
}

/// What became of one file: success, truncated where it is damaged, or why it could not be read.
Status inform(Context& context, const std::string& path, bool first) {
    auto reader = Reader::open(path);
    if (!reader) return context.log.error(reader.error());
    const sniff::Totals totals = count(context, path, *reader);
    sniff::Hashes hashes;
    if (context.args.has("--hash")) {
        if (path == "-") {
            context.log.warning("standard input is not hashed", "name the file");
        } else if (auto hashed = hash(context, path, reader->facts().file_bytes)) {
            hashes = std::move(*hashed);
        } else {
            return context.log.error(hashed.error());
        }
    }
    if (context.out.plain_text()) {
        if (!first) context.out.text().put('\n');
        sniff::write_info_text(context.out, path, *reader, totals, hashes);
    } else {
        context.out.write(sniff::info_record(path, *reader, totals, hashes));
    }
    return reader->damage_count() == 0 ? Status::success : Status::truncated;
}

Status run_info(Context& context) {
    std::size_t failed = 0;
    std::size_t told = 0;
    Status worst = Status::success;
    bool damaged = false;
    for (const std::string& path : context.args.words()) {
        const Status status = inform(context, path, told == 0);
        if (status == Status::success || status == Status::truncated) {
            ++told;
            damaged = damaged || status == Status::truncated;
        } else {
            ++failed;
            worst = status;
        }
        if (context.out.closed()) return Status::success;
    }
    if (failed != 0) return told != 0 ? Status::partial : worst;
    return damaged ? Status::truncated : Status::success;
}

}  // namespace

const Command sniff_info_command{
    .name = "info",
    .summary = "tell what a capture file is and holds",
    .description =
        "Reads pcap and pcapng files, plain or compressed with gzip, zstd, lz4 or xz, and tells their format, link "
        "types, "
        "number of packets, sizes, times and rates, interfaces, comments, names and secrets.\n\n"
        "Only record headers are looked at, so a large file costs little; --hash goes over every byte once more and "
        "costs as "
        "much as sha256sum and sha1sum together.\n\n"
        "Damage is reported with its place and the number of bytes lost; what follows it is still counted.",
    .positionals = {{.name = "FILE",
                     .help = "capture files; - is standard input",
                     .required = true,
                     .repeatable = true,
                     .complete = Complete::file}},
    .options = {{.names = "--hash",
                 .value = {},
                 .help = "also print the file's SHA-256 and SHA-1, which costs far more time"}},
    .examples = {{.line = "fid sniff info tests/captures/first-look.pcapng", .doc = "what is in a capture"},
                 {.line = "fid sniff info --json --fields file,packets,duration_s tests/captures/first-look.pcapng",
                  .doc = "the same for a script, three fields of it"}},
    .statuses = {{Status::success, "every file was read to its end"},
                 {Status::bad_input, "not a capture file"},
                 {Status::truncated, "a file is damaged or cut short; what could be read is reported"},
                 {Status::cannot_read, "a file cannot be opened or read"},
                 {Status::partial, "some of several files could not be read"}},
    .records = {&sniff::info_record_type},
    .see_also = {"capinfos(1)", "pcap-savefile(5)"},
    .run = run_info,
};

}  // namespace fid::cmd

// SPDX-License-Identifier: MIT
#include "ftp/remote.h"

#include <algorithm>
#include <ctime>

#include "ftp/names.h"

namespace fid::ftp {

using transport::Task;

namespace {

constexpr std::size_t block = std::size_t{64} * 1024;

bool unknown_command(const Error& error) {
    return error.cause.starts_with("500") || error.cause.starts_with("502") || error.cause.starts_with("504") ||
           error.cause.starts_with("501");
}

Task<Result<Listing>> read_listing(Session& session, DataRequest request, bool facts) {
    auto opening = session.open_data(std::move(request));
    auto opened = co_await std::move(opening);
    if (!opened) co_return std::unexpected(std::move(opened.error()));
    ListingReader reader(facts, std::time(nullptr));
    std::vector<std::uint8_t> bytes(block);
    while (true) {
        auto reading = session.read_data(bytes);
        auto count = co_await std::move(reading);
        // A listing has no size to compare with: where TLS was cut it may be incomplete.
        if (!count) {
            auto giving_up = session.abort_data();
            co_await std::move(giving_up);
            co_return std::unexpected(std::move(count.error()));
        }
        if (*count == 0) break;
        if (auto fed = reader.feed(as_text(Bytes(bytes).first(*count))); !fed) {
            auto giving_up = session.abort_data();
            co_await std::move(giving_up);
            co_return std::unexpected(std::move(fed.error()));
        }
    }
    auto closing = session.close_data();
    auto closed = co_await std::move(closing);
    if (!closed) co_return std::unexpected(std::move(closed.error()));
    Listing listing;
    listing.entries = reader.finish();
    listing.unread = reader.unread();
    listing.exact = facts;
    co_return listing;
}

/// LIST in the directory itself: as an argument the path would be a pattern, or options, to many servers.
Task<Result<Listing>> list_inside(Session& session, std::string path) {
    DataRequest request;
    std::string argument;
    if (session.knows_home()) {
        auto going = session.command("CWD " + session.absolute(path));
        const auto went = co_await std::move(going);
        if (!went) co_return std::unexpected(Error(went.error()));
        if (!went->positive()) co_return std::unexpected(refusal("cannot list", path, *went));
    } else if (!path.empty()) {
        argument = " " + session.absolute(path);
    }
    // Without -a many servers leave out names that begin with a dot. Some take it for a name, and find nothing.
    if (session.lists_all.value_or(true)) {
        request.command = "LIST -a" + argument;
        auto reading = read_listing(session, request, false);
        auto listing = co_await std::move(reading);
        if (session.broken()) co_return listing;
        if (listing && (session.lists_all || !listing->entries.empty())) {
            session.lists_all = true;
            co_return listing;
        }
        if (!listing && listing.error().status != Status::server_error) co_return listing;
    }
    request.command = "LIST" + argument;
    auto reading = read_listing(session, request, false);
    auto listing = co_await std::move(reading);
    if (listing && !listing->entries.empty()) session.lists_all = false;
    co_return listing;
}

}  // namespace

Task<Result<Listing>> list_directory(Session& session, std::string path) {
    if (auto fit = check_argument(path); !fit) co_return std::unexpected(std::move(fit.error()));
    if (session.features().mlst) {
        DataRequest request;
        request.command = "MLSD";
        if (const std::string whole = session.absolute(path); !whole.empty()) request.command += " " + whole;
        auto reading = read_listing(session, std::move(request), true);
        auto listing = co_await std::move(reading);
        if (listing || session.broken() || !unknown_command(listing.error())) co_return listing;
    }
    auto listing_inside = list_inside(session, std::move(path));
    co_return co_await std::move(listing_inside);
}

Task<Result<Entry>> stat_path(Session& session, std::string path) {
    const std::string name(base_name(path));
    if (session.features().mlst) {
        auto asking = session.command("MLST " + session.absolute(path));
        const auto answer = co_await std::move(asking);
        if (!answer) co_return std::unexpected(Error(answer.error()));
        if (answer->positive()) {
            for (const std::string& line : answer->lines) {
                std::string_view facts = line;
                while (facts.starts_with(' ')) facts.remove_prefix(1);
                auto entry = parse_facts(facts, true);
                if (!entry || facts.find('=') == std::string_view::npos) continue;
                entry->name = name.empty() ? entry->name : name;
                co_return std::move(*entry);
            }
            co_return fail(Status::protocol_violation, "no facts in the answer about", path);
        }
        const bool unknown = answer->code == 500 || answer->code == 502;
        if (!unknown || session.broken()) co_return std::unexpected(refusal("cannot find", path, *answer));
    }
    if (name.empty()) {  // where one is after login, or the root
        Entry entry;
        entry.name = path.empty() ? "." : path;
        entry.kind = Kind::directory;
        co_return entry;
    }
    auto reading = list_directory(session, std::string(parent_path(path)));
    auto listing = co_await std::move(reading);
    if (!listing) co_return std::unexpected(std::move(listing.error()));
    const auto found = std::ranges::find(listing->entries, name, &Entry::name);
    if (found == listing->entries.end())
        co_return fail(Status::server_error, "cannot find", path, "the listing does not have it");
    if (found->kind == Kind::file) {
        auto asking = modification_time(session, path);
        const auto exact = co_await std::move(asking);
        if (!exact) co_return std::unexpected(Error(exact.error()));
        if (*exact) {
            found->modified = *exact;
            found->precision = 1;
        }
    }
    co_return std::move(*found);
}

Task<Result<std::optional<std::int64_t>>> modification_time(Session& session, std::string path) {
    if (session.features().known && !session.features().mdtm) co_return std::nullopt;
    auto asking = session.command("MDTM " + session.absolute(path));
    const auto answer = co_await std::move(asking);
    if (!answer) co_return std::unexpected(Error(answer.error()));
    if (answer->code != 213) co_return std::nullopt;
    co_return time_value(answer->lines.back());
}

Task<Result<void>> change(Session& session, std::string command, std::string path, std::string attempt) {
    auto asking = session.command(command + " " + session.absolute(path));
    const auto answer = co_await std::move(asking);
    if (!answer) co_return std::unexpected(Error(answer.error()));
    if (answer->positive()) co_return Result<void>();
    co_return std::unexpected(refusal(std::move(attempt), path, *answer));
}

Task<Result<void>> rename_path(Session& session, std::string from, std::string to) {
    std::vector<std::string> lines;
    lines.push_back("RNFR " + session.absolute(from));
    lines.push_back("RNTO " + session.absolute(to));
    auto asking = session.commands(std::move(lines));
    const auto answers = co_await std::move(asking);
    if (!answers) co_return std::unexpected(Error(answers.error()));
    if (!answers->front().intermediate()) co_return std::unexpected(refusal("cannot rename", from, answers->front()));
    if (!answers->back().positive()) co_return std::unexpected(refusal("cannot rename to", to, answers->back()));
    co_return Result<void>();
}

}  // namespace fid::ftp

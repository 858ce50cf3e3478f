// SPDX-License-Identifier: MIT
#include "ftp/transfer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "ftp/names.h"
#include "ftp/remote.h"

namespace fid::ftp {

using transport::Task;

namespace {

constexpr std::size_t block = std::size_t{64} * 1024;

Result<void> write_all(int file, Bytes bytes, const std::string& name) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return fail_errno(Status::cannot_write, "cannot write", name, errno);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

std::optional<std::int64_t> time_of(const std::vector<Reply>& replies) {
    if (replies.empty() || replies.front().code != 213 || replies.front().lines.empty()) return std::nullopt;
    return time_value(replies.front().lines.back());
}

Error cut_short(const std::string& path, std::uint64_t got, std::uint64_t wanted) {
    return {Status::truncated, "cut short:", path, std::to_string(got) + " of " + std::to_string(wanted) + " bytes",
            "--resume goes on from there"};
}

}  // namespace

Task<Result<Transferred>> retrieve(Session& session, std::string path, std::uint64_t offset,
                                   std::optional<std::uint64_t> size, bool ask_time, Sink sink) {
    const std::string whole = session.absolute(path);
    DataRequest request;
    request.command = "RETR " + whole;
    request.offset = offset;
    if (ask_time) request.before.push_back("MDTM " + whole);
    auto opening = session.open_data(std::move(request));
    auto opened = co_await std::move(opening);
    if (!opened) co_return std::unexpected(std::move(opened.error()));
    Transferred done;
    done.offset = offset;
    done.modified = time_of(opened->before);
    std::vector<std::uint8_t> bytes(block);
    std::optional<Error> cut;
    while (true) {
        auto reading = session.read_data(bytes);
        auto count = co_await std::move(reading);
        if (!count) cut = std::move(count.error());
        if (!count || *count == 0) break;
        done.bytes += *count;
        auto taken = sink(Bytes(bytes).first(*count));
        if (taken) continue;
        auto giving_up = session.abort_data();
        co_await std::move(giving_up);
        co_return std::unexpected(std::move(taken.error()));
    }
    // TLS without its end is a cut, unless the size says that all is there.
    const bool whole_by_size = size && offset + done.bytes == *size;
    if (cut && cut->status != Status::truncated) co_return std::unexpected(std::move(*cut));
    auto closing = session.close_data();
    auto closed = co_await std::move(closing);
    if (!closed) co_return std::unexpected(std::move(closed.error()));
    if (cut && !whole_by_size) co_return std::unexpected(std::move(*cut));
    if (size && offset + done.bytes < *size) co_return std::unexpected(cut_short(path, offset + done.bytes, *size));
    co_return done;
}

Task<Result<Transferred>> download(Session& session, const Folder& folder, Download file, OnBytes on_bytes) {
    const std::string partial = partial_name(file.name, file.size, file.modified);
    if (!file.replace && folder.look(file.name))
        co_return fail(Status::cannot_write, "there is already a file", folder.text(file.name), {},
                       "--force replaces it");
    std::uint64_t offset = 0;
    if (file.resume) {
        const auto here = folder.look(partial);
        if (here && here->kind == Kind::file && file.size && here->size <= *file.size) offset = here->size;
    }
    auto out = folder.write(partial, offset != 0);
    if (!out) co_return std::unexpected(std::move(out.error()));
    if (offset != 0 && lseek(out->get(), static_cast<off_t>(offset), SEEK_SET) < 0)
        co_return fail_errno(Status::cannot_write, "cannot write", folder.text(partial), errno);
    Transferred done;
    done.offset = offset;
    if (offset == 0 || offset != *file.size) {
        const Sink sink = [&](Bytes bytes) {
            auto written = write_all(out->get(), bytes, folder.text(file.name));
            if (on_bytes) on_bytes(bytes.size());
            return written;
        };
        auto retrieving = retrieve(session, file.path, offset, file.size, file.ask_time, sink);
        auto retrieved = co_await std::move(retrieving);
        const bool nothing_came = offset != 0 && lseek(out->get(), 0, SEEK_CUR) == static_cast<off_t>(offset);
        if (!retrieved && retrieved.error().status == Status::server_error && file.restart && nothing_came &&
            !session.broken() && ftruncate(out->get(), 0) == 0 && lseek(out->get(), 0, SEEK_SET) == 0) {
            auto again = retrieve(session, file.path, 0, file.size, file.ask_time, sink);
            retrieved = co_await std::move(again);
        }
        if (!retrieved) {
            // Nothing came: nothing is left lying about.
            if (const auto here = folder.look(partial); here && here->size == 0) [[maybe_unused]]
                const auto removed = folder.remove(partial);
            co_return std::unexpected(std::move(retrieved.error()));
        }
        done = *retrieved;
    }
    if (!done.modified) done.modified = file.modified;
    if (done.modified) {
        const timespec time{.tv_sec = *done.modified, .tv_nsec = 0};
        const timespec times[2]{time, time};
        done.time_kept = futimens(out->get(), times) == 0;
    }
    if (auto renamed = folder.rename(partial, file.name, file.replace); !renamed)
        co_return std::unexpected(std::move(renamed.error()));
    co_return done;
}

namespace {

/// How much of the file an earlier upload has left under its temporary name.
Task<Result<std::uint64_t>> uploaded_part(Session& session, std::string path, std::uint64_t size) {
    auto asking = session.command("SIZE " + session.absolute(path));
    const auto answer = co_await std::move(asking);
    if (!answer) co_return std::unexpected(Error(answer.error()));
    const auto there = size_value(*answer);
    co_return there && *there <= size ? *there : 0;
}

Task<Result<std::uint64_t>> send_all(Session& session, int descriptor, OnBytes on_bytes) {
    std::vector<std::uint8_t> bytes(block);
    std::uint64_t sent = 0;
    while (true) {
        const ssize_t count = ::read(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) co_return fail_errno(Status::cannot_read, "cannot read", "what is to be sent", errno);
        if (count == 0) co_return sent;
        auto writing = session.write_data(Bytes(bytes).first(static_cast<std::size_t>(count)));
        auto written = co_await std::move(writing);
        if (!written) co_return std::unexpected(std::move(written.error()));
        sent += static_cast<std::uint64_t>(count);
        if (on_bytes) on_bytes(static_cast<std::uint64_t>(count));
    }
}

/// Gives the uploaded file its name and its time, and asks how large it is, all in one write.
Task<Result<bool>> settle(Session& session, const Upload& file, std::string from, std::uint64_t size) {
    const std::string to = session.absolute(file.path);
    const bool rename = !file.direct;
    const bool ask_size = !session.features().known || session.features().size;
    const bool set_time = file.modified && session.features().mfmt;
    std::vector<std::string> lines;
    if (rename) {
        lines.push_back("RNFR " + session.absolute(from));
        lines.push_back("RNTO " + to);
    }
    if (set_time) lines.push_back("MFMT " + time_text(*file.modified) + " " + to);
    if (ask_size) lines.push_back("SIZE " + to);
    auto asking = session.commands(lines);
    auto answers = co_await std::move(asking);
    if (!answers) co_return std::unexpected(std::move(answers.error()));
    if (rename && answers->front().intermediate() && (*answers)[1].negative() && !session.broken()) {
        // Servers there are that do not rename onto a file: it goes first, now that the new one is all there.
        lines.insert(lines.begin(), "DELE " + to);
        auto again = session.commands(lines);
        answers = co_await std::move(again);
        if (!answers) co_return std::unexpected(std::move(answers.error()));
        answers->erase(answers->begin());
    }
    if (rename && !(*answers)[1].positive()) {
        Error error = refusal("cannot rename to", file.path, (*answers)[answers->front().intermediate() ? 1 : 0]);
        error.hint = "--direct writes under the final name at once";
        co_return std::unexpected(std::move(error));
    }
    const auto there = ask_size ? size_value(answers->back()) : std::nullopt;
    if (there && *there != size)
        co_return fail(Status::truncated, "not whole at the server:", file.path,
                       std::to_string(*there) + " bytes there, " + std::to_string(size) + " sent");
    co_return set_time && (*answers)[rename ? 2 : 0].positive();
}

}  // namespace

Task<Result<Transferred>> upload(Session& session, Upload file, OnBytes on_bytes) {
    const std::string name(base_name(file.path));
    const std::string partial =
        file.direct ? file.path : joined(parent_path(file.path), partial_name(name, file.size, file.modified));
    Transferred done;
    done.modified = file.modified;
    if (file.resume && file.size && !file.direct) {
        auto asking = uploaded_part(session, partial, *file.size);
        auto there = co_await std::move(asking);
        if (!there) co_return std::unexpected(std::move(there.error()));
        done.offset = *there;
    }
    if (done.offset != 0 && lseek(file.descriptor, static_cast<off_t>(done.offset), SEEK_SET) < 0)
        co_return fail_errno(Status::cannot_read, "cannot read from the middle of", name, errno);
    if (done.offset == 0 || done.offset != *file.size) {
        DataRequest request;
        const bool restart = done.offset != 0 && session.features().rest_stream;
        request.command = done.offset != 0 && !restart ? "APPE " : "STOR ";
        request.command += session.absolute(partial);
        if (restart) request.offset = done.offset;
        auto opening = session.open_data(std::move(request));
        auto opened = co_await std::move(opening);
        if (!opened) co_return std::unexpected(std::move(opened.error()));
        auto sending = send_all(session, file.descriptor, std::move(on_bytes));
        auto sent = co_await std::move(sending);
        if (!sent && sent.error().status == Status::cannot_read) {
            auto giving_up = session.abort_data();
            co_await std::move(giving_up);
            co_return std::unexpected(std::move(sent.error()));
        }
        // Where the server took no more, its reply says why.
        auto closing = session.close_data();
        auto closed = co_await std::move(closing);
        if (!closed) co_return std::unexpected(std::move(closed.error()));
        if (!sent) co_return std::unexpected(std::move(sent.error()));
        done.bytes = *sent;
    }
    auto settling = settle(session, file, partial, done.offset + done.bytes);
    auto settled = co_await std::move(settling);
    if (!settled) co_return std::unexpected(std::move(settled.error()));
    done.time_kept = *settled;
    co_return done;
}

}  // namespace fid::ftp

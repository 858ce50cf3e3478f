// SPDX-License-Identifier: MIT
#include "cmd/fetch/sink.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "cmd/fetch/dialogue.h"
#include "cmd/fetch/pretty.h"
#include "report/write_all.h"
#include "transfer/redirect.h"

namespace fid::cmd::fetch {
namespace {

constexpr std::size_t most_record_bytes = 16UL * 1024 * 1024;
constexpr std::size_t most_pretty_bytes = 8UL * 1024 * 1024;

bool has_json(const transfer::Head& head) {
    const std::string type = head.header("Content-Type").value_or("");
    const std::string_view name = std::string_view(type).substr(0, type.find(';'));
    return name == "application/json" || name.ends_with("+json");
}

}  // namespace

Sink::Sink(Shared& shared, const Target& target, std::uint64_t number, std::string url, std::string path,
           std::uint64_t offset)
    : shared_(shared), target_(target), number_(number), url_(std::move(url)), path_(std::move(path)), offset_(offset) {
    const report::Output& out = shared_.context.out;
    if (target_.place != Target::Place::standard_output)
        way_ = Way::file;
    else if (!out.plain_text())
        way_ = Way::record;
    else
        way_ = out.terminal() && !target_.given ? Way::reader : Way::raw;
    shared_.bars.begin(number_, path_.empty() ? transfer::shown_url(url_) : path_);
}

void Sink::header(std::string_view line) {
    if (shared_.headers.valid()) {
        // What cannot be written there is noticed when the file is missed; the transfer is not the worse for it.
        [[maybe_unused]] const ssize_t written = ::write(shared_.headers.get(), line.data(), line.size());
    } else if (shared_.settings.dump_header == "-" && way_ != Way::record) {
        shared_.context.out.text().put(line);
    }
    if (!shared_.settings.include || transfer::is_ftp(url_)) return;  // replies are no head, as in curl
    report::Output& out = shared_.context.out;
    switch (way_) {
        case Way::file:
            held_ += line;
            break;
        case Way::raw:
            out.text().put(line);
            break;
        case Way::reader: {
            const std::size_t colon = std::min(line.find(':'), line.size());
            out.style(colon == line.size() ? report::Style::heading : report::Style::name);
            const std::size_t end = std::min(line.find_first_of("\r\n"), line.size());
            out.text().escaped(line.substr(0, std::min(colon, end)));
            out.style(report::Style::plain);
            if (colon < end) out.text().escaped(line.substr(colon, end - colon));
            out.text().put('\n');
            break;
        }
        case Way::record:
            break;
    }
}

/// An answer to "from byte N on": the rest, nothing because there is no rest, or all of it once more.
Result<bool> Sink::check_resumption(const transfer::Head& head) {
    if (head.version.empty()) return true;  // FTP: REST was refused, or it is the rest
    const std::string range = head.header("Content-Range").value_or("");
    const std::string begin = "bytes " + std::to_string(offset_) + "-";
    if (head.code == 206) {
        if (range.starts_with(begin)) return true;
        return fail(Status::protocol_violation, "cannot go on with", path_.empty() ? url_ : path_,
                    "the server sends another part (" + range + ")");
    }
    if (head.code == 416) {
        complete_ = range == "bytes */" + std::to_string(offset_) || range.empty();
        if (complete_) return false;
    }
    if (way_ == Way::file && head.code < 300) {
        shared_.context.log.warning("the server sends no part of " + transfer::shown_url(url_) +
                                    ": it is downloaded from the beginning");
        offset_ = 0;
        return true;
    }
    if (head.code < 300)
        return fail(Status::protocol_violation, "cannot go on with", transfer::shown_url(url_),
                    "the server sends no part of it");
    return way_ != Way::file;  // an error's page is no part of the file
}

Result<bool> Sink::answer(const transfer::Head& head) {
    json_ = has_json(head);
    if (shared_.settings.quiet_failure && head.code >= 400) return false;
    if (offset_ != 0) {
        const auto wanted = check_resumption(head);
        if (!wanted || !*wanted) return wanted;
    }
    if (way_ == Way::file)
        if (auto opened = open_file(head); !opened) return std::unexpected(opened.error());
    return true;
}

Result<void> Sink::open_file(const transfer::Head& head) {
    if (shared_.settings.name_from_header && target_.place == Target::Place::remote_name) {
        if (const auto name = name_in_header(head.header("Content-Disposition").value_or(""))) {
            path_ = shared_.settings.output_dir.empty() ? *name : shared_.settings.output_dir + "/" + *name;
            std::error_code failed;
            if (std::filesystem::exists(path_, failed))
                return fail(Status::cannot_write, "refused to replace", path_, "the server chose that name",
                            "-o FILE names another one");
        }
    }
    if (auto opened = download_.open(path_, offset_, shared_.settings.create_dirs); !opened) return opened;
    auto done = download_.write(as_bytes(held_));
    held_.clear();
    return done;
}

Result<void> Sink::body(Bytes bytes) {
    written_ = true;
    const std::string_view text = as_text(bytes);
    switch (way_) {
        case Way::file:
            return download_.write(bytes);
        case Way::record: {
            const std::size_t room = most_record_bytes - std::min(most_record_bytes, held_.size());
            held_ += text.substr(0, room);
            cut_ = cut_ || text.size() > room;
            return {};
        }
        case Way::reader:
            return for_reader(text);
        case Way::raw:
            return write_out(text);
    }
    return {};
}

Result<void> Sink::write_out(std::string_view bytes) {
    report::Output& out = shared_.context.out;
    out.pass(bytes);
    // The reader that has gone is told of by the house, or not at all.
    if (out.closed()) return fail(Status::cannot_write, "cannot write", "standard output", out.write_error());
    return {};
}

Result<void> Sink::for_reader(std::string_view bytes) {
    if (!checked_) {
        checked_ = true;
        if (is_binary(bytes))
            return fail(Status::cannot_write, "not shown on a terminal:", transfer::shown_url(url_), "it is binary",
                        "-o FILE keeps it; -o - shows it nevertheless");
    }
    // A document is shown when it is whole.
    if (json_ && held_.size() + bytes.size() <= most_pretty_bytes) {
        held_ += bytes;
        return {};
    }
    json_ = false;
    held_ += bytes;
    // A character or a line end may be cut in two: up to the last line end, or what is too long for one.
    constexpr std::size_t longest_line = 64UL * 1024;
    std::size_t end = held_.rfind('\n') + 1;
    if (end == 0 && held_.size() > longest_line) end = held_.size();
    write_safe_text(std::string_view(held_).substr(0, end), shared_.context.out);
    held_.erase(0, end);
    if (shared_.context.out.closed()) return fail(Status::cannot_write, "cannot write", "standard output");
    return {};
}

void Sink::progress(std::uint64_t received, std::uint64_t to_receive, std::uint64_t sent, std::uint64_t to_send) {
    // What is sent comes first, and then what is received.
    if (received == 0 && to_receive == 0 && to_send != 0)
        shared_.bars.update(number_, sent, to_send);
    else
        shared_.bars.update(number_, received + offset_, to_receive == 0 ? 0 : to_receive + offset_);
    shared_.bars.draw();
}

bool Sink::wants_trace() const { return shared_.context.log.verbose() != 0; }

void Sink::trace(transfer::Trace kind, Bytes bytes) {
    shared_.context.out.flush();
    shared_.bars.clear();
    const std::string lines = dialogue_lines(kind, bytes);
    [[maybe_unused]] const int failed = report::write_all(STDERR_FILENO, lines);
}

void Sink::retrying(const transfer::Outcome& failed, std::chrono::milliseconds wait, unsigned left) {
    held_.clear();
    checked_ = false;
    download_ = Download();
    if (shared_.settings.silent) return;
    shared_.bars.clear();
    const std::string why =
        failed.error ? failed.error->cause : "the server answered " + std::to_string(failed.code) + " " + failed.reason;
    Text text;
    text.escaped(why);
    const auto tenths = wait.count() / 100;
    shared_.context.log.warning(text.take() + "; again in " + std::to_string(tenths / 10) +
                                (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10)) + " s, " +
                                std::to_string(left) + (left == 1 ? " attempt" : " attempts") + " left");
}

bool Sink::can_begin_again() const { return !written_ || way_ == Way::file || way_ == Way::record; }

void Sink::finish(transfer::Outcome& outcome) {
    shared_.bars.end(number_);
    if (way_ == Way::reader && !held_.empty()) {
        if (!json_ || !write_pretty_json(held_, shared_.context.out)) write_safe_text(held_, shared_.context.out);
        if (!shared_.context.out.text().ends_with("\n")) shared_.context.out.text().put('\n');
        held_.clear();
    }
    outcome.resumed_at_end = complete_;
    if (!download_.is_open()) return;
    if (outcome.error) {
        const std::string kept = download_.abandon();
        if (!kept.empty() && outcome.error->hint.empty())
            outcome.error->hint = "what came is in " + kept + "; the same with -C - goes on there";
        return;
    }
    std::optional<std::int64_t> modified;
    if (shared_.settings.remote_time && outcome.file_time >= 0) modified = outcome.file_time;
    if (auto done = download_.finish(modified); !done) outcome.error = done.error();
}

std::optional<std::string> Sink::kept_body() const {
    if (way_ != Way::record || !written_) return std::nullopt;
    return held_;
}

}  // namespace fid::cmd::fetch

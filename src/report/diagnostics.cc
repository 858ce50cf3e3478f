// SPDX-License-Identifier: MIT
#include "report/diagnostics.h"

#include <unistd.h>

#include "report/progress.h"
#include "report/write_all.h"

namespace fid::report {
namespace {

/// Standard error is unbuffered: one write per message, so that messages of several processes do not mix.
void emit(const Text& text) {
    clear_progress();
    (void)write_all(STDERR_FILENO, text.view());  // where it fails nobody is left to be told
}

/// Control characters are escaped, but what a message quotes below itself (a filter and its caret) keeps its lines.
void put_message(Text& line, std::string_view message) {
    constexpr std::string_view quoted = "\n    ";
    for (std::size_t at; (at = message.find(quoted)) != std::string_view::npos;
         message.remove_prefix(at + quoted.size())) {
        line.escaped(message.substr(0, at));
        line.put(quoted);
    }
    line.escaped(message);
}

void put_hint(Text& line, std::string_view hint) {
    if (hint.empty()) return;
    line.put("  hint: ");
    line.escaped(hint);
    line.put('\n');
}

/// The last member of the object, and its end.
void put_json_hint(Text& line, std::string_view hint) {
    line.put(R"(,"hint":)");
    hint.empty() ? line.put("null") : line.json(hint);
    line.put("}\n");
}

}  // namespace

Diagnostics::Diagnostics(std::string command, Format format, ColorChoice color, bool quiet, unsigned verbose)
    : command_(std::move(command)),
      json_(format == Format::json),
      color_(wants_color(STDERR_FILENO, color)),
      quiet_(quiet),
      verbose_(verbose) {}

Status Diagnostics::error(const Error& error) {
    Text line;
    if (json_) {
        line.put(R"({"type":"error","command":)");
        line.json(command_);
        line.put(R"(,"status":)");
        line.number(static_cast<std::uint64_t>(error.status));
        line.put(R"(,"name":)");
        line.json(describe(error.status).name);
        line.put(R"(,"message":)");
        line.json(error.sentence());
        put_json_hint(line, error.hint);
    } else {
        if (color_) line.put("\x1b[1;31m");
        line.put(command_);
        line.put(':');
        if (color_) line.put("\x1b[0m");
        line.put(' ');
        put_message(line, error.sentence());
        line.put('\n');
        put_hint(line, error.hint);
    }
    emit(line);
    return error.status;
}

void Diagnostics::warning(std::string_view text, std::string_view hint) {
    if (!quiet_) tell("warning", "warning: ", text, hint);
}

void Diagnostics::answer(std::string_view text) { tell("note", {}, text, {}); }

void Diagnostics::note(std::string_view text) {
    if (verbose_ != 0 && !quiet_) tell("note", {}, text, {});
}

void Diagnostics::tell(std::string_view type, std::string_view label, std::string_view text, std::string_view hint) {
    Text line;
    if (json_) {
        line.put(R"({"type":)");
        line.json(type);
        line.put(R"(,"command":)");
        line.json(command_);
        line.put(R"(,"message":)");
        line.json(text);
        put_json_hint(line, hint);
    } else {
        line.put(command_);
        line.put(": ");
        line.put(label);
        line.escaped(text);
        line.put('\n');
        put_hint(line, hint);
    }
    emit(line);
}

}  // namespace fid::report

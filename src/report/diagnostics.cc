// SPDX-License-Identifier: MIT
#include "report/diagnostics.h"

#include <unistd.h>

namespace fid::report {
namespace {

/// Standard error is unbuffered: one write per message, so that messages of several processes do not mix.
void emit(const Text& text) {
    std::string_view rest = text.view();
    while (!rest.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
        if (written <= 0) return;  // nobody is left to be told
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
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
        line.put(R"(,"hint":)");
        error.hint.empty() ? line.put("null") : line.json(error.hint);
        line.put("}\n");
    } else {
        if (color_) line.put("\x1b[1;31m");
        line.put(command_);
        line.put(':');
        if (color_) line.put("\x1b[0m");
        line.put(' ');
        put_message(line, error.sentence());
        line.put('\n');
        if (!error.hint.empty()) {
            line.put("  hint: ");
            line.escaped(error.hint);
            line.put('\n');
        }
    }
    emit(line);
    return error.status;
}

void Diagnostics::warning(std::string_view text, std::string_view hint) {
    if (quiet_) return;
    Text line;
    if (json_) {
        line.put(R"({"type":"warning","command":)");
        line.json(command_);
        line.put(R"(,"message":)");
        line.json(text);
        line.put(R"(,"hint":)");
        hint.empty() ? line.put("null") : line.json(hint);
        line.put("}\n");
    } else {
        line.put(command_);
        line.put(": warning: ");
        line.escaped(text);
        line.put('\n');
        if (!hint.empty()) {
            line.put("  hint: ");
            line.escaped(hint);
            line.put('\n');
        }
    }
    emit(line);
}

void Diagnostics::note(std::string_view text) {
    if (verbose_ == 0 || quiet_) return;
    Text line;
    if (json_) {
        line.put(R"({"type":"note","command":)");
        line.json(command_);
        line.put(R"(,"message":)");
        line.json(text);
        line.put("}\n");
    } else {
        line.put(command_);
        line.put(": ");
        line.escaped(text);
        line.put('\n');
    }
    emit(line);
}

}  // namespace fid::report

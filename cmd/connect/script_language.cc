// SPDX-License-Identifier: MIT
#include "cmd/connect/script_language.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <set>

#include "address/characters.h"
#include "cmd/values.h"
#include "report/suggest.h"
#include "report/text.h"

namespace fid::cmd::connect {
namespace {

/// What a command takes behind its name.
enum class Takes : std::uint8_t { nothing, texts, text_or_pattern, name_and_pattern, name_and_texts, time };

struct CommandForm {
    std::string_view name;
    ScriptCommand command;
    Takes takes;
    std::string_view usage;
};

constexpr auto forms = std::to_array<CommandForm>({
    {"send", ScriptCommand::send, Takes::texts, R"(send "TEXT")"},
    {"sendline", ScriptCommand::sendline, Takes::texts, R"(sendline "TEXT")"},
    {"expect", ScriptCommand::expect, Takes::text_or_pattern, R"(expect "TEXT", or expect /EXPRESSION/)"},
    {"capture", ScriptCommand::capture, Takes::name_and_pattern, "capture NAME /EXPRESSION/"},
    {"expect-eof", ScriptCommand::expect_eof, Takes::nothing, "expect-eof"},
    {"close", ScriptCommand::close, Takes::nothing, "close"},
    {"sleep", ScriptCommand::sleep, Takes::time, "sleep 100ms"},
    {"timeout", ScriptCommand::timeout, Takes::time, "timeout 5s"},
    {"set", ScriptCommand::set, Takes::name_and_texts, R"(set NAME "TEXT")"},
    {"print", ScriptCommand::print, Takes::texts, R"(print "TEXT")"},
});

/// Memory for one expression; a larger one is refused, whatever its counted repetitions ask for.
constexpr std::int64_t most_pattern_memory = std::int64_t{8} << 20;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_name_character(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

std::string shown(std::string_view text) {
    constexpr std::size_t longest = 40;
    Text out;
    out.put('\'');
    out.escaped(as_bytes(text), longest);
    out.put('\'');
    return out.take();
}

/// Reads one line. Every step fails with the column where it stands.
class LineReader {
  public:
    LineReader(std::string_view file, std::size_t number, std::string_view line, const ScriptSurroundings& surroundings,
               std::set<std::string, std::less<>>& known)
        : file_(file), number_(number), line_(line), surroundings_(surroundings), known_(known) {}

    /// Nothing for a line without a command.
    Result<std::optional<ScriptStep>> read() {
        skip_blanks();
        if (at_end()) return std::nullopt;
        const std::size_t start = at_;
        const std::string_view word = bare_word();
        const auto* const form = std::ranges::find(forms, word, &CommandForm::name);
        if (form == forms.end()) {
            std::vector<std::string_view> names;
            for (const CommandForm& one : forms) names.push_back(one.name);
            std::string hint = report::did_you_mean(word, names);
            if (hint.empty()) hint = "send, sendline, expect, capture, expect-eof, close, sleep, timeout, set, print";
            return refuse(start, "there is no command " + shown(word), std::move(hint));
        }
        ScriptStep step;
        step.command = form->command;
        step.line = number_;
        form_ = form;
        skip_blanks();
        if (auto read = read_arguments(step); !read) return std::unexpected(std::move(read.error()));
        skip_blanks();
        if (!at_end()) return refuse(at_, "nothing more is wanted here", std::string(form->usage));
        return step;
    }

  private:
    [[nodiscard]] bool at_end() const { return at_ == line_.size() || line_[at_] == '#'; }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < line_.size() ? line_[at_ + ahead] : '\0';
    }
    void skip_blanks() {
        while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
    }
    std::string_view bare_word() {
        const std::size_t start = at_;
        while (at_ < line_.size() && !is_blank(line_[at_])) ++at_;
        return line_.substr(start, at_ - start);
    }
    [[nodiscard]] std::unexpected<Error> refuse(std::size_t where, std::string cause, std::string hint = {}) const {
        return fail(Status::bad_input, "cannot understand",
                    std::string(file_) + ":" + std::to_string(number_) + ":" + std::to_string(where + 1),
                    std::move(cause), std::move(hint));
    }
    [[nodiscard]] std::unexpected<Error> wanted(std::string cause) const {
        return refuse(at_, std::move(cause), std::string(form_->usage));
    }

    Result<void> read_arguments(ScriptStep& step) {
        const std::size_t start = at_;
        Result<void> read;
        switch (form_->takes) {
            case Takes::nothing:
                break;
            case Takes::time:
                read = read_time(step);
                break;
            case Takes::text_or_pattern:
                read = peek() == '/' ? read_pattern(step) : read_texts(step);
                break;
            case Takes::name_and_pattern:
                read = read_name(step);
                if (read && peek() != '/') return wanted("an expression between slashes is wanted");
                if (read) read = read_pattern(step);
                if (read) known_.insert(step.name);
                break;
            case Takes::name_and_texts:
                read = read_name(step);
                if (read) read = read_texts(step);
                if (read) known_.insert(step.name);
                break;
            case Takes::texts:
                read = read_texts(step);
                break;
        }
        if (step.source.empty()) step.source = line_.substr(start, at_ - start);
        return read;
    }

    Result<void> read_time(ScriptStep& step) {
        if (at_end()) return wanted("a time is wanted");
        const std::size_t start = at_;
        const std::string_view word = bare_word();
        const auto time = read_duration(form_->name, word);
        if (!time) return refuse(start, shown(word) + " is not a time", time.error().hint);
        step.time = *time;
        return {};
    }

    Result<void> read_name(ScriptStep& step) {
        const std::size_t start = at_;
        const std::string_view word = bare_word();
        if (!is_variable_name(word))
            return refuse(start, word.empty() ? "a name is wanted" : shown(word) + " is not a name",
                          "letters, digits and _, as in: " + std::string(form_->usage));
        step.name = word;
        skip_blanks();
        return {};
    }

    /// One text or more, with blanks between them that do not count.
    Result<void> read_texts(ScriptStep& step) {
        const std::size_t start = at_;
        std::size_t end = at_;
        while (!at_end()) {
            Result<void> read;
            if (peek() == '"')
                read = read_quoted(step.text);
            else if (peek() == 'x' && peek(1) == '"')
                read = read_hex(step.text);
            else
                return wanted("a text in quotation marks is wanted");
            if (!read) return read;
            end = at_;
            skip_blanks();
        }
        if (step.text.empty()) return wanted("a text in quotation marks is wanted");
        step.source = line_.substr(start, end - start);
        const bool nothing = std::ranges::all_of(
            step.text, [](const TextPart& part) { return part.kind == TextPart::Kind::bytes && part.text.empty(); });
        if (nothing && step.command == ScriptCommand::expect) return refuse(start, "an empty text is always there");
        return {};
    }

    static void put(TextParts& parts, char c) {
        if (parts.empty() || parts.back().kind != TextPart::Kind::bytes) parts.emplace_back();
        parts.back().text.push_back(c);
    }

    Result<void> read_quoted(TextParts& parts) {
        const std::size_t start = at_++;
        if (parts.empty()) parts.emplace_back();
        while (at_ < line_.size()) {
            const char c = line_[at_];
            if (c == '"') {
                ++at_;
                return {};
            }
            if (c == '\\') {
                if (auto read = read_escape(parts); !read) return read;
            } else if (c == '$') {
                if (auto read = read_dollar(parts); !read) return read;
            } else {
                put(parts, c);
                ++at_;
            }
        }
        return refuse(start, "no quotation mark ends this text");
    }

    Result<void> read_escape(TextParts& parts) {
        const char c = peek(1);
        constexpr std::string_view names = "rnt0\\\"$", bytes{"\r\n\t\0\\\"$", 7};
        if (const std::size_t known = names.find(c); c != '\0' && known != std::string_view::npos) {
            put(parts, bytes[known]);
            at_ += 2;
            return {};
        }
        if (c != 'x') return refuse(at_, "there is no such escape", R"(\r \n \t \0 \\ \" \$ and \xHH are)");
        const auto byte = hex_byte(line_.substr(at_ + 2));
        if (!byte) return refuse(at_, "\\x wants two hexadecimal digits");
        put(parts, static_cast<char>(*byte));
        at_ += 4;
        return {};
    }

    Result<void> read_dollar(TextParts& parts) {
        const std::size_t start = at_++;
        if (peek() == '$') {
            put(parts, '$');
            ++at_;
            return {};
        }
        const bool environment = line_.substr(at_).starts_with("ENV{");
        if (environment) at_ += 3;
        const bool braces = peek() == '{';
        if (braces) ++at_;
        const std::size_t name_start = at_;
        while (at_ < line_.size() && is_name_character(line_[at_])) ++at_;
        std::string name(line_.substr(name_start, at_ - name_start));
        if (braces && peek() != '}') return refuse(start, "no } ends this name");
        if (braces) ++at_;
        if (!environment && !is_variable_name(name))
            return refuse(start, "a name is wanted after $",
                          "$$ is a dollar sign; $NAME, ${NAME} and $ENV{NAME} are variables");
        if (environment && !surroundings_.environment(name))
            return refuse(start, "the environment has no " + shown(name));
        if (!environment && !known_.contains(name))
            return refuse(start, "nothing has set " + shown(name),
                          "a script sets it with set or capture, the command line with --set " + name + "=VALUE");
        parts.push_back({environment ? TextPart::Kind::environment : TextPart::Kind::variable, std::move(name)});
        return {};
    }

    /// x"00 0d0a": digits in pairs.
    Result<void> read_hex(TextParts& parts) {
        const std::size_t start = at_;
        at_ += 2;
        if (parts.empty()) parts.emplace_back();
        while (at_ < line_.size() && peek() != '"') {
            if (is_blank(peek())) {
                ++at_;
                continue;
            }
            const auto byte = hex_byte(line_.substr(at_));
            if (!byte) return refuse(at_, "two hexadecimal digits are wanted", R"(x"0d 0a ff")");
            put(parts, static_cast<char>(*byte));
            at_ += 2;
        }
        if (peek() != '"') return refuse(start, "no quotation mark ends these bytes");
        ++at_;
        return {};
    }

    Result<void> read_pattern(ScriptStep& step) {
        const std::size_t start = at_++;
        std::string text;
        while (at_ < line_.size() && line_[at_] != '/') {
            if (line_[at_] == '\\' && peek(1) != '\0') {
                // RE2 knows no \/: a slash is a slash.
                if (peek(1) != '/') text += '\\';
                ++at_;
            }
            text += line_[at_++];
        }
        if (at_ == line_.size())
            return refuse(start, "no slash ends this expression", R"(a slash in it is written \/)");
        ++at_;
        re2::RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(most_pattern_memory);
        options.set_encoding(re2::RE2::Options::EncodingLatin1);  // bytes: what comes need not be UTF-8
        if (peek() == 'i') {
            options.set_case_sensitive(false);
            ++at_;
        }
        // Dialogues are made of lines: ^ and $ are theirs.
        constexpr std::string_view lines = "(?m)";
        auto pattern = std::make_shared<re2::RE2>(std::string(lines) + text, options);
        if (!pattern->ok()) {
            std::string why = pattern->error();
            if (const std::size_t at = why.find(lines); at != std::string::npos) why.erase(at, lines.size());
            return refuse(start, "not a regular expression: " + why);
        }
        for (const auto& [number, name] : pattern->CapturingGroupNames()) {
            if (!is_variable_name(name)) return refuse(start, "a group cannot be named " + shown(name));
            known_.insert(name);
            step.groups.emplace_back(name, static_cast<std::size_t>(number));
        }
        step.pattern = std::move(pattern);
        step.source = line_.substr(start, at_ - start);
        return {};
    }

    std::string_view file_;
    std::size_t number_;
    std::string_view line_;
    const ScriptSurroundings& surroundings_;
    std::set<std::string, std::less<>>& known_;  ///< variables that are set by the time this line is reached
    const CommandForm* form_ = nullptr;
    std::size_t at_ = 0;
};

}  // namespace

std::string_view name_of(ScriptCommand command) {
    const auto* const form = std::ranges::find(forms, command, &CommandForm::command);
    return form == forms.end() ? std::string_view() : form->name;
}

bool is_variable_name(std::string_view name) {
    if (name.empty() || is_digit(name.front()) || name == "ENV") return false;
    return std::ranges::all_of(name, is_name_character);
}

Result<std::vector<ScriptStep>> read_script(std::string_view file, std::string_view text,
                                            const ScriptSurroundings& surroundings) {
    std::vector<ScriptStep> steps;
    std::set<std::string, std::less<>> known;
    for (const auto& [name, value] : surroundings.variables) known.insert(name);
    std::size_t number = 0;
    bool closed = false;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.ends_with('\r')) line.remove_suffix(1);
        ++number;
        auto step = LineReader(file, number, line, surroundings, known).read();
        if (!step) return std::unexpected(std::move(step.error()));
        if (!*step) continue;
        const auto command = (*step)->command;
        const bool sends = command == ScriptCommand::send || command == ScriptCommand::sendline;
        if (closed && sends)
            return fail(Status::bad_input, "cannot understand", std::string(file) + ":" + std::to_string(number) + ":1",
                        "nothing can be sent after close");
        closed = closed || command == ScriptCommand::close;
        steps.push_back(std::move(**step));
    }
    return steps;
}

}  // namespace fid::cmd::connect

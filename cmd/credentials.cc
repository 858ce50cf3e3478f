// SPDX-License-Identifier: MIT
#include "cmd/credentials.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "report/terminal_mode.h"
#include "transport/descriptor.h"

namespace fid::cmd {
namespace {

/// Words of a netrc file, one after another.
class NetrcWords {
  public:
    explicit NetrcWords(std::string_view text) : rest_(text) {}

    std::optional<std::string> next() {
        while (true) {
            rest_.remove_prefix(std::min(rest_.size(), rest_.find_first_not_of(" \t\r\n")));
            if (!rest_.starts_with('#')) break;
            rest_.remove_prefix(std::min(rest_.size(), rest_.find('\n')));
        }
        if (rest_.empty()) return std::nullopt;
        std::string word;
        const bool quoted = rest_.front() == '"';
        if (quoted) rest_.remove_prefix(1);
        while (!rest_.empty()) {
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (quoted ? c == '"' : c == ' ' || c == '\t' || c == '\r' || c == '\n') break;
            if (c == '\\' && !rest_.empty()) {
                word += rest_.front();
                rest_.remove_prefix(1);
            } else {
                word += c;
            }
        }
        return word;
    }
    void skip_macro() { rest_.remove_prefix(std::min(rest_.size(), rest_.find("\n\n"))); }

  private:
    std::string_view rest_;
};

/// The password of a person at the terminal, who does not see it.
std::optional<std::string> ask_password(const std::string& whose) {
    if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1) return std::nullopt;
    Text prompt;
    prompt.put("password of ");
    prompt.escaped(whose);
    prompt.put(": ");
    const auto say = [](std::string_view text) {
        [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    };
    say(prompt.view());
    std::string password;
    report::TerminalMode terminal(STDIN_FILENO);
    terminal.set(report::TerminalMode::Kind::editing);
    char c = 0;
    while (::read(STDIN_FILENO, &c, 1) == 1 && c != '\n' && c != '\r') {
        constexpr char erase = 0x7f, backspace = 0x08;
        if (c != erase && c != backspace)
            password += c;
        else if (!password.empty())
            password.pop_back();
    }
    say("\n");
    return password;
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail_errno(Status::cannot_read, "cannot read", path, errno);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<std::optional<NetrcEntry>> from_netrc(Context& context, const std::string& host, const std::string& user) {
    std::string path(context.args.value("--netrc"));
    const bool wanted = !path.empty();
    if (!wanted) {
        const char* const home = std::getenv("HOME");
        if (home == nullptr) return std::nullopt;
        path = std::string(home) + "/.netrc";
    }
    struct stat about{};
    if (!wanted && stat(path.c_str(), &about) != 0) return std::nullopt;
    const auto text = read_file(path);
    if (!text) return std::unexpected(text.error());
    auto entry = find_in_netrc(*text, host, user);
    constexpr mode_t others = 077;
    if (entry && stat(path.c_str(), &about) == 0 && (about.st_mode & others) != 0)
        context.log.warning("other users may read the passwords in " + path, "chmod 600 " + path);
    return entry;
}

}  // namespace

std::optional<NetrcEntry> find_in_netrc(std::string_view text, std::string_view host, std::string_view user) {
    NetrcWords words(text);
    std::optional<NetrcEntry> entry;
    const auto fits = [&] { return entry && (user.empty() || entry->login == user); };
    for (auto word = words.next(); word; word = words.next()) {
        if (*word == "machine" || *word == "default") {
            if (fits()) return entry;
            const auto name = *word == "machine" ? words.next() : std::string(host);
            entry = name == host ? std::optional(NetrcEntry()) : std::nullopt;
        } else if (*word == "login") {
            if (auto value = words.next(); value && entry) entry->login = std::move(*value);
        } else if (*word == "password") {
            if (auto value = words.next(); value && entry) entry->password = std::move(*value);
        } else if (*word == "account") {
            (void)words.next();
        } else if (*word == "macdef") {
            words.skip_macro();
        }
    }
    return fits() ? entry : std::nullopt;
}

std::vector<Option> with_login_options(std::vector<Option> own, std::string_view group) {
    own.push_back({.names = "--user", .value = "NAME", .help = "log in as", .group = group});
    own.push_back({.names = "--password-file",
                   .value = "FILE",
                   .help = "the password is the first line of",
                   .group = group,
                   .complete = Complete::file});
    own.push_back({.names = "--netrc",
                   .value = "FILE",
                   .help = "users and passwords of hosts (default: ~/.netrc where it exists)",
                   .group = group,
                   .complete = Complete::file});
    return own;
}

Result<Login> find_login(Context& context, const LoginQuestion& question) {
    const Arguments& args = context.args;
    Login login;
    login.user = args.value("--user");
    if (login.user.empty()) login.user = question.user;
    if (args.has("--password-file")) {
        auto text = read_file(std::string(args.value("--password-file")));
        if (!text) return std::unexpected(std::move(text.error()));
        login.password = text->substr(0, text->find_first_of("\r\n"));
    }
    const char* const value = std::getenv(question.variable.c_str());
    if (!login.password && value != nullptr && !login.user.empty()) login.password = value;
    if (!login.password) {
        auto entry = from_netrc(context, question.host, login.user);
        if (!entry) return std::unexpected(std::move(entry.error()));
        if (const std::optional<NetrcEntry>& found = *entry) {
            if (login.user.empty()) login.user = found->login;
            login.password = found->password;
        }
    }
    const auto needs_none = [&](std::string_view user) {
        return std::ranges::find(question.open, user) != question.open.end();
    };
    if (login.user.empty() || login.password || needs_none(login.user)) return login;
    login.password = ask_password(login.user + " at " + question.host);
    if (!login.password)
        return fail(Status::login_refused, "there is no password for", login.user + " at " + question.host, {},
                    "--password-file FILE, " + question.variable + " or ~/.netrc has it");
    return login;
}

}  // namespace fid::cmd

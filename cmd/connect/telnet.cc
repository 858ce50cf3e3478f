// SPDX-License-Identifier: MIT
#include "cmd/connect/telnet.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace fid::cmd::connect {
namespace {

using transport::TelnetCommand;
using transport::TelnetStream;

/// As read_key() takes it.
std::string key_name(std::uint8_t key) {
    if (key >= ' ') return std::string(1, static_cast<char>(key));
    return std::string("^") + static_cast<char>(key | 0x40U);
}

/// "^]", "^a", "none" or one character.
Result<std::optional<std::uint8_t>> read_key(std::string_view text) {
    if (text == "none") return std::nullopt;
    if (text.size() == 1 && text[0] > ' ' && text[0] <= '~') return static_cast<std::uint8_t>(text[0]);
    if (text.size() == 2 && text[0] == '^') {
        const char key = text[1] >= 'a' && text[1] <= 'z' ? static_cast<char>(text[1] - 32) : text[1];
        // Without ^[, which begins what the cursor keys send, and ^M, which is Enter.
        if (key >= '@' && key <= '_' && key != '[' && key != 'M' && key != 'J')
            return static_cast<std::uint8_t>(key & 0x1f);
    }
    return fail(Status::usage, "not a key:", std::string(text), {}, "write ^] or ^A, one character, or none");
}

struct Sendable {
    std::string_view name;
    TelnetCommand command;
    std::string_view help;
};

constexpr std::array<Sendable, 10> sendables{{
    {"ip", TelnetCommand::interrupt_process, "interrupt process"},
    {"brk", TelnetCommand::break_, "break"},
    {"ayt", TelnetCommand::are_you_there, "are you there"},
    {"ao", TelnetCommand::abort_output, "abort output"},
    {"ec", TelnetCommand::erase_character, "erase character"},
    {"el", TelnetCommand::erase_line, "erase line"},
    {"eof", TelnetCommand::end_of_file, "end of file"},
    {"susp", TelnetCommand::suspend, "suspend process"},
    {"abort", TelnetCommand::abort, "abort process"},
    {"nop", TelnetCommand::no_operation, "nothing"},
}};

constexpr std::string_view help_text =
    "quit             end the session\n"
    "status           what is connected, and what was agreed on\n"
    "send COMMAND     ip, brk, ayt, ao, ec, el, eof, susp, abort or nop\n"
    "mode char|line   each key as it is pressed, or lines edited here\n"
    "suspend          back to the shell; fg returns\n"
    "help             this\n"
    "An empty line returns to the session.\n";

/// What may be typed at the prompt of the escape key.
class Prompt {
  public:
    Prompt(TelnetStream& telnet, std::string peer, std::function<void()> quit)
        : telnet_(telnet), peer_(std::move(peer)), quit_(std::move(quit)) {}

    Interactive::Reply operator()(std::string_view line) {
        const auto blank = [&line] { return !line.empty() && (line.front() == ' ' || line.front() == '\t'); };
        const auto word = [&] {
            while (blank()) line.remove_prefix(1);
            const std::string_view first = line.substr(0, line.find_first_of(" \t"));
            line.remove_prefix(first.size());
            return std::string(first);
        };
        const std::string verb = word(), object = word();
        if (verb.empty()) return {};
        if (verb == "help" || verb == "?") return {.text = std::string(help_text)};
        if (verb == "status") return {.text = status()};
        if (verb == "send") return {.text = send(object)};
        if (verb == "mode") return {.text = mode(object)};
        if (verb == "suspend" || verb == "z") return {.text = {}, .suspend = true};
        if (verb == "quit" || verb == "close" || verb == "q") {
            quit_();
            return {};
        }
        Text text;
        text.put("no such command: ");
        text.escaped(verb);
        text.put("; try help\n");
        return {.text = text.take()};
    }

  private:
    [[nodiscard]] std::string status() const {
        Text text;
        text.put("connected to ");
        text.escaped(peer_);
        text.put(telnet_.protocol().character_mode() ? ", character mode\n" : ", line mode\n");
        text.put(telnet_.protocol().agreed());
        text.put('\n');
        return text.take();
    }

    std::string send(std::string_view name) {
        const auto found = std::ranges::find(sendables, name, &Sendable::name);
        if (found != sendables.end()) {
            telnet_.command(found->command);
            return {};
        }
        std::string text;
        for (const Sendable& each : sendables)
            text.append("send ").append(each.name).append("\t").append(each.help) += '\n';
        return text;
    }

    std::string mode(std::string_view name) {
        if (name != "char" && name != "line") return "mode char, or mode line\n";
        telnet_.choose_mode(name == "char");
        return {};
    }

    TelnetStream& telnet_;
    std::string peer_;
    std::function<void()> quit_;
};

Typing typing_for(const transport::Telnet& telnet) {
    if (telnet.character_mode()) return Typing::character;
    return telnet.remote_echo() ? Typing::secret : Typing::line;
}

}  // namespace

std::vector<Option> telnet_options() {
    return {
        {.names = "--no-edit",
         .help = "leave typed lines to the terminal, and show bytes as they are",
         .group = "Terminal"},
        {.names = "--no-history", .help = "neither read nor keep typed lines", .group = "Terminal"},
        {.names = "--telnet", .help = "speak telnet (port 23; 992 with tls://)", .group = "Terminal"},
        {.names = "--escape",
         .value = "KEY",
         .help = "with --telnet, the key that asks for a command: ^], ^A, ~, none",
         .group = "Terminal",
         .fallback = "^]"},
    };
}

Result<void> read_telnet(const Arguments& args, Settings& settings) {
    settings.telnet = args.has("--telnet");
    if (!settings.telnet) {
        if (args.has("--escape")) return fail(Status::usage, "--escape is for --telnet", {});
        return {};
    }
    const std::string& scheme = settings.endpoint.scheme;
    if (settings.websocket || settings.frame || scheme == "udp")
        return fail(Status::usage, "--telnet is for streams of bytes, not", settings.endpoint.text());
    if (settings.crlf)
        return fail(Status::usage, "--crlf and --telnet exclude each other", {}, "telnet does it anyway");
    auto key = read_key(args.value("--escape"));
    if (!key) return std::unexpected(std::move(key.error()));
    settings.escape = *key;
    if (!settings.endpoint.port && scheme != "unix") settings.endpoint.port = scheme == "tls" ? 992 : 23;
    settings.dial.socket.urgent_inline = true;
    return {};
}

transport::StreamPtr start_telnet(Context& context, const Settings& settings, transport::Executor executor,
                                  transport::StreamPtr below, const std::shared_ptr<Interactive>& user,
                                  std::function<void()> quit) {
    transport::TelnetProfile profile;
    const char* const kind = std::getenv("TERM");
    if (kind != nullptr && *kind != '\0') profile.terminal = kind;
    profile.window = profile.raw_characters = user != nullptr;
    transport::Telnet::Note note;
    if (context.log.verbose() != 0) {
        note = [&context, screen = isatty(STDERR_FILENO) == 1 ? user : nullptr](const std::string& text) {
            screen ? screen->announce("telnet: " + text) : context.log.note("telnet: " + text);
        };
    }
    auto stream = std::make_unique<TelnetStream>(executor, std::move(below), std::move(profile), std::move(note));
    if (user) {
        TelnetStream& telnet = *stream;
        telnet.on_mode([&telnet, screen = user.get()] { screen->set_typing(typing_for(telnet.protocol())); });
        user->on_resize([&telnet](unsigned columns, unsigned rows) { telnet.resize(columns, rows); });
        // Who does not know the key cannot get out of a raw terminal.
        if (settings.escape && !context.args.has("--quiet"))
            user->announce("connected to " + settings.endpoint.text() + "; " + key_name(*settings.escape) +
                           " asks for a command");
        user->on_command(Prompt(telnet, settings.endpoint.text(), std::move(quit)));
    }
    return stream;
}

}  // namespace fid::cmd::connect

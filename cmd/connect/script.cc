// SPDX-License-Identifier: MIT
#include "cmd/connect/script.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "cmd/connect/conversation.h"
#include "cmd/connect/events.h"
#include "cmd/connect/script_dialogue.h"
#include "cmd/connect/script_language.h"
#include "transport/descriptor.h"

namespace fid::cmd::connect {
namespace {

using report::Field;
using report::Type;

constexpr std::array step_fields{
    Field{"line", Type::integer, "the line of the script"},
    Field{"command", Type::text, "its command"},
    Field{"text", Type::text, "what was sent, matched or printed; values from the environment by their names"},
    Field{"captures", Type::object, "the variables that the match has set"},
    Field{"skipped_bytes", Type::integer, "received before the match and passed over"},
    Field{"duration_ms", Type::real, "how long the step took"},
    Field{"time", Type::time, "when it was done"},
};

/// A script is written by people; what is larger was not meant.
constexpr std::size_t most_script_bytes = std::size_t{1} << 20U;

Result<std::string> read_file(const std::string& path) {
    const bool standard = path == "-";
    const transport::Descriptor file(standard ? -1 : open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const std::string name = standard ? "standard input" : path;
    if (!standard && file.get() < 0) return fail_errno(Status::cannot_read, "cannot read", name, errno);
    std::string text;
    std::array<char, 64 * 1024> block{};
    while (true) {
        const ssize_t count = read(standard ? STDIN_FILENO : file.get(), block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_errno(Status::cannot_read, "cannot read", name, errno);
        if (count == 0) return text;
        text.append(block.data(), static_cast<std::size_t>(count));
        if (text.size() > most_script_bytes)
            return fail(Status::bad_input, "cannot understand", name, "longer than the 1 MiB of a script");
    }
}

Result<Script> load(const Arguments& args) {
    Script script;
    ScriptSurroundings surroundings;
    for (const std::string& text : args.values("--set")) {
        const std::size_t equals = text.find('=');
        const std::string name = text.substr(0, equals);
        if (equals == std::string::npos || !is_variable_name(name))
            return fail(Status::usage, "--set wants NAME=VALUE, not", "'" + text + "'", {},
                        "a name is made of letters, digits and _");
        surroundings.variables[name] = text.substr(equals + 1);
    }
    surroundings.environment = [&script](const std::string& name) -> std::optional<std::string> {
        const char* const value = std::getenv(name.c_str());
        if (value == nullptr) return std::nullopt;
        script.environment[name] = value;
        return value;
    };
    const std::string path(args.value("--script"));
    script.file = path == "-" ? "standard input" : path;
    auto text = read_file(path);
    if (!text) return std::unexpected(std::move(text.error()));
    auto steps = read_script(script.file, *text, surroundings);
    if (!steps) return std::unexpected(std::move(steps.error()));
    script.steps = std::move(*steps);
    script.variables = std::move(surroundings.variables);
    return script;
}

}  // namespace

const report::RecordType step_record{"step", "A step of --script that was taken.", step_fields};

std::vector<Option> script_options() {
    constexpr std::string_view group = "Script";
    return {{.names = "--script",
             .value = "FILE",
             .help = "send and expect what FILE says (-: standard input)",
             .group = group,
             .complete = Complete::file},
            {.names = "--set",
             .value = "NAME=VALUE",
             .help = "set a variable of the script; repeat for more",
             .group = group,
             .repeatable = true}};
}

std::string_view script_manual() {
    return "--script FILE holds a dialogue that was written down: each line of FILE is a command, # begins a comment. "
           "The script is read whole before anything is dialled (status 3, with line and column, where it is wrong). "
           "Standard output gets what print says and nothing else; -v shows the dialogue; --json tells each step. At "
           "the end of the script the end is said and the peer's awaited for the time of --linger.\n\n"
           "send \"TEXT\"... sends bytes as they are, over UDP and --frame and WebSocket as one message; sendline the "
           "same with CR LF behind, as SMTP, FTP, HTTP and most others want their lines. expect \"TEXT\" waits until "
           "that was received, expect /EXPRESSION/ for what matches (RE2's syntax; /EXPRESSION/i in any case; ^ and $ "
           "at lines, $ before a line feed); what came before it is passed over, what follows is the next step's. "
           "capture NAME /EXPRESSION/ does the same and keeps group 1, or all where there is no group; named groups "
           "(?P<NAME>...) are kept by both. expect-eof waits for the peer's end. close says that we send no more. "
           "timeout TIME is how long each following step may take (at first 10s, 0: for ever), sleep TIME waits. set "
           "NAME \"TEXT\"... sets a variable, print \"TEXT\"... writes a line.\n\n"
           "A TEXT knows \\r \\n \\t \\0 \\xHH \\\\ \\\" and \\$; x\"0d 0a\" are bytes by their hexadecimal digits; "
           "several "
           "TEXTs are one. $NAME and ${NAME} are variables, set by the script or by --set; $ENV{NAME} is the "
           "environment's, for secrets: -v, records and errors show its name only. $$ is a dollar sign. In expressions "
           "$ is the end of a line and nothing is replaced.\n\n"
           "Where a match reaches the end of what has come and might go on (\\d+ after 12), more is awaited for 100 "
           "ms, unless the peer has ended. Of what was received and not taken at least the newest 1 MiB is searched. "
           "When time runs out or the peer ends first, the status is 99 and the error tells the line, what was "
           "expected and what came last.";
}

Status run_script(Context& context, Settings settings) {
    auto script = load(context.args);
    if (!script) return context.log.error(script.error());
    return converse(
        context, std::move(settings),
        [&script](Context& here, const Settings& wanted, Peer& peer, std::shared_ptr<Interruption> interruption) {
            return hold_dialogue(here, wanted, peer.connection, std::move(interruption), *script);
        });
}

}  // namespace fid::cmd::connect

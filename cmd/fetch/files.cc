// SPDX-License-Identifier: MIT
#include "cmd/fetch/files.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "transport/descriptor.h"

namespace fid::cmd::fetch {

Result<std::string> read_file(const std::string& path) {
    transport::Descriptor file;
    int from = STDIN_FILENO;
    if (path != "-") {
        file = transport::Descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file.valid()) return fail_errno(Status::cannot_read, "cannot read", path, errno);
        from = file.get();
    }
    std::string text;
    std::string block(64 * 1024, '\0');
    while (true) {
        const ssize_t got = read(from, block.data(), block.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(Status::cannot_read, "cannot read", path, errno);
        if (got == 0) return text;
        text.append(block, 0, static_cast<std::size_t>(got));
    }
}

Result<std::string> ask_password(const std::string& prompt) {
    const transport::Descriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC));
    termios before{};
    if (!terminal.valid() || tcgetattr(terminal.get(), &before) != 0)
        return fail(Status::usage, "no password", {}, "there is no terminal to ask at",
                    "--password-file FILE or --netrc has it");
    const auto put = [&](std::string_view text) {
        // A prompt that cannot be shown leaves the question open, not the program broken.
        [[maybe_unused]] const ssize_t written = write(terminal.get(), text.data(), text.size());
    };
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(terminal.get(), TCSAFLUSH, &silent);
    put(prompt);
    std::string password;
    char c = 0;
    while (read(terminal.get(), &c, 1) == 1 && c != '\n') password += c;
    tcsetattr(terminal.get(), TCSAFLUSH, &before);
    put("\n");
    return password;
}

}  // namespace fid::cmd::fetch

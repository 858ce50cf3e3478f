// SPDX-License-Identifier: MIT
#include "report/terminal_mode.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

namespace fid::report {
namespace {

/// What the signal handlers need; written while they cannot matter, before changed_terminal is set.
termios former_mode{};
volatile std::sig_atomic_t changed_terminal = -1;  ///< the descriptor; -1 where there is nothing to restore

/// Only the foreground job may set a terminal's mode: others are stopped for it.
bool in_foreground(int descriptor) { return tcgetpgrp(descriptor) == getpgrp(); }

void on_fatal(int number) {
    restore_terminal();
    raise(number);  // its default action, once this handler has returned: SA_RESETHAND
}

void on_suspend(int number);

void catch_suspend() {
    struct sigaction action{};
    action.sa_handler = on_suspend;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER | SA_RESTART);
    sigemptyset(&action.sa_mask);
    sigaction(SIGTSTP, &action, nullptr);
}

void on_suspend(int number) {
    const int error = errno;
    restore_terminal();
    raise(number);  // stops here; the mode is renewed by whoever waits for SIGCONT
    catch_suspend();
    errno = error;
}

/// Those that end a program and that nobody else cares about.
void catch_fatal() {
    for (const int number : std::array{SIGHUP, SIGTERM, SIGQUIT, SIGABRT, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU}) {
        struct sigaction former{};
        if (sigaction(number, nullptr, &former) != 0 || former.sa_handler != SIG_DFL) continue;
        struct sigaction action{};
        action.sa_handler = on_fatal;
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        sigemptyset(&action.sa_mask);
        sigaction(number, &action, nullptr);
    }
}

}  // namespace

void restore_terminal() {
    const int descriptor = changed_terminal;
    // At once, without waiting for a terminal that takes no output now.
    if (descriptor != -1 && in_foreground(descriptor)) tcsetattr(descriptor, TCSANOW, &former_mode);
}

TerminalMode::TerminalMode(int descriptor) : descriptor_(descriptor) {
    if (tcgetattr(descriptor, &former_) != 0) return;
    former_mode = former_;
    std::atomic_signal_fence(std::memory_order_release);
    changed_terminal = descriptor;
    catch_fatal();
    struct sigaction former{};
    if (sigaction(SIGTSTP, nullptr, &former) == 0 && former.sa_handler == SIG_DFL) catch_suspend();
}

TerminalMode::~TerminalMode() {
    restore_terminal();
    changed_terminal = -1;
}

void TerminalMode::set(Kind kind) {
    kind_ = kind;
    if (changed_terminal == -1 || !in_foreground(descriptor_)) return;
    termios mode = former_;
    if (kind == Kind::raw) {
        cfmakeraw(&mode);
    } else if (kind == Kind::editing) {
        // Ctrl-V, Ctrl-O and Ctrl-S are keys like others; output is translated as before.
        mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ECHONL | IEXTEN);
        mode.c_iflag &= ~static_cast<tcflag_t>(ICRNL | INLCR | IGNCR | IXON | ISTRIP);
    }
    mode.c_cc[VMIN] = kind == Kind::former ? former_.c_cc[VMIN] : cc_t{1};
    mode.c_cc[VTIME] = kind == Kind::former ? former_.c_cc[VTIME] : cc_t{0};
    tcsetattr(descriptor_, TCSANOW, &mode);
}

}  // namespace fid::report

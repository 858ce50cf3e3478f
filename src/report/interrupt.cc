// SPDX-License-Identifier: MIT
#include "report/interrupt.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "report/status.h"
#include "report/terminal_mode.h"

namespace fid::report {
namespace {

volatile std::sig_atomic_t seen = 0;    ///< Ctrl-C
volatile std::sig_atomic_t asked = 0;   ///< to end, by either signal
volatile std::sig_atomic_t event = -1;  ///< an eventfd, once somebody has asked for it

void on_interrupt(int signal) {
    if (asked != 0) {
        restore_terminal();
        _exit(static_cast<int>(Status::interrupted));
    }
    asked = 1;
    if (signal == SIGINT) seen = 1;
    if (event == -1) return;
    const int number = errno;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(event, &one, sizeof(one));
    errno = number;
}

void catch_signal(int signal) {
    struct sigaction action{};
    action.sa_handler = on_interrupt;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);  // without SA_RESTART: a blocked read returns
}

}  // namespace

void catch_interrupts() { catch_signal(SIGINT); }
void catch_termination() { catch_signal(SIGTERM); }

bool interrupted() { return seen != 0; }
bool asked_to_end() { return asked != 0; }

int interrupt_descriptor() {
    if (event == -1) {
        event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        // Ctrl-C may have come before there was an event to tell.
        if (asked != 0) eventfd_write(event, 1);
    }
    return event;
}

}  // namespace fid::report

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

volatile std::sig_atomic_t seen = 0;
volatile std::sig_atomic_t event = -1;  ///< an eventfd, once somebody has asked for it

void on_interrupt(int) {
    if (seen != 0) {
        restore_terminal();
        _exit(static_cast<int>(Status::interrupted));
    }
    seen = 1;
    if (event == -1) return;
    const int number = errno;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(event, &one, sizeof(one));
    errno = number;
}

}  // namespace

void catch_interrupts() {
    struct sigaction action{};
    action.sa_handler = on_interrupt;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);  // without SA_RESTART: a blocked read returns
}

bool interrupted() { return seen != 0; }

int interrupt_descriptor() {
    if (event == -1) {
        event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        // Ctrl-C may have come before there was an event to tell.
        if (seen != 0) eventfd_write(event, 1);
    }
    return event;
}

}  // namespace fid::report

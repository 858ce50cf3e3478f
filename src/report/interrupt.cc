// SPDX-License-Identifier: MIT
#include "report/interrupt.h"

#include <unistd.h>

#include <csignal>

#include "report/status.h"

namespace fid::report {
namespace {

volatile std::sig_atomic_t seen = 0;

void on_interrupt(int) {
    if (seen != 0) _exit(static_cast<int>(Status::interrupted));
    seen = 1;
}

}  // namespace

void catch_interrupts() {
    struct sigaction action{};
    action.sa_handler = on_interrupt;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);  // without SA_RESTART: a blocked read returns
}

bool interrupted() { return seen != 0; }

}  // namespace fid::report

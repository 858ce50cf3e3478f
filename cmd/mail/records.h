// SPDX-License-Identifier: MIT
// What `fid mail` reports.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "cmd/command.h"
#include "mail/session.h"

namespace fid::cmd::mail {

extern const report::RecordType mail_record;
extern const report::RecordType load_record;

/// One recipient of one message. `number` counts messages from 1.
void write_receipt(report::Output& out, const fid::mail::Receipt& receipt, std::uint64_t number,
                   std::chrono::nanoseconds duration);

struct Load {
    std::uint64_t messages = 0, accepted = 0, partial = 0, refused = 0, unknown = 0, unsent = 0, connections = 0;
    std::uint64_t bytes = 0;  ///< of all messages that were accepted
    std::chrono::nanoseconds duration{};
};
void write_load(report::Output& out, const Load& load);

}  // namespace fid::cmd::mail

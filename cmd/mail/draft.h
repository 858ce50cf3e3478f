// SPDX-License-Identifier: MIT
// The message that the options of `fid mail send` describe, and who is to get it.
#pragma once

#include <vector>

#include "cmd/command.h"
#include "mail/message.h"
#include "mail/session.h"

namespace fid::cmd::mail {

[[nodiscard]] std::vector<Option> draft_options();

struct Letter {
    fid::mail::Envelope envelope;
    fid::mail::Message message;
};

/// Reads all there is to read. Status usage, cannot_read, bad_input.
[[nodiscard]] Result<Letter> read_letter(const Arguments& args);

}  // namespace fid::cmd::mail

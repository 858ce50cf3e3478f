// SPDX-License-Identifier: MIT
// `fid mail send`: a message is made and handed to a server.
#include "cmd/mail/mail.h"

namespace fid::cmd::mail {
namespace {

Status run(Context& context) {
    return context.log.error({Status::usage, "there is nobody to send to", {}, {}, "--to ADDRESS"});
}

}  // namespace

const Command send_command{
    .name = "send", .summary = "make a message and hand it to a server", .description = "", .run = run};

}  // namespace fid::cmd::mail

// SPDX-License-Identifier: MIT
// What `fid mail list` and `read` share: their options, the login, and how they run.
#pragma once

#include <string>
#include <vector>

#include "cmd/command.h"
#include "mail/header_reader.h"
#include "mail/imap_name.h"
#include "mail/imap_session.h"

namespace fid::cmd::mail {

/// Those of a verb and those of all that log in.
[[nodiscard]] std::vector<Option> with_imap_options(std::vector<Option> own);
[[nodiscard]] std::vector<ExitDoc> imap_statuses();

/// What a verb does once it has logged in.
using ImapWork = transport::Task<Result<void>> (*)(Context& context, fid::mail::ImapSession& session,
                                                   const fid::mail::ImapUrl& url);
/// Logs in at the server of the first word, works, and says goodbye; Ctrl-C ends it.
[[nodiscard]] Status run_imap(Context& context, ImapWork work);

/// EXAMINE, or SELECT with `change`; gives how many messages there are. Status server_error.
[[nodiscard]] transport::Task<Result<std::uint64_t>> open_mailbox(fid::mail::ImapSession& session, std::string mailbox,
                                                                  bool change);

/// "17-Jul-1996 02:44:25 -0700" (RFC 9051 section 2.3.3) as RFC 3339; null where it is none.
[[nodiscard]] report::Value internal_date(const fid::mail::ImapValue* value);
/// \Seen and the like, without the backslash.
[[nodiscard]] report::List flag_list(const fid::mail::ImapValue* value);
[[nodiscard]] report::Value number_or_null(const fid::mail::ImapValue* value);
[[nodiscard]] report::Value text_or_null(std::string text);

}  // namespace fid::cmd::mail

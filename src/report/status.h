// SPDX-License-Identifier: MIT
// The one exit status table (from 3 on the numbers are curl's where curl has one). Man pages print it.
#pragma once

#include <span>
#include <string_view>

namespace fid {

enum class Status : int {
    success = 0,
    negative = 1,
    usage = 2,
    bad_input = 3,
    proxy_not_found = 5,
    host_not_found = 6,
    cannot_connect = 7,
    protocol_violation = 8,
    truncated = 18,
    server_error = 22,
    cannot_write = 23,
    cannot_read = 26,
    timeout = 28,
    tls_handshake = 35,
    too_many_redirects = 47,
    empty_reply = 52,
    send_failure = 55,
    receive_failure = 56,
    certificate = 60,
    login_refused = 67,
    partial = 75,
    threshold_missed = 99,
    interrupted = 130,
};

struct StatusDoc {
    Status status;
    std::string_view name;  ///< one word or two, as used in --json errors: "timeout"
    std::string_view doc;   ///< one line for EXIT STATUS
};

/// Every status, ascending.
[[nodiscard]] std::span<const StatusDoc> status_table();
[[nodiscard]] const StatusDoc& describe(Status status);

}  // namespace fid

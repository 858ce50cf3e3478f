// SPDX-License-Identifier: MIT
#include "report/status.h"

#include <algorithm>
#include <array>

namespace fid {
namespace {

constexpr std::array table{
    StatusDoc{Status::success, "success", "Success."},
    StatusDoc{Status::negative, "negative",
              "An honest negative: no match, sets differ, name does not exist, port closed, host down."},
    StatusDoc{Status::usage, "usage", "The command line is wrong."},
    StatusDoc{Status::bad_input, "bad_input", "Malformed input data: an address, a URL, a capture file."},
    StatusDoc{Status::proxy_not_found, "proxy_not_found", "The proxy's name was not found."},
    StatusDoc{Status::host_not_found, "host_not_found", "The host name was not found."},
    StatusDoc{Status::cannot_connect, "cannot_connect", "Cannot connect."},
    StatusDoc{Status::protocol_violation, "protocol_violation", "The peer violated the protocol."},
    StatusDoc{Status::truncated, "truncated", "The data ended early or was damaged; what could be read was shown."},
    StatusDoc{Status::server_error, "server_error", "The server answered with an error."},
    StatusDoc{Status::cannot_write, "cannot_write", "Cannot write a local file or standard output."},
    StatusDoc{Status::cannot_read, "cannot_read", "Cannot read a local file."},
    StatusDoc{Status::timeout, "timeout", "Timed out."},
    StatusDoc{Status::tls_handshake, "tls_handshake", "The TLS handshake failed."},
    StatusDoc{Status::too_many_redirects, "too_many_redirects", "Too many redirects."},
    StatusDoc{Status::empty_reply, "empty_reply", "The server answered nothing."},
    StatusDoc{Status::send_failure, "send_failure", "Sending failed."},
    StatusDoc{Status::receive_failure, "receive_failure", "Receiving failed (reset)."},
    StatusDoc{Status::certificate, "certificate", "The peer's certificate is not trusted."},
    StatusDoc{Status::login_refused, "login_refused", "Login refused."},
    StatusDoc{Status::partial, "partial", "Some of several targets failed."},
    StatusDoc{Status::threshold_missed, "threshold_missed", "A threshold or assertion was missed."},
    StatusDoc{Status::interrupted, "interrupted", "Interrupted."},
};

}  // namespace

std::span<const StatusDoc> status_table() { return table; }

const StatusDoc& describe(Status status) {
    const auto* found = std::ranges::find(table, status, &StatusDoc::status);
    return found == table.end() ? table[0] : *found;
}

}  // namespace fid

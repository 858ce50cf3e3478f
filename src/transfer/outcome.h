// SPDX-License-Identifier: MIT
// What became of a transfer: the answer's facts, sizes and times, or why there is none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/error.h"

namespace fid::transfer {

/// Microseconds from the beginning of the transfer; over redirects each is the sum of its steps, as curl has it.
struct Timings {
    std::int64_t lookup_us = 0, connect_us = 0, tls_us = 0, pretransfer_us = 0, first_byte_us = 0;
    std::int64_t redirect_us = 0;  ///< spent on the steps before the last
    std::int64_t total_us = 0;
};

struct Outcome {
    std::optional<Error> error;  ///< none: there is an answer, whatever its code
    int curl_code = 0;           ///< libcurl's number of the error
    long code = 0;               ///< the answer's status code; 0: there was no answer
    long connect_code = 0;       ///< the proxy's answer to CONNECT
    std::string reason;          ///< behind the code, may be empty
    std::string http_version;    ///< "1.1", "2"; "0" where there was no answer, as curl writes it
    std::string method, scheme;
    std::string url;           ///< where it ended
    std::string redirect_url;  ///< where it would have gone on, had redirects been followed
    std::string content_type, referer;
    std::vector<std::pair<std::string, std::string>> headers;  ///< of the last answer, in their order
    std::string local_ip, remote_ip;
    long local_port = 0, remote_port = 0;
    long redirects = 0, connections = 0, retries = 0;
    long request_bytes = 0, header_bytes = 0;
    std::int64_t received_bytes = 0, sent_bytes = 0;  ///< of bodies, as they crossed the wire
    std::uint64_t body_bytes = 0;                     ///< of the body as it was handed on
    std::int64_t receive_rate = 0, send_rate = 0;     ///< bytes a second
    std::int64_t file_time = -1;  ///< when the file was changed, seconds since 1970; -1: unknown, or not asked for
    long verify_result = 0, proxy_verify_result = 0;  ///< X509_V_...; 0: trusted
    bool resumed_at_end = false;                      ///< nothing was missing (416 to a resumed download)
    Timings times;

    /// The value of the last header of that name, whatever its case.
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

/// Our status for libcurl's error number, and its words without machinery ("could not resolve host: x").
[[nodiscard]] Status status_of(int curl_code);

}  // namespace fid::transfer

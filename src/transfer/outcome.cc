// SPDX-License-Identifier: MIT
#include "transfer/outcome.h"

#include <curl/curl.h>

#include <array>

#include "transport/http_head.h"

namespace fid::transfer {

std::optional<std::string> Outcome::header(std::string_view name) const {
    std::optional<std::string> value;
    for (const auto& [key, text] : headers)
        if (transport::same_token(key, name)) value = text;
    return value;
}

Status status_of(int curl_code) {
    struct Row {
        int code;
        Status status;
    };
    // Where the house's table has curl's number it is that number; these are the others.
    static constexpr std::array<Row, 30> rows{{{CURLE_OK, Status::success},
                                               {CURLE_UNSUPPORTED_PROTOCOL, Status::bad_input},
                                               {CURLE_FAILED_INIT, Status::usage},
                                               {CURLE_NOT_BUILT_IN, Status::usage},
                                               {CURLE_HTTP2, Status::protocol_violation},
                                               {CURLE_HTTP2_STREAM, Status::protocol_violation},
                                               {CURLE_RANGE_ERROR, Status::protocol_violation},
                                               {CURLE_BAD_CONTENT_ENCODING, Status::protocol_violation},
                                               {CURLE_UNKNOWN_OPTION, Status::usage},
                                               {CURLE_BAD_FUNCTION_ARGUMENT, Status::usage},
                                               {CURLE_INTERFACE_FAILED, Status::cannot_connect},
                                               {CURLE_SSL_CERTPROBLEM, Status::cannot_read},
                                               {CURLE_SSL_CACERT_BADFILE, Status::cannot_read},
                                               {CURLE_SSL_CRL_BADFILE, Status::cannot_read},
                                               {CURLE_SSL_CIPHER, Status::tls_handshake},
                                               {CURLE_SSL_ENGINE_NOTFOUND, Status::tls_handshake},
                                               {CURLE_SSL_PINNEDPUBKEYNOTMATCH, Status::certificate},
                                               {CURLE_SSL_ISSUER_ERROR, Status::certificate},
                                               {CURLE_FILESIZE_EXCEEDED, Status::truncated},
                                               {CURLE_SEND_FAIL_REWIND, Status::send_failure},
                                               {CURLE_SSL_SHUTDOWN_FAILED, Status::truncated},
                                               {CURLE_PROXY, Status::cannot_connect},
                                               {CURLE_AUTH_ERROR, Status::login_refused},
                                               {CURLE_REMOTE_ACCESS_DENIED, Status::server_error},
                                               {CURLE_REMOTE_FILE_NOT_FOUND, Status::server_error},
                                               {CURLE_FTP_COULDNT_RETR_FILE, Status::server_error},
                                               {CURLE_UPLOAD_FAILED, Status::server_error},
                                               {CURLE_USE_SSL_FAILED, Status::tls_handshake},
                                               {CURLE_READ_ERROR, Status::cannot_read},
                                               {CURLE_ABORTED_BY_CALLBACK, Status::interrupted}}};
    for (const Row& row : rows)
        if (row.code == curl_code) return row.status;
    for (const StatusDoc& known : status_table())
        if (static_cast<int>(known.status) == curl_code && curl_code > 2) return known.status;
    return Status::protocol_violation;
}

}  // namespace fid::transfer

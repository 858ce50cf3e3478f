// SPDX-License-Identifier: MIT
// Where an answer sends us, and what of the request may go there.
#pragma once

#include <string>
#include <string_view>

#include "report/error.h"
#include "transfer/request.h"

namespace fid::transfer {

/// "https://example.com:443": what credentials and headers belong to. "" where it is no URL.
[[nodiscard]] std::string origin_of(const std::string& url);
[[nodiscard]] std::string scheme_of(const std::string& url);
/// ftp or ftps, which libcurl also takes a bare "ftp.example.org" for.
[[nodiscard]] bool is_ftp(const std::string& url);
/// The URL as it may be shown: without user, password and query values that are secrets by their place.
[[nodiscard]] std::string shown_url(const std::string& url);

/// Changes `request` to what is asked for next after an answer of `code` that names `url` (RFC 9110 section 15.4, with
/// the change to GET that all clients make after 301 and 302). On another origin than `origin` the user's credentials,
/// cookies and headers are left out, but for those that say what the body is and which answer is understood. Refuses to
/// go from https to http, and to other schemes.
[[nodiscard]] Result<void> redirect(Request& request, long code, const std::string& url, const std::string& origin);

}  // namespace fid::transfer

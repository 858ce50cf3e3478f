// SPDX-License-Identifier: MIT
#include "transfer/redirect.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>

#include "transport/http_head.h"

namespace fid::transfer {
namespace {

struct UrlDeleter {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

class Url {
  public:
    explicit Url(const std::string& text) : url_(curl_url()) {
        valid_ = curl_url_set(url_.get(), CURLUPART_URL, text.c_str(),
                              CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME | CURLU_ALLOW_SPACE) == CURLUE_OK;
    }
    [[nodiscard]] bool valid() const { return valid_; }
    [[nodiscard]] std::string part(CURLUPart which, unsigned flags = 0) const {
        char* text = nullptr;
        if (curl_url_get(url_.get(), which, &text, flags) != CURLUE_OK || text == nullptr) return {};
        std::string copy(text);
        curl_free(text);
        return copy;
    }
    void remove(CURLUPart which) { curl_url_set(url_.get(), which, nullptr, 0); }

  private:
    std::unique_ptr<CURLU, UrlDeleter> url_;
    bool valid_ = false;
};

/// Does the header say what the body is, or which answer is understood? Others may be secrets (X-Api-Key).
bool travels(std::string_view header) {
    static constexpr std::array<std::string_view, 10> names{
        "Accept",           "Accept-Charset",   "Accept-Encoding", "Accept-Language", "Content-Type",
        "Content-Encoding", "Content-Language", "User-Agent",      "Expect",          "Transfer-Encoding"};
    const std::string_view name = header.substr(0, header.find_first_of(":;"));
    return std::ranges::any_of(names, [&](std::string_view known) { return transport::same_token(known, name); });
}

bool becomes_get(const Request& request, long code) {
    const bool posts = request.body.kind == Body::Kind::bytes || request.body.kind == Body::Kind::form;
    if (code == 301) return posts && !request.redirects.keep_post_301;
    if (code == 302) return posts && !request.redirects.keep_post_302;
    return code == 303 && request.body.kind != Body::Kind::none && !(posts && request.redirects.keep_post_303);
}

}  // namespace

std::string origin_of(const std::string& url) {
    const Url parsed(url);
    if (!parsed.valid()) return {};
    return parsed.part(CURLUPART_SCHEME) + "://" + parsed.part(CURLUPART_HOST) + ":" +
           parsed.part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

std::string scheme_of(const std::string& url) {
    const Url parsed(url);
    return parsed.valid() ? parsed.part(CURLUPART_SCHEME) : std::string();
}

bool is_ftp(const std::string& url) {
    const std::string scheme = scheme_of(url);
    return scheme == "ftp" || scheme == "ftps";
}

std::string shown_url(const std::string& url) {
    Url parsed(url);
    if (!parsed.valid() || (parsed.part(CURLUPART_USER).empty() && parsed.part(CURLUPART_PASSWORD).empty())) return url;
    parsed.remove(CURLUPART_USER);
    parsed.remove(CURLUPART_PASSWORD);
    return parsed.part(CURLUPART_URL);
}

Result<void> redirect(Request& request, long code, const std::string& url, const std::string& origin) {
    const std::string scheme = scheme_of(url), before = scheme_of(request.url);
    if (scheme != "http" && scheme != "https")
        return fail(Status::bad_input, "redirected to a scheme that is not fetched:", shown_url(url));
    if (before == "https" && scheme == "http" && !request.redirects.allow_downgrade)
        return fail(Status::protocol_violation, "redirected from https to plain http:", shown_url(url),
                    "everybody on the way could read and change it", "--allow-downgrade follows");
    if (becomes_get(request, code)) request.body = {};
    if (request.auto_referer) {
        request.referer = shown_url(request.url);
        request.referer.resize(std::min(request.referer.find('#'), request.referer.size()));
    }
    if (origin_of(url) != origin && !request.redirects.trusted) {
        const Netrc netrc = request.credentials.netrc;
        std::string file = std::move(request.credentials.netrc_file);
        request.credentials = {};
        request.credentials.netrc = netrc;  // it has an entry for each host
        request.credentials.netrc_file = std::move(file);
        request.cookies.clear();
        std::erase_if(request.headers, [](const std::string& header) { return !travels(header); });
    }
    request.url = url;
    return {};
}

}  // namespace fid::transfer

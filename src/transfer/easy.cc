// SPDX-License-Identifier: MIT
#include "transfer/easy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>

namespace fid::transfer {
namespace {

long auth_mask(AuthScheme scheme) {
    switch (scheme) {
        case AuthScheme::basic:
            return static_cast<long>(CURLAUTH_BASIC);
        case AuthScheme::digest:
            return static_cast<long>(CURLAUTH_DIGEST);
        case AuthScheme::any:
            break;
    }
    return static_cast<long>(CURLAUTH_ANY);
}

long tls_version(unsigned least) {
    switch (least) {
        case 10:
            return CURL_SSLVERSION_TLSv1_0;
        case 11:
            return CURL_SSLVERSION_TLSv1_1;
        case 12:
            return CURL_SSLVERSION_TLSv1_2;
        case 13:
            return CURL_SSLVERSION_TLSv1_3;
        default:
            return CURL_SSLVERSION_DEFAULT;
    }
}

long http_version(HttpVersion version) {
    switch (version) {
        case HttpVersion::http1_0:
            return CURL_HTTP_VERSION_1_0;
        case HttpVersion::http1_1:
            return CURL_HTTP_VERSION_1_1;
        case HttpVersion::http2:
            return CURL_HTTP_VERSION_2_0;
        case HttpVersion::http2_only:
            return CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
        case HttpVersion::negotiated:
            break;
    }
    return CURL_HTTP_VERSION_NONE;
}

void set_text(CURL* easy, CURLoption option, const std::string& value) {
    if (!value.empty()) curl_easy_setopt(easy, option, value.c_str());
}

}  // namespace

Easy::Easy() : easy_(curl_easy_init()) {
    if (easy_ == nullptr) throw std::bad_alloc();  // the only reason there is
}

curl_slist* Easy::list(const std::vector<std::string>& lines) {
    curl_slist* first = nullptr;
    for (const std::string& line : lines) {
        curl_slist* const longer = curl_slist_append(first, line.c_str());
        if (longer == nullptr) break;
        first = longer;
    }
    lists_.emplace_back(first);
    return first;
}

Result<void> Easy::set_up(const Request& request, CURLSH* share, bool again) {
    CURL* const easy = easy_.get();
    // Without this, libcurl 7.88 forgets the list of cookie files when it is reset, and frees it nowhere.
    curl_easy_setopt(easy, CURLOPT_COOKIEFILE, nullptr);
    curl_easy_reset(easy);
    form_.reset();
    lists_.clear();
    constexpr long buffer_bytes = 256L * 1024;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, buffer_bytes);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https,ftp,ftps");
    curl_easy_setopt(easy, CURLOPT_SHARE, share);
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, http_version(request.version));
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    if (request.asks_time) curl_easy_setopt(easy, CURLOPT_FILETIME, 1L);
    if (request.path_as_is) curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);

    set_body(request);
    set_text(easy, CURLOPT_CUSTOMREQUEST, request.method);
    if (request.head) curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (!request.headers.empty()) curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list(request.headers));
    // A proxy gets the headers meant for it, and none that are meant for the server.
    curl_easy_setopt(easy, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
    set_text(easy, CURLOPT_USERAGENT, request.user_agent);
    set_text(easy, CURLOPT_REFERER, request.referer);
    set_text(easy, CURLOPT_RANGE, request.range);
    if (request.compressed) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");

    set_text(easy, CURLOPT_COOKIE, request.cookies);
    if (!again) {
        for (const std::string& file : request.cookie_files) curl_easy_setopt(easy, CURLOPT_COOKIEFILE, file.c_str());
        if (request.fresh_session) curl_easy_setopt(easy, CURLOPT_COOKIESESSION, 1L);
    }
    set_text(easy, CURLOPT_COOKIEJAR, request.cookie_jar);

    set_conditions(request);
    set_credentials(request);
    set_tls(request.tls);
    set_proxy(request.proxy);
    if (request.body.kind == Body::Kind::upload) return set_upload(request.body.path);
    return {};
}

void Easy::set_body(const Request& request) {
    CURL* const easy = easy_.get();
    switch (request.body.kind) {
        case Body::Kind::bytes:
            curl_easy_setopt(easy, CURLOPT_POST, 1L);
            curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.bytes.size()));
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.bytes.c_str());
            break;
        case Body::Kind::form:
            set_form(request.body.parts);
            break;
        case Body::Kind::upload:
        case Body::Kind::none:
            break;
    }
}

void Easy::set_form(const std::vector<FormPart>& parts) {
    form_.reset(curl_mime_init(easy_.get()));
    for (const FormPart& part : parts) {
        curl_mimepart* const made = curl_mime_addpart(form_.get());
        if (part.kind == FormPart::Kind::text)
            curl_mime_data(made, part.value.data(), part.value.size());
        else
            curl_mime_filedata(made, part.value.c_str());
        if (part.kind == FormPart::Kind::content) curl_mime_filename(made, nullptr);
        if (part.filename) curl_mime_filename(made, part.filename->c_str());
        if (!part.type.empty()) curl_mime_type(made, part.type.c_str());
        if (!part.encoder.empty()) curl_mime_encoder(made, part.encoder.c_str());
        if (!part.name.empty()) curl_mime_name(made, part.name.c_str());
    }
    curl_easy_setopt(easy_.get(), CURLOPT_MIMEPOST, form_.get());
}

void Easy::set_conditions(const Request& request) {
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_MAX_RECV_SPEED_LARGE, static_cast<curl_off_t>(request.receive_rate));
    curl_easy_setopt(easy, CURLOPT_MAX_SEND_SPEED_LARGE, static_cast<curl_off_t>(request.send_rate));
    if (request.family == Family::ip4) curl_easy_setopt(easy, CURLOPT_IPRESOLVE, CURL_IPRESOLVE_V4);
    if (request.family == Family::ip6) curl_easy_setopt(easy, CURLOPT_IPRESOLVE, CURL_IPRESOLVE_V6);
    set_text(easy, CURLOPT_INTERFACE, request.interface);
    if (request.unix_socket.starts_with('@'))
        curl_easy_setopt(easy, CURLOPT_ABSTRACT_UNIX_SOCKET, request.unix_socket.c_str() + 1);
    else
        set_text(easy, CURLOPT_UNIX_SOCKET_PATH, request.unix_socket);
    if (!request.resolve.empty()) curl_easy_setopt(easy, CURLOPT_RESOLVE, list(request.resolve));
    if (!request.connect_to.empty()) curl_easy_setopt(easy, CURLOPT_CONNECT_TO, list(request.connect_to));
    if (!request.if_modified_since.empty()) {
        curl_easy_setopt(easy, CURLOPT_TIMECONDITION, static_cast<long>(CURL_TIMECOND_IFMODSINCE));
        curl_easy_setopt(easy, CURLOPT_TIMEVALUE_LARGE,
                         static_cast<curl_off_t>(curl_getdate(request.if_modified_since.c_str(), nullptr)));
    }
}

void Easy::set_credentials(const Request& request) {
    CURL* const easy = easy_.get();
    const Credentials& who = request.credentials;
    if (who.password) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, who.user.c_str());
        curl_easy_setopt(easy, CURLOPT_PASSWORD, who.password->c_str());
    } else {
        set_text(easy, CURLOPT_USERPWD, who.user);
    }
    if (!who.bearer.empty()) {
        curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, who.bearer.c_str());
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
    } else if (who.scheme != AuthScheme::basic) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, auth_mask(who.scheme));
    }
    if (who.netrc != Netrc::never)
        curl_easy_setopt(easy, CURLOPT_NETRC,
                         static_cast<long>(who.netrc == Netrc::optional ? CURL_NETRC_OPTIONAL : CURL_NETRC_REQUIRED));
    set_text(easy, CURLOPT_NETRC_FILE, who.netrc_file);
    // What a user gave for this server is for no other; redirects are followed one by one, by the session.
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
}

void Easy::set_tls(const Tls& tls) {
    CURL* const easy = easy_.get();
    if (tls.insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (tls.required) curl_easy_setopt(easy, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    set_text(easy, CURLOPT_CAINFO, tls.ca_file);
    set_text(easy, CURLOPT_CAPATH, tls.ca_path);
    set_text(easy, CURLOPT_SSLCERT, tls.certificate);
    set_text(easy, CURLOPT_SSLKEY, tls.key);
    set_text(easy, CURLOPT_KEYPASSWD, tls.key_password);
    set_text(easy, CURLOPT_SSL_CIPHER_LIST, tls.ciphers);
    if (tls.least_version != 0) curl_easy_setopt(easy, CURLOPT_SSLVERSION, tls_version(tls.least_version));
}

void Easy::set_proxy(const Proxy& proxy) {
    CURL* const easy = easy_.get();
    if (proxy.url) curl_easy_setopt(easy, CURLOPT_PROXY, proxy.url->c_str());
    set_text(easy, CURLOPT_PROXYUSERPWD, proxy.credentials);
    if (proxy.scheme != AuthScheme::basic) curl_easy_setopt(easy, CURLOPT_PROXYAUTH, auth_mask(proxy.scheme));
    if (proxy.except) curl_easy_setopt(easy, CURLOPT_NOPROXY, proxy.except->c_str());
    if (proxy.tunnel) curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
    if (!proxy.headers.empty()) curl_easy_setopt(easy, CURLOPT_PROXYHEADER, list(proxy.headers));
}

Result<void> Easy::set_upload(const std::string& path) {
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    upload_ = STDIN_FILENO;
    if (path != "-") {
        file_ = transport::Descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (file_.get() < 0) return fail_errno(Status::cannot_read, "cannot read", path, errno);
        upload_ = file_.get();
        struct stat about{};
        if (fstat(upload_, &about) == 0 && S_ISREG(about.st_mode))
            curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(about.st_size));
        if (S_ISDIR(about.st_mode)) return fail_errno(Status::cannot_read, "cannot read", path, EISDIR);
    }
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &Easy::read);
    curl_easy_setopt(easy, CURLOPT_READDATA, this);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &Easy::seek);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, this);
    return {};
}

std::size_t Easy::read(char* into, std::size_t size, std::size_t count, void* self) {
    ssize_t got = 0;
    do got = ::read(static_cast<Easy*>(self)->upload_, into, size * count);
    while (got < 0 && errno == EINTR);
    return got < 0 ? CURL_READFUNC_ABORT : static_cast<std::size_t>(got);
}

int Easy::seek(void* self, curl_off_t offset, int origin) {
    return lseek(static_cast<Easy*>(self)->upload_, offset, origin) < 0 ? CURL_SEEKFUNC_CANTSEEK : CURL_SEEKFUNC_OK;
}

}  // namespace fid::transfer

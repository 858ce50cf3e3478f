// SPDX-License-Identifier: MIT
#include "transfer/exchange.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "report/interrupt.h"
#include "transfer/redirect.h"
#include "transport/http_head.h"

namespace fid::transfer {
namespace {

template <class T>
T info(CURL* easy, CURLINFO what) {
    T value{};
    curl_easy_getinfo(easy, what, &value);
    return value;
}

std::string text_info(CURL* easy, CURLINFO what) {
    const char* const text = info<char*>(easy, what);
    return text == nullptr ? std::string() : std::string(text);
}

constexpr std::size_t most_head_bytes = 1024 * 1024;  // libcurl's own limit is 300 KiB an answer

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool sends_standard_input(const Request& request) {
    return request.body.kind == Body::Kind::upload && request.body.path == "-";
}

}  // namespace

std::optional<std::string> Head::header(std::string_view name) const {
    std::optional<std::string> value;
    for (const auto& [key, text] : headers)
        if (transport::same_token(key, name)) value = text;
    return value;
}

Exchange::Exchange(Job job, CURLSH* share, Tap* tap)
    : job_(std::move(job)), now_(job_.request), share_(share), tap_(tap), begun_(Clock::now()) {
    first_origin_ = origin_of(now_.url);
}

Result<void> Exchange::prepare() {
    if (auto done = easy_.set_up(now_, share_, prepared_); !done) return done;
    prepared_ = true;
    CURL* const easy = handle();
    error_text_.front() = '\0';
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text_.data());
    curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Exchange::on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Exchange::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &Exchange::on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    if (now_.timeout.count() != 0 && outcome_.redirects != 0) {
        const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
        const auto left = std::max(now_.timeout - spent, std::chrono::milliseconds(1));
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
    }
    if (tap_ != nullptr) tap_->watch(easy);
    if (tap_ != nullptr || receiver().wants_trace()) {
        curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
        curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, &Exchange::on_trace);
        curl_easy_setopt(easy, CURLOPT_DEBUGDATA, this);
    }
    head_ = {};
    wanted_.reset();
    step_begun_ = Clock::now();
    return {};
}

std::size_t Exchange::on_header(char* data, std::size_t size, std::size_t count, void* self) {
    static_cast<Exchange*>(self)->take_header({data, size * count});
    return size * count;
}

void Exchange::take_header(std::string_view line) {
    if (line.starts_with("HTTP/")) {
        head_ = {};
        const std::size_t blank = std::min(line.find(' '), line.size());
        head_.version = line.substr(5, blank - 5);
        const std::string_view rest = trimmed(line.substr(blank));
        std::from_chars(rest.data(), rest.data() + rest.size(), head_.code);
        head_.reason = trimmed(rest.substr(std::min<std::size_t>(3, rest.size())));
    } else if (const std::size_t colon = line.find(':'); !head_.version.empty() && colon != std::string_view::npos) {
        std::size_t held = 0;
        for (const auto& [name, value] : head_.headers) held += name.size() + value.size();
        if (held + line.size() <= most_head_bytes)
            head_.headers.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    } else if (!head_.headers.empty() && (line.starts_with(' ') || line.starts_with('\t'))) {
        head_.headers.back().second.append(" ").append(trimmed(line));  // obs-fold, RFC 9112 section 5.2
    }
    receiver().header(line);
}

bool Exchange::is_redirect() const {
    return now_.redirects.follow && head_.code >= 300 && head_.code < 400 && head_.header("Location").has_value();
}

bool Exchange::is_transient(CURLcode code) const {
    const Retries& rules = job_.request.retries;
    if (code != CURLE_OK) {
        if (rules.all_errors) return true;
        if (head_.version.empty() && outcome_.code >= 400 && outcome_.code < 500) return true;  // RFC 959 section 4.2.1
        if (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_COULDNT_RESOLVE_HOST ||
            code == CURLE_COULDNT_RESOLVE_PROXY)
            return true;
        return code == CURLE_COULDNT_CONNECT && rules.connection_refused;
    }
    constexpr std::array<long, 6> codes{408, 429, 500, 502, 503, 504};
    if (std::ranges::find(codes, head_.code) != codes.end()) return true;
    return rules.all_errors && head_.code >= 400;
}

Exchange::Fate Exchange::fate() const {
    if (is_redirect()) return Fate::followed;
    if (retries_ < job_.request.retries.most && is_transient(CURLE_OK)) return Fate::retried;
    return Fate::counts;
}

/// Asks the receiver once whether it wants the body.
Result<bool> Exchange::decide() {
    if (!wanted_) {
        wanted_ = false;
        if (fate() == Fate::counts) {
            const auto wanted = receiver().answer(head_);
            if (!wanted) return std::unexpected(wanted.error());
            wanted_ = *wanted;
        }
    }
    return *wanted_;
}

std::size_t Exchange::on_body(char* data, std::size_t size, std::size_t count, void* self) {
    const std::string_view bytes(data, size * count);
    return static_cast<Exchange*>(self)->take_body(as_bytes(bytes));
}

std::size_t Exchange::take_body(Bytes bytes) {
    const auto wanted = decide();
    if (!wanted) {
        local_error_ = wanted.error();
        return 0;
    }
    if (!*wanted) return bytes.size();
    const bool decoded = now_.compressed && head_.header("Content-Encoding").has_value();
    const std::uint64_t most = now_.most_bytes != 0 ? now_.most_bytes : decoded ? now_.most_decoded_bytes : 0;
    if (most != 0 && outcome_.body_bytes + bytes.size() > most) {
        local_error_ =
            Error{Status::truncated, "stopped", shown_url(now_.url),
                  "the body is larger than " + std::to_string(most) + " bytes" + (decoded ? " when decompressed" : ""),
                  "--max-filesize sets the limit"};
        return 0;
    }
    outcome_.body_bytes += bytes.size();
    if (auto taken = receiver().body(bytes); !taken) {
        local_error_ = taken.error();
        return 0;
    }
    return bytes.size();
}

int Exchange::on_trace(CURL* easy, curl_infotype type, char* data, std::size_t size, void* self) {
    Exchange& exchange = *static_cast<Exchange*>(self);
    const Bytes bytes = as_bytes({data, size});
    if (exchange.tap_ != nullptr) exchange.tap_->trace(easy, type, bytes);
    if (!exchange.receiver().wants_trace()) return 0;
    switch (type) {
        case CURLINFO_TEXT:
            exchange.receiver().trace(Trace::note, bytes);
            break;
        case CURLINFO_HEADER_IN:
            exchange.receiver().trace(Trace::header_in, bytes);
            break;
        case CURLINFO_HEADER_OUT:
            exchange.receiver().trace(Trace::header_out, bytes);
            break;
        case CURLINFO_DATA_IN:
            exchange.receiver().trace(Trace::data_in, bytes);
            break;
        case CURLINFO_DATA_OUT:
            exchange.receiver().trace(Trace::data_out, bytes);
            break;
        default:
            break;
    }
    return 0;
}

int Exchange::on_progress(void* self, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up) {
    static_cast<Exchange*>(self)->receiver().progress(
        static_cast<std::uint64_t>(down), static_cast<std::uint64_t>(std::max<curl_off_t>(down_total, 0)),
        static_cast<std::uint64_t>(up), static_cast<std::uint64_t>(std::max<curl_off_t>(up_total, 0)));
    return report::interrupted() ? 1 : 0;
}

void Exchange::take_info(CURLcode code) {
    CURL* const easy = handle();
    outcome_.curl_code = static_cast<int>(code);
    outcome_.code = info<long>(easy, CURLINFO_RESPONSE_CODE);
    outcome_.connect_code = info<long>(easy, CURLINFO_HTTP_CONNECTCODE);
    outcome_.reason = head_.reason;
    outcome_.headers = head_.headers;
    switch (info<long>(easy, CURLINFO_HTTP_VERSION)) {
        case CURL_HTTP_VERSION_1_0:
            outcome_.http_version = "1.0";
            break;
        case CURL_HTTP_VERSION_1_1:
            outcome_.http_version = "1.1";
            break;
        case CURL_HTTP_VERSION_2_0:
            outcome_.http_version = "2";
            break;
        default:
            outcome_.http_version = "0";
    }
    outcome_.method = text_info(easy, CURLINFO_EFFECTIVE_METHOD);
    outcome_.scheme = text_info(easy, CURLINFO_SCHEME);
    outcome_.url = text_info(easy, CURLINFO_EFFECTIVE_URL);
    outcome_.redirect_url = text_info(easy, CURLINFO_REDIRECT_URL);
    outcome_.content_type = text_info(easy, CURLINFO_CONTENT_TYPE);
    outcome_.referer = text_info(easy, CURLINFO_REFERER);
    outcome_.local_ip = text_info(easy, CURLINFO_LOCAL_IP);
    outcome_.remote_ip = text_info(easy, CURLINFO_PRIMARY_IP);
    outcome_.local_port = info<long>(easy, CURLINFO_LOCAL_PORT);
    outcome_.remote_port = info<long>(easy, CURLINFO_PRIMARY_PORT);
    outcome_.connections += info<long>(easy, CURLINFO_NUM_CONNECTS);
    outcome_.request_bytes += info<long>(easy, CURLINFO_REQUEST_SIZE);
    outcome_.header_bytes += info<long>(easy, CURLINFO_HEADER_SIZE);
    outcome_.received_bytes = info<curl_off_t>(easy, CURLINFO_SIZE_DOWNLOAD_T);
    outcome_.sent_bytes = info<curl_off_t>(easy, CURLINFO_SIZE_UPLOAD_T);
    outcome_.receive_rate = info<curl_off_t>(easy, CURLINFO_SPEED_DOWNLOAD_T);
    outcome_.send_rate = info<curl_off_t>(easy, CURLINFO_SPEED_UPLOAD_T);
    outcome_.file_time = info<curl_off_t>(easy, CURLINFO_FILETIME_T);
    outcome_.verify_result = info<long>(easy, CURLINFO_SSL_VERIFYRESULT);
    outcome_.proxy_verify_result = info<long>(easy, CURLINFO_PROXY_SSL_VERIFYRESULT);
    Timings& times = outcome_.times;
    times.lookup_us += info<curl_off_t>(easy, CURLINFO_NAMELOOKUP_TIME_T);
    times.connect_us += info<curl_off_t>(easy, CURLINFO_CONNECT_TIME_T);
    times.tls_us += info<curl_off_t>(easy, CURLINFO_APPCONNECT_TIME_T);
    times.pretransfer_us += info<curl_off_t>(easy, CURLINFO_PRETRANSFER_TIME_T);
    times.first_byte_us += info<curl_off_t>(easy, CURLINFO_STARTTRANSFER_TIME_T);
    times.total_us += info<curl_off_t>(easy, CURLINFO_TOTAL_TIME_T);
}

void Exchange::note_error(CURLcode code) {
    outcome_.error.reset();
    if (local_error_) {
        outcome_.error = std::move(local_error_);
        local_error_.reset();
        return;
    }
    if (code == CURLE_OK) return;
    Error error{status_of(static_cast<int>(code)), "cannot fetch", shown_url(now_.url), {}, {}};
    std::string_view text = error_text_.front() != '\0' ? error_text_.data() : curl_easy_strerror(code);
    const long number = info<long>(handle(), CURLINFO_OS_ERRNO);
    // libcurl's sentence has the milliseconds in it and not the reason.
    if (code == CURLE_COULDNT_CONNECT && number != 0 && error_text_.front() != '\0')
        text = std::strerror(static_cast<int>(number));
    Text cause;
    cause.escaped(text);
    error.cause = cause.take();
    if (error.cause.size() > 1 && error.cause[0] >= 'A' && error.cause[0] <= 'Z' && error.cause[1] >= 'a' &&
        error.cause[1] <= 'z')
        error.cause[0] = static_cast<char>(error.cause[0] - 'A' + 'a');
    if (error.status == Status::certificate)
        error.hint = "--cacert FILE names the authority that signed it; -k trusts anybody";
    outcome_.error = std::move(error);
}

bool Exchange::follow() {
    if (now_.redirects.most >= 0 && outcome_.redirects >= now_.redirects.most) {
        outcome_.curl_code = CURLE_TOO_MANY_REDIRECTS;
        outcome_.error = Error{Status::too_many_redirects, "cannot fetch", shown_url(now_.url),
                               "redirected more than " + std::to_string(now_.redirects.most) + " times",
                               "--max-redirs sets the limit"};
        return false;
    }
    const std::string target = outcome_.redirect_url;
    if (target.empty()) return false;
    const bool other = origin_of(target) != first_origin_;
    if (auto changed = redirect(now_, outcome_.code, target, first_origin_); !changed) {
        outcome_.error = changed.error();
        return false;
    }
    if (outcome_.sent_bytes != 0 && sends_standard_input(now_)) {
        outcome_.error = Error{Status::send_failure,
                               "cannot follow the redirect to",
                               shown_url(target),
                               "standard input cannot be sent twice",
                               {}};
        return false;
    }
    if (receiver().wants_trace()) {
        const std::string note = "Following the redirect to " + shown_url(target) +
                                 (other && !now_.redirects.trusted ? ", another origin: without what is ours\n" : "\n");
        receiver().trace(Trace::note, as_bytes(note));
    }
    // What was dropped for another origin stays dropped, even if the way leads back.
    ++outcome_.redirects;
    outcome_.times.redirect_us = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun_).count();
    return true;
}

std::optional<std::chrono::milliseconds> Exchange::retry_after(CURLcode code) {
    using namespace std::chrono_literals;
    const Retries& rules = job_.request.retries;
    if (retries_ >= rules.most || report::interrupted()) return std::nullopt;
    if (outcome_.error && code == CURLE_WRITE_ERROR) return std::nullopt;  // a reason of ours
    if (!is_transient(code) || !receiver().can_begin_again()) return std::nullopt;
    if (outcome_.sent_bytes != 0 && sends_standard_input(job_.request)) return std::nullopt;
    constexpr std::chrono::milliseconds longest = 10min;
    std::chrono::milliseconds wait = rules.delay;
    if (wait == 0ms) wait = std::min<std::chrono::milliseconds>(1s * (1LL << std::min(retries_, 20U)), longest);
    if (const auto asked = info<curl_off_t>(handle(), CURLINFO_RETRY_AFTER); asked > 0)
        wait = std::min<std::chrono::milliseconds>(std::chrono::seconds(std::min<curl_off_t>(asked, 86'400)), 24h);
    if (rules.longest_time != 0ms && Clock::now() - begun_ + wait > rules.longest_time) return std::nullopt;
    return wait;
}

bool Exchange::step_done(CURLcode code, std::optional<std::chrono::milliseconds>& wait) {
    take_info(code);
    note_error(code);
    if (code == CURLE_OK && !outcome_.error && is_redirect()) {
        if (follow()) return true;
        return false;
    }
    if (const auto pause = retry_after(code)) {
        receiver().retrying(outcome_, *pause, job_.request.retries.most - retries_);
        ++retries_;
        wait = pause;
        now_ = job_.request;
        outcome_ = {};
        outcome_.retries = retries_;
        return false;
    }
    if (code == CURLE_OK && !outcome_.error) {
        // An answer without a body still makes its file.
        if (const auto wanted = decide(); !wanted) outcome_.error = wanted.error();
    }
    return false;
}

}  // namespace fid::transfer

// SPDX-License-Identifier: MIT
// One transfer while it is made: its steps through redirects, its attempts, and what libcurl tells of them.
#pragma once

#include <array>
#include <chrono>

#include "transfer/easy.h"
#include "transfer/session.h"
#include "transfer/tap.h"

namespace fid::transfer {

using Clock = std::chrono::steady_clock;

class Exchange {
  public:
    Exchange(Job job, CURLSH* share, Tap* tap);

    [[nodiscard]] CURL* handle() const { return easy_.handle(); }
    [[nodiscard]] Receiver& receiver() const { return *job_.receiver; }
    /// Makes the handle ready for the next step.
    [[nodiscard]] Result<void> prepare();
    /// libcurl has ended a step. What is next: another step at once (true), one after a while (`wait` is set), or
    /// nothing, and outcome() tells how it was.
    [[nodiscard]] bool step_done(CURLcode code, std::optional<std::chrono::milliseconds>& wait);
    [[nodiscard]] Outcome outcome() { return std::move(outcome_); }
    /// Ends it for a reason of ours.
    void fail(Error error) { outcome_.error = std::move(error); }

  private:
    enum class Fate : std::uint8_t { open, followed, retried, counts };

    void take_info(CURLcode code);
    void note_error(CURLcode code);
    [[nodiscard]] bool is_redirect() const;
    [[nodiscard]] bool is_transient(CURLcode code) const;
    [[nodiscard]] Fate fate() const;
    [[nodiscard]] bool follow();
    [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(CURLcode code);
    void take_header(std::string_view line);
    Result<bool> decide();
    std::size_t take_body(Bytes bytes);

    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
    static int on_trace(CURL* easy, curl_infotype type, char* data, std::size_t size, void* self);
    static int on_progress(void* self, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up);

    Job job_;
    Request now_;  ///< of this step
    CURLSH* share_;
    Tap* tap_;
    Easy easy_;
    std::array<char, CURL_ERROR_SIZE> error_text_{};
    Head head_;
    std::optional<bool> wanted_;        ///< whether the body is, once that was asked
    std::optional<Error> local_error_;  ///< why a callback ended the transfer
    Outcome outcome_;
    std::string first_origin_;
    Clock::time_point begun_, step_begun_;
    unsigned retries_ = 0;
    bool prepared_ = false;
};

}  // namespace fid::transfer

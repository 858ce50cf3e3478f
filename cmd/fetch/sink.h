// SPDX-License-Identifier: MIT
// Where one transfer's headers and body go: a file, standard output as it is or for a reader, or the record.
#pragma once

#include <optional>
#include <string>

#include "cmd/command.h"
#include "cmd/fetch/bars.h"
#include "cmd/fetch/download.h"
#include "cmd/fetch/settings.h"
#include "transfer/session.h"
#include "transport/descriptor.h"

namespace fid::cmd::fetch {

/// What all transfers of a run share.
struct Shared {
    Context& context;
    const Settings& settings;
    Bars& bars;
    transport::Descriptor headers;  ///< of -D FILE
};

class Sink final : public transfer::Receiver {
  public:
    /// `path`: of the file; empty for standard output. `offset`: of a download that goes on.
    Sink(Shared& shared, const Target& target, std::uint64_t number, std::string url, std::string path,
         std::uint64_t offset);

    void header(std::string_view line) override;
    Result<bool> answer(const transfer::Head& head) override;
    Result<void> body(Bytes bytes) override;
    void progress(std::uint64_t received, std::uint64_t to_receive, std::uint64_t sent, std::uint64_t to_send) override;
    [[nodiscard]] bool wants_trace() const override;
    void trace(transfer::Trace kind, Bytes bytes) override;
    void retrying(const transfer::Outcome& failed, std::chrono::milliseconds wait, unsigned left) override;
    [[nodiscard]] bool can_begin_again() const override;

    /// The transfer has ended: what was held back is written, the file gets its name. An error of that is put into
    /// `outcome`.
    void finish(transfer::Outcome& outcome);

    [[nodiscard]] const std::string& url() const { return url_; }
    [[nodiscard]] const std::string& file() const { return path_; }
    [[nodiscard]] std::uint64_t number() const { return number_; }
    /// The body, where it is for the record, and whether that is not all of it.
    [[nodiscard]] std::optional<std::string> kept_body() const;
    [[nodiscard]] bool body_cut() const { return cut_; }

  private:
    enum class Way : std::uint8_t { file, raw, reader, record };

    Result<void> open_file(const transfer::Head& head);
    Result<bool> check_resumption(const transfer::Head& head);
    Result<void> write_out(std::string_view bytes);
    Result<void> for_reader(std::string_view bytes);

    Shared& shared_;
    const Target& target_;
    std::uint64_t number_;
    std::string url_, path_;
    std::uint64_t offset_;
    Way way_;
    Download download_;
    std::string held_;  ///< headers for a file that is not open yet; the body for a reader or a record
    bool json_ = false, checked_ = false, cut_ = false, written_ = false, complete_ = false;
};

}  // namespace fid::cmd::fetch

// SPDX-License-Identifier: MIT
// Directory listings as records: MLSD's facts (RFC 3659 section 7), and the two forms of LIST that servers send, that
// of `ls -l` and that of DOS.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/error.h"

namespace fid::ftp {

enum class Kind : std::uint8_t { file, directory, link, other };
[[nodiscard]] std::string_view name_of(Kind kind);

struct Entry {
    std::string name;  ///< as the server wrote it: any bytes but CR, LF and NUL; see is_plain_name()
    Kind kind = Kind::other;
    std::optional<std::uint64_t> size;     ///< bytes
    std::optional<std::int64_t> modified;  ///< seconds since 1970; of LIST: as if the server's clock showed UTC
    unsigned precision = 1;                ///< seconds that `modified` may be too early
    std::string permissions;               ///< "rwxr-xr-x", "0644", or MLSD's perm fact where there is no other
    std::string owner, group, target;      ///< target: of a link
    std::string unique;                    ///< MLSD's: the same for the same file

    [[nodiscard]] bool is_directory() const { return kind == Kind::directory; }
};

/// One line of MLSD, or the one in the answer to MLST. Nothing where it is none, or is about the directory itself or
/// its parent (type cdir, pdir), unless it is wanted `itself`.
[[nodiscard]] std::optional<Entry> parse_facts(std::string_view line, bool itself = false);
/// One line of LIST. `now` (seconds since 1970) tells the year where `ls` leaves it out. Nothing for what is no entry:
/// "total 12", "." and "..".
[[nodiscard]] std::optional<Entry> parse_list_line(std::string_view line, std::int64_t now);

/// Lines as they come, entries out.
class ListingReader {
  public:
    /// A server whose listing has no end is stopped here.
    static constexpr std::size_t most_entries = 1'000'000, most_line_bytes = std::size_t{16} * 1024;

    ListingReader(bool facts, std::int64_t now) : facts_(facts), now_(now) {}
    /// Status protocol_violation: longer than any listing should be.
    [[nodiscard]] Result<void> feed(std::string_view bytes);
    /// The last line may lack its end. `unread` counts the lines that were not understood.
    [[nodiscard]] std::vector<Entry> finish();
    [[nodiscard]] std::size_t unread() const { return unread_; }

  private:
    void take(std::string_view line);

    bool facts_;
    std::int64_t now_;
    std::string rest_;
    std::vector<Entry> entries_;
    std::size_t unread_ = 0;
};

}  // namespace fid::ftp

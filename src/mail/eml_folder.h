// SPDX-License-Identifier: MIT
// A folder that messages are kept in, each a file of its own. What has its final name is whole.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "mail/smtp_server.h"
#include "report/error.h"
#include "transport/descriptor.h"

namespace fid::mail {

/// May be used by several threads at once.
class EmlFolder {
  public:
    /// How a file is without its name until it is whole: without any (O_TMPFILE), which is a change less of the folder,
    /// and then linked itself or by its place in /proc; or, where the file system or the kernel has no such files, with
    /// another.
    enum class Way { linked, linked_by_proc, renamed };

    /// It is made where it does not exist. Of the ways, the first from `best` on that works here. Status cannot_write.
    [[nodiscard]] static Result<EmlFolder> open(const std::string& path, Way best = Way::linked);

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] int descriptor() const { return descriptor_.get(); }
    [[nodiscard]] Way way() const { return way_; }

  private:
    EmlFolder(transport::Descriptor descriptor, std::string path, Way best);

    transport::Descriptor descriptor_;
    std::string path_;
    Way way_;
};

/// One file on its way into the folder: nameless, or ".NAME.part", until keep() has given it a name that no other file
/// has. Gone again where it goes without that.
class EmlFile {
  public:
    EmlFile() = default;
    EmlFile(EmlFile&&) noexcept = default;
    EmlFile& operator=(EmlFile&& other) noexcept;
    EmlFile(const EmlFile&) = delete;
    EmlFile& operator=(const EmlFile&) = delete;
    ~EmlFile() { drop(); }

    /// `number` tells it from others of the same moment.
    [[nodiscard]] std::expected<void, Trouble> begin(const EmlFolder& folder, std::uint64_t number);
    [[nodiscard]] std::expected<void, Trouble> write(std::string_view bytes);
    /// Gives the name: "20260501T102030.123456Z-12.eml". Another program that reads the folder sees all of it.
    [[nodiscard]] std::expected<std::string, Trouble> keep();
    void drop();
    /// The errno of what failed last.
    [[nodiscard]] int failure() const { return failure_; }

  private:
    [[nodiscard]] std::expected<void, Trouble> flush();
    [[nodiscard]] std::string partial() const { return "." + name_ + ".part"; }
    [[nodiscard]] std::unexpected<Trouble> failed();

    const EmlFolder* folder_ = nullptr;
    transport::Descriptor file_;
    std::string name_;  ///< without the ending
    std::string held_;  ///< not written yet
    int failure_ = 0;
};

}  // namespace fid::mail

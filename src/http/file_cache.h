// SPDX-License-Identifier: MIT
// Files as they are asked for: what their answer needs to know, the small ones in memory, the large ones open, each in
// the codings that were asked for. Belongs to one loop.
#pragma once

#include <array>
#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/folder.h"
#include "http/media_type.h"
#include "http/negotiation.h"
#include "http/response.h"

namespace fid::http {

struct CacheLimits {
    /// Files up to this are kept in memory. Larger ones are sent by the kernel from its own cache.
    std::size_t small_bytes = std::size_t{32} * 1024;
    std::size_t memory_bytes = std::size_t{32} * 1024 * 1024;    ///< for all of them
    std::size_t files = 1024;                                    ///< of which the larger ones are open
    std::uint64_t most_compressed = std::uint64_t{1024} * 1024;  ///< larger ones are not compressed
    std::uint64_t least_compressed = 256;                        ///< smaller ones neither
    /// So long a file counts as unchanged since it was looked at.
    std::chrono::milliseconds trust{100};
};

/// A file in one coding.
struct Representation {
    Coding coding = Coding::identity;
    std::string etag;  ///< with quotes; each coding has its own
    Content content;
    std::uint64_t size = 0;
    std::shared_ptr<Ready> ready;  ///< once it was asked for
};

/// file.br and the like, where they are.
using Neighbours = std::array<std::optional<FileFacts>, coding_count>;

struct CachedFile {
    std::string path;  ///< clean
    FileFacts facts;
    MediaType type;
    std::string last_modified;
    bool varies = false;    ///< what is sent depends on Accept-Encoding
    bool doubtful = false;  ///< it had changed so shortly before that another change may go unseen
    Neighbours neighbours;
    /// Unset: not looked for yet. Null: there is none.
    std::array<std::optional<std::shared_ptr<Representation>>, coding_count> codings;
    std::chrono::steady_clock::time_point checked;
    std::size_t memory = 0;  ///< bytes of all codings
};

class FileCache {
  public:
    FileCache(const Folder& folder, const CacheLimits& limits) : folder_(folder), limits_(limits) {}

    /// The file of that clean path as it is now; null where there is none that could be served. It stays until the next
    /// call.
    [[nodiscard]] CachedFile* find(std::string_view path);
    /// The most wanted that there is; it is made if need be. Null where the file cannot be read (any more).
    [[nodiscard]] std::shared_ptr<Representation> represent(CachedFile& file, const CodingChoice& choice);
    [[nodiscard]] std::size_t files() const { return files_.size(); }
    [[nodiscard]] std::size_t memory() const { return memory_; }  ///< bytes of the content that is kept
    /// errno of the last find() that failed; 0 where it found something that is no file.
    [[nodiscard]] int error() const { return error_; }
    /// What the last find() that failed has found instead: a folder?
    [[nodiscard]] bool found_folder() const { return found_folder_; }

  private:
    using Files = std::list<CachedFile>;

    [[nodiscard]] CachedFile* load(std::string_view path);
    [[nodiscard]] bool still_true(const CachedFile& file) const;
    [[nodiscard]] Neighbours look_for_neighbours(const CachedFile& file) const;
    [[nodiscard]] std::shared_ptr<Representation> represent(CachedFile& file, Coding coding);
    [[nodiscard]] std::shared_ptr<Representation> make(CachedFile& file, Coding coding);
    void forget(Files::iterator file);
    void make_room();

    const Folder& folder_;
    CacheLimits limits_;
    Files files_;  ///< the most recently used first
    std::unordered_map<std::string_view, Files::iterator> index_;
    std::size_t memory_ = 0;
    int error_ = 0;
    bool found_folder_ = false;
};

}  // namespace fid::http

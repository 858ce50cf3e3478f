// SPDX-License-Identifier: MIT
#include "http/file_cache.h"

#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <utility>

#include "http/coding.h"
#include "http/date.h"

namespace fid::http {
namespace {

/// File systems tell times in steps of up to 10 ms: what changed just now may change again and look the same. Such a
/// file is answered, but not kept.
bool may_change_unseen(const FileFacts& facts) {
    constexpr std::int64_t doubtful = 50'000'000;  // ns
    std::timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (now.tv_sec - facts.seconds > 1) return false;
    return (now.tv_sec - facts.seconds) * 1'000'000'000 + now.tv_nsec - std::int64_t{facts.nanoseconds} < doubtful;
}

std::string etag_of(const FileFacts& facts, Coding coding) {
    Text text;
    text.put('"');
    text.hex(facts.inode);
    text.put('-');
    text.hex(facts.size);
    text.put('-');
    text.hex(static_cast<std::uint64_t>(facts.seconds) * 1'000'000'000 + facts.nanoseconds);
    if (coding != Coding::identity) {
        text.put('-');
        text.put(coding_name(coding));
    }
    text.put('"');
    return text.take();
}

/// All of a file; none where it is not as long as it was said to be.
std::optional<std::string> read_all(const OpenFile& file) {
    std::string bytes(file.facts.size, '\0');
    std::size_t at = 0;
    while (at < bytes.size()) {
        const ssize_t count =
            ::pread(file.descriptor.get(), bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return std::nullopt;
        at += static_cast<std::size_t>(count);
    }
    return bytes;
}

std::string neighbour_path(const CachedFile& file, Coding coding) {
    return std::string(file.path).append(coding_suffix(coding));
}

}  // namespace

CachedFile* FileCache::find(std::string_view path) {
    const auto found = index_.find(path);
    if (found == index_.end()) return load(path);
    const auto file = found->second;
    const auto now = std::chrono::steady_clock::now();
    if (now - file->checked > limits_.trust) {
        if (!still_true(*file)) {
            forget(file);
            return load(path);
        }
        file->checked = now;
    }
    files_.splice(files_.begin(), files_, file);
    return &*file;
}

bool FileCache::still_true(const CachedFile& file) const {
    if (file.doubtful) return false;
    const auto facts = folder_.look(file.path);
    return facts && *facts == file.facts && look_for_neighbours(file) == file.neighbours;
}

Neighbours FileCache::look_for_neighbours(const CachedFile& file) const {
    Neighbours neighbours;
    for (const Coding coding : {Coding::brotli, Coding::zstd, Coding::gzip}) {
        const auto facts = folder_.look(neighbour_path(file, coding));
        // An older one tells of what the file was before.
        if (facts && facts->is_file() && facts->time() >= file.facts.time())
            neighbours[static_cast<std::size_t>(coding)] = *facts;
    }
    return neighbours;
}

CachedFile* FileCache::load(std::string_view path) {
    error_ = 0;
    found_folder_ = false;
    const auto facts = folder_.look(path);
    if (!facts || !facts->is_file()) {
        error_ = facts ? 0 : facts.error();
        found_folder_ = facts && facts->is_folder();
        return nullptr;
    }
    make_room();
    CachedFile& file = files_.emplace_front();
    file.path = path;
    file.facts = *facts;
    file.type = media_type(path.substr(path.rfind('/') + 1));
    file.last_modified = http_date(facts->seconds);
    file.checked = std::chrono::steady_clock::now();
    file.doubtful = may_change_unseen(*facts);
    file.neighbours = look_for_neighbours(file);
    const bool compressed =
        file.type.compressible && facts->size >= limits_.least_compressed && facts->size <= limits_.most_compressed;
    file.varies = compressed;
    for (std::size_t at = 0; at + 1 < coding_count; ++at) {
        file.varies = file.varies || file.neighbours[at];
        if (!compressed && !file.neighbours[at]) file.codings[at] = nullptr;
    }
    index_.emplace(file.path, files_.begin());
    return &file;
}

std::shared_ptr<Representation> FileCache::represent(CachedFile& file, const CodingChoice& choice) {
    for (const Coding coding : choice.wanted())
        if (auto made = represent(file, coding)) return made;
    // Identity was forbidden, or there is nothing else: it is what there is (RFC 9110 section 12.5.3).
    return represent(file, Coding::identity);
}

std::shared_ptr<Representation> FileCache::represent(CachedFile& file, Coding coding) {
    auto& slot = file.codings[static_cast<std::size_t>(coding)];
    if (slot) return *slot;
    auto made = make(file, coding);
    if (!made && coding == Coding::identity) {
        file.checked = {};  // whatever it is now, the next find() looks
        return made;
    }
    slot = made;
    if (made && made->content.memory) {
        const std::size_t kept = 2 * made->content.memory->size();  // once more in the ready answer
        file.memory += kept;
        memory_ += kept;
        while (memory_ > limits_.memory_bytes && &files_.back() != &file) forget(std::prev(files_.end()));
    }
    return made;
}

std::shared_ptr<Representation> FileCache::make(CachedFile& file, Coding coding) {
    const auto& neighbour = file.neighbours[static_cast<std::size_t>(coding)];
    const FileFacts& wanted = neighbour ? *neighbour : file.facts;
    auto opened = folder_.open_file(neighbour ? neighbour_path(file, coding) : file.path);
    if (!opened || opened->facts != wanted) return nullptr;
    auto made = std::make_shared<Representation>();
    made->coding = coding;
    made->etag = etag_of(wanted, coding);
    made->size = wanted.size;
    const bool compressing = coding != Coding::identity && !neighbour;
    if (!compressing && wanted.size > limits_.small_bytes) {
        made->content.file = std::make_shared<const transport::Descriptor>(std::move(opened->descriptor));
        return made;
    }
    auto bytes = read_all(*opened);
    if (bytes && compressing) bytes = compress(coding, *bytes);
    if (!bytes) return nullptr;
    made->size = bytes->size();
    made->content.memory = std::make_shared<const std::string>(std::move(*bytes));
    return made;
}

void FileCache::forget(Files::iterator file) {
    index_.erase(file->path);
    memory_ -= file->memory;
    files_.erase(file);
}

void FileCache::make_room() {
    while (!files_.empty() && (files_.size() >= limits_.files || memory_ > limits_.memory_bytes))
        forget(std::prev(files_.end()));
}

}  // namespace fid::http

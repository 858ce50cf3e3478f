// SPDX-License-Identifier: MIT
#include "cmd/mail/save.h"

#include <algorithm>
#include <cerrno>
#include <map>

#include "ftp/contained.h"
#include "report/write_all.h"

namespace fid::cmd::mail {
namespace {

using fid::ftp::Folder;

/// "a.pdf", "a-2.pdf", ...: the first that is free. `number` is that of the name's last use.
std::string free_name(const Folder& folder, const std::string& name, unsigned& number) {
    const std::size_t dot = std::min(name.rfind('.'), name.size());
    while (true) {
        std::string candidate = name;
        if (++number > 1) candidate = name.substr(0, dot) + "-" + std::to_string(number) + name.substr(dot);
        if (!folder.look(candidate)) return candidate;
    }
}

Result<void> save(const Folder& folder, const std::string& name, std::string_view bytes) {
    const std::string partial = "." + name + ".part";
    auto file = folder.write(partial, false);
    if (!file) return std::unexpected(std::move(file.error()));
    if (const int error = report::write_all(file->get(), bytes); error != 0) {
        [[maybe_unused]] const auto removed = folder.remove(partial);
        return fail_errno(Status::cannot_write, "cannot write", folder.text(name), error);
    }
    return folder.rename(partial, name, false);
}

}  // namespace

std::string safe_file_name(std::string_view name, std::size_t number) {
    const std::size_t slash = name.find_last_of("/\\");
    if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
    std::string safe;
    for (const char c : name) safe += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '_' : c;
    while (safe.starts_with('.') || safe.starts_with(' ')) safe.erase(0, 1);
    while (safe.ends_with('.') || safe.ends_with(' ')) safe.pop_back();
    constexpr std::size_t longest = 200;  // of the 255 that file systems take
    if (safe.size() > longest) {
        std::size_t end = longest;
        while (end > 0 && (static_cast<unsigned char>(safe[end]) & 0xc0U) == 0x80) --end;  // not within a character
        safe.resize(end);
    }
    return safe.empty() ? "attachment-" + std::to_string(number) : safe;
}

Result<std::vector<std::string>> save_attachments(const std::string& directory,
                                                  const std::vector<const fid::mail::Part*>& parts) {
    auto folder = Folder::open(directory, true);
    if (!folder) return std::unexpected(std::move(folder.error()));
    std::vector<std::string> paths;
    std::map<std::string, unsigned> numbers;  // many may have the same name
    for (const fid::mail::Part* const part : parts) {
        const std::string wanted = safe_file_name(part->name, paths.size() + 1);
        const std::string name = free_name(*folder, wanted, numbers[wanted]);
        if (auto saved = save(*folder, name, part->decoded()); !saved) return std::unexpected(std::move(saved.error()));
        paths.push_back(folder->text(name));
    }
    return paths;
}

}  // namespace fid::cmd::mail

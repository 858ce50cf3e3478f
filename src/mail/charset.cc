// SPDX-License-Identifier: MIT
#include "mail/charset.h"

#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "report/text.h"

namespace fid::mail {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

class Converter {
  public:
    explicit Converter(const std::string& charset) : handle_(iconv_open("UTF-8", charset.c_str())) {}
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    ~Converter() {
        if (known()) iconv_close(handle_);
    }
    // iconv_open(3) gives this for an error.
    [[nodiscard]] bool known() const { return handle_ != reinterpret_cast<iconv_t>(-1); }  // NOLINT

    std::string convert(std::string_view bytes) {
        std::string out;
        std::string block(std::clamp<std::size_t>(bytes.size() * 2, 64, std::size_t{64} * 1024), '\0');
        char* in = const_cast<char*>(bytes.data());  // which it does not write to
        std::size_t left = bytes.size();
        while (true) {
            char* to = block.data();
            std::size_t room = block.size();
            const std::size_t done =
                left == 0 ? iconv(handle_, nullptr, nullptr, &to, &room) : iconv(handle_, &in, &left, &to, &room);
            const int error = errno;
            out.append(block.data(), block.size() - room);
            if (done != static_cast<std::size_t>(-1)) {
                if (left == 0) return out;
                continue;
            }
            if (error == E2BIG) continue;
            out += replacement;
            if (left == 0 || error == EINVAL) return out;  // it breaks off within a character
            ++in;
            --left;
        }
    }

  private:
    iconv_t handle_;
};

bool plain_name(std::string_view charset) {
    constexpr std::size_t longest = 40;
    // A slash would be glibc's own: options, and files to load.
    return !charset.empty() && charset.size() <= longest && std::ranges::all_of(charset, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.' || c == ':' || c == '+';
    });
}

bool same(std::string_view one, std::string_view lower) {
    return std::ranges::equal(one, lower, {}, [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
}

}  // namespace

std::optional<std::string> to_utf8(std::string_view charset, std::string_view bytes) {
    if (!plain_name(charset)) return std::nullopt;
    if (same(charset, "utf-8") && is_utf8(as_bytes(bytes))) return std::string(bytes);
    Converter converter{std::string(charset)};
    if (!converter.known()) return std::nullopt;
    return converter.convert(bytes);
}

std::string guess_utf8(std::string_view charset, std::string_view bytes) {
    const bool none = charset.empty() || same(charset, "us-ascii") || same(charset, "ascii");
    if (!none)
        if (auto text = to_utf8(charset, bytes)) return std::move(*text);
    if (is_utf8(as_bytes(bytes))) return std::string(bytes);
    auto text = to_utf8("windows-1252", bytes);
    return text ? std::move(*text) : std::string();
}

}  // namespace fid::mail

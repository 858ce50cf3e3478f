// SPDX-License-Identifier: MIT
#include "dns/idna.h"

#include <idn2.h>

#include <memory>

namespace fid::dns {
namespace {

struct Free {
    void operator()(void* text) const { idn2_free(text); }
};

}  // namespace

std::expected<std::string, std::string> label_to_ascii(std::string_view label) {
    const std::string text(label);
    std::uint8_t* made = nullptr;
    const int code = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(text.c_str()), &made,
                                    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    const std::unique_ptr<std::uint8_t, Free> owner(made);
    if (code != IDN2_OK) return std::unexpected(std::string(idn2_strerror(code)));
    std::string ascii(reinterpret_cast<const char*>(made));
    // What maps to several labels cannot be one.
    if (ascii.find('.') != std::string::npos) return std::unexpected(std::string("a character stands for a dot"));
    return ascii;
}

std::string label_to_unicode(std::string_view label) {
    std::string text(label);
    char* made = nullptr;
    const int code = idn2_to_unicode_8z8z(text.c_str(), &made, 0);
    const std::unique_ptr<char, Free> owner(made);
    if (code != IDN2_OK) return text;
    std::string unicode(made);
    const auto back = label_to_ascii(unicode);
    return back && *back == text ? unicode : text;
}

}  // namespace fid::dns

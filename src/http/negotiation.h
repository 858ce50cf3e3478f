// SPDX-License-Identifier: MIT
// What a client would rather have (RFC 9110 section 12.5): content codings and media types.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace fid::http {

/// In the order in which they are taken where the client does not mind: the smallest first.
enum class Coding : std::uint8_t { brotli, zstd, gzip, identity };
inline constexpr std::size_t coding_count = 4;

/// "br", "zstd", "gzip", "" for identity.
[[nodiscard]] std::string_view coding_name(Coding coding);

/// What may be sent, the most wanted first.
class CodingChoice {
  public:
    explicit CodingChoice(std::string_view accept_encoding);
    [[nodiscard]] std::span<const Coding> wanted() const { return {order_.data(), count_}; }

  private:
    std::array<Coding, coding_count> order_{};
    std::size_t count_ = 0;
};

/// Would a client with that Accept rather have JSON than HTML? Where it does not mind, it is HTML.
[[nodiscard]] bool prefers_json(std::string_view accept);

}  // namespace fid::http

// SPDX-License-Identifier: MIT
// The header of a message or of a part of one: its fields (RFC 5322 section 2.2), and what stands in them in other
// letters than ASCII (RFC 2047, 2231).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fid::mail {

struct HeaderField {
    std::string name;   ///< as it was written
    std::string value;  ///< unfolded: without line ends; without the blanks around it
};

class Header {
  public:
    /// More are not looked at.
    static constexpr std::size_t most_fields = 10'000;

    /// Reads up to the empty line, or to what is no field. `rest` is what stands behind.
    [[nodiscard]] static Header read(std::string_view bytes, std::string_view& rest);

    [[nodiscard]] const std::vector<HeaderField>& fields() const { return fields_; }
    /// The value of the first field of that name, whatever its case; "" where there is none.
    [[nodiscard]] std::string_view value(std::string_view name) const;
    /// The same in UTF-8, for people.
    [[nodiscard]] std::string text(std::string_view name) const;

  private:
    std::vector<HeaderField> fields_;
};

/// Encoded words decoded, other bytes than ASCII guessed. Words of the same charset are joined before they are decoded:
/// many programs cut characters in two.
[[nodiscard]] std::string decode_words(std::string_view value);

/// "text/plain; charset=utf-8" and the like.
struct Parameterized {
    std::string value;                                            ///< lower case: "text/plain"
    std::vector<std::pair<std::string, std::string>> parameters;  ///< names in lower case, values in UTF-8

    [[nodiscard]] std::string_view parameter(std::string_view name) const;
};
/// Continuations (name*0=, name*1=) are joined and percent-encoded values decoded; encoded words, which do not belong
/// there, too.
[[nodiscard]] Parameterized read_parameters(std::string_view value);

}  // namespace fid::mail

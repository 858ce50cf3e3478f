// SPDX-License-Identifier: MIT
// Trust anchors: where chains of trust begin.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dns/dnssec_signature.h"

namespace fid::dns::dnssec {

struct Anchor {
    Name zone;
    Voucher voucher;
};

class Anchors {
  public:
    /// The root's DS records as IANA published them in root-anchors.xml on that day.
    static constexpr std::string_view root_date = "2024-07-18";
    [[nodiscard]] static Anchors root();
    /// DS and DNSKEY records in a zone file's syntax, unbound's root.key among them, whose keys that are not yet or no
    /// longer valid are left out; or BIND's trust-anchors, trusted-keys and managed-keys. Status bad_input where a
    /// record cannot be read or there is none; `origin` names the text in errors.
    [[nodiscard]] static Result<Anchors> parse(std::string_view text, const std::string& origin);
    [[nodiscard]] static Result<Anchors> read(const std::string& path);

    /// That of the closest zone at or above the name; null where there is none.
    [[nodiscard]] const Anchor* above(const Name& name) const;
    [[nodiscard]] const std::vector<Anchor>& all() const { return anchors_; }

  private:
    Anchor& at(const Name& zone);

    std::vector<Anchor> anchors_;
};

}  // namespace fid::dns::dnssec

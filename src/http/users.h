// SPDX-License-Identifier: MIT
// Who may come in: Basic authentication (RFC 7617) against a file of users.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "report/error.h"

namespace fid::http {

class Users {
  public:
    /// Lines of user:password, or user:$id$... as crypt(3) and htpasswd -B write hashes; empty lines and those with #
    /// are skipped. A file that others than its owner may read is refused: it has passwords. Status cannot_read or
    /// bad_input.
    [[nodiscard]] static Result<Users> read(const std::string& path);
    /// The same from text; `name` is for errors.
    [[nodiscard]] static Result<Users> parse(std::string_view text, const std::string& name);

    /// The user that a value of Authorization proves to be; none otherwise. The comparison takes the same time
    /// wherever the first difference lies, and for users that there are not.
    [[nodiscard]] std::optional<std::string_view> check(std::string_view authorization) const;

  private:
    [[nodiscard]] bool proves(std::string_view user, std::string_view password) const;

    std::map<std::string, std::string, std::less<>> secrets_;
    std::string stand_in_;  ///< compared with where there is no such user
};

/// The users with a memory of who has proved it already: a hash is slow on purpose, and browsers send the password
/// with every request. Belongs to one loop.
class Gate {
  public:
    explicit Gate(const Users& users) : users_(users) {}
    [[nodiscard]] std::optional<std::string_view> check(std::string_view authorization);

  private:
    using Digest = std::array<unsigned char, 32>;

    const Users& users_;
    std::map<Digest, std::string_view> known_;  ///< by SHA-256 of the field's value
};

}  // namespace fid::http

// SPDX-License-Identifier: MIT
// What a server says it can do beyond RFC 959: its answer to FEAT (RFC 2389).
#pragma once

#include <string_view>

#include "ftp/reply.h"

namespace fid::ftp {

struct Features {
    bool known = false;  ///< FEAT was answered; otherwise nothing is ruled out
    bool mlst = false;   ///< MLST and MLSD (RFC 3659)
    bool utf8 = false;   ///< names are UTF-8 (RFC 2640)
    bool size = false, mdtm = false, mfmt = false;
    bool rest_stream = false;  ///< REST counts bytes, also before STOR
};

[[nodiscard]] Features parse_features(const Reply& reply);

}  // namespace fid::ftp

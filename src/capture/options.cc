// SPDX-License-Identifier: MIT
#include "capture/options.h"

namespace fid::capture {

void each_comment(const PacketRecord& packet, const std::function<void(std::string_view)>& visit) {
    Options options(packet.options, packet.big_endian);
    while (options.next()) {
        if (options.code == option_comment) visit(as_text(options.value));
    }
}

}  // namespace fid::capture

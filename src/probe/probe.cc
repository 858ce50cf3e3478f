// SPDX-License-Identifier: MIT
#include "probe/probe.h"

namespace fid::probe {

std::string_view name_of(Method method) {
    switch (method) {
        case Method::icmp:
            return "icmp";
        case Method::tcp:
            return "tcp";
        case Method::udp:
            return "udp";
    }
    return {};
}

std::string_view name_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::reply:
            return "reply";
        case Outcome::refused:
            return "refused";
        case Outcome::late:
            return "late";
        case Outcome::duplicate:
            return "duplicate";
        case Outcome::damaged:
            return "damaged";
        case Outcome::error:
            return "error";
        case Outcome::lost:
            return "no answer";
    }
    return {};
}

double Tally::loss_percent() const {
    const std::uint64_t judged = sent - under_way;
    return judged == 0 ? 0 : 100 * static_cast<double>(lost()) / static_cast<double>(judged);
}

}  // namespace fid::probe

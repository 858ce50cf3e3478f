// SPDX-License-Identifier: MIT
#include "sockets/list.h"

#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <tuple>

#include "sockets/namespaces.h"
#include "sockets/netlink.h"
#include "sockets/proc_net.h"

namespace fid::sockets {
namespace {

constexpr std::array all_kinds{Kind::tcp, Kind::udp, Kind::raw, Kind::unix_domain, Kind::netlink, Kind::packet};

bool has_family(Kind kind) { return kind == Kind::tcp || kind == Kind::udp || kind == Kind::raw; }

/// Fills a snapshot, one namespace after the other.
class Survey {
  public:
    explicit Survey(const Query& query)
        : query_(query), filter_(query.filter != nullptr ? *query.filter : everything_) {
        bounds_ = filter_.bounds();
        bounds_.kinds &= query.kinds;
        bounds_.v4 = bounds_.v4 && query.v4;
        bounds_.v6 = bounds_.v6 && query.v6;
        // Address space only: pages that are not written cost nothing, those of a vector that grows are written twice.
        constexpr std::size_t many = 64 * 1024;
        snapshot.sockets.reserve(many);
        if (query.listening) bounds_.states &= bit(State::listen) | bit(State::closed);
    }

    /// The sockets of the namespace this thread is in.
    Result<void> look(std::uint16_t space) {
        const std::size_t before = snapshot.sockets.size();
        if (query_.way != Way::proc && query_.folder.empty()) {
            auto diag = DiagSocket::open();
            if (diag)
                diag_ = std::move(*diag);
            else if (query_.way == Way::netlink)
                return std::unexpected(diag.error());
        }
        for (const Kind kind : all_kinds) {
            if ((bounds_.kinds & bit(kind)) == 0) continue;
            if (const auto done = look_at(kind); !done) return done;
        }
        diag_.reset();
        settle(before, space);
        return {};
    }

    /// Leaves what the filter passes when the processes are known too, in order.
    void finish() {
        if ((query_.holders || filter_.needs_holders()) && query_.folder.empty()) {
            Holders found = find_holders(snapshot.sockets);
            snapshot.holder_list = std::move(found.list);
            snapshot.denied = found.denied;
            snapshot.without_holder = found.without_holder;
        }
        if (filter_.needs_holders()) {
            std::erase_if(snapshot.sockets, [&](const Socket& socket) {
                return !filter_.matches(socket, {snapshot.device(socket), snapshot.holders(socket), true});
            });
        }
        sort();
    }

    Snapshot snapshot;

  private:
    Result<void> look_at(Kind kind) {
        if (!has_family(kind)) return look_at(kind, Family::v4);
        if (bounds_.v4)
            if (const auto done = look_at(kind, Family::v4); !done) return done;
        return bounds_.v6 ? look_at(kind, Family::v6) : Result<void>();
    }

    Result<void> look_at(Kind kind, Family family) {
        if (bounds_.states == 0) return {};
        if (diag_) {
            std::vector<std::uint8_t> bytecode;
            if (query_.push_down && (kind == Kind::tcp || kind == Kind::udp))
                bytecode = filter_.bytecode([](const std::string& name) { return if_nametoindex(name.c_str()); });
            const auto answer = diag_->ask({.kind = kind,
                                            .family = family,
                                            .states = query_.push_down ? bounds_.states : every_state,
                                            .bytecode = bytecode,
                                            .info = query_.info},
                                           snapshot.sockets);
            if (!answer) return std::unexpected(answer.error());
            snapshot.interrupted = snapshot.interrupted || *answer == Answer::interrupted;
            if (*answer != Answer::unavailable || query_.way == Way::netlink) return {};
        }
        const std::string folder = query_.folder.empty() ? "/proc/net" : query_.folder;
        for (const ProcFile file : proc_files(kind, family == Family::v4, family == Family::v6))
            if (const auto done = read_proc_file(folder, file, snapshot.sockets); !done) return done;
        return {};
    }

    /// What was added since `before` belongs to the namespace; what the filter certainly does not pass goes.
    void settle(std::size_t before, std::uint16_t space) {
        for (std::size_t i = before; i < snapshot.sockets.size(); ++i) {
            Socket& socket = snapshot.sockets[i];
            socket.space = space;
            if (socket.kind == Kind::unix_domain && !socket.name.empty())
                snapshot.unix_names.emplace(socket.inode, socket.name);
            if (socket.interface != 0) name_interface(space, socket.interface);
        }
        const auto begin = snapshot.sockets.begin() + static_cast<std::ptrdiff_t>(before);
        const auto end = std::remove_if(begin, snapshot.sockets.end(), [&](const Socket& socket) {
            return (query_.listening && !socket.listens()) ||
                   !filter_.matches(socket, {snapshot.device(socket), {}, false});
        });
        snapshot.sockets.erase(end, snapshot.sockets.end());
    }

    void name_interface(std::uint16_t space, std::uint32_t index) {
        std::string& name = snapshot.interfaces[{space, index}];
        if (!name.empty()) return;
        std::array<char, IF_NAMESIZE> buffer{};
        name = query_.folder.empty() && if_indextoname(index, buffer.data()) != nullptr ? std::string(buffer.data())
                                                                                        : "if" + std::to_string(index);
    }

    void sort() {
        std::vector<std::uint32_t> order(snapshot.sockets.size());
        for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
        const auto key = [&](std::uint32_t i) {
            const Socket& one = snapshot.sockets[i];
            return std::tuple(one.space, one.kind, !one.listens(), one.local.family(), one.local_port,
                              one.local.number(), one.peer.number(), one.peer_port, one.inode);
        };
        std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
        // Each cycle of the order is turned in place: a second copy of so many sockets would cost more than the
        // sorting.
        auto& sockets = snapshot.sockets;
        for (std::uint32_t i = 0; i < order.size(); ++i) {
            if (order[i] == i) continue;
            Socket first = std::move(sockets[i]);
            std::uint32_t at = i;
            while (order[at] != i) {
                const std::uint32_t from = order[at];
                sockets[at] = std::move(sockets[from]);
                order[at] = at;
                at = from;
            }
            sockets[at] = std::move(first);
            order[at] = at;
        }
    }

    const Query& query_;
    const Filter everything_;
    const Filter& filter_;
    Bounds bounds_;
    std::optional<DiagSocket> diag_;
};

Result<Snapshot> survey_all_spaces(Survey& survey) {
    auto spaces = list_spaces();
    if (!spaces) return std::unexpected(spaces.error());
    for (std::size_t i = 0; i < spaces->size(); ++i) {
        const Space& space = (*spaces)[i];
        survey.snapshot.spaces.push_back(space.name);
        if (i != 0) {
            if (const auto entered = enter(space); !entered) return std::unexpected(entered.error());
        }
        const auto done = survey.look(static_cast<std::uint16_t>(i));
        if (i != 0) {
            if (const auto back = enter(spaces->front()); !back) return std::unexpected(back.error());
        }
        if (!done) return std::unexpected(done.error());
    }
    survey.finish();
    return std::move(survey.snapshot);
}

}  // namespace

std::string_view Snapshot::device(const Socket& socket) const {
    if (socket.interface == 0) return {};
    const auto found = interfaces.find({socket.space, socket.interface});
    return found == interfaces.end() ? std::string_view() : std::string_view(found->second);
}

Result<Snapshot> take_snapshot(const Query& query) {
    if (!query.folder.empty() && ::access(query.folder.c_str(), R_OK | X_OK) != 0)
        return fail_errno(Status::cannot_read, "cannot read", query.folder, errno);
    Survey survey(query);
    if (query.all_spaces) return survey_all_spaces(survey);
    if (const auto done = survey.look(0); !done) return std::unexpected(done.error());
    survey.finish();
    return std::move(survey.snapshot);
}

}  // namespace fid::sockets

// SPDX-License-Identifier: MIT
// A socket as a record.
#pragma once

#include "cmd/sockets/names.h"
#include "report/record.h"
#include "sockets/list.h"

namespace fid::cmd::sockets {

extern const report::RecordType socket_record;

/// Fills records of one snapshot.
class RecordMaker {
  public:
    /// `holders`: processes were looked for; `resolve`: hosts were (names.find_hosts), services are named.
    RecordMaker(const fid::sockets::Snapshot& snapshot, Names& names, bool holders, bool resolve)
        : snapshot_(snapshot), names_(names), holders_(holders), resolve_(resolve) {}
    [[nodiscard]] report::Record make(const fid::sockets::Socket& socket);

  private:
    void set_ends(const fid::sockets::Socket& socket, report::Record& record);
    void set_names(const fid::sockets::Socket& socket, report::Record& record);
    void set_holders(const fid::sockets::Socket& socket, report::Record& record);

    const fid::sockets::Snapshot& snapshot_;
    Names& names_;
    bool holders_;
    bool resolve_;
};

}  // namespace fid::cmd::sockets

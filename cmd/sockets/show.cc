// SPDX-License-Identifier: MIT
#include "cmd/sockets/show.h"

#include "cmd/sockets/record.h"
#include "cmd/sockets/summary.h"

namespace fid::cmd::sockets {

Layout layout_of(const Settings& settings) {
    return {.listening = settings.query.listening,
            .holders = settings.query.holders && settings.query.folder.empty(),
            .timers = settings.timers,
            .info = settings.query.info,
            .resolve = settings.resolve,
            .spaces = settings.query.all_spaces};
}

std::vector<report::Record> records_of(const core::Snapshot& snapshot, Names& names, const Settings& settings) {
    if (settings.resolve) names.find_hosts(snapshot);
    RecordMaker maker(snapshot, names, layout_of(settings).holders, settings.resolve);
    std::vector<report::Record> records;
    records.reserve(snapshot.sockets.size());
    for (const auto& socket : snapshot.sockets) records.push_back(maker.make(socket));
    return records;
}

void warn_about(Context& context, const core::Snapshot& snapshot) {
    if (snapshot.interrupted)
        context.log.warning("the kernel's list changed while it was read", "some sockets may be missing or twice");
    if (snapshot.denied != 0 && snapshot.without_holder != 0)
        context.log.warning("the processes of " + std::to_string(snapshot.without_holder) +
                                (snapshot.without_holder == 1 ? " socket" : " sockets") + " cannot be seen",
                            "they are other users'; run it as root to see them");
}

void show(Context& context, const core::Snapshot& snapshot, Names& names, const Settings& settings) {
    report::Output& out = context.out;
    if (settings.summary) {
        write_summary(out, snapshot);
        return;
    }
    if (settings.resolve) names.find_hosts(snapshot);
    const Layout layout = layout_of(settings);
    if (out.plain_text()) {
        write_sockets(out, snapshot, names, layout);
        return;
    }
    RecordMaker maker(snapshot, names, layout.holders, settings.resolve);
    for (const auto& socket : snapshot.sockets) {
        if (out.closed()) return;
        out.write(maker.make(socket));
    }
}

}  // namespace fid::cmd::sockets

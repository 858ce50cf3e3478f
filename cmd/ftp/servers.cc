// SPDX-License-Identifier: MIT
#include "cmd/ftp/servers.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "cmd/loop.h"
#include "cmd/recording.h"
#include "ftp/names.h"
#include "ftp/remote.h"

namespace fid::cmd::ftp {

Result<Pool*> Servers::of(const Url& url) {
    auto& pool = pools_[url.server.user + "@" + url.server.text()];
    if (!pool) {
        fid::ftp::SessionSettings session = settings_.session;
        session.server = url.server;
        if (url.server.scheme == "ftps") session.tls = fid::ftp::TlsUse::implicit;
        if (auto found = find_credentials(context_, url, session); !found)
            return std::unexpected(std::move(found.error()));
        pool = std::make_unique<Pool>(executor_, std::move(session), settings_.parallel,
                                      [&log = context_.log](const std::string& text) { log.note(text); });
    }
    return pool.get();
}

Task<Result<std::unique_ptr<Session>>> Servers::session(const Url& url) {
    auto pool = of(url);
    if (!pool) co_return std::unexpected(std::move(pool.error()));
    auto taking = (*pool)->take();
    co_return co_await std::move(taking);
}

Task<void> Servers::close() {
    for (auto& [name, pool] : pools_) {
        if (!pool) continue;
        auto closing = pool->close();
        co_await std::move(closing);
    }
}

namespace {

Task<void> run_to_end(Servers& servers, Work work, Status& status) {
    auto working = work(servers);
    status = co_await std::move(working);
    auto closing = servers.close();
    co_await std::move(closing);
}

}  // namespace

Status run_work(Context& context, Work work) {
    auto settings = read_settings(context);
    if (!settings) return context.log.error(settings.error());
    const auto recorder = start_recorder(context.args);
    if (!recorder) return context.log.error(recorder.error());
    settings->session.dial.recorder = recorder->get();
    Status status = Status::interrupted;
    {
        Loop loop;
        Servers servers(context, loop.executor(), std::move(*settings));
        loop.on_interrupt([&] {
            if (servers.on_interrupt) servers.on_interrupt();
            loop.stop();
        });
        loop.spawn(run_to_end(servers, work, status));
        loop.run();
    }
    if (*recorder)
        if (auto closed = (*recorder)->close(); !closed) return context.log.error(closed.error());
    return status;
}

Status joined_status(Status sum, Status one, bool first) { return first || sum == one ? one : Status::partial; }

namespace {

/// What the workers of in_parallel() share.
struct Batch {
    Batch(transport::Executor executor, std::size_t number)
        : ended(executor, transport::Timer::time_point::max()), count(number) {}
    transport::Timer ended;
    Pool* pool = nullptr;
    Transfer transfer;
    std::size_t count, next = 0, done = 0, workers = 0;
    Status status = Status::success;
    std::optional<Error> fatal;
};

Task<void> work_on(Servers& servers, Batch& batch) {
    std::unique_ptr<Session> session;
    while (batch.next < batch.count && !batch.fatal && !servers.context().out.closed()) {
        if (!session) {
            auto taking = batch.pool->take();
            auto taken = co_await std::move(taking);
            if (!taken && !batch.fatal) batch.fatal = std::move(taken.error());
            if (!taken || !*taken) break;
            session = std::move(*taken);
            if (batch.next >= batch.count) break;
        }
        const std::size_t index = batch.next++;
        auto transferring = batch.transfer(*session, index);
        const Status one = co_await std::move(transferring);
        batch.status = joined_status(batch.status, one, batch.done++ == 0);
        if (session->broken()) batch.pool->give(std::exchange(session, {}));
    }
    if (session) batch.pool->give(std::move(session));
    --batch.workers;
    batch.ended.cancel();
}

}  // namespace

Task<Status> in_parallel(Servers& servers, Url url, std::size_t count, Transfer transfer) {
    auto pool = servers.of(url);
    if (!pool) co_return servers.context().log.error(pool.error());
    Batch batch(servers.executor(), count);
    batch.pool = *pool;
    batch.transfer = std::move(transfer);
    batch.workers = std::min(count, (*pool)->most());
    for (std::size_t i = batch.workers; i > 0; --i) {
        auto working = work_on(servers, batch);
        transport::asio::co_spawn(servers.executor(), std::move(working), transport::asio::detached);
    }
    while (batch.workers != 0) co_await batch.ended.async_wait(transport::as_task);
    if (!batch.fatal && batch.next < count && !servers.context().out.closed())
        batch.fatal = Error{Status::receive_failure, "there is no connection left to", url.server.text(), {}, {}};
    if (batch.fatal) {
        const Status status = servers.context().log.error(*batch.fatal);
        co_return batch.done == 0 ? status : Status::partial;
    }
    co_return batch.status;
}

namespace {

Task<Result<std::vector<Source>>> expand_pattern(Servers& servers, Url url) {
    auto taking = servers.session(url);
    auto session = co_await std::move(taking);
    if (!session) co_return std::unexpected(std::move(session.error()));
    auto reading = fid::ftp::list_directory(**session, url.path);
    auto listing = co_await std::move(reading);
    (*servers.of(url))->give(std::move(*session));
    if (!listing) co_return std::unexpected(std::move(listing.error()));
    std::vector<Source> sources;
    for (const fid::ftp::Entry& entry : listing->entries) {
        if (entry.kind != fid::ftp::Kind::file || !fid::ftp::fits(url.pattern, entry.name)) continue;
        if (!fid::ftp::is_plain_name(entry.name)) {
            servers.context().log.warning("left out, for it is no name within a directory: " + entry.name);
            continue;
        }
        Source source;
        source.url = url;
        source.url.pattern.clear();
        source.url.path = fid::ftp::joined(url.path, entry.name);
        source.size = entry.size;
        source.modified = entry.modified;
        source.listed = listing->exact;  // times of LIST are those of an unknown zone
        sources.push_back(std::move(source));
    }
    if (sources.empty()) co_return fail(Status::server_error, "no file fits", url.text());
    co_return sources;
}

}  // namespace

Task<std::vector<Source>> expand(Servers& servers, std::vector<std::string> words, Status& status) {
    std::vector<Source> all;
    bool first = true;
    for (const std::string& word : words) {
        auto url = Url::parse(word);
        std::optional<Error> error;
        if (url && !url->pattern.empty()) {
            auto expanding = expand_pattern(servers, *url);
            auto sources = co_await std::move(expanding);
            if (sources)
                std::ranges::move(*sources, std::back_inserter(all));
            else
                error = std::move(sources.error());
        } else if (url) {
            Source source;
            source.url = std::move(*url);
            all.push_back(std::move(source));
        } else {
            error = std::move(url.error());
        }
        status = joined_status(status, error ? servers.context().log.error(*error) : Status::success, first);
        first = false;
    }
    co_return all;
}

Task<Status> on_each(Servers& servers, Action action) {
    Context& context = servers.context();
    Status status = Status::success;
    auto expanding = expand(servers, context.args.words(), status);
    const auto sources = co_await std::move(expanding);
    bool first = status == Status::success;
    for (const Source& source : sources) {
        auto taking = servers.session(source.url);
        auto session = co_await std::move(taking);
        std::optional<Error> error;
        if (session) {
            auto acting = action(context, **session, source);
            auto done = co_await std::move(acting);
            if (!done) error = std::move(done.error());
            (*servers.of(source.url))->give(std::move(*session));
        } else {
            error = std::move(session.error());
        }
        if (context.out.closed()) break;
        const Status one = error ? context.log.error(*error) : Status::success;
        status = joined_status(status, one, first);
        first = false;
    }
    co_return status;
}

}  // namespace fid::cmd::ftp

// SPDX-License-Identifier: MIT
#include "cmd/fetch/fetching.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <list>

#include "cmd/fetch/body.h"
#include "cmd/fetch/record.h"
#include "cmd/fetch/sink.h"
#include "cmd/fetch/write_out.h"
#include "cmd/recording.h"
#include "report/interrupt.h"
#include "report/write_all.h"
#include "transfer/dry_run.h"
#include "transfer/redirect.h"

namespace fid::cmd::fetch {
namespace {

/// The requests of all targets, one after another.
class Requests {
  public:
    explicit Requests(const Settings& settings) : settings_(settings) {}

    struct One {
        const Target* target;
        std::uint64_t index;  ///< within its pattern
        transfer::Request request;
    };
    std::optional<One> next() {
        while (target_ < settings_.targets.size() && index_ == settings_.targets[target_].glob.count()) {
            ++target_;
            index_ = 0;
        }
        if (target_ == settings_.targets.size()) return std::nullopt;
        const Target& target = settings_.targets[target_];
        One one{&target, index_, settings_.request};
        one.request.url = target.glob.at(index_++);
        if (one.request.body.kind == transfer::Body::Kind::upload) set_upload(target, one.request);
        return one;
    }
    [[nodiscard]] std::uint64_t count() const {
        std::uint64_t sum = 0;
        for (const Target& target : settings_.targets) sum += target.glob.count();
        return sum;
    }

  private:
    /// A URL that ends with a slash gets the file's name; one without a -T of its own sends nothing.
    static void set_upload(const Target& target, transfer::Request& request) {
        if (target.upload.empty()) {
            request.body = {};
            return;
        }
        request.body.path = target.upload;
        const std::size_t scheme = request.url.find("://");
        const bool bare = request.url.find('/', scheme == std::string::npos ? 0 : scheme + 3) == std::string::npos;
        if (target.upload == "-" || (!bare && !request.url.ends_with('/'))) return;
        const std::size_t slash = target.upload.rfind('/');
        request.url += bare ? "/" : "";
        request.url += percent_encoded(slash == std::string::npos ? target.upload : target.upload.substr(slash + 1));
    }

    const Settings& settings_;
    std::size_t target_ = 0;
    std::uint64_t index_ = 0;
};

void put_ms(std::string& line, std::string_view name, std::int64_t microseconds) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.1f ms", static_cast<double>(microseconds) / 1000.0);
    line.append(line.empty() ? "" : ", ").append(name).append(" ").append(text.data());
}

/// The steps of a transfer, each from the beginning.
std::string timing_line(const transfer::Outcome& outcome) {
    std::string line;
    const transfer::Timings& times = outcome.times;
    put_ms(line, "name", times.lookup_us);
    put_ms(line, "connect", times.connect_us);
    if (times.tls_us != 0) put_ms(line, "tls", times.tls_us);
    put_ms(line, "first byte", times.first_byte_us);
    if (times.redirect_us != 0) put_ms(line, "redirects", times.redirect_us);
    put_ms(line, "total", times.total_us);
    return line;
}

class Fetching {
  public:
    Fetching(Context& context, const Settings& settings)
        : context_(context),
          settings_(settings),
          requests_(settings),
          bars_(wants_bars(context, settings), requests_.count()),
          shared_{context, settings, bars_, {}} {}

    Status run() {
        if (!settings_.dump_header.empty() && settings_.dump_header != "-") {
            constexpr mode_t rights = 0666;
            shared_.headers = transport::Descriptor(
                open(settings_.dump_header.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, rights));
            if (!shared_.headers.valid()) {
                const auto failed = fail_errno(Status::cannot_write, "cannot write", settings_.dump_header, errno);
                return context_.log.error(failed.error());
            }
        }
        const auto recorder = start_recorder(context_.args);
        if (!recorder) return context_.log.error(recorder.error());
        {
            transfer::Session session({.parallel = settings_.parallel, .recorder = recorder->get()});
            session.run([&] { return next(); },
                        [&](transfer::Receiver& receiver, transfer::Outcome outcome) {
                            return done(static_cast<Sink&>(receiver), std::move(outcome));
                        },
                        [&] {
                            bars_.draw();
                            context_.out.flush();
                        });
        }
        bars_.clear();
        if (*recorder)
            if (auto closed = (*recorder)->close(); !closed) return context_.log.error(closed.error());
        return status_.value_or(Status::success);
    }

  private:
    static bool wants_bars(const Context& context, const Settings& settings) {
        bool to_terminal = false;
        for (const Target& target : settings.targets)
            to_terminal = to_terminal || target.place == Target::Place::standard_output;
        return !settings.silent && !context.out.options().quiet && !(to_terminal && context.out.terminal());
    }

    std::optional<transfer::Job> next() {
        while (auto one = requests_.next()) {
            const std::uint64_t number = number_++;
            auto path = path_of(*one->target, one->index, one->request.url);
            if (!path) {
                note(tell(path.error()));
                continue;
            }
            std::uint64_t offset = 0;
            if (settings_.resume.wanted)
                offset = settings_.resume.offset ? *settings_.resume.offset
                         : path->empty()         ? 0
                                                 : Download::resumable_size(*path);
            if (offset != 0) one->request.range = std::to_string(offset) + "-";
            sinks_.emplace_back(shared_, *one->target, number, one->request.url, std::move(*path), offset);
            return transfer::Job{std::move(one->request), &sinks_.back()};
        }
        return std::nullopt;
    }

    [[nodiscard]] Result<std::string> path_of(const Target& target, std::uint64_t index, const std::string& url) const {
        std::string path;
        if (target.place == Target::Place::file) {
            path = target.glob.fill(target.file, index);
        } else if (target.place == Target::Place::remote_name) {
            auto name = name_in_url(url);
            if (!name) return name;
            path = std::move(*name);
        }
        if (path.empty() || settings_.output_dir.empty()) return path;
        return settings_.output_dir + "/" + path;
    }

    bool done(Sink& sink, transfer::Outcome outcome) {
        sink.finish(outcome);
        bars_.clear();
        Status status = Status::success;
        if (outcome.error)
            status = outcome.error->status;
        else if (outcome.code >= 400 && !settings_.no_fail && !outcome.resumed_at_end)
            status = Status::server_error;
        if (context_.out.closed()) return false;
        if (!context_.out.plain_text())
            context_.out.write(describe(sink.url(), outcome, sink.file(), sink.kept_body(), sink.body_cut()));
        if (status == Status::server_error && !outcome.error) {
            Text reason;
            reason.escaped(outcome.reason);
            outcome.error = Error{
                status,
                "cannot fetch",
                transfer::shown_url(sink.url()),
                "the server answered " + std::to_string(outcome.code) + (reason.empty() ? "" : " " + reason.take()),
                {}};
        }
        if (!settings_.write_out.empty()) {
            std::string out, err;
            write_out(settings_.write_out,
                      {outcome, sink.url(), sink.file(), sink.number(), static_cast<int>(status),
                       outcome.error ? outcome.error->sentence() : std::string()},
                      out, err);
            context_.out.text().put(out);
            context_.out.flush();
            [[maybe_unused]] const int failed = report::write_all(STDERR_FILENO, err);
        }
        context_.out.flush();
        if (settings_.timing) context_.log.answer(timing_line(outcome));
        if (outcome.error && status != Status::interrupted) tell(*outcome.error);
        note(status);
        std::erase_if(sinks_, [&](const Sink& one) { return &one == &sink; });
        return true;
    }

    Status tell(const Error& error) {
        if (settings_.silent && !settings_.show_error) return error.status;
        context_.out.flush();
        return context_.log.error(error);
    }

    /// All with one status have it; else some failed.
    void note(Status status) { status_ = !status_ || *status_ == status ? status : Status::partial; }

    Context& context_;
    const Settings& settings_;
    Requests requests_;
    Bars bars_;
    Shared shared_;
    std::list<Sink> sinks_;
    std::uint64_t number_ = 0;
    std::optional<Status> status_;
};

}  // namespace

Status fetch_all(Context& context, const Settings& settings) { return Fetching(context, settings).run(); }

Status show_requests(Context& context, const Settings& settings) {
    Requests requests(settings);
    while (auto one = requests.next()) {
        const auto sent = transfer::dry_run(one->request);
        if (!sent) return context.log.error(sent.error());
        context.out.text().put(*sent);
        if (!sent->ends_with('\n')) context.out.text().put('\n');
        context.out.line_done();
        if (context.out.closed() || report::interrupted()) break;
    }
    return Status::success;
}

}  // namespace fid::cmd::fetch
